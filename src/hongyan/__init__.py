"""Web WeChat for Python and the terminal: protocol, client, bot, and an emulator to build them against.

The names below are loaded on first use, so that ``import hongyan`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hongyan.assemble import join_account, open_account
    from hongyan.bot.app import App
    from hongyan.client.account import Account, Chat, Incoming, Receipt
    from hongyan.emulator import Emulator
    from hongyan.errors import HongyanError
    from hongyan.settings import Settings, load_settings

__all__ = [
    "Account",
    "App",
    "Chat",
    "Emulator",
    "HongyanError",
    "Incoming",
    "Receipt",
    "Settings",
    "__version__",
    "join_account",
    "load_settings",
    "open_account",
]

__version__ = "0.1.0"

_HOMES = {
    "Account": "client.account",
    "App": "bot.app",
    "Chat": "client.account",
    "Emulator": "emulator",
    "HongyanError": "errors",
    "Incoming": "client.account",
    "Receipt": "client.account",
    "Settings": "settings",
    "load_settings": "settings",
    "join_account": "assemble",
    "open_account": "assemble",
}


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    """Load a public name. Raises AttributeError for any other."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{home}"), name)
