"""Hongyan in a terminal: how an account is shown and what a typed line means; it never speaks to a server itself."""
