"""Knows how the people of a world act on a running service; refuses to know what they mean to say."""

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
    from hongyan.emulator.people import Action, Deed, Play
    from hongyan.emulator.service import Service

__all__ = ["ScriptRunner"]

_TICK = 0.1  # seconds between two looks at the time line
_BY_HAND = 60.0  # seconds without scripted answers of a person for whom a test spoke


class ScriptRunner:
    """Lets a play run on the first account of a service: its events from the first login on, its answers whenever."""

    def __init__(self, service: Service, play: Play, *, speed: float = 1.0) -> None:
        self._service = service
        self._play = play
        self._speed = speed
        self._tasks: set[asyncio.Task[None]] = set()
        self._words: dict[str, str] = {}  # what each said last, by permanent id

    async def __aenter__(self) -> Self:
        self._service.listeners.append(self._heard)
        self._begin(self._follow_time())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._service.listeners.remove(self._heard)
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
        """Do what is due on the time line, counted from the first login that has synced once."""
        while not any(login.synced for login in self._account.living()):
            await self._service.notifier.wait(_TICK)
        clock, past = self._service.clock, -1.0
        begun = clock.now()
        while True:
            await asyncio.sleep(_TICK)
            now = (clock.now() - begun) * self._speed
            for action in self._play.due(past, now):
                self._do(action.deed)
            past = now

    def _heard(self, account: HostedAccount, message: StoredMessage) -> None:
        if account is not self._account or not message.text:
            return
        names = self._who_may_answer(message.chat)
        listening = {who: name for who, name in names.items() if self._listens(who, message.text)}
        for action in self._play.on_message(message.chat, message.text, listening):
            self._begin(self._later(action))

    def _who_may_answer(self, chat: str) -> dict[str, str]:
        world = self._account.world
        if not is_group_id(chat):
            return {chat: world.people[chat].nickname} if chat in world.people else {}
        members = world.groups[chat].members
        return {m.id: m.display_name or world.people[m.id].nickname for m in members if m.id in world.people}

    def _listens(self, who: str, words: str) -> bool:
        """Whether a person answers by script: not to an echo of their words, or both would go on for ever.

        Nor while a test, console or control call speaks for them, because the client answers those words.
        """
        spoken_for = self._account.by_hand.get(who)
        if spoken_for is not None and 0 <= self._service.clock.now() - spoken_for < _BY_HAND:
            return False
        own = self._words.get(who, "")
        return not own or own not in words

    async def _later(self, action: Action) -> None:
        await asyncio.sleep(action.after / self._speed)
        self._do(action.deed)

    def _do(self, deed: Deed) -> None:
        if deed.say:
            self._words[deed.who] = deed.say
        _DEEDS[deed.do](self._account, deed)


def _chat_of(deed: Deed) -> str:
    return deed.chat or deed.who


def _write(account: HostedAccount, deed: Deed) -> None:
    if deed.say:
        account.say(_chat_of(deed), deed.who, compose.text(deed.say))
    if deed.send:
        content = make(deed.send, deed.values, account.world)
        speaks = content.msg_type not in {10000, 10002}
        account.say(_chat_of(deed), deed.who if speaks else "", content)


def _recall(account: HostedAccount, deed: Deed) -> None:
    own = [
        m
        for m in account.messages.values()
        if m.sender == deed.who and m.chat == _chat_of(deed) and not m.recalled
    ]
    if own:
        account.recall(own[-1])


def _ask(account: HostedAccount, deed: Deed) -> None:
    if not account.world.people[deed.who].friend and deed.who not in account.requests:
        groups.ask(account, deed.who, deed.say)


def _rename(account: HostedAccount, deed: Deed) -> None:
    groups.rename(account, account.world.groups[deed.chat], deed.say, deed.who)


def _join(account: HostedAccount, deed: Deed) -> None:
    room = account.world.groups[deed.chat]
    new = [each for each in deed.values["people"] if not room.has(each)]
    if new:
        groups.add(account, room, new, deed.who)


def _remove(account: HostedAccount, deed: Deed) -> None:
    room = account.world.groups[deed.chat]
    gone = [each for each in deed.values["people"] if room.has(each)]
    if gone:
        groups.remove(account, room, gone, deed.who)


def _phone(account: HostedAccount, deed: Deed) -> None:
    account.say(deed.chat, account.id, compose.text(deed.say))


_DEEDS = {
    "": _write,
    "recall": _recall,
    "ask": _ask,
    "rename": _rename,
    "join": _join,
    "remove": _remove,
    "phone": _phone,
}
