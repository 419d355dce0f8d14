"""Lets the people of a world act on a running service; independent of what they write."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from hongyan.emulator import compose, groups
from hongyan.emulator.kinds import make
from hongyan.emulator.names import is_group_id

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from hongyan.emulator.account import HostedAccount
    from hongyan.emulator.messages import StoredMessage
    from hongyan.emulator.people import DueAction, PersonAction, Play
    from hongyan.emulator.service import Service

__all__ = ["ScriptRunner"]

_TICK = 0.1  # seconds between two checks of the time line
_BY_HAND = 60.0  # seconds without automatic answers of a person after a command spoke for that person


class ScriptRunner:
    """Lets a play run on the first account of a service: its events from the first login on, its answers whenever."""

    def __init__(self, service: Service, play: Play, *, speed: float = 1.0) -> None:
        self._service = service
        self._play = play
        self._speed = speed
        self._tasks: set[asyncio.Task[None]] = set()
        self._words: dict[str, str] = {}  # the last text of each, by permanent id

    async def __aenter__(self) -> Self:
        self._service.listeners.append(self._received)
        self._begin(self._follow_time())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._service.listeners.remove(self._received)
        for task in tuple(self._tasks):
            task.cancel()
        for task in tuple(self._tasks):
            with contextlib.suppress(asyncio.CancelledError):
                await task

    @property
    def _account(self) -> HostedAccount:
        return self._service.accounts[0]

    def _begin(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]  # a coroutine of this class
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _follow_time(self) -> None:
        """Carry out what is due on the time line, counted from the first login that has synced once."""
        while not any(login.synced for login in self._account.living()):
            await self._service.notifier.wait(_TICK)
        clock, past = self._service.clock, -1.0
        begun = clock.now()
        while True:
            await asyncio.sleep(_TICK)
            now = (clock.now() - begun) * self._speed
            for due in self._play.due(past, now):
                self._do(due.action)
            past = now

    def _received(self, account: HostedAccount, message: StoredMessage) -> None:
        if account is not self._account or not message.text:
            return
        names = self._who_may_answer(message.chat)
        listening = {who: name for who, name in names.items() if self._listens(who, message.text)}
        for due in self._play.on_message(message.chat, message.text, listening):
            self._begin(self._later(due))

    def _who_may_answer(self, chat: str) -> dict[str, str]:
        world = self._account.world
        if not is_group_id(chat):
            return {chat: world.people[chat].nickname} if chat in world.people else {}
        members = world.groups[chat].members
        return {m.id: m.display_name or world.people[m.id].nickname for m in members if m.id in world.people}

    def _listens(self, who: str, words: str) -> bool:
        """Whether a person answers automatically: not to their own words, or an echo would loop for ever.

        Nor while a command speaks for the person, whose words are then what the client answers.
        """
        spoken_for = self._account.by_hand.get(who)
        if spoken_for is not None and 0 <= self._service.clock.now() - spoken_for < _BY_HAND:
            return False
        own = self._words.get(who, "")
        return not own or own not in words

    async def _later(self, due: DueAction) -> None:
        await asyncio.sleep(due.after / self._speed)
        self._do(due.action)

    def _do(self, action: PersonAction) -> None:
        if action.say:
            self._words[action.who] = action.say
        _ACTIONS[action.do](self._account, action)


def _chat_of(action: PersonAction) -> str:
    return action.chat or action.who


def _write(account: HostedAccount, action: PersonAction) -> None:
    if action.say:
        account.say(_chat_of(action), action.who, compose.text(action.say))
    if action.send:
        content = make(action.send, action.values, account.world)
        speaks = content.msg_type not in {10000, 10002}
        account.say(_chat_of(action), action.who if speaks else "", content)


def _recall(account: HostedAccount, action: PersonAction) -> None:
    own = [
        m
        for m in account.messages.values()
        if m.sender == action.who and m.chat == _chat_of(action) and not m.recalled
    ]
    if own:
        account.recall(own[-1])


def _ask(account: HostedAccount, action: PersonAction) -> None:
    if not account.world.people[action.who].friend and action.who not in account.requests:
        groups.ask(account, action.who, action.say)


def _rename(account: HostedAccount, action: PersonAction) -> None:
    groups.rename(account, account.world.groups[action.chat], action.say, action.who)


def _join(account: HostedAccount, action: PersonAction) -> None:
    room = account.world.groups[action.chat]
    new = [each for each in action.values["people"] if not room.has(each)]
    if new:
        groups.add(account, room, new, action.who)


def _remove(account: HostedAccount, action: PersonAction) -> None:
    room = account.world.groups[action.chat]
    gone = [each for each in action.values["people"] if room.has(each)]
    if gone:
        groups.remove(account, room, gone, action.who)


def _phone(account: HostedAccount, action: PersonAction) -> None:
    account.say(action.chat, account.id, compose.text(action.say))


_ACTIONS = {
    "": _write,
    "recall": _recall,
    "ask": _ask,
    "rename": _rename,
    "join": _join,
    "remove": _remove,
    "phone": _phone,
}
