"""Reads a rules file (TOML) and reports errors by file, line and key, with what to write instead."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hongyan.bot.patterns import Pattern
from hongyan.bot.rules import FIELDS, Quiet, Rule, Ruleset, fields_of
from hongyan.bot.text_file import read_text_file
from hongyan.errors import UsageError
from hongyan.files.toml_text import read_toml
from hongyan.model.messages import MESSAGE_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["DEFAULT_RULES", "load_rules", "parse_rules"]

DEFAULT_RULES: Final = """
schema = 1

[[rule]]
name = "ping"
pattern = '(?i)^\\s*ping\\s*$'
answer = "pong"
mention = true
priority = 10

[[rule]]
name = "away, in private"
in = "private"
kind = ["text", "quote", "voice", "picture", "video", "file"]
answer = "[自动回复] 我暂时不在，看到后会回复您。 / I am away and will answer when I am back."
cooldown = "10m"

[[rule]]
name = "away, mentioned in a group"
in = "group"
mention = true
answer = "[自动回复] {sender}，我暂时不在，看到后回复。 / I am away right now."
cooldown = "10m"
"""
"""The rules that apply where no file is given."""

_SPAN: Final = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)")
_UNITS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PLACES: Final = ("any", "private", "group")
_PICKS: Final = ("random", "turn")
# Kinds of the service itself are never answered, so a rule may not name them.
_ANSWERED: Final = (
    "text", "quote", "picture", "voice", "video", "sticker", "file", "link", "music", "location", "card", "mini-program",
    "channels", "record", "solitaire", "app", "call", "red-packet", "transfer",
)  # fmt: skip


class _Wrong(Exception):
    """A value that cannot be used: the reason, and what to write."""

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.advice = advice


def load_rules(path: Path | None) -> Ruleset:
    """Return the rules of a file, or the default ones for None; UsageError where it cannot be read or is wrong."""
    if path is None:
        return parse_rules(DEFAULT_RULES, "the default rules", Path())
    source = read_text_file(path, "Give the path of a TOML file.")
    return parse_rules(source, str(path), path.parent)


def parse_rules(source: str, file: str, folder: Path) -> Ruleset:
    """Return the rules of a TOML text; ``file`` is its name in errors, ``folder`` where its files are searched."""
    try:
        document = read_toml(source)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        place = f"{file}:{found[1]}" if found else f"{file}:{source.count(chr(10)) + 1}"
        advice = "Regular expressions are best written in 'single quotes', where \\ means itself."
        raise UsageError(f"{place}: this is not TOML: {error}", advice) from error
    return _Reader(source, file, folder).read(document)


@dataclass(frozen=True, slots=True)
class _Reader:
    source: str
    file: str
    folder: Path

    def read(self, document: Mapping[str, Any]) -> Ruleset:
        self._check_keys(document, ("schema", "seed", "rule"), 0)
        if document.get("schema", 1) != 1:
            raise self._error(0, "schema", _Wrong("this version reads schema 1", "Write: schema = 1"))
        seed = document.get("seed")
        if seed is not None and not _is_number(seed, int):
            raise self._error(0, "seed", _Wrong(f"{seed!r} is not a whole number", "Write: seed = 7"))
        rules = document.get("rule")
        if not isinstance(rules, list) or not rules:
            raise self._error(0, "rule", _Wrong("there are no rules", "Write a section [[rule]] for each."))
        read = [self._rule(number, rule) for number, rule in enumerate(rules, 1)]
        self._check_names(read)
        return Ruleset(read, seed)

    def _rule(self, number: int, values: Mapping[str, Any]) -> Rule:
        self._check_keys(values, (*_READERS, "answer", "file"), number)
        fields: dict[str, Any] = {"name": f"rule {number}"}
        for key, value in values.items():
            if key not in _READERS:
                continue
            field, read = _READERS[key]
            try:
                fields[field] = read(value)
            except _Wrong as wrong:
                raise self._error(number, key, wrong) from wrong
        key = "file" if "file" in values else "answer"
        try:
            fields.update(self._content(values, fields.get("pattern")))
        except _Wrong as wrong:
            raise self._error(number, key, wrong) from wrong
        return Rule(**fields)

    def _content(self, values: Mapping[str, Any], pattern: Pattern | None) -> dict[str, Any]:
        if ("answer" in values) == ("file" in values):
            raise _Wrong("a rule has either an answer or a file", 'Write: answer = "…"')
        if "file" in values:
            return {"file": _file(values["file"], self.folder)}
        answers = _texts(values["answer"])
        if not answers or not all(answer.strip() for answer in answers):
            raise _Wrong("an answer is empty", 'Write: answer = "…"')
        known = FIELDS | _captured(pattern)
        for name in sorted(set().union(*map(fields_of, answers)) - known):
            raise _Wrong(
                f"nothing fills {{{name}}}",
                f"Known here: {', '.join('{' + k + '}' for k in sorted(known))}; write {{{{ and }}}} for braces.",
            )
        return {"answers": answers}

    def _check_names(self, rules: list[Rule]) -> None:
        for number, rule in enumerate(rules, 1):
            if rule.name in {other.name for other in rules[: number - 1]}:
                raise self._error(
                    number, "name", _Wrong(f"two rules are called {rule.name!r}", "Choose another.")
                )

    def _check_keys(self, values: Mapping[str, Any], known: tuple[str, ...], number: int) -> None:
        for key in values:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                advice = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(known))}."
                raise self._error(number, key, _Wrong("there is no such key", advice))

    def _error(self, number: int, key: str, wrong: _Wrong) -> UsageError:
        where = f"rule {number}, {key}" if number else key
        return UsageError(f"{self.file}:{self._line(number, key)}: {where}: {wrong.problem}", wrong.advice)

    def _line(self, number: int, key: str) -> int:
        """Return the line of a key in a rule (0: above the rules), or of the rule if the key is elsewhere."""
        lines = self.source.splitlines()
        heads = [n for n, text in enumerate(lines) if re.match(r"\s*\[\[\s*rule\s*\]\]", text)]
        begin = heads[number - 1] if 0 < number <= len(heads) else 0
        end = next((n for n in heads if n > begin), len(lines)) if number else len(lines)
        own = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*[=.]""")
        return next((n for n in range(begin, end) if own.match(lines[n])), begin) + 1


def _captured(pattern: Pattern | None) -> set[str]:
    return set(pattern.captures) if pattern is not None else set()


def _is_number(value: object, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _texts(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in listed):
        raise _Wrong(f"{value!r} is not a text", 'Write "…" or a list ["…", "…"].')
    return tuple(listed)


def _name(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise _Wrong(f"{value!r} is not a name", 'Write: name = "greeting"')
    return value


def _who(value: object) -> frozenset[str]:
    names = _texts(value)
    if not names or not all(names):
        raise _Wrong("no one is named", 'Write: who = ["老王", "group:家人"], or "*" for everyone.')
    return frozenset(name.casefold() for name in names)


def _kinds(value: object) -> frozenset[str]:
    kinds = _texts(value)
    if kinds == ("*",):
        return frozenset(_ANSWERED)
    for kind in kinds:
        if kind in _ANSWERED:
            continue
        why = "is never answered" if kind in MESSAGE_KINDS else "is not a kind of message"
        raise _Wrong(f"{kind!r} {why}", f'Write one of: {", ".join(_ANSWERED)}; or "*" for all of them.')
    return frozenset(kinds)


def _pattern(value: object) -> Pattern:
    if not isinstance(value, str):
        raise _Wrong(f"{value!r} is not a text", "Write: pattern = '^hello'")
    try:
        return Pattern(value)
    except ValueError as error:
        raise _Wrong(
            f"{value!r} is not a regular expression: {error}",
            r"Put \ before a character that is meant as it is.",
        ) from error


def _one_of(words: tuple[str, ...]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in words:
            raise _Wrong(
                f"{value!r} is none of {', '.join(words)}", f'Write one of them, e.g. "{words[-1]}".'
            )
        return str(value)

    return read


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(f"{value!r} is neither true nor false", "Write true or false, without quotes.")
    return value


def _priority(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _Wrong(f"{value!r} is not a whole number", "Write: priority = 10")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < float("inf"):
        return float(value)
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _Wrong(f"{value!r} is not a time", 'Write seconds, or "30s", "10m", "2h", "1d".')
    return float(found[1]) * _UNITS[found[2]]


_MIDNIGHT: Final = 24  # the hour that ends a day


def _quiet(value: object) -> tuple[Quiet, ...]:
    return tuple(_span(text) for text in _texts(value))


def _span(text: str) -> Quiet:
    found = _SPAN.fullmatch(text.replace(" ", ""))
    try:
        if found and int(found[3]) <= _MIDNIGHT:
            begin, begin_minute, end, end_minute = (int(part) for part in found.groups())
            span = Quiet(time(begin, begin_minute), time(end % 24, end_minute))
            if span.begin != span.end or end == _MIDNIGHT:
                return span
            raise _Wrong(f"{text!r} ends where it begins", 'For the whole day write: quiet = "00:00-24:00"')
    except ValueError:
        pass  # an hour or minute that does not exist: reported below like any other mistake
    raise _Wrong(f"{text!r} is not a span of hours", 'Write: quiet = "23:00-07:00"')


def _file(value: object, folder: Path) -> Path:
    if not isinstance(value, str) or not value:
        raise _Wrong(f"{value!r} is not a path", 'Write: file = "menu.pdf"')
    path = folder / value
    try:
        real, inside = path.resolve(), folder.resolve()
        there = real.is_file()
    except (OSError, ValueError, RuntimeError) as error:
        raise _Wrong(
            f"{value!r} is not a path that can be read: {error}", 'Write: file = "menu.pdf"'
        ) from error
    if not real.is_relative_to(inside):
        raise _Wrong(
            f"the file {value!r} is outside of the folder of the rules file",
            f"Only files in {str(inside)!r} are sent: copy it there.",
        )
    if not there:
        raise _Wrong(f"there is no file {str(path)!r}", "Paths are taken from the folder of the rules file.")
    return real


# What a key of a rule sets, and how its value is read.
_READERS: Final[dict[str, tuple[str, Callable[[object], object]]]] = {
    "name": ("name", _name),
    "who": ("who", _who),
    "in": ("place", _one_of(_PLACES)),
    "kind": ("kinds", _kinds),
    "pattern": ("pattern", _pattern),
    "mention": ("mention", _yes_or_no),
    "pick": ("pick", _one_of(_PICKS)),
    "cooldown": ("cooldown", _seconds),
    "quiet": ("quiet", _quiet),
    "priority": ("priority", _priority),
    "stop": ("stop", _yes_or_no),
}
