"""The commands of `make demo`, `make rehearse`, `make up` and `make down`: all in ``.local/``.

python -m demo               runs the real Dags twice and shows the result
python -m demo rehearse      injects faults and compares the tables with GitHub after each
python -m demo up            starts an Airflow with its UI, in the background
python -m demo down          stops it
python -m demo psql          opens the demo's tables (psql --up: those of the Airflow with the UI)
"""
