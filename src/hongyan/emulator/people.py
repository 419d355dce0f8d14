"""What the people of a world do by themselves and what they answer; independent of clocks and servers.

Pure: it takes a message of the account, or the time that has passed, and returns what is to be done.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DueAction", "Event", "PersonAction", "Play", "ScriptedAnswer"]


@dataclass(frozen=True, slots=True)
class PersonAction:
    """An action of a person: `who` (a permanent id), in `chat` (a group's id; "" for the private chat).

    `say` is a text; `send` names a kind and `values` what it is made of; `do` is one of: recall (the last message of
    `who`), ask (for friendship, with `say`), rename (the group, to `say`), join (people of `values["people"]`), remove,
    phone (the account itself writes from its phone).
    """

    who: str
    chat: str = ""
    say: str = ""
    send: str = ""
    do: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DueAction:
    """An action and in how many seconds it is due."""

    after: float
    action: PersonAction


@dataclass(frozen=True, slots=True)
class ScriptedAnswer:
    """A rule: when the account writes something that fits `when` to `who`, one of `say` comes back after a while.

    In a group the person answers only if named with `@`, unless `in_groups`. Captures of `when` stand for `{1}`, `{2}` …
    in the texts. `chance` is between 0 and 1.
    """

    who: str
    when: re.Pattern[str]
    say: tuple[str, ...] = ()
    send: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    after: float = 0.8
    in_groups: bool = False
    chance: float = 1.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something on the time line: at so many seconds after the login, and again every so many if `every`."""

    at: float
    action: PersonAction
    every: float = 0.0


@dataclass(slots=True)
class Play:
    """All answers and events of a world. The same seed gives the same play."""

    answers: list[ScriptedAnswer] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    seed: int = 0
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - a play, not a secret

    def on_message(self, chat: str, words: str, names: Mapping[str, str]) -> list[DueAction]:
        """What follows from a message `words` of the account to `chat` (a person's or group's id).

        `names` are the people who can answer there: permanent id to the name they are called by.
        """
        private = set(names) == {chat}
        actions = []
        for person, name in names.items():
            named = private or f"@{name}" in words
            bare = words.replace(f"@{name}", "").strip("\u2005 ") if named else words
            answer = next(
                (a for a in self.answers if a.who == person and self._fits(a, bare, named=named)), None
            )
            if answer is not None:
                actions.append(DueAction(answer.after, self._action(answer, bare, "" if private else chat)))
        return actions

    def _fits(self, answer: ScriptedAnswer, words: str, *, named: bool) -> bool:
        return (
            (named or answer.in_groups)
            and answer.when.search(words) is not None
            and self._random.random() <= answer.chance
        )

    def _action(self, answer: ScriptedAnswer, words: str, chat: str) -> PersonAction:
        found = answer.when.search(words)
        groups = [group or "" for group in found.groups()] if found else []
        template = self._random.choice(answer.say) if answer.say else ""
        say = re.sub(
            r"\{(\d)\}", lambda m: groups[int(m[1]) - 1] if 0 < int(m[1]) <= len(groups) else m[0], template
        )
        return PersonAction(answer.who, chat, say, answer.send, values=answer.values)

    def due(self, since: float, until: float) -> list[DueAction]:
        """The events of a stretch of time (seconds after the login, `since` excluded); `after` counts from `since`."""
        found = []
        for event in self.events:
            times = _times(event, since, until)
            found += [DueAction(at - since, event.action) for at in times]
        return sorted(found, key=lambda action: action.after)


def _times(event: Event, since: float, until: float) -> list[float]:
    if not event.every:
        return [event.at] if since < event.at <= until else []
    first = max(0, -(-(since - event.at) // event.every)) if since >= event.at else 0
    times = []
    at = event.at + first * event.every
    while at <= until:
        if at > since:
            times.append(at)
        at += event.every
    return times
