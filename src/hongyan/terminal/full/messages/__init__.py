"""The history of a chat: items, their cards and bubbles, and the pane that draws them."""
