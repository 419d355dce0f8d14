"""Shows the progress of long work: a bar on one line of a terminal, lines otherwise; it does no work itself."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final, Self

import click

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["ProgressBar"]

_WIDE: Final = 24  # cells of the bar
_PAUSE_S: Final = 0.1
_MANY: Final = 10_000  # less is done before a person notices
_PARTS: Final = 10  # lines without a terminal


class ProgressBar:
    """How far work on ``total`` of ``what`` (rows, bytes …) is; used as a context, so that an interruption clears it.

    It is written to stderr. A total that was only guessed may be passed or not be reached.
    """

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = max(total, 1)
        self._have = 0
        self._drawn = time.monotonic()
        self._on_screen = False
        self._next = self._total / _PARTS

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._on_screen:
            click.echo("\r\x1b[K", err=True, nl=False)

    def step(self, count: int = 1) -> None:
        """Note that so much more is done."""
        self._have += count
        if sys.stderr.isatty():
            if time.monotonic() - self._drawn >= _PAUSE_S:
                self._drawn, self._on_screen = time.monotonic(), True
                click.echo(f"\r{self._bar()} {self._reported()}\x1b[K", err=True, nl=False)
        elif self._total >= _MANY and self._have >= self._next:
            self._next += self._total / _PARTS
            click.echo(self._reported(), err=True)

    def _share(self) -> float:
        return min(self._have / self._total, 1.0)

    def _bar(self) -> str:
        done = round(_WIDE * self._share())
        return f"[{'#' * done}{'.' * (_WIDE - done)}]"

    def _reported(self) -> str:
        return f"{self._share():.0%} of {self._total:,} {self._what}"
