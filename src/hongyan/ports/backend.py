"""Who serves an account by a protocol."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Reach"]


class Reach(StrEnum):
    """How far a command got."""

    BEFORE = "before"  # the request that counts had not left: names were looked up, pieces of a file went up
    LEFT = "left"  # it may have reached the service
    AGAIN = "again"  # it was a repetition, and an earlier one may have reached the service
