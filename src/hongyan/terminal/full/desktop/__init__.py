"""Other programs of the desktop: notifications, and what opens files and links."""
