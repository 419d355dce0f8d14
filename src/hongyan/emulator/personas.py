"""Lets a test or a script speak for the people of a world; independent of how the client gets it."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from hongyan.emulator import compose, groups

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hongyan.emulator.account import HostedAccount
    from hongyan.emulator.compose import Composed
    from hongyan.emulator.messages import StoredMessage
    from hongyan.emulator.world import World

    Wanted = str | re.Pattern[str] | Callable[[StoredMessage], bool] | None

__all__ = ["Persona", "Room", "find_group", "find_person"]


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
    """A chat with the account: the client's messages in it can be awaited."""

    def __init__(self, account: HostedAccount, permanent_id: str) -> None:
        self.account = account
        self.id = permanent_id

    async def hears(self, wanted: Wanted = None, timeout: float = 5.0) -> StoredMessage:  # noqa: ASYNC109 - the wait is the point
        """The oldest message to this chat that fits and was not returned before; waits for it.

        `wanted` is the exact text, a pattern, a test, or None for anything. Raises TimeoutError, with the messages received instead.
        """
        try:
            async with asyncio.timeout(timeout):
                while (message := self._take(wanted)) is None:
                    await self.account.inbox_event.wait(timeout)
        except TimeoutError:
            heard = [message.text for message in self.account.heard if message.chat == self.id]
            msg = f"{self.id} did not get {wanted!r} within {timeout} s; it got {heard!r}"
            raise TimeoutError(msg) from None
        return message

    def _take(self, wanted: Wanted) -> StoredMessage | None:
        for message in self.account.heard:
            if message.chat == self.id and _fits(message, wanted):
                self.account.heard.remove(message)
                return message
        return None


class Persona(_Chat):
    """A person of the world, who can write and hear."""

    def says(self, words: str, group: Room | str | None = None) -> StoredMessage:
        """Write a text to the account, or into a group both are in."""
        return self.sends(compose.text(words), group)

    def sends(self, content: Composed, group: Room | str | None = None) -> StoredMessage:
        """Send a message of any kind. Raises LookupError for a group that this person is not in."""
        chat = self.id if group is None else self._room(group).id
        self.account.by_hand[self.id] = self.account.core.clock.now()
        return self.account.say(chat, self.id, content)

    def recalls(self, message: StoredMessage) -> StoredMessage:
        """Recall a message. Raises ValueError for one of another sender."""
        if message.sender != self.id:
            msg = f"{self.id} cannot recall what {message.sender} wrote"
            raise ValueError(msg)
        return self.account.recall(message)

    def asks(self, words: str) -> StoredMessage:
        """Send the account a friend request (MsgType 37)."""
        return groups.ask(self.account, self.id, words)

    def accepts(self) -> None:
        """Accept the friend request that the client sent. Raises LookupError where there is none."""
        if self.id not in self.account.asked:
            msg = f"no request was sent to {self.id}"
            raise LookupError(msg)
        groups.befriend(self.account, self.id, by_account=False)

    def deletes_me(self) -> None:
        """Delete the account from this person's contacts: it gets no notice, and its messages are not delivered."""
        self.account.world.people[self.id].refuses = "deleted"

    def blocks_me(self) -> None:
        """Block the account: it gets no notice, and its messages are refused."""
        self.account.world.people[self.id].refuses = "blocked"

    async def is_asked(self, timeout: float = 5.0) -> str:  # noqa: ASYNC109 - the wait is the point
        """Wait for the client's friend request to this person; return its words. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while self.id not in self.account.asked:
                await self.account.inbox_event.wait(timeout)
        return self.account.asked[self.id]

    def joins(self, group: Room | str) -> None:
        """Follow an invitation that the client sent. Raises LookupError where there is none."""
        room = self._find_room(group)
        if (room.id, self.id) not in self.account.invitations:
            msg = f"{self.id} has no invitation to {room.id}"
            raise LookupError(msg)
        self.account.invitations.remove((room.id, self.id))
        groups.add(self.account, self.account.world.groups[room.id], [self.id], self.account.id)

    def quits(self, group: Room | str) -> None:
        """Leave a group; the others read no line about it."""
        groups.leave(self.account, self.account.world.groups[self._room(group).id], self.id)

    def renames(self, group: Room | str, topic: str) -> None:
        """Give a group a name."""
        groups.rename(self.account, self.account.world.groups[self._room(group).id], topic, self.id)

    def adds(self, group: Room | str, people: Sequence[Persona]) -> None:
        """Bring people, or the account itself, into a group."""
        room = self.account.world.groups[self._find_room(group).id]
        if not room.has(self.id):
            msg = f"{self.id} is not in {room.id}"
            raise LookupError(msg)
        groups.add(self.account, room, [each.id for each in people], self.id)

    def removes(self, group: Room | str, people: Sequence[Persona]) -> None:
        """Put people, or the account itself, out of a group."""
        room = self.account.world.groups[self._room(group).id]
        groups.remove(self.account, room, [each.id for each in people], self.id)

    def _find_room(self, group: Room | str) -> Room:
        if isinstance(group, Room):
            return group
        found = find_group(self.account.world, group)
        if len(found) != 1:
            msg = f"{len(found)} groups are called {group!r}"
            raise LookupError(msg)
        return Room(self.account, found[0])

    def _room(self, group: Room | str) -> Room:
        room = self._find_room(group)
        for who in (self.id, self.account.id):
            if not self.account.world.groups[room.id].has(who):
                msg = f"{who} is not in {room.id}"
                raise LookupError(msg)
        return room


class Room(_Chat):
    """A group of the world."""


def _fits(message: StoredMessage, wanted: Wanted) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, str):
        return message.text == wanted
    if isinstance(wanted, re.Pattern):
        return wanted.search(message.text) is not None
    return wanted(message)
