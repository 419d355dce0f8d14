"""Loads everyone the account can talk to: which names to request, in what portions, and when the list is complete.

Groups that are not saved to the contacts never appear in the contact list, so their names are collected from webwxinit,
the phone's status notices, sync and traffic as well, and requested in batches. A batch that fails is split; a name
without an answer is requested again later, at growing intervals. A list with a hole is read again and never complete.
"""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec import UNSET
from msgspec.structs import replace

from hongyan.backends.webwx.roll import Roll
from hongyan.clock import Clock
from hongyan.errors import HongyanError, NoAnswer, NotComplete, TooFast
from hongyan.model.events import ContactChanged, MessageReceived, Recorded
from hongyan.model.messages import StatusNotice
from hongyan.webwx.calls.contacts import BATCH, ContactQuery, Notify, batch, contacts_page, notify

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from hongyan.backends.webwx.api_client import ApiClient
    from hongyan.model.contacts import Contact, ContactChange
    from hongyan.model.ids import ChatKey, LoginId, TransientName
    from hongyan.model.messages import AnyMessage
    from hongyan.ports import Store
    from hongyan.webwx.parse import ContactsAnswer

    Learn = Callable[[LoginId, Sequence[ContactChange], str, float], Awaitable[list[ChatKey]]]
    """Takes in what an answer says of people, under a login, from a source, at a time."""

__all__ = ["Directory"]

_GATHER_S: Final = 0.2  # so long the front-end collects names before a request
_SPACING_S: Final = 1.5  # between batches: bursts are answered with 1205 (wechaty, wechat-bot reports)
_PIECES: Final = {50: 10, 10: 5, 5: 1}
_LONGEST_PAUSE_S: Final = 60.0
_PAGE_TRIES: Final = 4  # of a page with contradictions
_PAGE_AGAIN_S: Final = 0.5
_ANEW_S: Final = 60.0  # before a list with a hole is read again from its beginning
_MISSING_S: Final = (
    0.5,
    2.0,
    60.0,
    300.0,
    1800.0,
)  # before a name without an answer is requested again
_SOON: Final = 2  # of these are waited for before the list counts as complete
_AGAIN_S: Final = 60.0  # so long a group with an unknown speaker is not requested again
_TRIES: Final = 3
_ENOUGH: Final = 6  # refusals in a row: then the cause is not a single name
_PROBES: Final = 2  # names that are then requested at a time, each alone
_FIRST_WORDS_S: Final = 3.0
_TELLING_S: Final = 15.0  # so long completeness waits until the phone is notified, which then lists its chats


class Directory:
    """The directory of one login. ``spaced`` keeps the careful distance between batches.

    ``on_complete`` is called once, when the list has been read to its end and every group found so far is known;
    ``on_progress`` with how many entries of the list have arrived, and what is wrong with it, if anything.
    """

    def __init__(
        self,
        api: ApiClient,
        store: Store,
        login: LoginId,
        *,
        learn: Learn,
        spaced: bool,
        on_complete: Callable[[], Awaitable[None]],
        on_progress: Callable[[int, str], Awaitable[None]],
    ) -> None:
        self._on_complete = on_complete
        self._on_progress = on_progress
        self._api = api
        self._store = store
        self._learn = learn
        self._login = login
        self._spacing = _SPACING_S if spaced else 0.0
        self._wanted: dict[TransientName, str] = {}
        self._missing: dict[
            TransientName, tuple[int, float]
        ] = {}  # failed tries, and when it is requested again
        self._clock = Clock.beside(api.now)
        self._refusals = 0  # in a row
        self._asked_at: dict[TransientName, float] = {}
        self._in_detail: dict[TransientName, Contact] = {}
        self._more = asyncio.Event()
        self._listed = False
        self._has_new = asyncio.Event()
        self._unaware = asyncio.Event()
        self._told = asyncio.Event()
        self._told.set()

    # -- names from messages and notices

    def want(self, names: Iterable[TransientName], source: str) -> None:
        """Request these names soon, unless they are fully known or not available."""
        for name in names:
            if name and name not in self._wanted and name not in self._missing and not self._known(name):
                self._wanted[name] = source
        if self._wanted:
            self._more.set()

    def heard(self, written: Sequence[Recorded]) -> None:
        """Search new journal rows for names that are not fully known."""
        self._has_new.set()
        for recorded in written:
            match recorded.event:
                case MessageReceived(message=StatusNotice(names=names)):
                    self.want(names, "status-notice")
                case MessageReceived(message=message):
                    group = self._store.directory.contact(recorded.chat)
                    if group is None or not _in_full(group):
                        self.want([message.chat], "traffic")
                    elif group.is_group:
                        self._check_speaker(group, message)
                case ContactChanged(change=change):
                    self.want([change.name], "sync")
                case _:
                    pass

    def _check_speaker(self, group: Contact, message: AnyMessage) -> None:
        """Ask for a group again when the sender of a message is not among its members."""
        members, speaker = group.members or (), message.sender
        if not members or not speaker or any(member.name == speaker for member in members):
            return
        if not self._asked_recently(message.chat):
            self._asked_at[message.chat] = self._clock()
            self._wanted[message.chat] = "traffic"
            self._more.set()

    def _asked_recently(self, name: TransientName) -> bool:
        return self._clock() - self._asked_at.get(name, float("-inf")) < _AGAIN_S

    def _known(self, name: TransientName) -> bool:
        key = self._store.directory.key_of(self._login, name)
        contact = self._store.directory.contact(key) if key else None
        return contact is not None and _in_full(contact)

    # -- the work

    @property
    def listed(self) -> bool:
        """Whether the list has been read to its end and everyone in it is known."""
        return self._listed

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
                if not self._soon():
                    await self._complete()
            await self._something_to_ask()

    async def _complete(self) -> None:
        """Match the people of former logins; only then is the list complete, and reported as such."""
        await self._store.complete_contacts(self._login, now=self._api.now())
        self._listed = True
        await self._on_complete()

    async def _something_to_ask(self) -> None:
        """Wait until a name is wanted, or until one that was not answered for is due again."""
        due = min((at for _, at in self._missing.values()), default=None)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(due):
                await self._more.wait()
        now = asyncio.get_running_loop().time()
        for name, (_, at) in self._missing.items():
            if at <= now:
                self._wanted.setdefault(name, "batch")
        await asyncio.sleep(_GATHER_S if self._spacing else 0)

    def _soon(self) -> bool:
        """Whether names without an answer are to be requested again before the list counts as complete."""
        return any(times <= _SOON for times, _ in self._missing.values())

    async def _first_words(self) -> None:
        """Wait for the first batch of a login, in which the phone lists its chats; stop waiting if the phone stays silent."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_TELLING_S):
                await self._told.wait()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_WORDS_S):
                await self._has_new.wait()

    def phone_is_unaware(self) -> None:
        """Let the phone be notified again that this client is ready: then it lists its chats, unsaved groups among them."""
        self._told.clear()
        self._unaware.set()

    async def keep_phone_notified(self) -> None:
        """Notify the phone until it works, each time that it is unaware; without end."""
        while True:
            await self._unaware.wait()
            await self._patiently(self._notify)
            self._unaware.clear()
            self._has_new.clear()
            self._told.set()

    async def _notify(self) -> None:
        await self._api.ask(lambda caller: notify(caller, Notify.READY, caller.credentials.me))

    async def load(self, *, patient: bool = True) -> None:
        """Read the contact list to its end; NotComplete where something of it is missing.

        A page that fails is requested again in place: a list of thousands of pages does not start over for it.
        Without patience its error is raised.
        """
        roll = Roll()
        while not roll.ended:
            page = await self._whole_page(roll, patient=patient)
            await self._learn(self._login, page.contacts, "contacts", self._api.now())
            self.want([c.name for c in page.contacts if c.name.startswith("@@")], "contacts")
            roll.take(page)
            await self._on_progress(roll.have, roll.missing)
        if roll.missing:
            raise NotComplete(f"the contact list ({roll.missing})", roll.have, None)

    async def _whole_page(self, roll: Roll, *, patient: bool) -> ContactsAnswer:
        """Request the next page until it has no contradictions, or until a retry brings nothing better."""
        for again in range(_PAGE_TRIES):
            page = await self._next_page(roll, patient=patient)
            why = roll.lacks(page)
            if not why:
                return page
            await self._on_progress(roll.have, f"{why}; asking again")
            await asyncio.sleep(_PAGE_AGAIN_S * 2**again)
        return page

    async def _next_page(self, roll: Roll, *, patient: bool) -> ContactsAnswer:
        """Request the next page, with growing pauses while the server does not return it."""
        pause = 1.0
        while True:
            try:
                return await self._api.ask(partial(contacts_page, seq=roll.seq))
            except HongyanError as error:
                if not patient:
                    raise
                await self._on_progress(roll.have, str(error))
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)

    async def fetch(self, name: TransientName, group: str = "") -> None:
        """Request one record now."""
        await self._ask([name], group)

    def want_details(self, group: Contact) -> None:
        """Request soon the records of a group's unknown members, by the group's handle.

        Only those have sex, place and signature; the list of a group has names alone.
        """
        self._in_detail[group.name] = group
        self._more.set()

    async def _fetch_details(self, group: Contact) -> None:
        strangers = [m.name for m in group.members or () if not self._known(m.name)]
        handle = group.group_id or group.name
        for begin in range(0, len(strangers), BATCH):
            asked = [ContactQuery(name, handle) for name in strangers[begin : begin + BATCH]]
            answer = await self._api.ask(partial(batch, wanted=asked))
            if answer.broken:
                raise NoAnswer("webwxbatchgetcontact", "the answer broke off")
            records = [c for c in answer.contacts if c.name in {w.name for w in asked}]
            await self._learn(self._login, records, "member", self._api.now())
            await asyncio.sleep(self._spacing)

    async def _patiently(self, work: Callable[[], Awaitable[None]]) -> None:
        """Repeat ``work`` until it succeeds, with growing pauses; incomplete work starts over after a minute."""
        pause = 1.0
        while True:
            try:
                await work()
            except NotComplete:
                await asyncio.sleep(_ANEW_S)
            except HongyanError:
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
            else:
                return

    async def _drain(self) -> None:
        """Request everything wanted, in portions."""
        while self._wanted:
            if self._refusals >= _ENOUGH:
                await self._probe()
                continue
            portion = list(self._wanted)[:BATCH]
            await self._portion(portion, BATCH)
            for name in portion:
                self._wanted.pop(name, None)
            await asyncio.sleep(self._spacing)
        while self._in_detail and not self._wanted:
            with contextlib.suppress(HongyanError):  # a member's record is optional
                await self._fetch_details(self._in_detail.pop(next(iter(self._in_detail))))
        if not self._wanted:
            self._more.clear()

    async def _probe(self) -> None:
        """Request only a few names from a server that refuses everything; all others wait for later, unless one of these is returned.

        The requested ones then move behind the others, so that one bad name does not block all others.
        """
        probed = list(self._wanted)[:_PROBES]
        for name in probed:
            await self._portion([name], 1)
            self._wanted.pop(name, None)
            await asyncio.sleep(self._spacing)
            if self._refusals < _ENOUGH:
                return
        others = list(self._wanted)
        self._put_off(others)
        self._wanted.clear()
        for name in probed:
            times, at = self._missing.pop(name)
            due = self._missing[others[-1]][1] if others else at
            self._missing[name] = (times, due)  # together with the others, not between them

    async def _portion(self, names: list[TransientName], size: int, tries: int = 0) -> None:
        """Request a portion; if it fails, in smaller pieces; a name that fails alone is requested later."""
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
        self._refusals += 1
        if len(names) == 1 or self._refusals >= _ENOUGH:
            self._put_off(names)
            return
        smaller = next(piece for whole, piece in _PIECES.items() if size >= whole)
        for begin in range(0, len(names), smaller):
            if self._refusals >= _ENOUGH:
                self._put_off(names[begin:])
                return
            await self._portion(names[begin : begin + smaller], smaller)
            await asyncio.sleep(self._spacing)

    async def _ask(self, names: list[TransientName], group: str = "") -> None:
        """Request these names. Nothing else is learned from the answer, and nothing from one that broke off."""
        answer = await self._api.ask(
            lambda caller: batch(caller, [ContactQuery(name, group) for name in names])
        )
        if answer.broken:
            raise NoAnswer("webwxbatchgetcontact", "the answer broke off")
        self._refusals = 0
        asked = set(names)
        records = [self._without_few(change) for change in answer.contacts if change.name in asked]
        sources = {self._wanted.get(name, "batch") for name in names}
        source = sources.pop() if len(sources) == 1 else "batch"
        await self._learn(self._login, records, source, self._api.now())
        counts = {change.name: change.member_count or 0 for change in records}
        for name in names:
            if self._known(name):
                self._missing.pop(name, None)
            else:  # it is not there, or has too few members, or is empty: a group that was left, or is too new
                self._put_off([name], least=0 if counts.get(name, 1) else _SOON)

    def _without_few(self, change: ContactChange) -> ContactChange:
        """Leave out members of whom there are fewer or more than the record says: the group is requested again.

        What stays so for long is how this server counts.
        """
        members, says = change.members, change.member_count
        if not isinstance(members, tuple) or not isinstance(says, int) or len(members) == says:
            return change
        often = self._missing.get(change.name, (0, 0.0))[0] >= len(_MISSING_S)
        return change if often else replace(change, members=UNSET)

    def _put_off(self, names: Iterable[TransientName], *, least: int = 0) -> None:
        """Request names again later, at growing intervals."""
        now = asyncio.get_running_loop().time()
        for name in names:
            times = max(self._missing.get(name, (0, 0.0))[0], least)
            self._missing[name] = (times + 1, now + _MISSING_S[min(times, len(_MISSING_S) - 1)])


def _in_full(contact: Contact) -> bool:
    return not contact.is_group or contact.members is not None
