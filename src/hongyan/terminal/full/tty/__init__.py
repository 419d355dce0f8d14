"""The terminal itself: bytes in, frames out, and keys in their order."""
