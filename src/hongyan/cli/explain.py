"""``hongyan explain CODE``: the entry that errors carry, printed by itself."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import click

from hongyan.errors import MEANINGS, HongyanError, Meaning, UsageError, meaning_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SAID", "explain"]

SAID: Final[dict[str, tuple[str, str]]] = {
    "usage": (
        "What was asked for cannot be done as it was asked: a wrong argument, option, file or setting.",
        "The sentence says which; COMMAND --help says what can be asked for.",
    ),
    "not-logged-in": ("The profile has no login that can be used.", "Run: hongyan login"),
    "no-such-chat": ("Nobody has that name.", "See: hongyan contacts"),
    "ambiguous-name": (
        "Several chats have that name.",
        "Give the key of the one that is meant; the error lists them.",
    ),
    "not-capable": (
        "This kind of connection cannot do that at all.",
        "See the table of abilities in the README.",
    ),
    "profile-locked": (
        "The profile cannot be used now: another program holds it, or it rests after the service barred the account.",
        "End the other program, or wait until the time that the error tells.",
    ),
    "held-back": ("It waits for its turn, so that nothing is sent too fast; nothing is lost.", ""),
    "not-friends": (
        "The service took the message and then said that the receiver does not have this account as a friend.",
        "",
    ),
    "blocked": (
        "The service took the message and then said that the receiver rejects messages of this account.",
        "",
    ),
    "protocol-changed": ("The service answered something that this version cannot read.", ""),
    "no-answer": ("Nobody answered: no connection, too long a wait, or an answer that broke off.", ""),
    "not-complete": ("The answer did not come whole, and a part is not passed off as everything.", ""),
    "wrong-content": (
        "Something else came in the place of a file: a page, words, another kind of thing.",
        "",
    ),
    "oversized": ("More came than such a file can have; the rest was not waited for.", ""),
    "still-waiting": (
        "It has not happened in the time that was waited for; nothing failed, it goes on by itself.",
        "",
    ),
    "missed": (
        "The time that a message was put off to went by while nobody could send it; it is not sent late.",
        "",
    ),
    "storage": (
        "This machine cannot keep or read what has to be kept: a full disk, no permission, a lock.",
        "",
    ),
    "storage-damaged": (
        "What was kept cannot be read any more: it is damaged, or something else lies in its place.",
        "",
    ),
    "internal": ("A fault of Hongyan itself.", ""),
}
"""What each code of ours means, to a person, and what to do where the error's kind has no advice of its own."""


def _tree(kind: type[HongyanError]) -> Iterator[type[HongyanError]]:
    """Yield an error and all that are made from it, in the order of the source."""
    yield kind
    for inner in kind.__subclasses__():
        yield from _tree(inner)


_BY_WORD: Final[dict[str, type[HongyanError]]] = {
    code: kind
    for kind in _tree(HongyanError)
    if kind.__module__ == HongyanError.__module__
    and isinstance(code := kind.__dict__.get("code"), str)
    and kind is not HongyanError
}


@click.command(context_settings={"ignore_unknown_options": True})  # -1 is a code, not an option
@click.argument("code")
@click.option("--json", "-j", "as_json", is_flag=True, help="Print one JSON object.")
def explain(code: str, *, as_json: bool) -> None:
    """Say what CODE means and what to do: a number of the service (1102) or a code of ours (refused.1205)."""
    values = _look_up(code.strip())
    click.echo(json.dumps({"schema": 1, **values}, ensure_ascii=False) if as_json else _as_text(values))


def _look_up(code: str) -> dict[str, str | int]:
    kind = _BY_WORD.get(code)
    if kind is not None:
        meaning, advice = SAID[code]
        return {
            "code": code,
            "name": kind.__name__,
            "meaning": meaning,
            "advice": advice or kind.advice,
            "evidence": "this program",
        }
    return _values(meaning_of(_number_in(code)))


def _values(found: Meaning) -> dict[str, str | int]:
    return {name: getattr(found, name) for name in ("code", "name", "meaning", "advice", "evidence")}


def _number_in(code: str) -> int:
    match = re.search(r"(?:^|\.)(-?[0-9]{1,18})\Z", code)
    if match is None:
        known = ", ".join([*(str(n) for n in sorted(MEANINGS)), *_BY_WORD])
        raise UsageError(f"{code!r} is no code that Hongyan knows", f"Known codes: {known}")
    return int(match[1])


def _as_text(values: dict[str, str | int]) -> str:
    lines = [f"{values['code']}: {values['name']}", f"  {values['meaning']}"]
    if values["advice"]:
        lines.append(f"  What to do: {values['advice']}")
    return "\n".join([*lines, f"  Evidence: {values['evidence']}"])
