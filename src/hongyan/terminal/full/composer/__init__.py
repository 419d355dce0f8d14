"""Where messages are written: the entry, what completes it, and what is picked for it."""
