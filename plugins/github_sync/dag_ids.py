"""The ids by which Airflow, the demo and other Dags know ours: Dags, tasks and the Asset."""

from __future__ import annotations

SYNC_DAG_ID = "sync_github_repositories"
LIST_TASK_ID = "list_active_repositories"
SYNC_TASK_ID = "sync_repository"
SUMMARY_TASK_ID = "summarize_run"
ANNOUNCE_TASK_ID = "announce_changes"

TRACK_DAG_ID = "track_github_repositories"
TRACK_TASK_ID = "track_repositories"

CHANGES_ASSET = "github_pull_requests"
"""The Asset that each daily run updates: other Dags can be scheduled on it."""
