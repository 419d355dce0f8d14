"""What the full screen says, in three languages."""
