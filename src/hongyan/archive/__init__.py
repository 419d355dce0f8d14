"""The archive of a profile as files: written for people and for other programs, and read back."""
