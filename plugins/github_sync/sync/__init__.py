"""One repository's sync, where GitHub and Postgres meet."""
