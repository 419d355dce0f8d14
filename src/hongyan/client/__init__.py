"""A living account on top of the protocol: who holds the login, what bots and faces may call."""
