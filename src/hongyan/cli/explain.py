"""``hongyan explain CODE``: prints the description of an error code."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import click

from hongyan.errors import MEANINGS, HongyanError, Meaning, UsageError, meaning_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["explain"]


def _tree(kind: type[HongyanError]) -> Iterator[type[HongyanError]]:
    """Yield an error and all that are made from it, in the order of the source."""
    yield kind
    for inner in kind.__subclasses__():
        yield from _tree(inner)


_BY_WORD: Final[dict[str, type[HongyanError]]] = {
    code: kind
    for kind in _tree(HongyanError)
    if isinstance(code := kind.__dict__.get("code"), str) and kind is not HongyanError
}


@click.command(context_settings={"ignore_unknown_options": True})  # -1 is a code, not an option
@click.argument("code")
@click.option("--json", "-j", "as_json", is_flag=True, help="Print one JSON object.")
def explain(code: str, *, as_json: bool) -> None:
    """Explain CODE and what to do: a number of the service (1102) or a code of Hongyan (refused.1205)."""
    values = _look_up(code.strip())
    click.echo(json.dumps({"schema": 1, **values}, ensure_ascii=False) if as_json else _as_text(values))


def _look_up(code: str) -> dict[str, str | int]:
    kind = _BY_WORD.get(code)
    if kind is not None:
        return {
            "code": code,
            "name": kind.__name__,
            "meaning": kind.explanation,
            "advice": kind.advice,
            "evidence": "this program",
        }
    return _values(meaning_of(_number_in(code)))


def _values(found: Meaning) -> dict[str, str | int]:
    return {name: getattr(found, name) for name in ("code", "name", "meaning", "advice", "evidence")}


def _number_in(code: str) -> int:
    match = re.search(r"(?:^|\.)(-?[0-9]{1,18})\Z", code)
    if match is None:
        known = ", ".join([*(str(n) for n in sorted(MEANINGS)), *_BY_WORD])
        raise UsageError(f"{code!r} is not a code that Hongyan knows", f"Known codes: {known}")
    return int(match[1])


def _as_text(values: dict[str, str | int]) -> str:
    lines = [f"{values['code']}: {values['name']}", f"  {values['meaning']}"]
    if values["advice"]:
        lines.append(f"  What to do: {values['advice']}")
    return "\n".join([*lines, f"  Evidence: {values['evidence']}"])
