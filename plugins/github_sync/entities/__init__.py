"""What GitHub has, as rows: pure functions and values, no HTTP and no database."""
