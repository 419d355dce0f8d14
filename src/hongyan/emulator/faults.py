"""Knows which misbehaviour was ordered, for which call and how often; refuses to know how an answer is made.

Every fault of the emulator stands in one table, `ACTIONS`. Those of the group `before` replace the call, those of
`sync` bend the messages of one webwxsync answer, those of `after` damage the finished answer.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["ACTIONS", "POISONS", "Fault", "Faults"]

ACTIONS: Mapping[str, tuple[str, str]] = {
    "kick": ("before", "end the login that calls, with retcode `value` (1101)"),
    "delay": ("before", "wait `value` seconds (1.0), then go on as usual"),
    "hang": ("before", "say nothing until the client goes away, or for `value` seconds (900)"),
    "drop": ("before", "close the connection without doing anything"),
    "status": ("before", "answer HTTP status `value` (503) with an empty body"),
    "status_line": ("before", "answer with the status line `value` (`HTTP/1.1 0 -`)"),
    "ret": (
        "before",
        "answer Ret `value` (1205) with `text` as ErrMsg; login page and push login: their own ret",
    ),
    "retcode": ("before", "synccheck: answer this retcode (1101)"),
    "selector": ("before", "synccheck: answer retcode 0 with this selector (3) at once"),
    "code": ("before", "login poll: answer this code (500)"),
    "login_page": ("before", "answer 301 to the login page"),
    "body": ("before", "answer exactly the text `value`"),
    "rate_limit": ("before", "answer Ret 1205 and do nothing"),
    "duplicate": ("sync", "every message of one answer twice"),
    "reorder": ("sync", "the messages of one answer backwards"),
    "unknown_fields": (
        "sync",
        "every message with fields nobody knows; in other JSON answers: the top level",
    ),
    "poison": ("sync", "one message of an answer is damaged as `value` of POISONS says (control)"),
    "unknown_keys": ("after", "any JSON answer with keys nobody knows at its top"),
    "lost": ("after", "do everything, then close the connection without an answer"),
    "truncate": ("after", "cut the body at `value` (0.5: half of it) and close the connection"),
    "empty": ("after", "an empty body"),
    "pretty": ("after", "the JSON with line breaks before commas, as the oldest servers wrote it"),
    "invalid_utf8": ("after", "cut the first code point outside ASCII in half, or add a broken one"),
    "encoding": (
        "after",
        "compress as `value`: gzip, zlib (deflate as it is written) or deflate (as it is sent)",
    ),
}
"""Name of a fault: its group, and what it does with `value` (default in brackets)."""

POISONS: Mapping[str, str] = {
    "control": "a raw control character inside a string",
    "surrogate": "the escape of half a surrogate pair",
    "escape": "an escape that JSON does not know",
    "types": "numbers where strings belong and the other way round",
    "nesting": "a field of 2,000 nested lists",
    "utf8": "bytes that are no UTF-8",
    "missing": "a message that has only its MsgId",
    "null": "null instead of the message",
}
"""Ways to damage one message inside an otherwise healthy answer."""

_numbers = itertools.count(1)


@dataclass(slots=True)
class Fault:
    """One order to misbehave.

    `endpoint` is the last part of the path (`webwxsync`, `login`, `synccheck`, `jslogin` …) or `*`; `count` how often
    (None: until removed), after letting `skip` calls pass; `account` restricts it to one account's permanent id.
    Raises ValueError for an action or poison that is in no table.
    """

    action: str
    endpoint: str = "*"
    value: object = None
    count: int | None = 1
    skip: int = 0
    text: str = ""
    account: str | None = None
    number: int = field(default_factory=lambda: next(_numbers))
    hits: int = 0

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            msg = f"unknown fault {self.action!r}; there are: {', '.join(ACTIONS)}"
            raise ValueError(msg)
        if self.action == "poison" and self.value is not None and self.value not in POISONS:
            msg = f"unknown poison {self.value!r}; there are: {', '.join(POISONS)}"
            raise ValueError(msg)

    @property
    def group(self) -> str:
        """`before`, `sync` or `after`."""
        return ACTIONS[self.action][0]

    def number_or(self, default: float) -> float:
        """`value` as a number, or the default where none was given."""
        return float(self.value) if isinstance(self.value, int | float | str) else default


class Faults:
    """The faults in force, oldest first."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._orders))

    def add(
        self,
        action: str,
        endpoint: str = "*",
        value: object = None,
        *,
        count: int | None = 1,
        skip: int = 0,
        text: str = "",
        account: str | None = None,
    ) -> Fault:
        """Order a fault; the returned value can be removed again and tells in `hits` how often it struck."""
        fault = Fault(action, endpoint, value, count, skip, text, account)
        self._orders.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Take an order back; nothing happens where it is used up."""
        self._orders = [order for order in self._orders if order is not fault]

    def clear(self) -> None:
        """Take all orders back."""
        self._orders.clear()

    def strike(self, group: str, endpoint: str, account: str | None) -> list[Fault]:
        """The faults of a group that hit this call; each is counted."""
        if not self._orders:
            return []
        hitting = [
            order for order in self._orders if order.group == group and _meets(order, endpoint, account)
        ]
        struck = [order for order in _one_replacement(hitting) if _count_down(order)]
        self._orders = [order for order in self._orders if order.count is None or order.count > 0]
        return struck


def _one_replacement(hitting: list[Fault]) -> list[Fault]:
    """A call can be delayed and then replaced, but only replaced once: later orders wait for later calls."""
    replacing = [order for order in hitting if order.group == "before" and order.action != "delay"]
    return [order for order in hitting if order not in replacing[1:]]


def _meets(order: Fault, endpoint: str, account: str | None) -> bool:
    return order.endpoint in {"*", endpoint} and order.account in {None, account}


def _count_down(order: Fault) -> bool:
    if order.skip > 0:
        order.skip -= 1
        return False
    if order.count is not None:
        order.count -= 1
    order.hits += 1
    return True
