"""The list of chats, and how people and chats are found by a few letters."""
