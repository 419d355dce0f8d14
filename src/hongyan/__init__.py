"""Web WeChat for Python and the terminal: protocol, client, robot, and an emulator to build them against."""

from __future__ import annotations

__version__ = "0.1.0"
