"""The archive as files."""
