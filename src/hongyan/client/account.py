"""What bots and faces may call: an account as a view of the store plus commands; nothing here opens a connection."""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from msgspec.structs import replace

from hongyan.client.arguments import (
    chats_from,
    checked,
    file_name,
    key_of,
    require_change,
    require_name,
    require_sendable,
    rows_from,
    seq_from,
    text_for,
    texts_from,
    time_from,
)
from hongyan.client.handles import Chat, Delivery, Incoming, Receipt
from hongyan.client.naming import by_name, described, means, names_of
from hongyan.client.retention import RetentionJob
from hongyan.client.second_thoughts import accept_friend, open_recall, recall_once, require_standing, retry
from hongyan.errors import AmbiguousName, LoginEnded, NoAnswer, NoSuchChat, NotComplete, UsageError
from hongyan.files.attachments import copy_in, keep_copy
from hongyan.files.private_files import present
from hongyan.model.commands import (
    ChangeMembers,
    CommandRow,
    FetchMedia,
    FetchMembers,
    IdempotencyKey,
    MemberChange,
    SendFile,
)
from hongyan.model.contacts import Contact, ContactKind, Member
from hongyan.model.events import LoginState, MessageReceived
from hongyan.model.ids import ChatKey, ClientMsgId, Seq, TransientName
from hongyan.model.media_files import Verified
from hongyan.model.numbers import whole

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Iterator, Sequence

    from hongyan.client.archive_policy import ArchiveSettings, KeepRule
    from hongyan.client.retention import Cleared
    from hongyan.model.chat_state import ChatState
    from hongyan.model.commands import Command
    from hongyan.model.events import Recorded, Status
    from hongyan.model.ids import CommandId, MsgId
    from hongyan.model.media_files import MediaFile
    from hongyan.model.retention import Behind, Holding
    from hongyan.model.search import Query
    from hongyan.ports.store import Store

__all__ = ["Account", "Chat", "Delivery", "Incoming", "Receipt"]

_ALL_READ: Final = frozenset({ContactKind.FRIEND, ContactKind.OFFICIAL, ContactKind.SPECIAL})

Progress = "Callable[[int, int | None], None]"


class Account:
    """One WeChat account. Every action is a durable command; every view is what the store holds.

    ``media`` is the folder that keeps copies of what is sent; ``clock()`` gives Unix seconds, ``entropy(n)`` random bytes.
    """

    def __init__(
        self,
        store: Store,
        media: Path,
        *,
        clock: Callable[[], float] = time.time,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._store = store
        self._media = media
        self._now = clock
        self._entropy = entropy
        self._members: dict[ChatKey, tuple[tuple[Member, ...], dict[TransientName, Member]]] = {}
        self.progress: dict[CommandId, Callable[[int, int | None], None]] = {}
        self.opened_at: Seq = store.journal.latest()
        """The end of the journal when the account was opened: what a restored login brings comes after it."""

    def __repr__(self) -> str:
        return f"<Account {self.me.name!r} {self.status().state}>"

    async def ready(self, limit: float | None = None) -> None:
        """Wait until the login stands and the contact list is complete; LoginEnded, or a NoAnswer after ``limit``."""
        try:
            async with asyncio.timeout(limit):
                while not self._is_ready():
                    await self._store.changed()
        except TimeoutError as error:
            raise NoAnswer(
                "the server", f"the account is not ready after {limit:g} seconds{self._hindrance()}"
            ) from error

    async def standing(self) -> None:
        """Wait until the login stands, whoever is known by then; LoginEnded."""
        while not self._stands():
            await self._store.changed()

    def _hindrance(self) -> str:
        """Return in words what the account waits for."""
        status = self.status()
        if status.state in {LoginState.ONLINE, LoginState.DEGRADED} and not status.contacts_complete:
            problem = f" ({status.contacts_problem})" if status.contacts_problem else ""
            return f": {status.contacts} contacts have come so far{problem}"
        return f": {status.reason}" if status.reason else ""

    def _is_ready(self) -> bool:
        return self._stands() and self.status().contacts_complete and self._complete

    def _stands(self) -> bool:
        status = self.status()
        if status.state is LoginState.ENDED:
            number = status.reason.partition(".")[2]
            raise LoginEnded(whole(number))
        return status.state in {LoginState.ONLINE, LoginState.DEGRADED}

    @property
    def _complete(self) -> bool:
        place = self._store.login.position()
        return bool(place and place.complete)

    @property
    def me(self) -> Chat:
        """The account itself."""
        return self.chat(self._store.me)

    def status(self) -> Status:
        """Return the state of the login as the holder last told it, and how many commands wait now."""
        return replace(self._store.login.status(), queued=self._store.outbox.count_queued())

    # -- whom one can talk to

    def chats(self) -> list[Chat]:
        """Return chats with traffic, latest first, then those the server listed as recent."""
        with_traffic = self._store.journal.chats()
        seen = set(with_traffic)
        recent = [
            key
            for key, _ in self._store.directory.contacts()
            if self._store.directory.source(key) == "init" and key not in seen
        ]
        return [self.chat(key) for key in (*with_traffic, *recent) if key != self._store.me]

    def talked(self, limit: int = 1000) -> list[Chat]:
        """Return chats with traffic, latest first; cheaper than ``chats`` where there are very many contacts."""
        keys = self._store.journal.chats(limit=rows_from(limit))
        return [self.chat(key) for key in keys if key != self._store.me]

    def contacts(self) -> list[Chat]:
        """Return friends, official and special accounts; raise NotComplete while the list is still loading."""
        return self._listed(
            lambda c: c.kind in _ALL_READ and (c.in_contacts or c.kind is ContactKind.SPECIAL)
        )

    def groups(self) -> list[Chat]:
        """Return all groups heard of, saved or not; raise NotComplete while the list is still loading."""
        return self._listed(lambda c: c.is_group)

    def _listed(self, wanted: Callable[[Contact], bool]) -> list[Chat]:
        found = [Chat(key, contact) for key, contact in self._store.directory.contacts() if wanted(contact)]
        if not self._complete:
            raise NotComplete("the contact list", len(found), None)
        return sorted(found, key=by_name)

    async def members(self, group: Chat) -> list[Member]:
        """Return all members, asking the server where needed; raise NotComplete rather than return too few."""
        contact = self._store.directory.contact(key_of(group)) or group.contact
        if not contact.is_group:
            raise UsageError(f"{group.name!r} is not a group")
        if not _all_there(contact):
            await (await self.do(FetchMembers(group=key_of(group)))).accepted()
            contact = self._store.directory.contact(key_of(group)) or contact
        if not _all_there(contact):
            raise NotComplete(
                f"the member list of {group.name!r}", len(contact.members or ()), contact.member_count
            )
        return list(contact.members or ())

    def member(self, group: Chat, name: TransientName) -> Member | None:
        """Return the member of a group who has this transient name, as far as the list is known."""
        members = group.contact.members or ()
        known = self._members.get(key_of(group))
        if known is None or known[0] is not members:
            if len(self._members) > 200:
                self._members.clear()
            self._members[key_of(group)] = known = (members, {m.name: m for m in members})
        return known[1].get(name)

    def known(self, member: Member) -> Contact | None:
        """Return what is known of a group's member outside of the group, such as my remark; None where nothing is."""
        key = self._store.directory.key_of(self._store.login.current, member.name)
        return self._store.directory.contact(key) if key is not None else None

    def remark_of(self, member: Member) -> str:
        """Return my own word for a group's member, empty where I have none."""
        contact = self.known(member)
        return contact.remark if contact is not None else ""

    def called(self, member: Member) -> str:
        """Return the name by which a group's member is shown to me: my remark, else the name that others see."""
        return self.remark_of(member) or member.shown

    async def person(self, member: Member) -> Chat:
        """Return a group's member as somebody one can talk to, write cards of, or ask to become a friend."""
        keys = await self._store.directory.give_keys(self._store.login.current, [member.name])
        key = keys[member.name]
        return Chat(key, self._store.directory.contact(key) or _stranger(member))

    def writer(self, recorded: Recorded, member: Member | None) -> Chat:
        """Return who wrote a message."""
        event = recorded.event
        if isinstance(event, MessageReceived) and event.message.outgoing:
            return self.me
        if not recorded.sender:
            return self.chat(recorded.chat)
        contact = self._store.directory.contact(recorded.sender)
        return Chat(recorded.sender, contact or _stranger(member))

    def find(self, name: str) -> Chat:
        """Return the chat called ``name`` (remark, nickname, alias, special name, else a key); NoSuchChat, AmbiguousName."""
        name = require_name(name)
        found = self.candidates(name) or self._keyed(name)
        if len(found) == 1:
            return found[0]
        if found:
            raise AmbiguousName(name, [described(chat) for chat in found])
        if not self._complete:
            raise NotComplete("the contact list", len(self._store.directory.contacts()), None)
        names = {n for _, contact in self._store.directory.contacts() for n in names_of(contact) if n}
        raise NoSuchChat(name, difflib.get_close_matches(name, names, n=3))

    def _keyed(self, key: str) -> list[Chat]:
        """Return the chat of a lasting key: whatever has rows can be named by it, known or not."""
        if not key or key == self._store.me:
            return []
        known = (
            self._store.directory.contact(ChatKey(key)) is not None
            or self._store.journal.count(ChatKey(key)) > 0
        )
        return [self.chat(ChatKey(key))] if known else []

    def candidates(self, name: str) -> list[Chat]:
        """Return every chat called ``name``, in a stable order; letter case counts only where it tells them apart."""
        name = require_name(name)
        alike = self._alike(name)
        # A stranger of some group takes no name from those whom the account knows.
        alike = [c for c in alike if c.contact.kind is not ContactKind.STRANGER] or alike
        exact = [chat for chat in alike if name in names_of(chat.contact)]
        return sorted(exact or alike, key=by_name)

    def _alike(self, name: str) -> list[Chat]:
        folded = name.casefold()
        return [
            Chat(key, contact)
            for key, contact in self._store.directory.contacts()
            if key != self._store.me and any(n and n.casefold() == folded for n in names_of(contact))
        ]

    def known_as(self, chat: Chat, among: Collection[str]) -> frozenset[str]:
        """Return those of ``among`` (case-folded) that mean ``chat`` beyond doubt: see ``hongyan.client.naming``."""
        return frozenset(
            name for name in among if means(name, chat, lambda n: [*self._alike(n), *self._keyed(n)])
        )

    def chat(self, key: ChatKey) -> Chat:
        """Return the chat of a key; one of which nothing is known yet has an empty name."""
        return Chat(key, self._store.directory.contact(key) or _stranger(None))

    # -- people of former logins

    def unresolved(self) -> list[tuple[Chat, list[Chat]]]:
        """Return those of this login who may be somebody known before, each with the candidates."""
        return [
            (self.chat(one.new), [self.chat(key) for key in one.candidates])
            for one in self._store.directory.unresolved()
        ]

    async def merge(self, old: Chat, new: Chat) -> Chat:
        """Say that two are one person or group, known by the key of ``old`` from now on, and return it."""
        if old.contact.is_group is not new.contact.is_group:
            raise UsageError("a person and a group cannot be one")
        await self._store.directory.merge(old.key, new.key, now=self._now())
        return self.chat(old.key)

    async def split(self, chat: Chat) -> Chat:
        """Say that a chat of this login is not who it was taken for, and return it with a key of its own."""
        return self.chat(await self._store.directory.split(self._store.login.current, chat.contact.name))

    # -- what happened

    def incoming(self, recorded: Recorded, delivery: Delivery | None = None) -> Incoming | None:
        """Return the message of a journal row with its surroundings, or None for other events."""
        event = recorded.event
        return (
            Incoming(self, recorded, event.message, delivery) if isinstance(event, MessageReceived) else None
        )

    def events(self, consumer: str | None = None, *, after: Seq | None = None) -> AsyncIterator[Recorded]:
        """Yield events: from a named consumer's own position, or from ``after``, else from now on.

        A named consumer's event counts as dealt with when the next one is asked for; ``deliveries`` leaves that to you.
        """
        if consumer is not None:
            return self._consumed(consumer)
        return self._from(self._store.journal.latest() if after is None else seq_from(after))

    async def deliveries(self, consumer: str) -> AsyncIterator[Delivery]:
        """Yield events for a named reader that deals with several at a time and gives each back by ``done``."""
        feed = cast("AsyncGenerator[Recorded, None]", self._store.consumers.feed(consumer))
        async with contextlib.aclosing(feed):
            async for recorded in feed:
                yield Delivery(self, consumer, recorded)

    async def finish(self, consumer: str, recorded: Recorded) -> None:
        """Mark an event as dealt with by a named reader."""
        await self._store.done(consumer, recorded.seq)

    async def begin_again(self, consumer: str, recorded: Recorded) -> int:
        """Note that an event is handed once more to a reader that did not finish it; return how often it was by now."""
        return await self._store.consumers.begin_again(consumer, recorded.seq)

    def spare(self, consumer: str, recorded: Recorded) -> None:
        """Take ``begin_again`` back after a stop in good order."""
        self._store.consumers.spare(consumer, recorded.seq)

    async def give_up(self, consumer: str, recorded: Recorded) -> None:
        """Note an event as a dead letter of a reader: it does not come again."""
        await self._store.consumers.give_up(consumer, recorded.seq, now=self._now())

    def dead_letters(self, consumer: str) -> list[Recorded]:
        """Return the events that a reader gave up, oldest first."""
        return self._store.consumers.dead_letters(consumer)

    async def _consumed(self, consumer: str) -> AsyncIterator[Recorded]:
        feed = cast("AsyncGenerator[Recorded, None]", self._store.consumers.feed(consumer))
        async with contextlib.aclosing(feed):
            async for recorded in feed:
                yield recorded
                await self._store.done(consumer, recorded.seq)

    async def _from(self, after: Seq) -> AsyncIterator[Recorded]:
        while True:
            await self._store.journal.wait(after)
            for recorded in self._store.journal.read(after):
                after = recorded.seq
                yield recorded

    @property
    def folder(self) -> Path:
        """The folder of everything that this machine keeps of the account."""
        return self._media.parent

    @property
    def latest(self) -> Seq:
        """The number of the journal's last event."""
        return self._store.journal.latest()

    def history(self, chat: Chat, limit: int = 20, *, before: Seq | None = None) -> list[Recorded]:
        """Return the latest messages of a chat and what was sent to it (CommandSettled), oldest first."""
        return self._store.journal.history(
            key_of(chat), limit=rows_from(limit), before=None if before is None else seq_from(before)
        )

    def history_around(self, chat: Chat, seq: Seq, before: int, after: int) -> list[Recorded]:
        """Return a row of a chat with so many rows before and after it, as ``history`` does."""
        return self._store.journal.history_around(
            key_of(chat), seq_from(seq), rows_from(before), rows_from(after)
        )

    def count(self, chat: Chat) -> int:
        """Return about how many rows a chat has."""
        return self._store.journal.count(key_of(chat))

    def conversation(self, chat: Chat, *, after: Seq | None = None, limit: int = 1000) -> list[Recorded]:
        """Return what follows ``after`` in a chat (its beginning), oldest first; an empty list is the end."""
        return self._store.journal.conversation(
            key_of(chat), after=Seq(0) if after is None else seq_from(after), limit=rows_from(limit)
        )

    def recalled(self, *messages: MsgId) -> set[str]:
        """Return those of these messages that were taken back."""
        return self._store.journal.recalled(message for message in messages if message)

    def last(self, chat: Chat) -> Recorded | None:
        """Return the newest message or own send of a chat that is not hidden, None where there is none."""
        return self._store.journal.last(key_of(chat))

    def message(self, message: MsgId) -> Recorded | None:
        """Return the journal row of the message with this number of the service, None where it is not kept."""
        return self._store.journal.message(message)

    def raw(self, recorded: Recorded) -> bytes:
        """Return the bytes that a journal row was read from, empty where there are none."""
        return self._store.journal.raw(recorded.seq)

    def pending(self, chat: Chat) -> list[CommandRow]:
        """Return the messages to a chat whose outcome is still to come, oldest first."""
        return self._store.outbox.pending(key_of(chat))

    # -- what people at this machine made of the chats

    def chat_states(self) -> dict[ChatKey, ChatState]:
        """Return unread counts, drafts and what is muted or put away, of all chats that have any of it."""
        return self._store.chat_state.all()

    def chat_state(self, chat: Chat) -> ChatState:
        """Return how far a chat was read here, what was being written, and what is muted or put away."""
        return self._store.chat_state.of(key_of(chat))

    async def mark_seen(self, chat: Chat, up_to: Seq | None = None) -> None:
        """Note that a chat was read here, all of it or up to a row; the phone is told by the command ``MarkRead``."""
        await self._store.chat_state.mark_seen(key_of(chat), None if up_to is None else seq_from(up_to))

    async def mark_unread(self, chat: Chat) -> None:
        """Let a chat count as unread here, until it is read again."""
        await self._store.chat_state.mark_unread(key_of(chat))

    async def keep_draft(
        self, chat: Chat, draft: str, *, quoting: Seq | None = None, attached: Sequence[str] = ()
    ) -> None:
        """Keep what was written and not sent, the row that it answers, and the paths of files that go with it."""
        if isinstance(attached, str):
            raise UsageError("attached is a list of paths, not one text", "Write: attached=[path].")
        texts_from(draft, *(attached or ()))
        quoted = Seq(0) if quoting is None else seq_from(quoting)
        await self._store.chat_state.keep_draft(
            key_of(chat), draft, quoting=quoted, attached=attached or (), now=self._now()
        )

    async def set_local(self, chat: Chat, **values: bool | None) -> None:
        """Set ``muted`` (None: as the service says) or ``archived`` of a chat, for this machine alone."""
        if unknown := values.keys() - {"muted", "archived"}:
            raise UsageError(f"{min(unknown)!r} is nothing that a chat has at this machine")
        await self._store.chat_state.set_local(key_of(chat), **values)

    async def hide(self, recorded: Recorded) -> None:
        """Leave a row out of what is shown at this machine; it stays in the archive."""
        await self._store.chat_state.hide(recorded.seq)

    def hidden(self, seqs: Sequence[Seq]) -> set[Seq]:
        """Return those of these rows that are not to be shown."""
        return self._store.chat_state.hidden(seqs)

    def holdings(self, rules: ArchiveSettings) -> list[tuple[str, KeepRule, Holding]]:
        """Return what is kept of each chat, with its name and its rule; the empty name stands for what belongs to none."""
        now = self._now()
        job = RetentionJob(self._store.archive, self._store.directory, rules, self._media, self._now)
        found = []
        for key in self._store.archive.chats():
            rule = job.rule(key)
            name = self.chat(key).name if key else ""
            found.append((name, rule, self._store.archive.holding(key, rule.before(now))))
        return found

    async def clear(
        self, rules: ArchiveSettings, *, progress: Callable[[int], None] = lambda _: None
    ) -> Cleared:
        """Remove at once what the rules do not keep and every registered reader has had; ``progress`` hears of rows."""
        job = RetentionJob(self._store.archive, self._store.directory, rules, self._media, self._now)
        cleared = await job.apply(progress=progress)
        if cleared.rows:
            await job.tidy()
        return cleared

    def readers_behind(self) -> list[Behind]:
        """Return the registered readers that have events before them: for these nothing is removed."""
        return self._store.archive.behind()

    def reached(self, reader: str) -> Seq:
        """Return the row up to which a named reader has finished everything, the newest for a new one."""
        return self._store.consumers.reached(reader)

    async def forget_reader(self, reader: str) -> bool:
        """Delete a reader's place in the journal and return whether it had one; UsageError while it reads."""
        return await self._store.archive.forget_consumer(reader)

    async def search(
        self, query: Query, *, progress: Callable[[int], None] = lambda _: None
    ) -> list[Recorded]:
        """Return the messages and own sends that fit, newest first; nothing is asked of the server.

        ``progress`` hears how many rows are still to be taken into the index, which happens first.
        """
        return await self._store.archive.search(query, progress=progress)

    def journal(self, after: Seq | None = None, limit: int = 1000) -> list[Recorded]:
        """Return what the journal holds after ``after`` (from its beginning), oldest first."""
        return self._store.journal.read(Seq(0) if after is None else seq_from(after), limit=rows_from(limit))

    async def changed(self) -> None:
        """Return as soon as anything in the journal, the outbox or the state has changed."""
        await self._store.changed()

    def outbox(self, limit: int = 50) -> list[CommandRow]:
        """Return the latest commands, newest first."""
        return self._store.outbox.latest(limit=rows_from(limit))

    # -- what to do

    async def send(
        self,
        chat: Chat,
        content: str | Path,
        *,
        form: str = "auto",
        mentions: Sequence[Chat] = (),
        origin: IdempotencyKey | None = None,
        at: float | None = None,
    ) -> Receipt:
        """Send a text, or the file at a Path as picture, sticker, video or file (``form``).

        ``origin`` binds the send to an event of a reader, so that it happens once (see ``Delivery.next_key``).
        ``at`` (Unix seconds) puts it off: it waits in the outbox, over restarts too, for whoever holds the login then.
        """
        mentions = chats_from("mentions", mentions)
        require_sendable(chat, content=content, form=form)
        at = time_from(at)
        if isinstance(content, Path):
            return await self.do(await self._file(chat, content, form), origin=origin, not_before=at)
        return await self.do(text_for(chat, content, mentions), origin=origin, not_before=at)

    async def _file(self, chat: Chat, path: Path, form: str) -> SendFile:
        copy = await asyncio.to_thread(keep_copy, path, self._media, form)
        return SendFile(
            chat=key_of(chat),
            path=str(copy.path),
            name=file_name(path),
            size=copy.size,
            md5=copy.md5,
            form=form,
        )

    async def send_to_many(
        self,
        chats: Sequence[Chat],
        content: str | Path,
        *,
        mass: bool = False,
        form: str = "auto",
        at: float | None = None,
    ) -> list[Receipt]:
        """Send the same to several chats: a command for each, which go one after the other at the careful pace.

        More than one chat needs ``mass=True``, else UsageError. Whoever changes their mind drops the commands that
        are still queued (``drop``). Otherwise as ``send``.
        """
        chats = chats_from("chats", chats)
        require_sendable(content=content, form=form)
        at, several = time_from(at), list(dict.fromkeys(chats))
        if len(several) > 1 and not mass:
            raise UsageError(
                f"this would go to {len(several)} chats",
                "Sending to many may get an account barred. If it is meant: mass=True, or --mass.",
            )
        if not several:
            return []
        first = (
            await self._file(several[0], content, form)
            if isinstance(content, Path)
            else text_for(several[0], content, ())
        )
        return [await self.do(replace(first, chat=key_of(chat)), not_before=at) for chat in several]

    async def recall(self, chat: Chat, message: MsgId) -> Receipt:
        """Take back an own message, which the service allows for two minutes; UsageError where it is taken back already."""
        require_standing(self, message)
        if (row := open_recall(self, message)) is not None:
            return self.command(row.id)  # asked twice it happens once
        require_sendable(chat)
        return await recall_once(self, chat, message)

    async def retry(self, command: CommandId) -> Receipt:
        """Do once more, as a new command, what failed or of which nobody knows, and put the old one aside.

        However often the same command is asked for, it is done once more only once: the new command is bound to the
        old one in the store. UsageError for one that is open or was accepted.
        """
        return await retry(self, command)

    async def accept_friend(self, recorded: Recorded) -> Receipt:
        """Accept the friend request of a journal row; asked twice it happens once, after a failure it is tried anew."""
        return await accept_friend(self, recorded)

    def asked(self, origin: IdempotencyKey) -> CommandRow | None:
        """Return the command that an origin has asked for, None where it has not yet."""
        return self._store.outbox.asked(origin)

    async def drop(self, command: CommandId) -> CommandRow:
        """Give up a command that is still queued, or put one aside that failed or of which nobody knows.

        A transfer on its way ends at its next piece. UsageError for any other that is on its way or done.
        """
        return await self._store.drop(command, now=self._now())

    def command(self, command: CommandId) -> Receipt:
        """Return the receipt of a command by its number; UsageError where there is none."""
        return Receipt(self, self._store, self._store.outbox.command(command).id)

    async def change_members(self, group: Chat, members: Sequence[Chat], change: MemberChange) -> Receipt:
        """Add, invite or remove members; ``change`` may be the word."""
        require_sendable(group)
        members = chats_from("members", members)
        require_change(change)
        return await self.do(
            ChangeMembers(
                group=key_of(group), members=tuple(m.key for m in members), change=MemberChange(change)
            )
        )

    async def do(
        self, command: Command, *, origin: IdempotencyKey | None = None, not_before: float | None = None
    ) -> Receipt:
        """Carry out any command of ``model.commands`` (remark, pin, mark read, friend requests, groups, logout …).

        ``not_before`` (Unix seconds) puts it off.
        """
        now = self._now()
        command, not_before = checked(command), time_from(not_before)
        row = await self._store.outbox.enqueue(
            command, self._client_msg_id(now), now=now, origin=origin, not_before=not_before
        )
        return Receipt(self, self._store, row.id)

    def _client_msg_id(self, now: float) -> ClientMsgId:
        """Return a fresh number as browsers make it: milliseconds and four random digits."""
        return ClientMsgId(f"{int(now * 1000)}{int.from_bytes(self._entropy(4)) % 10_000:04d}")

    def file(self, recorded: Recorded, *, size: str = "full") -> Path | None:
        """Return the path of the file that a message brought, or None where it was not fetched or is gone."""
        return present(self._media, self._store.archive.file(recorded.seq, size))

    def copy_of(self, command: SendFile) -> Path | None:
        """Return the path of the file that was sent from here, or None where the profile has it no more."""
        return copy_in(self._media, command.path)

    def files(self) -> Iterator[tuple[MediaFile, Path]]:
        """Yield what is known of every file that was fetched and is there, with its path, in the order of the messages."""
        for file in self._store.archive.files():
            if (path := present(self._media, file)) is not None:
                yield file, path

    def is_doubtful(self, recorded: Recorded, size: str = "full") -> bool:
        """Whether the file that was fetched may be cut, or something else than the message said."""
        noted = self._store.archive.file(recorded.seq, size)
        return noted is not None and noted.verified is Verified.DOUBTFUL

    async def fetch(
        self,
        recorded: Recorded,
        *,
        size: str = "full",
        progress: Callable[[int, int | None], None] | None = None,
    ) -> Path:
        """Return the path of the file that the profile keeps of what a message carries; download it where it is not there.

        What is there but doubtful is downloaded again, and stays where that fails.
        """
        noted = self._store.archive.file(recorded.seq, size)
        kept = present(self._media, noted)
        if noted is not None and kept is not None and noted.verified is not Verified.DOUBTFUL:
            return kept
        receipt = await self.do(FetchMedia(seq=recorded.seq, size=size))
        number = receipt.row.id
        if progress is not None:
            self.progress[number] = progress
        try:
            return Path((await receipt.accepted()).result)
        finally:
            self.progress.pop(number, None)


def _all_there(contact: Contact) -> bool:
    return bool(contact.members) and len(contact.members or ()) == contact.member_count


def _stranger(member: Member | None) -> Contact:
    """Return what is known of somebody who is in no list."""
    if member is None:
        return Contact(name=TransientName(""), kind=ContactKind.STRANGER)
    return Contact(name=member.name, kind=ContactKind.STRANGER, nickname=member.nickname)
