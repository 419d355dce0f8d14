"""What serves the client by one protocol each; nothing but the assembly names a backend."""
