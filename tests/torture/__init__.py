"""A robot that is killed again and again while the service misbehaves, and the verdict on what it kept."""
