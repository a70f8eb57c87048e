"""What the Dag files wire together: the only part of this package that imports Airflow."""
