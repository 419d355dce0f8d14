"""Which faults are ordered, for which call and how often; independent of how an answer is made.

Every fault of the emulator is in one table, `ACTIONS`. Those of the group `before` replace the call, those of
`sync` bend the messages of one webwxsync answer, those of `after` damage the finished answer.
"""

from __future__ import annotations

import itertools
import math
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["ACTIONS", "CHOICES", "LIES", "POISONS", "Fault", "Faults", "parse_order"]

ACTIONS: Mapping[str, tuple[str, str]] = {
    "kick": ("before", "end the login that calls, with retcode `value` (1101)"),
    "delay": ("before", "wait `value` seconds (1.0), then go on as usual"),
    "hang": ("before", "send nothing until the client disconnects, or for `value` seconds (900)"),
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
    "html": ("before", "status 200 and an HTML page (`value`, or one about a busy system)"),
    "refusal": ("before", "status 200 and `value` (1101) as Ret of a BaseResponse, whatever was requested"),
    "rate_limit": ("before", "answer Ret 1205 and do nothing"),
    "duplicate": ("sync", "every message of one answer twice"),
    "reorder": ("sync", "the messages of one answer backwards"),
    "unknown_fields": (
        "sync",
        "every message with unknown fields; in other JSON answers: the top level",
    ),
    "poison": ("sync", "one message of an answer is damaged by the `value` of POISONS (control)"),
    "unknown_keys": ("after", "any JSON answer with unknown keys at its top"),
    "lost": ("after", "do everything, then close the connection without an answer"),
    "truncate": (
        "after",
        "cut the body at `value` (0.5: half of it) and close the connection; the length promises all of it",
    ),
    "cut": ("after", "cut the body at `value` (0.5); the length is that of what is left, so all looks whole"),
    "cut_open": ("after", "cut the body at `value` (0.5); no length is given, and the connection is closed"),
    "gzip_cut": ("after", "the body as gzip, cut at `value` (0.5) of the gzip, with a length that fits"),
    "hole": ("after", "a tenth of the body is missing from `value` (0.5) on, with a length that fits"),
    "missing": (
        "after",
        "one key is missing: the one of this number (0), counted round, outer ones first; or of this name",
    ),
    "empty": ("after", "an empty body"),
    "endless": ("after", "the body, and then more of it until the client goes, or up to `value` bytes"),
    "gzip_bomb": ("after", "the same as gzip: a thousand bytes are unpacked from each that comes"),
    "range": (
        "after",
        "status 206 with a part that is not what it claims to be, by the `value` of LIES (begin)",
    ),
    "trickle": ("after", "the body in twenty pieces, over `value` seconds (1.0)"),
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
    "utf8": "bytes that are not UTF-8",
    "missing": "a message that has only its MsgId",
    "null": "null instead of the message",
}
"""Ways to damage one message inside an otherwise healthy answer."""

LIES: Mapping[str, str] = {
    "begin": "the bytes of the beginning, under the requested range",
    "shifted": "a range that begins one byte later than asked, and its bytes",
    "total": "a total size that is one byte more than there is",
    "short": "half of the bytes that the range names",
    "long": "more bytes than the range names",
    "none": "no Content-Range at all",
    "digits": "a total size of 5,000 digits",
    "garbage": "a Content-Range that cannot be read",
    "other": "the right range of another file",
}
"""Ways of a 206 to be untrue."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "poison": tuple(POISONS),
    "range": tuple(LIES),
    "encoding": ("gzip", "zlib", "deflate"),
}
"""Faults whose `value` is one of a few words; the first is the default."""

_TEXTS = frozenset({"status_line", "body", "html"})
_ANYTHING = frozenset({"missing"})  # a number or a name
_STATUSES = range(200, 600)
_MOST = 10**12

_numbers = itertools.count(1)


@dataclass(slots=True)
class Fault:
    """One order of a fault.

    `endpoint` is the last part of the path (`webwxsync`, `login`, `synccheck`, `jslogin` …) or `*`; `count` how often
    (None: until removed), after letting `skip` calls pass; `account` restricts it to one account's permanent id. `done`
    lets a fault that replaces the call come after it: the call is carried out, and then answered so.
    Raises ValueError, which lists the choices, for an order that cannot be carried out.
    """

    action: str
    endpoint: str = "*"
    value: object = None
    count: int | None = 1
    skip: int = 0
    text: str = ""
    account: str | None = None
    done: bool = False
    number: int = field(default_factory=lambda: next(_numbers))
    hits: int = 0

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise ValueError(f"unknown fault {self.action!r}; there are: {', '.join(ACTIONS)}")
        _check_value(self.action, self.value)
        if self.count is not None and not _whole(self.count, 1):
            raise ValueError(f"count is a number of calls from 1 on, or null for all: {self.count!r}")
        if not _whole(self.skip, 0):
            raise ValueError(f"skip is a number of calls: {self.skip!r}")
        for name in ("endpoint", "text", "account"):
            value = getattr(self, name)
            if not isinstance(value, str) and (name, value) != ("account", None):
                raise ValueError(f"{name} is a text: {value!r}")
        if not isinstance(self.done, bool):
            raise ValueError(f"done must be true or false: {self.done!r}")  # noqa: TRY004 - orders come from outside

    @property
    def group(self) -> str:
        """`before`, `sync` or `after`."""
        group = ACTIONS[self.action][0]
        return "after" if self.done and group == "before" else group

    def number_or(self, default: float) -> float:
        """`value` as a number, or the default where none was given."""
        return float(self.value) if isinstance(self.value, int | float | str) else default


def _check_value(action: str, value: object) -> None:
    """Raises ValueError for a value that the action cannot use."""
    if value is None:
        return
    if action in _ANYTHING:
        good, wanted = isinstance(value, str) or _whole(value, 0), "a number or the name of a key"
    elif action in CHOICES:
        good, wanted = value in CHOICES[action], f"one of {', '.join(CHOICES[action])}"
    elif action in _TEXTS:
        good, wanted = isinstance(value, str), "a text"
    elif action == "status":
        good, wanted = _number(value) in _STATUSES, "a status of HTTP from 200 to 599"
    else:
        good, wanted = _number(value) is not None, "a number"
    if not good:
        raise ValueError(f"unknown {action} {value!r}; its value is {wanted}")


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) < _MOST else None


def _whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def parse_order(line: str) -> Fault:
    """An order as one line: `cut endpoint=webwxsync value=0.6 count=3 skip=1 done`; `count=all` lasts.

    Raises ValueError where it is none.
    """
    action, *words = shlex.split(line) or [""]
    given: dict[str, object] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if name == "done" and not equals:
            given["done"] = True
        elif name in {"count", "skip"} and equals:
            given[name] = None if (name, value) == ("count", "all") else int(value)
        elif name in {"endpoint", "value", "text", "account"} and equals:
            given[name] = value
        else:
            raise ValueError(
                f"{word!r} is not understood; write: endpoint= value= count= skip= text= account= done"
            )
    if action == "missing" and str(given.get("value", "")).isdecimal():
        given["value"] = int(str(given["value"]))
    return Fault(action, **given)  # type: ignore[arg-type]  # checked there


class Faults:
    """The faults in force, oldest first."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []
        self._endpoints: frozenset[str] = frozenset()

    def know(self, endpoints: Iterable[str]) -> None:
        """Refuse orders for other endpoints than these from now on. Raises ValueError for one that was ordered before."""
        self._endpoints = frozenset(endpoints)
        for fault in self._orders:
            self._check_endpoint(fault)

    def _check_endpoint(self, fault: Fault) -> None:
        if self._endpoints and fault.endpoint not in {"*", *self._endpoints}:
            there = ", ".join(sorted(self._endpoints))
            raise ValueError(f"there is no endpoint {fault.endpoint!r}; there are: {there}")

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
        done: bool = False,
    ) -> Fault:
        """Order a fault; the returned value can be removed again and counts in `hits` how often it struck."""
        return self.order(Fault(action, endpoint, value, count, skip, text, account, done))

    def order(self, fault: Fault) -> Fault:
        """Order a fault that was made elsewhere, by `parse_order` for one. Raises ValueError for an unknown endpoint."""
        self._check_endpoint(fault)
        self._orders.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Take an order back; nothing happens where it is used up."""
        self._orders = [order for order in self._orders if order is not fault]

    def clear(self) -> None:
        """Remove all orders."""
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
