"""Throws damaged payloads at all that reads the wire, by a seed that can be given again; says what was found."""

from __future__ import annotations

import random
import resource
import time
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import payloads
from .mutations import mutated
from .targets import CHECKS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Report", "run"]

_SLOW_S = 0.5  # from which on a payload is looked at again
_TIMES_AS_SLOW = 400  # as the average of its check, byte for byte


@dataclass
class Report:
    """What a run did: payloads by check, findings with the payload that shows each, the growth of memory in MiB."""

    seed: int
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    grown: float = 0.0

    @property
    def count(self) -> int:
        return sum(self.counts.values())

    def __str__(self) -> str:
        told = ", ".join(f"{name} {n}" for name, n in sorted(self.counts.items()))
        head = f"seed {self.seed}: {self.count} payloads ({told}), {len(self.findings)} findings"
        tail = f"slowest {self.slowest[0]:.2f} s ({self.slowest[1]}), memory grew by {self.grown:.0f} MiB"
        return "\n".join((f"{head}; {tail}", *self.findings))


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class _Pace:
    """Knows what a byte costs in each check, and so which payload costs out of all proportion."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._bytes: dict[str, int] = {}

    def is_slow(self, name: str, size: int, seconds: float) -> bool:
        spent, seen = self._seconds.get(name, 0.0), self._bytes.get(name, 0)
        self._seconds[name], self._bytes[name] = spent + seconds, seen + size + 200
        return (
            seen > 100_000 and seconds > _SLOW_S and seconds > _TIMES_AS_SLOW * (spent / seen) * (size + 200)
        )


def run(seed: int, count: int | None = None, seconds: float | None = None, most: int = 20) -> Report:
    """Run ``count`` payloads, or as many as ``seconds`` allow; stop at ``most`` findings."""
    report, chance, pace = Report(seed), random.Random(seed), _Pace()
    kinds = {"messages": payloads.messages(), "answers": payloads.answers()}
    names, shares = list(CHECKS), [share for _, _, share in CHECKS.values()]
    end, memory, found = time.monotonic() + (seconds or 1e9), _memory(), set[str]()
    while report.count < (count or 1 << 62) and time.monotonic() < end and len(report.findings) < most:
        name = chance.choices(names, shares)[0]
        kind, check, _ = CHECKS[name]
        payload = mutated(
            chance.choice(kinds[kind]), kinds[kind if chance.random() < 0.7 else "answers"], chance
        )
        report.counts[name] = report.counts.get(name, 0) + 1
        own = chance.getrandbits(32)
        problem, spent = _thrown(check, payload, own)
        if spent > report.slowest[0]:
            report.slowest = (spent, f"{name}, {len(payload)} bytes")
        if problem is None and pace.is_slow(name, len(payload), spent):
            spent = min(_thrown(check, payload, own)[1] for _ in range(3))  # the machine may have been busy
            if pace.is_slow(name, len(payload), spent):
                problem = f"{spent:.2f} s for {len(payload)} bytes"
        if problem is not None and (place := problem.splitlines()[0]) not in found:
            found.add(place)
            report.findings.append(f"{name} (own seed {own}): {problem}\n  {payload[:3_000]!r}")
    report.grown = _memory() - memory
    return report


def _thrown(
    check: Callable[[bytes, random.Random], None], payload: bytes, seed: int
) -> tuple[str | None, float]:
    begun = time.perf_counter()
    try:
        check(payload, random.Random(seed))
    except Exception as error:  # noqa: BLE001  # whatever comes is what was looked for
        frames = traceback.extract_tb(error.__traceback__)[-4:]
        where = " < ".join(f"{f.filename.rpartition('/')[2]}:{f.lineno}" for f in reversed(frames))
        return f"{type(error).__name__} at {where}\n  {str(error)[:300]}", time.perf_counter() - begun
    return None, time.perf_counter() - begun
