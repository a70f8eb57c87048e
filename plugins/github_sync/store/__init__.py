"""Postgres: every statement that reads or writes the tables. Asks GitHub nothing."""
