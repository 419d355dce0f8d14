"""A monkey at a terminal: it sends whatever a terminal can send to the full screen, and says what went wrong by it."""
