"""Completes the command lines in advice with the options that say which profile is meant; it gives no advice itself."""

from __future__ import annotations

import re
import shlex
from typing import Final

__all__ = ["addressed", "use_address"]

_COMMANDS: Final = re.compile(
    r"\bhongyan (?P<path>outbox retry|outbox drop|people unresolved|people merge|people split|"
    r"login|logout|chat|bot|send|outbox|recall|chats|contacts|groups|members|archive|history|search|export|import|"
    r"forget|doctor)\b(?! --?p)"
)

_typed: dict[str, str] = {}


def use_address(typed: dict[str, str]) -> None:
    """Say which of ``--profile``, ``--home`` and ``--server`` this program was started with; the last is for new logins."""
    _typed.clear()
    _typed.update(typed)


def addressed(advice: str) -> str:
    """Return advice whose command lines name the profile that this program uses."""
    return _COMMANDS.sub(lambda found: found[0] + _options(found["path"]), advice) if _typed else advice


def _options(path: str) -> str:
    wanted = (name for name in _typed if name != "--server" or path == "login")
    return "".join(f" {name} {shlex.quote(_typed[name])}" for name in wanted)
