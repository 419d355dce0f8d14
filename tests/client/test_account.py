"""The account as front ends see it, on a store that no login fills."""

from __future__ import annotations

import asyncio
import os
from contextlib import aclosing
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from msgspec.structs import replace

from hongyan.client.account import Account
from hongyan.client.waiting import still_open
from hongyan.errors import (
    AmbiguousName,
    Blocked,
    HeldBack,
    HongyanError,
    InternalError,
    LoginEnded,
    Missed,
    NoAnswer,
    NoSuchChat,
    NotComplete,
    NotFriends,
    ProtocolChanged,
    Refused,
    StorageError,
    TooFast,
    UsageError,
)
from hongyan.model import commands
from hongyan.model.commands import FetchMedia, Outcome, Pin, SendFile, SendLocation, SendText, Settlement
from hongyan.model.contacts import ContactChange, ContactKind, Member
from hongyan.model.error_codec import error_of, failed, unconfirmed
from hongyan.model.events import LoginState, MessageReceived, Status
from hongyan.model.ids import ChatKey, CommandId, LoginId, MsgId, Seq, TransientName
from hongyan.model.mentions import MentionsMe
from hongyan.model.messages import Text
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

    from hongyan.client.account import Delivery
    from hongyan.model.events import Recorded
    from hongyan.store.sqlite import SqliteStore

LOGIN = LoginId("first")


def name(text: str) -> TransientName:
    """Return a transient name."""
    return TransientName(text)


PEOPLE = (
    ContactChange(name=name("@me"), kind=ContactKind.SELF, nickname="鸿雁"),
    ContactChange(name=name("@a"), kind=ContactKind.FRIEND, nickname="Alice", in_contacts=True),
    ContactChange(name=name("@b"), kind=ContactKind.FRIEND, nickname="Bob", remark="老王", in_contacts=True),
    ContactChange(name=name("@c"), kind=ContactKind.FRIEND, nickname="老王", in_contacts=True),
    ContactChange(name=name("filehelper"), kind=ContactKind.SPECIAL, nickname="文件传输助手"),
    ContactChange(
        name=name("@@g"),
        kind=ContactKind.GROUP,
        nickname="Team",
        member_count=3,
        members=(
            Member(name=name("@me"), nickname="鸿雁", display_name="Goose"),
            Member(name=name("@a"), nickname="Alice"),
            Member(name=name("@x"), nickname="Xena"),
        ),
    ),
)


@pytest.fixture
async def store() -> AsyncIterator[SqliteStore]:
    """A store that knows a few people."""
    database = Database(None)
    store = open_store(database, "me")
    await store.append([], login=LOGIN, received_at=1.0, position=b"k")
    await store.directory.learn(LOGIN, PEOPLE, "contacts")
    await store.login.set_complete(LOGIN, complete=True)
    await store.login.set_status(Status(state=LoginState.ONLINE, contacts_complete=True))
    yield store
    database.close()


@pytest.fixture
def account(store: SqliteStore, tmp_path: Path) -> Account:
    """An account on it."""
    return Account(store, tmp_path)


async def receive(store: SqliteStore, number: int, chat: str, text: str, sender: str = "") -> Recorded:
    """Let a text come in."""
    message = Text(id=MsgId(str(number)), chat=name(chat), sender=name(sender or chat), text=text)
    (row,) = await store.append([(MessageReceived(message=message), b"")], login=LOGIN, received_at=1.0)
    return row


def test_a_chat_is_found_by_remark_nickname_and_special_name(account: Account) -> None:
    """Letter case does not matter where it tells nobody apart."""
    assert account.find("Alice").key == account.find("alice").key
    assert account.find("Bob").name == "老王"
    assert account.find("filehelper").name == account.find("文件传输助手").name == "文件传输助手"


async def test_a_status_counts_what_waits_now(account: Account, store: SqliteStore) -> None:
    """The holder tells of changes of the login; what is sent meanwhile waits no more, and what is asked for waits."""
    assert account.status().queued == 0
    receipt = await account.send(account.find("filehelper"), "one")
    assert account.status().queued == 1
    await store.login.set_status(replace(account.status(), reason="told while it waited"))
    await account.outbox.drop(receipt.row.id)
    assert account.status().queued == 0
    assert account.status().reason == "told while it waited"


def test_two_of_one_name_are_not_guessed(account: Account) -> None:
    """The error lists both with their keys, by which each is found."""
    with pytest.raises(AmbiguousName) as caught:
        account.find("老王")
    assert len(caught.value.candidates) == 2
    for chat, told in zip(account.people.candidates("老王"), caught.value.candidates, strict=True):
        assert chat.key in told
        assert account.find(chat.key).key == chat.key
    assert [c.key for c in account.people.candidates("老王")] == [
        c.key for c in account.people.candidates("老王")
    ]


def test_no_name_is_nobodys_name(account: Account) -> None:
    """Most people have no remark or no alias: that is not what they are called, and nobody is written to by it."""
    assert account.people.candidates("") == []
    with pytest.raises(NoSuchChat):
        account.find("")


def test_of_many_with_one_name_a_sentence_names_ten() -> None:
    """All are at hand for programs; a person gets a sentence that can be read."""
    many = [f"key{number} is Wang" for number in range(35)]
    told = AmbiguousName("Wang", many)
    assert (len(told.candidates), "key9 is Wang; and 25 more" in told.advice) == (35, True)


def test_nobody_of_that_name_names_those_near_it(account: Account) -> None:
    """A typing mistake is helped."""
    with pytest.raises(NoSuchChat) as caught:
        account.find("Alcie")
    assert caught.value.near == ("Alice",)


async def test_a_list_that_is_still_loading_is_no_empty_list(account: Account, store: SqliteStore) -> None:
    """Not yet is an error, for finding too."""
    await store.login.set_complete(LOGIN, complete=False)
    for call in (account.contacts, account.groups, lambda: account.find("nobody")):
        with pytest.raises(NotComplete):
            call()


def test_lists_hold_each_kind_in_its_place(account: Account) -> None:
    """Groups are no contacts, and I am neither."""
    assert [c.name for c in account.groups()] == ["Team"]
    assert {c.name for c in account.contacts()} == {"Alice", "老王", "文件传输助手"}
    assert account.me.name == "鸿雁"


async def test_members_are_complete_or_asked_for(account: Account, store: SqliteStore) -> None:
    """A complete list costs no request; one that is short is asked for, and never passed off as everything."""
    team = account.find("Team")
    assert [m.shown for m in await account.groups.members(team)] == ["Goose", "Alice", "Xena"]
    await store.directory.learn(LOGIN, [ContactChange(name=name("@@g"), member_count=9)], "sync")
    asking = asyncio.create_task(account.groups.members(team))
    await store.changed()
    ((row, _),) = store.outbox.queued()
    await store.settle(Settlement(row.id, Outcome.ACCEPTED), now=2.0)
    with pytest.raises(NotComplete) as caught:
        await asking
    assert (caught.value.have, caught.value.expected) == (3, 9)


async def test_an_incoming_message_knows_its_surroundings(account: Account, store: SqliteStore) -> None:
    """Chat, writer, the name others see, and whether I am called."""
    incoming = account.incoming(await receive(store, 1, "@@g", "hi @Goose\u2005", "@x"))
    assert incoming is not None
    assert (incoming.chat.name, incoming.sender_name) == ("Team", "Xena")
    assert incoming.mentions_me is MentionsMe.YES
    private = account.incoming(await receive(store, 2, "@b", "hi"))
    assert private is not None
    assert (private.sender_name, private.mentions_me) == ("老王", MentionsMe.NO)


async def test_a_reply_goes_to_the_chat_it_came_from(account: Account, store: SqliteStore) -> None:
    """And waits in the outbox under a fresh number."""
    incoming = account.incoming(await receive(store, 1, "@a", "ping"))
    assert incoming is not None
    receipt = await incoming.reply("pong")
    assert receipt.row.outcome is Outcome.QUEUED
    ((row, _),) = store.outbox.queued()
    assert (row.command.chat, row.command.text) == (incoming.chat.key, "pong")  # type: ignore[union-attr]  # it is a text


async def reply_twice(delivery: Delivery) -> None:
    """Answer a delivery in two texts."""
    incoming = delivery.incoming
    assert incoming is not None
    await incoming.reply("pong")
    await incoming.reply("and more")


async def test_a_handler_that_runs_again_does_not_answer_again(account: Account, store: SqliteStore) -> None:
    """Replies are bound to the event and their order."""
    async with aclosing(cast("AsyncGenerator[Delivery, None]", account.deliveries("bot"))) as reading:
        waiting = asyncio.ensure_future(anext(reading))
        await asyncio.sleep(0.01)
        await receive(store, 1, "@a", "ping")
        await reply_twice(await waiting)
    async with aclosing(cast("AsyncGenerator[Delivery, None]", account.deliveries("bot"))) as reading:
        again = await anext(reading)
        assert again.recorded.redelivered
        await reply_twice(again)
    assert len(store.outbox.queued()) == 2


async def test_a_named_reader_gets_each_event_once(account: Account, store: SqliteStore) -> None:
    """Asking for the next one finishes the one before."""
    async with aclosing(cast("AsyncGenerator[Recorded, None]", account.events("log"))) as events:
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0.01)
        await receive(store, 1, "@a", "one")
        await receive(store, 2, "@a", "two")
        first, second = await waiting, await anext(events)
    async with aclosing(cast("AsyncGenerator[Recorded, None]", account.events("log"))) as events:
        again = await anext(events)
    assert (first.redelivered, second.redelivered, again.seq, again.redelivered) == (
        False,
        False,
        second.seq,
        True,
    )


async def test_events_without_a_name_begin_when_asked_for(account: Account, store: SqliteStore) -> None:
    """Not when the first is awaited."""
    await receive(store, 1, "@a", "old")
    events = account.events()
    fresh = await receive(store, 2, "@a", "new")
    assert (await anext(events)).seq == fresh.seq
    assert (await anext(account.events(after=Seq(0)))).seq == fresh.seq - 1


async def test_a_file_is_copied_and_measured_when_it_is_sent(
    account: Account, store: SqliteStore, tmp_path: Path
) -> None:
    """What happens to the original afterwards does not matter."""
    source = tmp_path / "报告.pdf"
    source.write_bytes(b"%PDF-1.7 hello")
    receipt = await account.send(account.find("Alice"), source)
    source.write_bytes(b"changed")
    command = receipt.row.command
    assert isinstance(command, SendFile)
    content = b"%PDF-1.7 hello"
    assert (command.name, command.size, command.md5) == ("报告.pdf", 14, md5(content).hexdigest())
    assert Path(command.path).read_bytes() == content


async def test_what_cannot_be_sent_is_refused_at_once(account: Account, tmp_path: Path) -> None:
    """Empty texts and files, files that are not there, texts without end."""
    alice = account.find("Alice")
    empty = tmp_path / "empty"
    empty.touch()
    for content in ("  ", "x" * 10_001, empty, tmp_path / "nothing"):
        with pytest.raises(UsageError):
            await account.send(alice, content)


async def test_a_receipt_waits_for_the_outcome_and_no_longer_than_asked(
    account: Account, store: SqliteStore
) -> None:
    """``settled`` returns, ``accepted`` raises."""
    receipt = await account.do(Pin(chat=ChatKey("k"), on=True))
    assert (await receipt.settled(0.01)).outcome is Outcome.QUEUED
    with pytest.raises(NoAnswer):
        await receipt.accepted(0.01)
    waiting = asyncio.create_task(receipt.accepted())
    await asyncio.sleep(0)
    await store.settle(Settlement(receipt.row.id, Outcome.ACCEPTED, result="7"), now=1.0)
    assert (await waiting).result == "7"


@pytest.mark.parametrize(
    "error",
    [
        Refused("webwxsendmsg", 1204),
        Refused("webwxcreatechatroom", 1, "操作太频繁，请稍后再试。"),
        TooFast("webwxsendmsgimg", "", 99.0),
        NoAnswer("webwxsendmsg", "the connection was closed"),
        LoginEnded(1101, endpoint="webwxsendmsg"),
        ProtocolChanged("webwxsendmsg", "no MsgID"),
        UsageError("the video is larger than 20 MB"),
        NotComplete("the member list", 3, 9),
        NotFriends(),
        Blocked(),
        Missed("its time was 18:00"),
        HeldBack("it waits for its turn", 99.0),
        NoSuchChat("Bob's"),
        StorageError("the disk is full"),
        InternalError("carrying out send-text", "KeyError"),
    ],
    ids=lambda e: type(e).__name__,
)
async def test_an_error_survives_its_row(account: Account, store: SqliteStore, error: HongyanError) -> None:
    """Whoever waits gets the error that the sender met, from whatever process."""
    receipt = await account.do(Pin(chat=ChatKey("k"), on=True))
    await store.settle(failed(receipt.row.id, error, getattr(error, "retry_at", None)), now=1.0)
    with pytest.raises(type(error)) as caught:
        await receipt.accepted()
    assert str(caught.value) == str(error)
    assert (caught.value.code, caught.value.advice or "") == (error.code, error.advice)


async def test_unconfirmed_is_told_as_no_answer(account: Account, store: SqliteStore) -> None:
    """Nobody knows, and the error says who did not answer."""
    receipt = await account.do(Pin(chat=ChatKey("k"), on=True))
    row = await store.settle(unconfirmed(receipt.row.id, NoAnswer("webwxsendmsg", "it broke off")), now=1.0)
    assert row.outcome is Outcome.UNCONFIRMED
    assert str(error_of(row)) == "no answer from webwxsendmsg: it broke off"
    assert error_of(store.outbox.command(CommandId(row.id))) is not None


async def test_ready_waits_and_says_when_the_login_ended(account: Account, store: SqliteStore) -> None:
    """Nobody waits for a login that is over."""
    await account.ready(1)
    await store.login.set_complete(LOGIN, complete=False)
    with pytest.raises(NoAnswer):
        await account.ready(0.01)
    await store.login.set_status(Status(state=LoginState.ENDED, reason="login-ended.1101"))
    with pytest.raises(LoginEnded) as caught:
        await account.ready(1)
    assert caught.value.ret == 1101


async def test_chats_with_traffic_come_first(account: Account, store: SqliteStore) -> None:
    """The latest on top, then what the server called recent."""
    await store.directory.learn(
        LOGIN, [ContactChange(name=name("@r"), kind=ContactKind.FRIEND, nickname="Recent")], "init"
    )
    await receive(store, 1, "@a", "old")
    await receive(store, 2, "@@g", "new", "@a")
    assert [c.name for c in account.chats()] == ["Team", "Alice", "Recent"]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (lambda a, chat: a.send(chat, Path(__file__), form="pic"), "auto, picture, sticker, video, file"),
        (lambda a, chat: a.send(chat, Path(__file__), form=None), "auto, picture"),
        (lambda a, chat: a.send_to_many([chat], "hi", form="photo"), "auto, picture"),
        (lambda a, _: a.send("Alice", "hi"), "account.find"),
        (lambda a, chat: a.send(chat, "hi", mentions=["Alice"]), "account.find"),
        (lambda a, _: a.send_to_many(["Alice"], "hi"), "account.find"),
        (lambda a, chat: a.send(chat, "hi", mentions=None), "mentions is a list of chats"),
        (lambda a, chat: a.send(chat, "hi", mentions=chat), "mentions is a list of chats"),
        (lambda a, _: a.send_to_many(None, "hi"), "chats is a list of chats"),
        (lambda a, chat: a.groups.change_members(chat, None, "add"), "members is a list of chats"),
        (lambda a, chat: a.local.keep_draft(chat, None), "a text (str) is wanted"),
        (lambda a, chat: a.local.keep_draft(chat, "a", attached="path"), "attached is a list"),
        (lambda a, chat: a.local.keep_draft(chat, "a", attached=[1]), "a text (str) is wanted"),
        (lambda a, chat: a.local.keep_draft(chat, "a", quoting="1"), "not the number of a journal row"),
        (lambda a, chat: a.local.mark_seen(chat, 10**30), "not the number of a journal row"),
        (lambda a, chat: a.send(chat, b"hi"), "bytes"),
        (lambda a, chat: a.send(chat, None), "NoneType"),
        (lambda a, chat: a.send(chat, Path("a\0b")), "no such name"),
        (lambda a, chat: a.send(chat, "hi", at="tomorrow"), "Unix seconds"),
        (lambda a, chat: a.send(chat, "hi", at=float("nan")), "Unix seconds"),
        (lambda a, chat: a.send(chat, "hi", at=1e300), "Unix seconds"),
        (lambda a, chat: a.groups.change_members(chat, [chat], "kick"), "add, invite, remove"),
        (lambda a, _: a.do("pin"), "command"),
        (lambda a, chat: a.do(Pin(chat=chat.key, on="yes")), "on"),  # type: ignore[arg-type]  # that is the fault
        (
            lambda a, chat: a.do(SendLocation(chat=chat.key, latitude=float("nan"), longitude=0.0, label="")),
            "nan",
        ),
        (lambda a, _: a.do(FetchMedia(seq=1, size="huge")), "full, thumbnail, big"),
        (lambda a, chat: a.do(SendFile(chat=chat.key, path="p", name="n", size=1, md5="", form="x")), "auto"),
    ],
)
async def test_what_cannot_be_is_told_by_name_and_leaves_no_row(
    account: Account, wrong: Callable[[Account, object], Awaitable[object]], named: str
) -> None:
    """No ValueError, TypeError or KeyError leaves the account, and none is met later by who carries it out."""
    with pytest.raises(UsageError) as caught:
        await wrong(account, account.find("Alice"))
    assert named in f"{caught.value} {caught.value.advice}"
    assert account.outbox() == []


async def test_half_characters_are_mended_before_they_are_kept(account: Account, tmp_path: Path) -> None:
    """A text out of a broken source, a file whose name is no UTF-8."""
    chat = account.find("Alice")
    row = (await account.send(chat, "half \ud83d smile")).row
    assert isinstance(row.command, SendText)
    assert row.command.text == "half \ufffd smile"
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt"))
    odd.write_text("x")
    command = (await account.send(chat, odd)).row.command
    assert isinstance(command, SendFile)
    assert command.name == "\ufffd.txt"


@pytest.mark.parametrize("given", ["Alice", None, 3])
def test_what_is_no_chat_is_refused_by_every_view_of_a_chat(account: Account, given: object) -> None:
    wrong: Any = given
    for view in (
        account.history,
        account.archive.count,
        account.archive.last,
        account.outbox.pending,
        account.archive.conversation,
    ):
        with pytest.raises(UsageError, match="a chat is wanted"):
            view(wrong)


@pytest.mark.parametrize("given", [None, "5", -1, True, 1.5])
def test_what_is_no_number_of_rows_is_refused_by_every_list(account: Account, given: object) -> None:
    """More than there can be are all."""
    wrong: Any = given
    alice = account.find("Alice")
    for rows in (
        account.outbox,
        account.archive.chats,
        lambda limit: account.archive.journal(limit=limit),
        lambda limit: account.history(alice, limit),
        lambda limit: account.archive.conversation(alice, limit=limit),
        lambda limit: account.archive.history_around(alice, Seq(1), limit, 1),
        lambda limit: account.archive.history_around(alice, Seq(1), 1, limit),
    ):
        with pytest.raises(UsageError, match="not a number of rows"):
            rows(wrong)
        assert isinstance(rows(10**30), list)


@pytest.mark.parametrize("given", ["5", -1, True, 1.5, 10**30])
def test_what_is_no_row_is_refused_wherever_one_is_named(account: Account, given: object) -> None:
    wrong: Any = given
    alice = account.find("Alice")
    for look in (
        account.archive.journal,
        lambda seq: account.events(after=seq),
        lambda seq: account.history(alice, before=seq),
        lambda seq: account.archive.conversation(alice, after=seq),
        lambda seq: account.archive.history_around(alice, seq, 1, 1),
    ):
        with pytest.raises(UsageError, match="not the number of a journal row"):
            look(wrong)


@pytest.mark.parametrize("given", [None, 3, b"Alice", ["Alice"]])
def test_what_is_no_name_is_refused_where_a_chat_is_looked_for(account: Account, given: object) -> None:
    wrong: Any = given
    for look in (account.find, account.people.candidates):
        with pytest.raises(UsageError, match="a name"):
            look(wrong)


def test_half_a_character_in_a_name_is_nobodys_name(account: Account) -> None:
    with pytest.raises(NoSuchChat):
        account.find("half \ud800")


async def test_what_waits_for_its_turn_in_this_program_does_not_ask_whether_that_is_stopped(
    account: Account,
) -> None:
    await account.send(account.find("Alice"), "x")
    row = account.outbox()[0]
    told = [
        str(still_open(row, Status(state=LoginState.ONLINE, pid=pid))) for pid in (os.getpid(), os.getppid())
    ]
    assert ["stopped" in words for words in told] == [False, True]


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (lambda a, c, _: a.pin(c), lambda c: Pin(chat=c.key, on=True)),
        (lambda a, c, _: a.pin(c, on=False), lambda c: Pin(chat=c.key, on=False)),
        (lambda a, c, _: a.mark_read(c), lambda c: commands.MarkRead(chat=c.key)),
        (lambda a, c, _: a.send_sticker(c, "0f"), lambda c: commands.SendSticker(chat=c.key, md5="0f")),
        (lambda a, c, _: a.send_card(c, c), lambda c: commands.SendCard(chat=c.key, person=c.key)),
        (
            lambda a, c, _: a.send_location(c, 1.0, 2.0, "here"),
            lambda c: SendLocation(chat=c.key, latitude=1.0, longitude=2.0, label="here"),
        ),
        (lambda a, c, row: a.forward(row, c), lambda c: commands.ForwardMessage(chat=c.key, seq=1)),
        (lambda a, _c, _: a.refresh(), lambda _: commands.Refresh()),
        (lambda a, _c, _: a.log_out(), lambda _: commands.Logout()),
        (lambda a, c, _: a.people.set_remark(c, "A"), lambda c: commands.SetRemark(chat=c.key, remark="A")),
        (lambda a, c, _: a.people.add(c, "hi"), lambda c: commands.AddFriend(person=c.key, greeting="hi")),
        (lambda a, _c, row: a.people.accept(row), lambda _: commands.AcceptFriend(seq=1)),
        (
            lambda a, c, _: a.groups.create([c], "trip"),
            lambda c: commands.CreateGroup(members=(c.key,), topic="trip"),
        ),
        (lambda a, c, _: a.groups.rename(c, "new"), lambda c: commands.RenameGroup(group=c.key, topic="new")),
        (lambda a, c, _: a.groups.quit(c), lambda c: commands.QuitGroup(group=c.key)),
        (
            lambda a, c, _: a.groups.change_members(c, [c], "remove"),
            lambda c: commands.ChangeMembers(
                group=c.key, members=(c.key,), change=commands.MemberChange.REMOVE
            ),
        ),
    ],
)
async def test_what_an_account_does_is_the_command_of_its_name(
    account: Account, store: SqliteStore, act: Callable[..., Awaitable[Any]], expected: Callable[[Any], Any]
) -> None:
    """Each is one row of the outbox, and its receipt is given back."""
    row = await receive(store, 1, "@a", "hello")
    alice = account.find("Alice")
    receipt = await act(account, alice, row)
    assert receipt.row.command == expected(alice)
    assert [r.command for r in account.outbox()] == [expected(alice)]
