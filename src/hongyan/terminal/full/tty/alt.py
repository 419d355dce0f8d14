"""Lets Alt arrive together with Enter, digits and signs from every terminal; it knows no action.

A terminal without the newer keyboard reports sends Alt as an escape before the character. The toolkit takes such an
Alt+Enter for Enter, which would send what is half written, and Alt+1 for a sign to be typed. Its table of what terminals
send is the one place where this can be detected.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from hongyan.terminal.full.keys.keynames import PUNCTUATION

if TYPE_CHECKING:
    from collections.abc import MutableMapping

__all__ = ["teach_alt"]


class _Pressed(NamedTuple):
    """A key, in the shape of those of the toolkit's table."""

    value: str


_BEGIN_REPORTS: Final = frozenset("[]_^\\")  # behind an escape these open or close what a terminal reports
_SENT: Final = {
    "\r": "enter",
    **{digit: digit for digit in string.digits},
    **{sign: name for name, sign in PUNCTUATION.items() if sign not in _BEGIN_REPORTS},
}


def teach_alt() -> None:
    """Add to the toolkit's table what Alt makes of a key; a second time changes nothing."""
    from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

    table = cast("MutableMapping[str, tuple[_Pressed, ...]]", ANSI_SEQUENCES_KEYS)
    table.update({f"\x1b{sent}": (_Pressed(f"alt+{name}"),) for sent, name in _SENT.items()})
