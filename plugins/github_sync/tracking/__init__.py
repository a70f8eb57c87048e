"""What the form of track_github_repositories does: find, check, then track or pause."""
