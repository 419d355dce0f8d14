"""What each key does; the application alone imports it."""
