"""Lets a person at a terminal speak for the people of a world; independent of who reads the answers.

A line is ``NAME: text``, or ``NAME @ GROUP: text`` to write into a group. What clients send is printed as it comes.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from typing import TYPE_CHECKING, Final

from hongyan.emulator.personas import Persona, Room, find_group, find_person

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from hongyan.emulator.account import HostedAccount
    from hongyan.emulator.messages import StoredMessage
    from hongyan.emulator.service import Service

__all__ = ["HINT", "Console", "is_used", "shown"]

HINT: Final = (
    "Write as a person: NAME: text, or NAME @ GROUP: text. /people lists names, Ctrl-C ends the emulator."
)

_LINE: Final = re.compile(r"(?P<who>[^:：]{1,200})[:：](?P<text>.*)", re.DOTALL)
_LONGEST: Final = 65_536  # bytes of a line


class Console:
    """Reads lines from standard input for the first account of a service, and prints what clients send to its people."""

    def __init__(self, service: Service, tell: Callable[[str], None]) -> None:
        self._service = service
        self._tell = tell
        self._loop = asyncio.get_running_loop()

    async def __aenter__(self) -> Self:
        self._service.listeners.append(self._received)
        self._loop.add_reader(sys.stdin.fileno(), self._read)  # no thread: one that reads cannot be ended
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._service.listeners.remove(self._received)
        self._loop.remove_reader(sys.stdin.fileno())

    def _read(self) -> None:
        """Take the terminal's input: whole lines, since it delivers nothing less."""
        try:
            typed = os.read(sys.stdin.fileno(), _LONGEST)
        except OSError:  # the terminal is closed
            typed = b""
        if not typed:
            self._loop.remove_reader(sys.stdin.fileno())
        for line in typed.decode("utf-8", "replace").splitlines():
            if line.strip():
                self._tell(self.obey(line.strip()))

    def obey(self, line: str) -> str:
        """Carry out a line, and return what is to be printed."""
        if line == "/people":
            return self._listed()
        found = _LINE.fullmatch(line)
        if found is None or not found["text"].strip():
            return HINT
        who, _, group = (part.strip() for part in found["who"].partition("@"))
        world = self._account.world
        people = find_person(world, who)
        rooms = find_group(world, group) if group else []
        if len(people) != 1 or (group and len(rooms) != 1):
            return f"Who is {shown(who if len(people) != 1 else group)!r}? /people lists all names."
        try:
            room = Room(self._account, rooms[0]) if rooms else None
            Persona(self._account, people[0]).says(found["text"].strip(), room)
        except (LookupError, ValueError) as problem:
            return shown(f"That cannot be: {problem}")
        return f"  {shown(who)}{f' in {shown(group)}' if group else ''} → {shown(world.me.nickname)}"

    @property
    def _account(self) -> HostedAccount:
        return self._service.accounts[0]

    def _listed(self) -> str:
        world = self._account.world
        people = sorted(each.remark or each.nickname for each in world.people.values())
        groups = sorted(each.name for each in world.groups.values())
        return f"people: {shown(', '.join(people))}\ngroups: {shown(', '.join(groups))}"

    def _received(self, account: HostedAccount, message: StoredMessage) -> None:
        """Print what a client sent."""
        if account is not self._account or message.sender != account.id or not message.client_id:
            return
        what = message.text or f"[message of type {message.content.msg_type}]"
        self._tell(f"  {shown(account.world.me.nickname)} → {shown(self._name(message.chat))}: {shown(what)}")

    def _name(self, chat: str) -> str:
        world = self._account.world
        if chat in world.groups:
            return world.groups[chat].name
        person = world.people.get(chat)
        return (person.remark or person.nickname) if person else chat


def shown(text: str) -> str:
    """Return a text in which nothing can move a cursor: what does not print is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def is_used() -> bool:
    """Whether a person can type at a terminal in the foreground: a background job that reads its terminal is stopped."""
    try:
        return sys.stdin.isatty() and sys.stdout.isatty() and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (AttributeError, OSError, ValueError):
        return False
