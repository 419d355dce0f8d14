"""Every command under every circumstance that a machine may bring."""
