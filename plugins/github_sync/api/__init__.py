"""Asks GitHub: one client, what it asks, and what its refusals mean. Imports no database driver."""
