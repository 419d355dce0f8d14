"""What line mode and the login say, in three languages."""
