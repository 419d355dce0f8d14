"""Hides values that open an account from everything that shows values: logs, tracebacks, debuggers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["redacted"]

T = TypeVar("T", bound=type)


def redacted(kind: T) -> T:
    """Decorate a class that holds a secret: it is shown by its own ``__repr__``, or by its name alone.

    Structs have a second way to show themselves (``__rich_repr__``), which names every field; it is closed too.
    """
    if "__repr__" not in vars(kind):
        setattr(kind, "__repr__", _named)  # noqa: B010  # a method, which mypy does not let be assigned
    setattr(kind, "__rich_repr__", _nothing)  # noqa: B010
    return kind


def _named(self: object) -> str:
    return f"{type(self).__name__}(…)"


def _nothing(_: object) -> Iterator[Any]:
    yield from ()
