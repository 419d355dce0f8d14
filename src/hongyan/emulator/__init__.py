"""An emulator of Web WeChat: a server that other people's clients log in to, with its own world and phone.

It imports nothing of the rest of Hongyan, so that a mistake of the client cannot hide behind the same mistake here. The
names below are loaded on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hongyan.emulator.clock import Clock, ManualClock
    from hongyan.emulator.core import AuthLevel
    from hongyan.emulator.faults import Fault, Faults
    from hongyan.emulator.real_hosts import RealHosts
    from hongyan.emulator.server import Emulator
    from hongyan.emulator.world import Group, Member, Person, World

__all__ = [
    "AuthLevel",
    "Clock",
    "Emulator",
    "Fault",
    "Faults",
    "Group",
    "ManualClock",
    "Member",
    "Person",
    "RealHosts",
    "World",
]

_HOMES = {
    "AuthLevel": "core",
    "Clock": "clock",
    "Emulator": "server",
    "Fault": "faults",
    "Faults": "faults",
    "Group": "world",
    "ManualClock": "clock",
    "Member": "world",
    "Person": "world",
    "RealHosts": "real_hosts",
    "World": "world",
}


def __getattr__(name: str) -> Any:
    """Load a public name. Raises AttributeError for any other."""
    home = _HOMES.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)
