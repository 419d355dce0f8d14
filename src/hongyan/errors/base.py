"""The root of the errors, and the exit codes of a program that ends because of one."""

from __future__ import annotations

from typing import ClassVar

__all__ = ["EXIT_CODES", "HongyanError", "described", "single"]


EXIT_CODES: dict[int, str] = {
    0: "done",
    1: "looked, and what was looked for is not as it should be (doctor, demo without a terminal)",
    2: "usage: what was asked for cannot be done as asked",
    3: "not logged in, or the login ended",
    4: "no such chat",
    5: "ambiguous name",
    6: "refused by the server, or its answer cannot be read",
    7: "held back: too fast, by the server's word or by the outbox's own pace",
    8: "no answer, or unknown whether it happened",
    9: "this machine: disk full, read-only, no permission, damaged files",
    70: "a fault of Hongyan itself",
    124: "asked to end, it did not come to its end in time, and was ended",
    129: "ended by SIGHUP: its terminal was closed",
    130: "interrupted (Ctrl-C)",
    141: "the reader of its output went away (| head)",
    143: "ended by SIGTERM",
}
"""What an exit code means, the same for every command, for line mode and for the full screen."""


class HongyanError(Exception):
    """The root of the tree. ``code`` is stable, ``advice`` is what to do; ``str()`` is one sentence.

    ``exit_code`` is that of a program that ends because of it, one of ``EXIT_CODES``. ``explanation`` describes the
    code in general, for people.
    """

    explanation: ClassVar[str] = ""
    code: str = "error"
    advice: str = ""
    exit_code: int = 70


def described(fault: Exception) -> str:
    """Return the safe description of a fault of this program: its kind, since its text may quote what was read."""
    return f"a fault of this program: {type(fault).__name__}"


def single(problem: Exception) -> Exception:
    """Return the error that a group of errors represents: how tasks were grouped does not matter.

    That is the only one in it, or the first where all are of this tree; any other group stays one.
    """
    if not isinstance(problem, ExceptionGroup):
        return problem
    inner = [single(each) for each in problem.exceptions]
    return inner[0] if len(inner) == 1 or all(isinstance(each, HongyanError) for each in inner) else problem
