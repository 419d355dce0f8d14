"""Knows how a test or a script speaks for the people of a world; refuses to know how the client learns of it."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from hongyan.emulator import compose

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.emulator.account import Account
    from hongyan.emulator.compose import Composed
    from hongyan.emulator.messages import Message
    from hongyan.emulator.world import World

    Wanted = str | re.Pattern[str] | Callable[[Message], bool] | None

__all__ = ["Room", "Speaker", "find_group", "find_person"]


def find_person(world: World, who: str) -> list[str]:
    """Permanent ids of the people with this id, else remark, else nickname, else alias."""
    if who in world.people or who == world.me.id:
        return [who]
    for attribute in ("remark", "nickname", "alias"):
        found = [each.id for each in world.people.values() if getattr(each, attribute) == who]
        if found:
            return found
    return []


def find_group(world: World, which: str) -> list[str]:
    """Permanent ids of the groups with this id, else this name."""
    if which in world.groups:
        return [which]
    return [each.id for each in world.groups.values() if each.name == which]


class _Chat:
    """A chat with the account: what the client writes into it can be heard."""

    def __init__(self, account: Account, permanent_id: str) -> None:
        self.account = account
        self.id = permanent_id

    async def hears(self, wanted: Wanted = None, timeout: float = 5.0) -> Message:  # noqa: ASYNC109 - the wait is the point
        """The oldest message to this chat that fits and was not heard before; waits for it.

        `wanted` is the exact text, a pattern, a test, or None for anything. Raises TimeoutError, with what was heard instead.
        """
        try:
            async with asyncio.timeout(timeout):
                while (message := self._take(wanted)) is None:
                    await self.account.ears.wait(timeout)
        except TimeoutError:
            heard = [message.text for message in self.account.heard if message.chat == self.id]
            msg = f"{self.id} did not hear {wanted!r} within {timeout} s; it heard {heard!r}"
            raise TimeoutError(msg) from None
        return message

    def _take(self, wanted: Wanted) -> Message | None:
        for message in self.account.heard:
            if message.chat == self.id and _fits(message, wanted):
                self.account.heard.remove(message)
                return message
        return None


class Speaker(_Chat):
    """A person of the world, who can write and hear."""

    def says(self, words: str, group: Room | str | None = None) -> Message:
        """Write a text to the account, or into a group both are in."""
        return self.sends(compose.text(words), group)

    def sends(self, content: Composed, group: Room | str | None = None) -> Message:
        """Send a message of any kind. Raises LookupError for a group that this person is not in."""
        chat = self.id if group is None else self._room(group).id
        return self.account.say(chat, self.id, content)

    def recalls(self, message: Message) -> Message:
        """Take a message back. Raises ValueError for somebody else's."""
        if message.sender != self.id:
            msg = f"{self.id} cannot recall what {message.sender} wrote"
            raise ValueError(msg)
        return self.account.recall(message)

    def _room(self, group: Room | str) -> Room:
        room = (
            group if isinstance(group, Room) else Room(self.account, find_group(self.account.world, group)[0])
        )
        if not self.account.world.groups[room.id].has(self.id):
            msg = f"{self.id} is not in {room.id}"
            raise LookupError(msg)
        return room


class Room(_Chat):
    """A group of the world."""


def _fits(message: Message, wanted: Wanted) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, str):
        return message.text == wanted
    if isinstance(wanted, re.Pattern):
        return wanted.search(message.text) is not None
    return wanted(message)
