"""The full screen: panes, dialogs and their keys, drawn from what the store holds; every wish becomes a command row."""
