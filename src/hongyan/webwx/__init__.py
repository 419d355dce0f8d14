"""The Web WeChat protocol as functions and values: bytes in, events out, commands in, requests out; no I/O."""
