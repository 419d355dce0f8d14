"""Gathers everybody the account can talk to: who is asked for, in what portions, and when the list is complete.

Groups that are not saved to the contacts never appear in the contact list, so their names are gathered from webwxinit,
the phone's status notices, sync and traffic as well, and asked for in batches. A batch that fails is split; a name that
fails alone is not asked for again under this login.
"""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import TYPE_CHECKING, Final

from hongyan.errors import HongyanError, NoAnswer, NotComplete, TooFast
from hongyan.model.events import ContactChanged, MessageReceived, Recorded
from hongyan.model.messages import StatusNotice
from hongyan.webwx.calls.contacts import BATCH, Wanted, batch, contacts_page

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from hongyan.client.line import Line
    from hongyan.model.contacts import Contact
    from hongyan.model.ids import LoginId, TransientName
    from hongyan.model.messages import AnyMessage
    from hongyan.ports import Store

__all__ = ["Directory"]

_GATHER_S: Final = 0.2  # so long the front-end collects names before it asks
_SPACING_S: Final = 1.5  # between batches: bursts are answered with 1205 (wechaty, wechat-bot reports)
_PIECES: Final = {50: 10, 10: 5, 5: 1}
_PAGES: Final = 100
_LONGEST_PAUSE_S: Final = 60.0
_AGAIN_S: Final = 60.0  # so long a group with an unknown speaker is not asked for again
_TRIES: Final = 3
_FIRST_WORDS_S: Final = 3.0


class Directory:
    """The directory of one login. ``spaced`` keeps the careful distance between batches.

    ``on_complete`` is called once, when the list has been read to its end and every group heard of so far is known.
    """

    def __init__(
        self,
        line: Line,
        store: Store,
        login: LoginId,
        *,
        spaced: bool,
        on_complete: Callable[[], Awaitable[None]],
    ) -> None:
        self._on_complete = on_complete
        self._line = line
        self._store = store
        self._login = login
        self._spacing = _SPACING_S if spaced else 0.0
        self._wanted: dict[TransientName, str] = {}
        self._hopeless: set[TransientName] = set()
        self._asked_at: dict[TransientName, float] = {}
        self._more = asyncio.Event()
        self._listed = False
        self._heard = asyncio.Event()

    # -- what is heard

    def want(self, names: Iterable[TransientName], source: str) -> None:
        """Ask for these names soon, unless they are known in full or not to be had."""
        for name in names:
            if name and name not in self._wanted and name not in self._hopeless and not self._known(name):
                self._wanted[name] = source
        if self._wanted:
            self._more.set()

    def heard(self, written: Sequence[Recorded]) -> None:
        """Look through new journal rows for names of which too little is known."""
        self._heard.set()
        for recorded in written:
            match recorded.event:
                case MessageReceived(message=StatusNotice(names=names)):
                    self.want(names, "status-notice")
                case MessageReceived(message=message):
                    group = self._store.contact(recorded.chat)
                    if group is None or not _in_full(group):
                        self.want([message.chat], "traffic")
                    elif group.is_group:
                        self._check_speaker(group, message)
                case ContactChanged(change=change):
                    self.want([change.name], "sync")
                case _:
                    pass

    def _check_speaker(self, group: Contact, message: AnyMessage) -> None:
        """Ask for a group again when somebody speaks who is not among its members."""
        members, speaker = group.members or (), message.sender
        if not members or not speaker or any(member.name == speaker for member in members):
            return
        if not self._asked_recently(message.chat):
            self._asked_at[message.chat] = self._line.wall()
            self._wanted[message.chat] = "traffic"
            self._more.set()

    def _asked_recently(self, name: TransientName) -> bool:
        return self._line.wall() - self._asked_at.get(name, 0.0) < _AGAIN_S

    def _known(self, name: TransientName) -> bool:
        key = self._store.key_of(self._login, name)
        contact = self._store.contact(key) if key else None
        return contact is not None and _in_full(contact)

    # -- the work

    async def run(self, *, listed: bool = False) -> None:
        """Load the list (unless it was ``listed`` before), then keep asking for names as they come, without end."""
        self._listed = listed
        if not listed:
            await self._patiently(self.load)
        while True:
            await self._drain()
            if not self._listed:
                await self._first_words()
                await self._drain()
                self._listed = True
                await self._store.set_complete(self._login, complete=True)
                await self._on_complete()
            await self._more.wait()
            await asyncio.sleep(_GATHER_S if self._spacing else 0)

    async def _first_words(self) -> None:
        """Wait for the first batch of a login, in which the phone lists its chats; a silent phone is waited for in vain."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_WORDS_S):
                await self._heard.wait()

    async def load(self) -> None:
        """Read the contact list to its end: pages follow while the answer names a next one."""
        seq, seen = 0, set[int]()
        for _ in range(_PAGES):
            page = await self._line.ask(partial(contacts_page, seq=seq))
            await self._store.learn(self._login, page.contacts, "contacts")
            self.want([c.name for c in page.contacts if c.name.startswith("@@")], "contacts")
            seen.add(seq)
            if page.seq == 0 or page.seq in seen:
                return
            seq = page.seq
        raise NotComplete("the contact list", _PAGES, None)

    async def fetch(self, name: TransientName, group: str = "") -> None:
        """Ask for one record now."""
        await self._ask([name], group)

    async def _patiently(self, work: Callable[[], Awaitable[None]]) -> None:
        """Repeat ``work`` until it succeeds, with growing pauses."""
        pause = 1.0
        while True:
            try:
                await work()
            except HongyanError:
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
            else:
                return

    async def _drain(self) -> None:
        """Ask for everything wanted, in portions."""
        while self._wanted:
            portion = list(self._wanted)[:BATCH]
            await self._portion(portion, BATCH)
            for name in portion:
                self._wanted.pop(name, None)
            await asyncio.sleep(self._spacing)
        self._more.clear()

    async def _portion(self, names: list[TransientName], size: int, tries: int = 0) -> None:
        """Ask for a portion; where it fails, in smaller pieces; a name that fails alone is given up."""
        try:
            await self._ask(names)
        except (TooFast, NoAnswer) as error:
            if isinstance(error, NoAnswer) and tries >= _TRIES:
                await self._split(names, size)
                return
            await asyncio.sleep(min(2.0 * 2**tries, _LONGEST_PAUSE_S))
            await self._portion(names, size, tries + 1)
        except HongyanError:
            await self._split(names, size)

    async def _split(self, names: list[TransientName], size: int) -> None:
        if len(names) == 1:
            self._hopeless.update(names)
            return
        smaller = next(piece for whole, piece in _PIECES.items() if size >= whole)
        for begin in range(0, len(names), smaller):
            await self._portion(names[begin : begin + smaller], smaller)
            await asyncio.sleep(self._spacing)

    async def _ask(self, names: list[TransientName], group: str = "") -> None:
        answer = await self._line.ask(lambda caller: batch(caller, [Wanted(name, group) for name in names]))
        sources = {self._wanted.get(name, "batch") for name in names}
        source = sources.pop() if len(sources) == 1 else "batch"
        await self._store.learn(self._login, answer.contacts, source)
        told = {change.name for change in answer.contacts}
        self._hopeless.update(name for name in names if name not in told or not self._known(name))


def _in_full(contact: Contact) -> bool:
    return not contact.is_group or contact.members is not None
