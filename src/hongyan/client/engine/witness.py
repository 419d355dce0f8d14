"""Finds changes that the service does not announce: who left a group, earlier names. It compares records, and requests nothing.

It reports only what both records prove: a first record is not a change, in an incomplete list no one is missing, and what a
sentence of the service or an own command reports already is not repeated.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from msgspec import UNSET
from msgspec.structs import replace

from hongyan import reports
from hongyan.errors import HongyanError
from hongyan.model.commands import ChangeMembers, RenameGroup, SendText, SetRemark
from hongyan.model.contacts import Contact, ContactChange, ContactKind, Sex, merge
from hongyan.model.events import ContactChanged, Event, MessageReceived
from hongyan.model.ids import MsgId
from hongyan.model.messages import AnyMessage, GroupChange, Notice, StatusNotice, Text
from hongyan.model.notices import (
    ContactAltered,
    GroupRenamed,
    MemberLeft,
    MemberRemoved,
    NoticeEvent,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hongyan.model.contacts import Member
    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey, LoginId, TransientName
    from hongyan.ports import Store
    from hongyan.ports.backend import Judge

__all__ = ["Witness"]

_RECENT_S: Final = 600.0  # so long a sentence or an own command explains a difference
_LOOKED_THROUGH: Final = 30  # rows of a chat, or of the outbox
_OFTEN_EMPTY: Final = ("nickname", "alias", "province", "city")
_MAY_BE_EMPTY: Final = ("remark", "signature")
_WATCHED: Final = frozenset({ContactKind.FRIEND, ContactKind.OFFICIAL})


class Witness:
    """Checks incoming events before they are written. One at a time, so that no difference is reported twice.

    ``judge`` leaves to a message only what its writer may claim: see ``Backend.judged``.
    """

    def __init__(self, store: Store, judge: Judge) -> None:
        self._store = store
        self._judge = judge
        self.lock = asyncio.Lock()
        self._ids: dict[tuple[LoginId, TransientName], str] = {}  # permanent ids of people not known yet

    def looked_at(
        self, login: LoginId, events: Sequence[tuple[Event, bytes]], now: float
    ) -> list[tuple[Event, bytes]]:
        """Return the events of a batch, what they claim judged, and behind them what their records show."""
        events = [(self._with_id(login, event), raw) for event, raw in events]
        changes = [e.change for e, _ in events if isinstance(e, ContactChanged)]
        kinds = {c.name: c.kind for c in changes if c.kind is not UNSET and c.nickname}
        messages = [e.message for e, _ in events if isinstance(e, MessageReceived)]
        by_number = {m.id: m for m in messages if m.id}
        judged_events = [(self._safely_judged(login, event, kinds, by_number), raw) for event, raw in events]
        seen = self._safely_compared(login, changes, messages, now)
        return [*judged_events, *((MessageReceived(message=notice), b"") for notice in seen)]

    def _safely_judged(
        self,
        login: LoginId,
        event: Event,
        kinds: dict[TransientName, ContactKind],
        together: Mapping[MsgId, AnyMessage],
    ) -> Event:
        """Judge an event; a fault of ours in judging leaves it unchanged."""
        try:
            return self._judged(login, event, kinds, together)
        except HongyanError:
            raise
        except Exception as fault:  # noqa: BLE001  # the event is worth more than its judgement
            reports.note(fault, doing="judging a message")
            return event

    def _safely_compared(
        self,
        login: LoginId,
        changes: Sequence[ContactChange],
        messages: Sequence[AnyMessage],
        now: float,
    ) -> list[Notice]:
        try:
            return [*self._seen(login, changes, messages, now)]
        except HongyanError:
            raise
        except Exception as fault:  # noqa: BLE001  # as above
            reports.note(fault, doing="comparing records")
            return []

    async def learn(
        self, login: LoginId, changes: Sequence[ContactChange], source: str, now: float
    ) -> list[ChatKey]:
        """Let the store learn requested records, and write down what they show."""
        changes = [self._identified(login, change) for change in changes]
        async with self.lock:
            seen = self._safely_compared(login, changes, (), now)
            keys = await self._store.directory.learn(login, changes, source)
            if seen:
                rows: list[tuple[Event, bytes]] = [(MessageReceived(message=notice), b"") for notice in seen]
                await self._store.append(rows, login=login, received_at=now)
            return keys

    # -- permanent ids, which the phone sends with its chats

    async def identify(self, login: LoginId, written: Iterable[Recorded]) -> None:
        """Store the permanent ids in status notices: the only identity that cannot be chosen."""
        for row in written:
            if not isinstance(row.event, MessageReceived) or not isinstance(row.event.message, StatusNotice):
                continue
            pairs = [(name, known) for known, name in row.event.message.pairs if name.startswith("@")]
            self._ids.update({(login, name): permanent_id for name, permanent_id in pairs})
            met = [
                ContactChange(name=name, permanent_id=permanent_id)
                for name, permanent_id in pairs
                if (contact := self._known(login, name)) is not None and contact.permanent_id != permanent_id
            ]
            if met:
                await self._store.directory.learn(login, met, "status-notice")

    def _identified(self, login: LoginId, change: ContactChange) -> ContactChange:
        permanent_id = self._ids.get((login, change.name))
        return replace(change, permanent_id=permanent_id) if permanent_id else change

    def _with_id(self, login: LoginId, event: Event) -> Event:
        if not isinstance(event, ContactChanged) or (login, event.change.name) not in self._ids:
            return event
        return ContactChanged(change=self._identified(login, event.change), source=event.source)

    # -- what messages claim

    def _judged(
        self,
        login: LoginId,
        event: Event,
        kinds: dict[TransientName, ContactKind],
        together: Mapping[MsgId, AnyMessage],
    ) -> Event:
        if not isinstance(event, MessageReceived):
            return event
        message = self._with_old_name(login, event.message)
        writer = kinds.get(message.chat) or self._kind(login, message.chat)
        chat = self._store.directory.key_of(login, message.chat)
        judged = self._judge(
            message, writer, lambda number: together.get(MsgId(number)) or self._message(number, chat)
        )
        return event if judged is event.message else MessageReceived(message=judged)

    def _message(self, number: str, chat: ChatKey | None) -> AnyMessage | None:
        """Return a received message, or a text that was sent from here, by the service's number."""
        row = self._store.journal.message(number)
        if row is not None:
            return row.event.message if isinstance(row.event, MessageReceived) else None
        for sent in self._store.outbox.accepted(chat, since=0) if chat else ():
            if sent.result == number and isinstance(sent.command, SendText):
                return Text(id=MsgId(number), text=sent.command.text, outgoing=True)
        return None

    def _kind(self, login: LoginId, name: TransientName) -> ContactKind | None:
        known = self._known(login, name)
        return known.kind if known is not None and known.nickname else None  # no contact has an empty name

    def _with_old_name(self, login: LoginId, message: AnyMessage) -> AnyMessage:
        """Add to a sentence about a group's new name what the group was called before."""
        if not isinstance(message, Notice | GroupChange) or not isinstance(message.event, GroupRenamed):
            return message
        known = self._known(login, message.chat)
        if known is None or known.nickname in {"", message.event.new_name}:
            return message
        return replace(message, event=replace(message.event, old_name=known.nickname))

    # -- what records show

    def _known(self, login: LoginId, name: TransientName) -> Contact | None:
        """Return what this login knows of a name; what a former login knew of it does not count."""
        key = self._store.directory.key_of(login, name) if name else None
        contact = self._store.directory.contact(key) if key else None
        return contact if contact is not None and contact.name == name else None

    def _seen(
        self,
        login: LoginId,
        changes: Iterable[ContactChange],
        messages: Sequence[AnyMessage],
        now: float,
    ) -> Iterator[Notice]:
        known: dict[TransientName, Contact | None] = {}
        for change in changes:
            if change.name not in known:
                known[change.name] = self._known(login, change.name)
            old = known[change.name]
            new = known[change.name] = merge(old, change)
            if old is None or new.kind is ContactKind.SELF:
                continue
            said = [m for m in messages if m.chat == change.name]
            for event in self._differences(login, old, new, change, said, now):
                yield Notice(chat=change.name, created_at=int(now), event=event, observed=True)

    def _differences(
        self,
        login: LoginId,
        old: Contact,
        new: Contact,
        change: ContactChange,
        said: Sequence[AnyMessage],
        now: float,
    ) -> Iterator[NoticeEvent]:
        altered = _altered(old, new, change)
        gone = _gone(old, change)
        if any(member.name == self._store.directory.name_of(login, self._store.me) for member in gone):
            gone = ()  # an account outside of a group gets no list of it
        if not altered and not gone:
            return
        key = self._store.directory.key_of(login, new.name)
        announced = [*_notice_events(said), *self._recent(key, now)]
        altered = tuple(a for a in altered if not self._explained(key, a, announced, now))
        if altered:
            yield ContactAltered(name=new.shown, changes=altered)
        absent = self._put_out(login, key, announced, now)
        left = tuple(
            m.shown for m in gone if not {m.nickname, m.display_name} & absent and m.name not in absent
        )
        if left:
            yield MemberLeft(left=left)

    def _recent(self, key: ChatKey | None, now: float) -> Iterator[NoticeEvent]:
        """Yield the statements of the sentences of the last minutes in a chat."""
        rows = self._store.journal.history(key, limit=_LOOKED_THROUGH) if key else []
        for row in rows:
            if isinstance(row.event, MessageReceived) and abs(now - row.received_at) < _RECENT_S:
                yield from _notice_events([row.event.message])

    def _explained(
        self, key: ChatKey | None, altered: tuple[str, str, str], announced: Sequence[NoticeEvent], now: float
    ) -> bool:
        """Whether a sentence or an own command has reported this already."""
        field, _, after = altered
        if field == "nickname" and any(
            isinstance(t, GroupRenamed) and t.new_name == after for t in announced
        ):
            return True
        for row in self._store.outbox.latest(limit=_LOOKED_THROUGH):
            command = row.command
            if now - row.created_at > _RECENT_S:
                continue
            if isinstance(command, SetRemark) and (command.chat, field, command.remark) == (
                key,
                "remark",
                after,
            ):
                return True
            if isinstance(command, RenameGroup) and (command.group, field, command.topic) == (
                key,
                "nickname",
                after,
            ):
                return True
        return False

    def _put_out(
        self, login: LoginId, key: ChatKey | None, announced: Sequence[NoticeEvent], now: float
    ) -> set[str]:
        """Return those who were removed by a sentence or an own command, by names of either sort."""
        names = {name for t in announced if isinstance(t, MemberRemoved) for name in t.removed}
        names |= {name for t in announced if isinstance(t, MemberLeft) for name in t.left}
        for row in self._store.outbox.latest(limit=_LOOKED_THROUGH):
            command = row.command
            if (
                isinstance(command, ChangeMembers)
                and command.group == key
                and now - row.created_at < _RECENT_S
            ):
                names |= {name for k in command.members if (name := self._store.directory.name_of(login, k))}
        return names - {""}


def _notice_events(messages: Iterable[AnyMessage]) -> Iterator[NoticeEvent]:
    for message in messages:
        if isinstance(message, Notice | GroupChange) and message.event is not None:
            yield message.event


def _altered(old: Contact, new: Contact, change: ContactChange) -> tuple[tuple[str, str, str], ...]:
    """Return field, old and new value of what is certain to have changed."""
    if old.is_group:
        fields: tuple[str, ...] = ("nickname",)
    elif old.kind in _WATCHED and new.kind in _WATCHED:
        fields = _OFTEN_EMPTY
        if old.contact_flag and change.contact_flag is not UNSET and change.contact_flag:
            fields += _MAY_BE_EMPTY  # both records were whole enough to mean an empty text
    else:
        return ()
    found = [
        (f, str(getattr(old, f)), str(getattr(new, f))) for f in fields if getattr(change, f) is not UNSET
    ]
    altered = [(f, b, a) for f, b, a in found if b != a and ((b and a) or f in _MAY_BE_EMPTY)]
    if not old.is_group and Sex.UNKNOWN not in {old.sex, new.sex} and old.sex is not new.sex:
        altered.append(("sex", str(old.sex), str(new.sex)))
    return tuple(altered)


def _gone(old: Contact, change: ContactChange) -> tuple[Member, ...]:
    """Return the members of a complete list whom a complete list no longer has."""
    if change.members is UNSET or change.member_count is UNSET or not old.members:
        return ()
    if len(change.members) != change.member_count or len(old.members) != old.member_count:
        return ()
    present = {member.name for member in change.members}
    if not present or not all(present):
        return ()
    return tuple(member for member in old.members if member.name not in present)
