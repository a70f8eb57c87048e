"""The story of one repository's sync, where GitHub and Postgres meet."""
