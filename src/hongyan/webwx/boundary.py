"""The boundary between data from the wire and everything else: no parser's fault gets past it.

A parser knows what it may reject and raises an error of the tree. Anything else it raises (a slip in our code, a
recursion too deep, no memory left) is a fault of ours, which remote input must not be able to turn into the end of a
program. Here such a fault becomes a value: of one item of many its place is taken by something that keeps the bytes, of
a whole answer it is ``Misread``. The fault is attached, so that a caller can log it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from hongyan.errors import HongyanError, Misread, ProtocolChanged, described

__all__ = ["contained", "guarded", "only_errors", "ours_in"]

T = TypeVar("T")
P = ParamSpec("P")


def ours_in(error: HongyanError) -> Exception | None:
    """Return the fault of ours behind an error, None where there is none."""
    return error.fault if isinstance(error, Misread) else None


def contained(read: Callable[[], T], instead: Callable[[str], T]) -> tuple[T, Exception | None]:
    """Read one item of many; what cannot be read is ``instead`` of a reason. Also return a fault of ours."""
    try:
        return read(), None
    except ProtocolChanged as refusal:
        return instead(refusal.problem), ours_in(refusal)
    except Exception as fault:  # noqa: BLE001  # the border: nothing of one item may cost another
        return instead(described(fault)), fault


def guarded(endpoint: str, read: Callable[[], T]) -> T:
    """Read an answer; raises errors of the tree and nothing else."""
    try:
        return read()
    except HongyanError:
        raise
    except Exception as fault:
        raise Misread(endpoint, fault) from fault


def only_errors(
    endpoint: str,
) -> Callable[[Callable[Concatenate[bytes, P], T]], Callable[Concatenate[bytes, P], T]]:
    """Make a reader of an answer's bytes one that raises errors of the tree and nothing else."""

    def bordered(read: Callable[Concatenate[bytes, P], T]) -> Callable[Concatenate[bytes, P], T]:
        @wraps(read)
        def reader(body: bytes, /, *args: P.args, **named: P.kwargs) -> T:
            return guarded(endpoint, lambda: read(body, *args, **named))

        return reader

    return bordered
