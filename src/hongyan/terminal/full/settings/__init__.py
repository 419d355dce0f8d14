"""Settings and themes of the full screen, read from and written to a person's own file."""
