"""Messages of every kind, in and out, and what else can be done to chats."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from hongyan.emulator import Person, compose
from hongyan.emulator import compose_apps as apps
from hongyan.emulator import compose_media as media
from hongyan.errors import HeldBack, NoAnswer, NotComplete, NotFriends, Refused, TooFast, UsageError
from hongyan.model.commands import (
    AcceptFriend,
    AddFriend,
    CreateGroup,
    FetchAvatar,
    ForwardMessage,
    MarkRead,
    MemberChange,
    Outcome,
    Pin,
    QuitGroup,
    RenameGroup,
    SendCard,
    SendLocation,
    SendSticker,
    SendText,
    SetRemark,
)
from hongyan.model.contacts import ContactChange
from hongyan.model.events import CommandSettled, ContactGone, MessageReceived
from hongyan.model.ids import ChatKey, MsgId, Seq
from hongyan.model.messages import FriendRequest, Recall, StatusNotice, Text
from hongyan.webwx.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hongyan.client.account import Account, Incoming
    from hongyan.emulator import Emulator
    from hongyan.emulator.messages import StoredMessage
    from hongyan.model.commands import Command, CommandRow

    from .conftest import Opener


async def next_message(account: Account, kind: type | None = None) -> Incoming:
    """Return the first message of a kind in the journal, waiting for it."""
    async with asyncio.timeout(10):
        async for recorded in account.events(after=Seq(0)):
            incoming = account.incoming(recorded)
            if incoming is None or isinstance(incoming.message, StatusNotice):
                continue
            if kind is None or isinstance(incoming.message, kind):
                return incoming
    raise AssertionError


async def until(account: Account, test: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(10):
        while not test():
            await account.changed()


async def done(account: Account, command: Command) -> CommandRow:
    """Carry a command out and return its row."""
    return await (await account.do(command)).accepted(10)


def bytes_of(service: Emulator, message: StoredMessage) -> bytes:
    """Return what a message at the service carries."""
    kept = service.media.find(message.media["full"])
    assert kept is not None
    return service.media.path(kept).read_bytes()


async def test_a_text_comes_in_and_the_answer_goes_out(account: Account, service: Emulator) -> None:
    """The whole way, both ways, with everything that text can hold."""
    words = '早 <b>&amp;</b> "quoted" 😀\nsecond line'
    service.person("Alice").says(words)
    incoming = await next_message(account, Text)
    assert isinstance(incoming.message, Text)
    assert (incoming.sender_name, incoming.chat.name, incoming.message.text) == ("Alice", "Alice", words)
    row = await (await incoming.reply(words)).accepted(5)
    heard = await service.person("Alice").hears()
    assert (heard.text, str(heard.msg_id)) == (words, row.result)


async def test_a_group_text_names_its_writer(account: Account, service: Emulator) -> None:
    """By the name chosen for the group."""
    service.person("Xena").says("hello all", "Team")
    incoming = await next_message(account, Text)
    assert (incoming.chat.name, incoming.sender_name, incoming.chat.is_group) == ("Team", "X", True)
    await (await incoming.reply("hello X")).accepted(5)
    await service.group("Team").hears("hello X")


async def test_what_is_written_on_the_phone_is_mine(account: Account, service: Emulator) -> None:
    """Own messages of other devices come in as own."""
    service.phone.says("from the phone", "Alice")
    incoming = await next_message(account, Text)
    assert incoming.message.outgoing
    assert (incoming.chat.name, incoming.sender.name) == ("Alice", "鸿雁")


@pytest.mark.parametrize(
    ("name", "form", "msg_type"),
    [
        ("cat.png", "auto", 3),
        ("wave.gif", "auto", 47),
        ("film.mp4", "auto", 43),
        ("报告.pdf", "auto", 49),
        ("cat.png", "file", 49),
    ],
)
async def test_a_file_arrives_as_what_it_is(
    account: Account, service: Emulator, tmp_path: Path, name: str, form: str, msg_type: int
) -> None:
    """Byte for byte, in several chunks."""
    content = os.urandom(1_200_000)
    path = tmp_path / name
    path.write_bytes(content)
    row = await (await account.send(account.find("Alice"), path, form=form)).accepted(10)
    heard = await service.person("Alice").hears()
    assert (str(heard.msg_id), heard.content.msg_type) == (row.result, msg_type)
    assert bytes_of(service, heard) == content


async def test_a_file_above_the_limit_is_refused_here_with_the_limit_named(
    account: Account, tmp_path: Path
) -> None:
    """Before a byte is sent."""
    path = tmp_path / "film.mp4"
    with path.open("wb") as file:
        file.truncate(21 << 20)
    with pytest.raises(UsageError, match="20 MiB"):
        await (await account.send(account.find("Alice"), path, form="video")).accepted(10)


async def test_every_other_kind_can_be_sent(account: Account, service: Emulator) -> None:
    """Sticker, card, place."""
    alice, bob = account.find("Alice"), account.find("Bob")
    await done(account, SendSticker(chat=alice.key, md5="0" * 32))
    assert (await service.person("Alice").hears()).content.msg_type == 47
    await done(account, SendCard(chat=alice.key, person=bob.key))
    card = await service.person("Alice").hears()
    assert (card.content.msg_type, 'nickname="Bob"' in card.text) == (42, True)
    await done(account, SendLocation(chat=alice.key, latitude=39.9, longitude=116.4, label="北京"))
    place = await service.person("Alice").hears()
    assert (place.content.msg_type, "北京" in place.text) == (48, True)


@pytest.mark.parametrize(
    ("content", "msg_type"),
    [
        (compose.text("plain & <simple>"), 1),
        (
            compose.Composed(
                3, compose.escaped('<msg><img md5="5"/></msg>'), files={"full": b"\x89PNG picture"}
            ),
            3,
        ),
        (
            compose.Composed(
                49,
                compose.escaped(
                    "<msg><appmsg><title>T</title><type>5</type><url>http://a/b</url></appmsg></msg>"
                ),
                fields={"AppMsgType": 5, "FileName": "T", "Url": "http://a/b"},
            ),
            49,
        ),
    ],
    ids=["text", "picture", "link"],
)
async def test_what_came_in_can_be_sent_on(
    account: Account, service: Emulator, content: compose.Composed, msg_type: int
) -> None:
    """As it is, to somebody else."""
    service.person("Alice").sends(content)
    incoming = await next_message(account)
    await done(account, ForwardMessage(chat=account.find("Bob").key, seq=incoming.recorded.seq))
    heard = await service.person("Bob").hears()
    assert heard.content.msg_type == msg_type
    assert heard.text == content.plain or "<" in heard.text or heard.text == "T"


@pytest.mark.parametrize(
    ("content", "ending", "variant"),
    [
        (
            compose.Composed(3, "", files={"full": b"\x89PNG\r\n\x1a\n big", "slave": b"small"}),
            ".png",
            "full",
        ),
        (
            compose.Composed(3, "", files={"full": b"\x89PNG\r\n\x1a\n big", "slave": b"\xff\xd8\xff small"}),
            ".jpg",
            "slave",
        ),
        (compose.Composed(47, "", files={"full": b"GIF89a sticker"}), ".gif", "full"),
        (compose.Composed(43, "", files={"full": b"\0\0\0\x18ftypmp42" + bytes(700_000)}), ".mp4", "full"),
        (compose.Composed(34, "", files={"full": b"ID3 voice"}), ".mp3", "full"),
    ],
    ids=["picture", "thumbnail", "sticker", "video", "voice"],
)
async def test_media_come_down_byte_for_byte(
    account: Account, service: Emulator, content: compose.Composed, ending: str, variant: str
) -> None:
    """Named by what they are, whatever the server calls them."""
    service.person("Alice").sends(content)
    incoming = await next_message(account)
    size = "thumbnail" if variant == "slave" else "full"
    path = await account.fetch(incoming.recorded, size=size)
    assert path.read_bytes() == content.files[variant]
    assert path.suffix == ending


async def test_a_file_is_saved_under_a_safe_and_free_name(
    account: Account, service: Emulator, tmp_path: Path
) -> None:
    """Its sender chose the name; it cannot leave the folder or overwrite."""
    xml = (
        "<msg><appmsg><title>../../evil.txt</title><type>6</type><appattach><totallen>11</totallen>"
        "<attachid>@x</attachid><fileext>txt</fileext></appattach></appmsg></msg>"
    )
    kept = service.media.add(b"hello there", "evil.txt")
    fields = {
        "AppMsgType": 6,
        "FileName": "../../evil.txt",
        "FileSize": "11",
        "MediaId": kept.media_id,
        "EncryFileName": "evil%2Etxt",
    }
    service.person("Alice").sends(compose.Composed(49, compose.escaped(xml), fields=fields))
    incoming = await next_message(account)
    folder = tmp_path / "saved"
    folder.mkdir()
    one, two = await incoming.save(folder), await incoming.save(folder)
    assert [one.name, two.name] == ["evil.txt", "evil (2).txt"]
    assert one.read_bytes() == two.read_bytes() == b"hello there"


KINDS = {
    "picture": media.picture(b"\x89PNG\r\n\x1a\n"),
    "voice": media.voice(b"ID3", 1500),
    "video": media.video(b"\0\0\0\x18ftypmp42", 5),
    "sticker": media.sticker(b"GIF89a"),
    "file": media.file(b"hello", "a.txt"),
    "location": media.location(39.9, 116.4, "北京"),
    "card": media.card(Person("wxid_carl0000000001", "Carl")),
    "call": media.call(),
    "link": apps.link("T", "D", "http://a/b"),
    "music": apps.music("T", "A", "http://a/b", "http://a/c"),
    "group-invitation": apps.group_invitation("Alice", "Team", "http://a/b"),
    "mini-program": apps.mini_program("T", "N", "gh_0@app", "p"),
    "channels": apps.channels("A", "C"),
    "record": apps.record("T", [("Alice", "one"), ("Bob", "two")]),
    "red-packet": apps.red_packet("恭喜发财"),
    "file-placeholder": apps.file_placeholder("a.bin", 5),
    "unsupported": apps.unsupported(),
    "notice": compose.system("以上是打招呼的内容"),
}


async def test_every_kind_comes_in_as_what_it_is(account: Account, service: Emulator) -> None:
    """Nothing unknown, nothing unparsed, in order."""
    for content in KINDS.values():
        service.person("Alice").sends(content)
    alice = account.find("Alice")
    await until(account, lambda: len(account.history(alice, 50)) == len(KINDS))
    found = [account.incoming(recorded) for recorded in account.history(alice, 50)]
    assert [incoming.message.kind for incoming in found if incoming] == list(KINDS)


async def test_media_that_are_gone_are_an_error(account: Account, service: Emulator) -> None:
    """An empty answer is no picture."""
    service.person("Alice").sends(compose.Composed(3, ""))
    incoming = await next_message(account)
    with pytest.raises(NoAnswer):
        await account.fetch(incoming.recorded)


async def test_progress_of_a_transfer_is_told(account: Account, service: Emulator) -> None:
    """To whoever asked for the file."""
    service.person("Alice").sends(compose.Composed(43, "", files={"full": os.urandom(300_000)}))
    incoming = await next_message(account)
    told: list[tuple[int, int | None]] = []
    await account.fetch(incoming.recorded, progress=lambda have, total: told.append((have, total)))
    assert told[-1] == (300_000, 300_000)


async def test_my_message_can_be_taken_back(account: Account, service: Emulator) -> None:
    """By the number that its acceptance left; another's cannot."""
    alice = account.find("Alice")
    row = await (await account.send(alice, "oops")).accepted(5)
    heard = await service.person("Alice").hears("oops")
    await (await account.recall(alice, MsgId(row.result))).accepted(5)
    assert heard.recalled
    with pytest.raises(Refused):
        await (await account.recall(alice, MsgId("1"))).accepted(5)


async def test_a_recall_by_others_names_the_message(account: Account, service: Emulator) -> None:
    """The original stays in the journal."""
    alice = service.person("Alice")
    message = alice.says("forget this")
    original = await next_message(account, Text)
    alice.recalls(message)
    recall = await next_message(account, Recall)
    assert isinstance(recall.message, Recall)
    assert recall.message.recalled == original.message.id


async def test_remark_pin_and_mark_read(account: Account, service: Emulator) -> None:
    """A pin leaves the remark alone."""
    alice = account.find("Alice")
    await done(account, SetRemark(chat=alice.key, remark="小爱"))
    await done(account, Pin(chat=alice.key, on=True))
    await done(account, MarkRead(chat=alice.key))
    person = service.accounts[0].world.people["wxid_alice000000001"]
    assert (person.remark, person.pinned) == ("小爱", True)
    assert [chat for chat, _ in service.accounts[0].reads] == [person.id]
    assert account.find("小爱").contact.pinned


async def test_a_friend_request_is_accepted(account: Account, service: Emulator) -> None:
    """With the ticket that came with it; then the person is a contact."""
    service.person("Xena").asks("let me in")
    request = await next_message(account, FriendRequest)
    assert isinstance(request.message, FriendRequest)
    assert request.message.greeting == "let me in"
    await done(account, AcceptFriend(seq=request.recorded.seq))
    await until(account, lambda: any(c.name == "Xena" for c in account.contacts()))


async def test_a_group_member_is_asked_to_be_a_friend(account: Account, service: Emulator) -> None:
    """People are found in groups."""
    members = await account.groups.members(account.find("Team"))
    xena = await account.people.person(next(m for m in members if m.nickname == "Xena"))
    await done(account, AddFriend(person=xena.key, greeting="hello"))
    assert await service.person("Xena").is_asked() == "hello"


async def test_groups_are_made_changed_and_left(account: Account, service: Emulator) -> None:
    """Create, rename, add, remove, leave."""
    alice, bob = account.find("Alice"), account.find("Bob")
    row = await done(account, CreateGroup(members=(alice.key, bob.key), topic="New"))
    group = account.chat(ChatKey(row.result))
    assert group.name == "New"
    assert len(await account.groups.members(group)) == 3
    await done(account, RenameGroup(group=group.key, topic="Newer"))
    assert account.find("Newer") == group
    await (await account.groups.change_members(group, [bob], MemberChange.REMOVE)).accepted(5)
    assert len(await account.groups.members(group)) == 2
    await (await account.groups.change_members(group, [bob], MemberChange.ADD)).accepted(5)
    assert len(await account.groups.members(group)) == 3
    await done(account, QuitGroup(group=group.key))
    await until(account, lambda: all(g.name != "Newer" for g in account.groups()))
    assert service.group("Newer").id


async def test_every_group_is_found_with_all_its_members(account: Account, service: Emulator) -> None:
    """The one that is not saved too."""
    assert {g.name for g in account.groups()} == {"Team", "Quiet"}
    assert {m.shown for m in await account.groups.members(account.find("Team"))} == {
        "Goose",
        "Alice",
        "Bob",
        "X",
    }
    assert {m.shown for m in await account.groups.members(account.find("Quiet"))} == {"Goose", "Alice", "Bob"}


async def test_a_short_member_list_is_an_error(account: Account, service: Emulator) -> None:
    """Never passed off as complete."""
    service.faults.add(
        "body", "webwxbatchgetcontact", '{"BaseResponse":{"Ret":0},"Count":0,"ContactList":[]}'
    )
    team = account.find("Team")
    store: Any = account._store
    await store.directory.learn(
        store.login.current, [ContactChange(name=team.contact.name, member_count=9)], "test"
    )
    with pytest.raises(NotComplete):
        await account.groups.members(team)


async def test_somebody_unknown_is_looked_up(account: Account, service: Emulator) -> None:
    """The message is delivered at once, the name follows."""
    world = service.accounts[0].world
    world.people["wxid_zoe000000000001"] = Person("wxid_zoe000000000001", "Zoe")
    service.person("Zoe").says("who am I")
    incoming = await next_message(account, Text)
    await until(account, lambda: account.chat(incoming.chat.key).name != incoming.chat.name)
    assert account.chat(incoming.chat.key).name == "Zoe"


async def test_a_deleted_contact_is_gone_from_the_list(account: Account, service: Emulator) -> None:
    """And stays in the history."""
    service.phone.deletes("Alice")
    await until(account, lambda: any(isinstance(r.event, ContactGone) for r in account.archive.journal()))
    assert "Alice" not in {c.name for c in account.contacts()}


async def test_an_avatar_comes_down(account: Account, service: Emulator, tmp_path: Path) -> None:
    """As a file with the right ending."""
    row = await done(account, FetchAvatar(chat=account.find("Alice").key))
    assert row.result.endswith((".png", ".jpg"))


async def test_a_refusal_is_told_with_its_code(account: Account, service: Emulator) -> None:
    """And is in the journal as the command's outcome."""
    service.faults.add("ret", "webwxsendmsg", 1204)
    with pytest.raises(Refused) as caught:
        await (await account.send(account.find("Alice"), "no")).accepted(5)
    assert (caught.value.endpoint, caught.value.ret) == ("webwxsendmsg", 1204)
    settled = [r.event for r in account.archive.journal() if isinstance(r.event, CommandSettled)]
    assert settled[-1].row.outcome is Outcome.FAILED


async def test_an_answer_that_is_lost_sends_nothing_twice(account: Account, service: Emulator) -> None:
    """The second try carries the same number, and the server knows it."""
    service.faults.add("lost", "webwxsendmsg")
    await (await account.send(account.find("Alice"), "once")).accepted(10)
    await service.person("Alice").hears("once")
    with pytest.raises(TimeoutError):
        await service.person("Alice").hears("once", timeout=0.1)


async def test_an_outage_of_more_than_one_answer_is_waited_out(account: Account, service: Emulator) -> None:
    """The message goes again under its number, which the service knows, and arrives once."""
    service.faults.add("lost", "webwxsendmsg", count=3)
    await (await account.send(account.find("Alice"), "perhaps")).accepted(20)
    await service.person("Alice").hears("perhaps")
    assert service.person("Alice").account.heard == []


async def test_a_passing_fault_is_tried_once_more(account: Account, service: Emulator) -> None:
    """-1 means nothing in particular."""
    fault = service.faults.add("ret", "webwxsendmsg", -1)
    row = await (await account.send(account.find("Alice"), "again")).accepted(10)
    await service.person("Alice").hears("again")
    assert (fault.hits, row.attempts) == (1, 2)


async def test_too_fast_goes_back_into_the_queue_and_says_until_when(
    account: Account, service: Emulator
) -> None:
    """The bucket is closed for a minute."""
    service.faults.add("rate_limit", "webwxsendmsg")
    receipt = await account.send(account.find("Alice"), "too fast")
    await until(account, lambda: receipt.row.retry_at is not None)
    assert receipt.row.outcome is Outcome.QUEUED
    with pytest.raises(TooFast) as caught:
        await receipt.accepted(0.1)
    assert caught.value.retry_at is not None


async def test_a_refusal_by_the_other_side_fails_what_was_accepted(
    account: Account, service: Emulator
) -> None:
    """The grey line comes after the yes."""
    receipt = await account.send(account.find("Alice"), "are we friends?")
    await receipt.accepted(5)
    alice = service.person("Alice")
    words = "Alice开启了朋友验证，你还不是他（她）朋友。请先发送朋友验证请求，对方验证通过后，才能聊天。"
    service.accounts[0].say(alice.id, "", compose.system(words))
    await until(account, lambda: receipt.row.outcome is Outcome.FAILED)
    with pytest.raises(NotFriends):
        await receipt.accepted(1)


async def test_texts_of_one_chat_keep_their_order(account: Account, service: Emulator) -> None:
    """However many are asked for at once."""
    alice = account.find("Alice")
    receipts = [await account.send(alice, str(n)) for n in range(20)]
    await asyncio.gather(*(r.accepted(10) for r in receipts))
    assert [(await service.person("Alice").hears()).text for _ in range(20)] == [str(n) for n in range(20)]


async def test_one_poisoned_message_costs_no_other(account: Account, service: Emulator) -> None:
    """The rest of the batch arrives, and the damage is kept."""
    service.faults.add("poison", "webwxsync", "control")
    for n in range(3):
        service.person("Alice").says(f"text {n}")

    def texts() -> list[str]:
        events = (recorded.event for recorded in account.archive.journal())
        messages = [event.message for event in events if isinstance(event, MessageReceived)]
        return [message.text for message in messages if isinstance(message, Text)]

    await until(account, lambda: len(texts()) == 3)
    assert len({"text 0", "text 1", "text 2"}.intersection(texts())) == 2


async def test_a_repeated_batch_appears_once(account: Account, service: Emulator) -> None:
    """Duplicated and reordered answers are sorted out by number."""
    service.faults.add("duplicate", "webwxsync")
    service.person("Alice").says("once")
    service.person("Alice").says("more")
    await until(account, lambda: len(account.history(account.find("Alice"))) == 2)
    assert len({r.seq for r in account.history(account.find("Alice"))}) == 2


async def test_a_crash_between_journal_and_key_doubles_nothing(
    open_client: Opener, service: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch was written, the key not used: the server hands it out again, and the journal drops it."""
    async with open_client() as (account, holder):
        await account.ready(10)
        written = asyncio.Event()

        def crash(*_: object) -> None:
            written.set()
            raise RuntimeError("killed between the journal and the key")

        with monkeypatch.context() as patch:
            patch.setattr(Machine, "commit", crash)
            service.person("Alice").says("exactly once")
            await asyncio.wait_for(written.wait(), 10)
            with pytest.raises(RuntimeError):
                await holder.ended()
    async with open_client(confirm=False, may_ask=False) as (account, _):
        service.person("Alice").says("and this")
        await until(account, lambda: len(account.history(account.find("Alice"))) == 2)
        texts = [r.event.message.text for r in account.history(account.find("Alice"))]  # type: ignore[union-attr]  # texts
        assert texts == ["exactly once", "and this"]


async def leave_in_doubt(open_client: Opener, service: Emulator) -> None:
    """Let a program end while the answer to its send is still out."""
    service.faults.add("delay", "webwxsendmsg", 4.0)
    async with open_client() as (account, _):
        await account.ready(10)
        receipt = await account.send(account.find("Alice"), "in doubt")
        await until(account, lambda: receipt.row.outcome is Outcome.SENT)


async def test_what_was_in_doubt_is_sent_once_more_and_arrives_once(
    open_client: Opener, service: Emulator
) -> None:
    """Under the same login and the same number."""
    await leave_in_doubt(open_client, service)
    async with open_client(confirm=False, may_ask=False) as (account, _):
        await until(account, lambda: account.outbox(1)[0].outcome is Outcome.ACCEPTED)
        assert account.outbox(1)[0].attempts == 2
    await service.person("Alice").hears("in doubt")
    with pytest.raises(TimeoutError):
        await service.person("Alice").hears("in doubt", timeout=0.1)


async def test_what_was_in_doubt_for_too_long_is_left_to_a_person(
    open_client: Opener, service: Emulator
) -> None:
    """After five minutes nobody may guess."""
    await leave_in_doubt(open_client, service)
    later = time.time() + 301
    async with open_client(confirm=False, may_ask=False, clock=lambda: later) as (account, _):
        await until(account, lambda: not account.outbox(1)[0].open)
        assert account.outbox(1)[0].outcome is Outcome.UNCONFIRMED


async def test_what_waits_in_the_outbox_is_sent_by_the_next_program(
    open_client: Opener, service: Emulator
) -> None:
    """A command outlives the program that asked for it."""
    async with open_client() as (account, _):
        await account.ready(10)
        soon = time.time() + 1.0
        await account.do(SendText(chat=account.find("Alice").key, text="later"), not_before=soon)
    async with open_client(confirm=False, may_ask=False):
        await service.person("Alice").hears("later")
    assert time.time() >= soon


async def test_a_send_behind_a_pause_says_until_when(service: Emulator, account: Account) -> None:
    """After "too fast" the next one waits as well, and whoever waits for it is told the time, not that nobody answered."""
    service.faults.add("rate_limit", "webwxsendmsg")
    first = await account.send(account.find("Alice"), "too fast")
    with pytest.raises(TooFast):
        await first.accepted(2)
    second = await account.send(account.find("老王"), "behind it")
    with pytest.raises(HeldBack, match="called an earlier one too fast") as caught:
        await second.accepted(2)
    assert not isinstance(caught.value, TooFast)  # of this one the service has said nothing
    assert caught.value.retry_at is not None
    assert caught.value.retry_at > second.row.created_at + 30
    assert second.row.outcome is Outcome.QUEUED
