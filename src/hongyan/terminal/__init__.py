"""Hongyan in a terminal: displays an account and interprets typed lines; it never contacts a server itself."""
