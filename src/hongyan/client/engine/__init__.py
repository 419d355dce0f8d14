"""Everything that serves one login, whatever the protocol: its lifetime, the receive loop, the outbox, background jobs."""
