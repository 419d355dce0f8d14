"""What a monkey does to a terminal, chosen by a random source: bytes as terminals send them, sizes and signals; it reads nothing."""

from __future__ import annotations

import random
import signal
import string
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Act", "acts"]

Act = tuple[str, object]
"""``keys`` with bytes, ``size`` with columns and rows, ``signal`` with a number, ``wait`` with seconds."""

_WORDS: Final = (
    "mama",
    "老王",
    "你好，吃饭了吗？",
    "👨‍👩‍👧‍👦",
    "🇨🇳",
    "e\u0301\u0301",
    "שלום",
    "\u202eabc",
    "a\u200bb",
    "[微笑]",
    ":smile",
    "@",
    "/he",
)
_FUNCTION: Final = (
    *(
        b"\x1bOP",
        b"\x1bOQ",
        b"\x1bOR",
        b"\x1bOS",
        b"\x1b[15~",
        b"\x1b[17~",
        b"\x1b[18~",
        b"\x1b[19~",
        b"\x1b[20~",
    ),
    *(b"\x1b[21~", b"\x1b[24~"),
)
_MOVES: Final = (
    *(b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1b[H", b"\x1b[F", b"\x1b[5~", b"\x1b[6~", b"\x1b[3~"),
    *(b"\x1b[2~", b"\x1b[Z", b"\x1bOA", b"\x1bOB", b"\x1b[1;5A", b"\x1b[1;3B", b"\x1b[1;2D", b"\x1b[1;6H"),
)
_PLAIN: Final = (b"\r", b"\r", b"\t", b"\x1b", b"\x1b", b"\x7f", b" ", b"\n")
_REPORTS: Final = (
    *(b"\x1b[I", b"\x1b[O", b"\x1b[?2026;2$y", b"\x1b[?62;22c", b"\x1b[12;40R", b"\x1b]11;rgb:1c/1c/1c\x07"),
    *(
        b"\x1bP>|XTerm(390)\x1b\\",
        b"\x1b_Gi=31;OK\x1b\\",
        b"\x1b[?25u",
        b"\x1b[48;24;80;480;1280t",
        b"\x1b[8;24;80t",
    ),
)
_BROKEN: Final = (
    *(
        b"\x1b[",
        b"\x1b[<0;3",
        b"\x1b[999999999999;1u",
        b"\x1b[55296;1;55296u",
        b"\x1b]0;never ended",
        b"\x1bP",
        b"\x9b",
    ),
    *(
        b"\xff\xfe",
        b"\xe4\xbd",
        b"\x1b[200~",
        b"\x1b[201~",
        b"\x1b[;;;;;;u",
        b"\x1b[1;;;A",
        b"\x1b[M\x20\xff\xff",
    ),
)


def _kitty(chance: random.Random) -> bytes:
    """Return a key as kitty's protocol has it: a code, modifiers, and the text that it writes."""
    code = chance.choice(
        [13, 27, 9, 127, 32, *map(ord, string.ascii_lowercase + string.digits), 57399, 57441]
    )
    bits = chance.choice([1, 1, 2, 3, 4, 5, 6, 7, 9])
    if bits <= 2 and 32 <= code < 127:
        return f"\x1b[{code};{bits};{ord(chr(code).upper() if bits == 2 else chr(code))}u".encode()
    return f"\x1b[{code};{bits}u".encode()


def _mouse(chance: random.Random) -> bytes:
    """Return what a mouse reports: presses and releases, moves, the wheel; now and then from nowhere."""
    x, y = chance.randint(1, 130), chance.randint(1, 45)
    if chance.random() < 0.05:
        x, y = chance.choice([(0, 0), (99999, 99999), (-3, 2)])
    what = chance.choice([0, 0, 0, 2, 1, 64, 65, 35, 32])
    if what >= 32:
        return f"\x1b[<{what};{x};{y}M".encode()
    press = f"\x1b[<{what};{x};{y}M".encode()
    release = f"\x1b[<{what};{x};{y}m".encode()
    return press if chance.random() < 0.1 else (press + release) * chance.choice([1, 1, 2])


def _text(chance: random.Random) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(chance.randint(1, 5)))


def _paste(chance: random.Random) -> bytes:
    """Return a paste with its marks or without, of some lines, now and then very long or without an end."""
    lines = "\r".join(_text(chance) for _ in range(chance.randint(1, 9)))
    if chance.random() < 0.05:
        lines = lines * 300
    text = lines.encode()
    if chance.random() < 0.3:
        return text
    return b"\x1b[200~" + text + (b"\x1b[201~" if chance.random() < 0.95 else b"")


def _keys(chance: random.Random) -> bytes:
    kinds: list[tuple[int, Callable[[], bytes]]] = [
        (14, lambda: chance.choice(string.printable[:94]).encode()),
        (8, lambda: _text(chance).encode()),
        (14, lambda: chance.choice(_PLAIN)),
        (12, lambda: chance.choice(_MOVES)),
        (14, lambda: chance.choice(_FUNCTION)),
        (14, lambda: bytes([chance.choice([c for c in range(1, 32) if c not in {3, 17}])])),
        (10, lambda: b"\x1b" + chance.choice(string.printable[:94]).encode()),
        (8, lambda: _kitty(chance)),
        (12, lambda: _mouse(chance)),
        (4, lambda: _paste(chance)),
        (2, lambda: chance.choice(_REPORTS)),
        (2, lambda: chance.choice(_BROKEN)),
        (1, lambda: chance.randbytes(chance.randint(1, 200))),
        (1, lambda: chance.choice([b"\x03", b"\x11"])),
    ]
    weights = [weight for weight, _ in kinds]
    return b"".join(
        chance.choices(kinds, weights)[0][1]() for _ in range(chance.choice([1, 1, 1, 1, 2, 3, 12]))
    )


def acts(seed: int) -> list[Act]:
    """Return the next hundred of what a monkey of this seed does."""
    chance = random.Random(seed)
    done: list[Act] = []
    for _ in range(100):
        dice = chance.random()
        if dice < 0.9:
            done.append(("keys", _keys(chance)))
        elif dice < 0.95:
            done += [
                ("size", (chance.randint(1, 140), chance.randint(1, 50)))
                for _ in range(chance.choice([1, 1, 6]))
            ]
        elif dice < 0.98:
            done.append(("signal", chance.choice([signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH])))
        else:
            done.append(("wait", 0.3))
    return done
