"""Reads the times that people type: an instant by the local clock, a span from now on, a number of seconds; it never waits."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import Final

import click

from hongyan.model.numbers import whole
from hongyan.model.times import local

__all__ = ["Seconds", "TimeParam", "shown"]

_SPAN: Final = re.compile(
    r"\+(?=[0-9])(?:([0-9]{1,9})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?"
)
_SECONDS: Final = (86_400, 3_600, 60, 1)


class TimeParam(click.ParamType[float]):
    """A time to come, as Unix seconds."""

    name = "time"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read ``2026-11-25 18:00``, ``+10m`` or ``+1h30m``; a time that has passed is refused."""
        if isinstance(value, float):
            return value
        now = time.time()
        if span := _SPAN.fullmatch(value.strip()):
            counts = (whole(count or "") for count in span.groups())
            return now + sum(count * unit for count, unit in zip(counts, _SECONDS, strict=True))
        try:
            at = datetime.fromisoformat(value.strip()).astimezone().timestamp()
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not a time; write '2026-11-25 18:00', +10m or +1h30m", param, ctx)
        if at < now:
            self.fail(f"{shown(at)} has passed", param, ctx)
        return at


class Seconds(click.ParamType[float]):
    """A length of time in seconds; one that is none (``nan``), endless, or shorter than ``least`` is refused."""

    name = "seconds"

    def __init__(self, least: float = 0.1, longest: float = 30 * 86_400.0) -> None:
        self._least = least
        self._longest = longest

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a number."""
        try:
            seconds = float(value)
        except ValueError:
            seconds = float("nan")
        if not self._least <= seconds <= self._longest:  # not a number is neither
            self.fail(
                f"{value!r} is not a number of seconds from {self._least:g} to {self._longest:.0f}",
                param,
                ctx,
            )
        return seconds


def shown(at: float) -> str:
    """Return an instant (Unix seconds) by the local clock."""
    return local(at).strftime("%Y-%m-%d %H:%M:%S")
