"""The main screen: its arrangement, its bars, and how far a person is with the open chat."""
