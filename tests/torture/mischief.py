"""What is ordered of the service while the robot lives: calls that fail, and answers that are wrong inside a 200."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random

    from hongyan.emulator import Emulator, Fault

__all__ = ["order"]

_SYNC: Final = ("webwxsync", "synccheck")
_SEND: Final = "webwxsendmsg"
_LISTS: Final = ("webwxgetcontact", "webwxbatchgetcontact")
_START: Final = ("webwxinit", "webwxstatusnotify")
_FILES: Final = ("webwxgetmsgimg", "webwxgetvoice", "webwxgetvideo", "webwxgetmedia")
_SHARES: Final = (0.05, 0.3, 0.5, 0.6, 0.9)
_LIES: Final = ("begin", "shifted", "total", "short", "long", "none", "digits", "garbage", "other")
_BIG: Final = 40_000_000  # bytes of a body without an end: more than any answer may have
_BOMB: Final = 400_000  # packed; some 400 MB when it is unpacked

# Action, endpoints, values. What a service can say and mean is not in here: a message without its text is one without
# text, and a refused send is a refused send.
_TABLE: Final[tuple[tuple[str, tuple[str, ...], tuple[object, ...]], ...]] = (
    ("drop", (*_SYNC, _SEND, *_LISTS, *_FILES), (None,)),
    ("lost", ("webwxsync", _SEND, *_LISTS, *_FILES), (None,)),
    ("delay", ("webwxsync", _SEND, *_LISTS, *_FILES), (0.2,)),
    ("status", (*_SYNC, _SEND, *_LISTS, *_START, *_FILES), (503, 502, 404)),
    ("duplicate", ("webwxsync",), (None,)),
    ("truncate", ("webwxsync", _SEND, *_LISTS, *_FILES), _SHARES),
    ("cut", ("webwxsync", _SEND, *_LISTS, *_START, *_FILES), _SHARES),
    ("cut_open", (*_SYNC, _SEND, *_LISTS, *_START, *_FILES), _SHARES),
    ("gzip_cut", (*_SYNC, _SEND, *_LISTS, *_START, *_FILES), _SHARES),
    ("html", (*_SYNC, _SEND, *_LISTS, *_START, *_FILES), (None,)),
    ("refusal", (*_SYNC, *_LISTS, *_START, *_FILES), (1101, -1, 1205)),
    ("empty", (*_SYNC, _SEND, *_LISTS, *_START, *_FILES), (None,)),
    ("missing", ("webwxsync", _SEND), tuple(range(13))),
    ("missing", _LISTS, tuple(range(60))),
    ("endless", (*_SYNC, _SEND, *_LISTS, *_FILES), (_BIG,)),
    ("gzip_bomb", (*_SYNC, _SEND, *_LISTS, *_FILES), (_BOMB,)),
    ("range", (*_SYNC, _SEND, *_LISTS), ("short", "none", "garbage", "digits")),
    ("range", _FILES, _LIES),
    ("hole", _FILES, _SHARES),
    ("trickle", ("webwxsync", *_FILES), (0.3,)),
)
_OUTSIDE: Final = frozenset({"drop", "lost", "delay", "duplicate", "truncate", "trickle"})


def order(service: Emulator, chance: random.Random, count: int, *, inside: bool) -> list[Fault]:
    """Order ``count`` faults, each for one of the next calls of its kind, and return them.

    ``inside``: answers may also be wrong inside a 200.
    """
    table = [row for row in _TABLE if inside or row[0] in _OUTSIDE]
    weights = [len(endpoints) for _, endpoints, _ in table]
    ordered = []
    for _ in range(count):
        action, endpoints, values = chance.choices(table, weights)[0]
        endpoint = chance.choice(endpoints)
        done = action in {"html", "status"} and endpoint == _SEND and chance.random() < 0.5
        skip = chance.randrange(3) if endpoint in {*_SYNC, _SEND, *_FILES} else 0
        ordered.append(service.faults.add(action, endpoint, chance.choice(values), skip=skip, done=done))
    return ordered
