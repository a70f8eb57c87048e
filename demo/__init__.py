"""What `make demo`, `make up` and `make down` run: everything local, everything in ``.local/``.

python -m demo               the tour: two runs, and what came of them
python -m demo up            an Airflow with its UI, in the background
python -m demo down          stops it
python -m demo psql          opens the tables that the tour left behind (psql --up: the other's)
"""
