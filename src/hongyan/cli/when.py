"""Reads the times that people type for later: an instant by the local clock, or a span from now on; it waits for nothing."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import Final

import click

from hongyan.model.numbers import whole
from hongyan.model.times import local

__all__ = ["When", "shown"]

_SPAN: Final = re.compile(
    r"\+(?=[0-9])(?:([0-9]{1,9})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?"
)
_SECONDS: Final = (86_400, 3_600, 60, 1)


class When(click.ParamType[float]):
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
            self.fail(f"{value!r} is no time; write '2026-11-25 18:00', +10m or +1h30m", param, ctx)
        if at < now:
            self.fail(f"{shown(at)} has passed", param, ctx)
        return at


def shown(at: float) -> str:
    """Return an instant (Unix seconds) by the local clock."""
    return local(at).strftime("%Y-%m-%d %H:%M:%S")
