"""What the Dag files wire together. Besides ``ui``, only this package imports Airflow."""
