"""What the rest of the program talks about: people, chats, messages, events and commands, free of any transport."""
