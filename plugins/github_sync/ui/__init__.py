"""The page GitHub Sync in Airflow's UI. It only reads; its buttons call Airflow's own API."""
