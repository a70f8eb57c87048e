"""GitHub Sync for Airflow: pull requests and reviews of GitHub repositories, in Postgres.

Everything here runs without Airflow, except the package ``github_sync.tasks``, which is what the
Dag files wire together.
"""

__version__ = "0.1.0"
