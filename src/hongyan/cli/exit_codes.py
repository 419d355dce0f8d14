"""The form of an error on a terminal, and for programs."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from hongyan.terminal.addressed import addressed

if TYPE_CHECKING:
    from hongyan.errors import HongyanError

__all__ = ["as_values", "report"]


def as_values(problem: HongyanError) -> dict[str, str]:
    """Return an error as a program may read it: stable code, sentence, advice."""
    return {"code": problem.code, "message": str(problem), "advice": addressed(problem.advice)}


def report(problem: HongyanError, *, as_json: bool = False) -> None:
    """Print an error to standard error: a sentence and what to do, or one JSON object."""
    if as_json:
        sys.stderr.write(json.dumps({"error": as_values(problem)}, ensure_ascii=False) + "\n")
        return
    sys.stderr.write(f"hongyan: {problem}\n")
    if problem.advice:
        sys.stderr.write(f"  {addressed(problem.advice)}\n")
