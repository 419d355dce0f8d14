"""Rules for automatic answers, as values: which messages they fit and what they answer; it reads no file and no clock.

Rules are tried by priority, the highest first, then in the order of the file. A rule that answers ends the search unless
it says ``stop = false``. A rule that is in its cool-down or in its quiet hours is passed over.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, time
    from pathlib import Path

    from hongyan.bot.patterns import Pattern

__all__ = ["FIELDS", "Heard", "Quiet", "Rule", "RuleAnswer", "Ruleset", "fields_of", "filled"]

FIELDS: Final = frozenset({"sender", "chat", "text"})
"""What an answer may name in braces besides what its pattern captured."""

_BRACED: Final = re.compile(r"\{\{|\}\}|\{(\w+)\}")
_REMEMBERED: Final = 4096  # chats whose last answer is kept, for cool-downs


@dataclass(frozen=True, slots=True)
class Heard:
    """A message in the form for rules. ``chat`` is an opaque key.

    ``sender_names`` and ``group_names`` are those names in the rules, case-folded, that mean this sender or group and
    no other contact (``hongyan.client.naming``): a name that people choose for themselves opens no rule.
    """

    chat: str
    chat_name: str
    sender_name: str
    sender_names: frozenset[str]
    in_group: bool
    group_names: frozenset[str]  # empty in a conversation with one person
    kind: str
    text: str
    plain: str  # the text without mentions, which is what patterns are tried on
    mentioned: bool = False


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the day without answers; a span may run over midnight, and one with equal ends is the whole day."""

    begin: time
    end: time

    def covers(self, now: time) -> bool:
        """Return whether ``now`` falls into the span; its end does not."""
        if self.begin < self.end:
            return self.begin <= now < self.end
        return now >= self.begin or now < self.end


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``who``: names of people, ``group:NAME``, ``group:*`` or ``*``; ``cooldown`` is seconds per chat."""

    name: str
    answers: tuple[str, ...] = ()
    file: Path | None = None
    who: frozenset[str] = frozenset({"*"})
    place: Literal["any", "private", "group"] = "any"
    kinds: frozenset[str] = frozenset({"text"})
    pattern: Pattern | None = None
    mention: bool = False
    pick: Literal["random", "turn"] = "random"
    cooldown: float = 0.0
    quiet: tuple[Quiet, ...] = ()
    priority: int = 0
    stop: bool = True

    def captures(self, heard: Heard) -> Mapping[str, str] | None:
        """Return what may fill the answer if the rule fits a message, else None."""
        if not (self._fits_place(heard) and self._fits_person(heard) and heard.kind in self.kinds):
            return None
        known = {"sender": heard.sender_name, "chat": heard.chat_name, "text": heard.plain}
        if self.pattern is None:
            return known
        match = self.pattern.search(heard.plain)
        if match is None:
            return None
        numbered = {str(n): value or "" for n, value in enumerate((match[0], *match.groups()))}
        return {**known, **numbered, **{k: v or "" for k, v in match.groupdict().items()}}

    @property
    def named(self) -> frozenset[str]:
        """The names of people and groups that the rule is for."""
        return frozenset(name.removeprefix("group:") for name in self.who) - {"*"}

    def rests(self, now: datetime) -> bool:
        """Return whether it is one of the rule's quiet hours."""
        return any(quiet.covers(now.time()) for quiet in self.quiet)

    def _fits_place(self, heard: Heard) -> bool:
        if self.place not in {"any", "group" if heard.in_group else "private"}:
            return False
        return heard.mentioned or not (self.mention and heard.in_group)

    def _fits_person(self, heard: Heard) -> bool:
        if "*" in self.who or self.who & heard.sender_names:
            return True
        if not heard.in_group:
            return False
        return "group:*" in self.who or bool(self.who & {f"group:{name}" for name in heard.group_names})


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """What a rule answers: a text, or the file at a Path."""

    rule: str
    content: str | Path


@dataclass(slots=True)
class _Memory:
    answered: dict[str, float] = field(default_factory=dict)  # by chat, Unix seconds; the latest is last
    turns: int = 0


class Ruleset:
    """Rules with the memory that cool-downs and turns need. ``seed`` makes random picks repeatable."""

    def __init__(self, rules: Iterable[Rule], seed: int | None = None) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: -rule.priority))
        self._memory = {rule.name: _Memory() for rule in self.rules}
        self.names = frozenset().union(*(rule.named for rule in self.rules))
        self._random = random.Random(seed)  # noqa: S311  # picks a phrase, guards nothing

    def answers(self, heard: Heard, now: datetime) -> list[RuleAnswer]:
        """Return the answer to a message at ``now`` (local time), and remember that it was given."""
        found = []
        for rule in self.rules:
            captures = rule.captures(heard)
            if captures is None or rule.rests(now) or not self._is_due(rule, heard.chat, now):
                continue
            found.append(RuleAnswer(rule.name, self._content(rule, captures)))
            if rule.stop:
                break
        return found

    def _is_due(self, rule: Rule, chat: str, now: datetime) -> bool:
        """Return whether the rule's cool-down in a chat is over, and start a new one if so."""
        if not rule.cooldown:
            return True
        answered = self._memory[rule.name].answered
        before = answered.get(chat)
        if before is not None and 0 <= now.timestamp() - before < rule.cooldown:
            return False
        answered.pop(chat, None)
        answered[chat] = now.timestamp()
        if len(answered) > _REMEMBERED:
            del answered[next(iter(answered))]
        return True

    def _content(self, rule: Rule, captures: Mapping[str, str]) -> str | Path:
        if rule.file is not None:
            return rule.file
        memory = self._memory[rule.name]
        if rule.pick == "turn":
            template = rule.answers[memory.turns % len(rule.answers)]
            memory.turns += 1
        else:
            template = self._random.choice(rule.answers)
        return filled(template, captures)


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return an answer with ``{name}`` replaced; ``{{`` and ``}}`` are braces. Nothing else has a meaning."""

    def value(found: re.Match[str]) -> str:
        return values.get(found[1], "") if found[1] else found[0][0]

    return _BRACED.sub(value, template)


def fields_of(template: str) -> set[str]:
    """Return the names that a template has in braces."""
    return {found[1] for found in _BRACED.finditer(template) if found[1]}
