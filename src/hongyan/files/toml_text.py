"""Reads TOML from any source; independent of its settings."""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

__all__ = ["read_toml"]

_LONGEST: Final = 1 << 20  # characters
_DEEPEST: Final = 32  # tables and lists within each other
_TEXTS: Final = re.compile(
    r"""\"{3}(?:[^\\]|\\.)*?(?:\"{3}|\Z)|'{3}.*?(?:'{3}|\Z)|"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?|\#[^\n]*""",
    re.DOTALL,
)
_BETWEEN: Final = re.compile(r"[\n=,{}\[\]]+")  # what stands between keys and values


def read_toml(text: str) -> dict[str, Any]:
    """Return the content of a TOML text; ValueError (as TOMLDecodeError is) if it is not TOML, or larger or deeper than a person writes."""
    if len(text) > _LONGEST:
        raise tomllib.TOMLDecodeError(f"it is longer than {_LONGEST} characters")
    # Before it is parsed: the parser's time grows with the third power of the dots of one key.
    if any(piece.count(".") > _DEEPEST for piece in _BETWEEN.split(_TEXTS.sub("", text))):
        raise tomllib.TOMLDecodeError(f"one of its keys has more than {_DEEPEST} dots")
    try:
        document = tomllib.loads(text)
    except RecursionError:
        document = None
    if document is None or _is_deep(document):
        raise tomllib.TOMLDecodeError(f"it has more than {_DEEPEST} tables or lists within each other")
    return document


def _is_deep(document: dict[str, Any]) -> bool:
    level: list[Any] = [document]
    for _ in range(_DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
    return bool(level)
