"""One request to GitHub and its answer, or the error that it stands for. Knows no query."""
