"""Errors of this machine, and faults of Hongyan itself."""

from __future__ import annotations

from hongyan.errors.base import HongyanError

__all__ = ["InternalError", "StorageDamaged", "StorageError", "StoreClosing"]


class StorageError(HongyanError):
    """The machine cannot store or read data; ``problem`` says what and why."""

    code = "storage"
    explanation = "This machine cannot keep or read what has to be kept: a full disk, no permission, a lock."
    exit_code = 9
    advice = "Check free space and the permissions of the profile's folder; hongyan doctor checks both."

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.advice = advice or type(self).advice

    def __str__(self) -> str:
        return self.problem


class StorageDamaged(StorageError):
    """Stored data cannot be read any more: the journal is damaged, or another file lies in its place."""

    code = "storage-damaged"
    explanation = "What was kept cannot be read any more: it is damaged, or something else lies in its place."


class StoreClosing(StorageError):
    """The program ended before the store had room; what was to be written is left to the next program."""


class InternalError(HongyanError):
    """A fault of Hongyan itself. ``doing`` is the activity, ``kind`` the fault's type; its text is in the report alone."""

    code = "internal"
    explanation = "A fault of Hongyan itself."
    exit_code = 70
    advice = "Please report it; the report file says where it happened, without messages or names."

    def __init__(self, doing: str, kind: str) -> None:
        super().__init__(doing, kind)
        self.doing = doing
        self.kind = kind

    def __str__(self) -> str:
        return f"a fault of this program ({self.kind}) while {self.doing}"
