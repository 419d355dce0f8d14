"""The tree of errors is whole: each has its code, its explanation, its advice and its exit code, in one place."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import hongyan
from hongyan import errors
from hongyan.errors import EXIT_CODES, HongyanError

if TYPE_CHECKING:
    from collections.abc import Iterator


def _below(kind: type[HongyanError]) -> Iterator[type[HongyanError]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _below(inner)


def _all() -> list[type[HongyanError]]:
    return list(dict.fromkeys(_below(HongyanError)))


@pytest.mark.parametrize("kind", _all(), ids=lambda kind: kind.__name__)
def test_an_error_has_what_a_person_and_a_program_need(kind: type[HongyanError]) -> None:
    """A code that is stable, words for it, and an exit code that the README lists."""
    assert kind.exit_code in EXIT_CODES
    code = kind.__dict__.get("code", kind.code)
    if isinstance(code, str):  # of a refusal and an ended login it follows from the number
        assert code != HongyanError.code
        assert kind.explanation
    assert kind.__name__ in errors.__all__ or kind.__name__.startswith("_")
    assert kind.__name__.startswith("_") or f"{kind.__name__} " in (errors.__doc__ or "")


def test_each_code_belongs_to_one_error() -> None:
    """A code that two shared could not be explained."""
    codes = [code for kind in _all() if isinstance(code := kind.__dict__.get("code"), str)]
    assert len(codes) == len(set(codes))


def test_no_error_stands_outside_the_tree() -> None:
    """What can go wrong is found in one package."""
    root = Path(hongyan.__file__).parent
    outside = [
        f"{path.relative_to(root)}: {found.name}"
        for path in root.rglob("*.py")
        if path.relative_to(root).parts[0] not in {"errors", "emulator"}
        for found in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(found, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id in errors.__all__ for base in found.bases)
    ]
    assert outside == []
