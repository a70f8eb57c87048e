"""The page in Airflow's UI. It only reads; its buttons use Airflow's own API."""
