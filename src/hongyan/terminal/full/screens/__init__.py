"""Every screen and dialog that opens over the main one."""
