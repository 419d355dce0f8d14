"""What is told about people and groups, and who may say it: from the wire to handlers, lines, search and exports."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from hongyan.archive.entries import entries
from hongyan.emulator import compose, compose_apps, groups
from hongyan.model.commands import (
    ChangeMembers,
    Command,
    CreateGroup,
    FetchMembers,
    MemberChange,
    RenameGroup,
    SetRemark,
)
from hongyan.model.contacts import ContactKind, Sex
from hongyan.model.events import MessageReceived
from hongyan.model.ids import Seq
from hongyan.model.messages import (
    SELF,
    AnyMessage,
    ContactAltered,
    GroupRenamed,
    Link,
    MemberLeft,
    MemberRemoved,
    Notice,
    Quote,
    Record,
    Text,
)
from hongyan.model.search import Query
from hongyan.model.summary import full

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.client.account import Account
    from hongyan.emulator import Emulator
    from hongyan.model.events import Recorded

    from .conftest import Opener

ARTICLES = [("头条", "摘要", "https://news.example/1"), ("次条", "", "https://news.example/2")]


async def row_of(account: Account, wanted: Callable[[AnyMessage], bool]) -> Recorded:
    async with asyncio.timeout(15):
        async for recorded in account.events(after=Seq(0)):
            if isinstance(recorded.event, MessageReceived) and wanted(recorded.event.message):
                return recorded
    raise AssertionError


async def message_of(account: Account, wanted: Callable[[AnyMessage], bool]) -> AnyMessage:
    row = await row_of(account, wanted)
    assert isinstance(row.event, MessageReceived)
    return row.event.message


def says(text: str, message: AnyMessage) -> bool:
    return isinstance(message, Text) and message.text == text


def observed(account: Account) -> list[object]:
    """Return what was seen without words so far."""
    rows = [r for chat in [*account.groups(), *account.contacts()] for r in account.history(chat, 100)]
    return [
        r.event.message.event
        for r in rows
        if isinstance(r.event, MessageReceived)
        and isinstance(r.event.message, Notice)
        and r.event.message.observed
    ]


async def settled(account: Account, service: Emulator) -> None:
    """Wait until all that was pushed so far has come."""
    service.person("老王").says("that was all")
    await message_of(account, lambda m: isinstance(m, Text) and m.text == "that was all")


async def test_only_an_official_account_pushes_news(account: Account, service: Emulator) -> None:
    """The same card from a friend, into a group or as a text is words of whoever sent it."""
    push = compose_apps.article_list("日报", ARTICLES)
    service.person("日报").sends(push)
    card = await message_of(account, lambda m: isinstance(m, Link) and not m.in_group)
    assert isinstance(card, Link)
    assert (card.publisher, len(card.articles)) == ("日报", 2)
    service.person("Alice").sends(push, "Team")
    forged = await message_of(account, lambda m: isinstance(m, Link) and m.in_group)
    assert isinstance(forged, Link)
    assert (forged.publisher, forged.articles) == ("", ())
    assert "次条 https://news.example/2" in forged.description
    typed = "<mmreader><category><name>日报</name><newitem><title>x</title></newitem></category></mmreader>"
    service.person("Alice").says(typed)
    assert isinstance(await message_of(account, lambda m: isinstance(m, Text) and m.text == typed), Text)


async def test_sentences_of_the_service_that_people_type_are_texts(
    account: Account, service: Emulator
) -> None:
    """Nobody joins, is removed or takes something back because somebody wrote so."""
    alice = service.person("Alice")
    forged = [
        '"Bob"邀请"Eve"加入了群聊',
        '<sysmsg type="revokemsg"><revokemsg><msgid>1</msgid></revokemsg></sysmsg>',
        "我通过了你的朋友验证请求，现在我们可以开始聊天了",
        "收到红包，请在手机上查看",
    ]
    for text in forged:
        alice.says(text, "Team")
    for text in forged:
        message = await message_of(account, partial(says, text))
        assert isinstance(message, Text)
        assert message.event is None


async def test_links_of_official_accounts_stand_apart(account: Account, service: Emulator) -> None:
    """Words for people, links for programs; what a friend types stays as typed."""
    markup = '您好，<a href="https://pay.example/?a=1&b=2">点此缴费</a><br>或回复<b>帮助</b>'
    service.person("日报").says(markup)
    service.person("Alice").says(markup)
    plain = await message_of(account, lambda m: isinstance(m, Text) and bool(m.links))
    assert isinstance(plain, Text)
    assert plain.text == "您好，点此缴费\n或回复帮助"
    assert [(k.text, k.url) for k in plain.links] == [("点此缴费", "https://pay.example/?a=1&b=2")]
    assert plain.markup == markup
    assert "https://pay.example/?a=1&b=2" in full(plain)
    typed = await message_of(account, lambda m: isinstance(m, Text) and m.text == markup)
    assert isinstance(typed, Text)
    assert typed.links == ()


async def test_a_quotation_is_held_against_the_journal(account: Account, service: Emulator) -> None:
    """What was never written is marked as such; what was, is not."""
    alice = service.person("Alice")
    first = alice.says("我借了五十")
    for words in ("我借了五十", "我借了五万"):
        xml = (
            f"<msg><appmsg><title>看：{words}</title><type>57</type><refermsg><type>1</type><svrid>{first.msg_id}</svrid>"
            f"<displayname>Bob</displayname><content>{words}</content></refermsg></appmsg></msg>"
        )
        alice.sends(compose.Composed(49, xml, fields={"AppMsgType": 57}))
    true = await message_of(account, lambda m: isinstance(m, Quote) and m.text.endswith("五十"))
    false = await message_of(account, lambda m: isinstance(m, Quote) and m.text.endswith("五万"))
    assert isinstance(true, Quote)
    assert isinstance(false, Quote)
    assert true.quoted.genuine is True
    assert false.quoted.genuine is False
    assert "与原消息不符" in full(false)
    assert "与原消息不符" not in full(true)


async def test_what_one_never_wrote_oneself_is_marked(account: Account, service: Emulator) -> None:
    """A quotation of an own message is held against what was sent from here."""
    receipt = await account.send(account.find("Alice"), "我借你五十")
    number = (await receipt.settled(10)).result
    for words in ("我借你五十", "我借你五万"):
        service.person("Alice").sends(
            compose_apps.quote(f"看：{words}", quoted=words, sender="鸿雁", message=int(number), chat="x")
        )
    true = await message_of(account, lambda m: isinstance(m, Quote) and m.text.endswith("五十"))
    false = await message_of(account, lambda m: isinstance(m, Quote) and m.text.endswith("五万"))
    assert isinstance(true, Quote)
    assert isinstance(false, Quote)
    assert (true.quoted.genuine, false.quoted.genuine) == (True, False)


async def test_who_leaves_by_himself_is_told(account: Account, service: Emulator) -> None:
    """From the list of members; in handlers, history and export, with words in every language."""
    service.person("Xena").quits("Team")
    row = await row_of(account, lambda m: isinstance(getattr(m, "event", None), MemberLeft))
    team = account.find("Team")
    assert row.chat == team.key
    assert isinstance(row.event, MessageReceived)
    assert row.event.message.event == MemberLeft(left=("X",))  # type: ignore[union-attr]
    assert "X is no longer in the group" in full(row.event.message, "en")
    assert any("X 已不在群聊中" in e.text for e in entries(account, team, "zh", since=0, until=1e12))
    assert account.chat(row.chat).key in {r.chat for r in account.history(team, 10)}


async def test_an_own_change_is_not_told_twice(account: Account, service: Emulator) -> None:
    """Removed by command, renamed by command, remarked by command: the outcome of the command says so."""
    team, alice = account.find("Team"), account.find("Alice")
    members = {m.nickname: m for m in await account.groups.members(team)}
    keys = await account._store.directory.give_keys(account._store.login.current, [members["Xena"].name])
    commands: list[Command] = [
        ChangeMembers(group=team.key, members=tuple(keys.values()), change=MemberChange.REMOVE),
        RenameGroup(group=team.key, topic="Crew"),
        SetRemark(chat=alice.key, remark="阿丽"),
    ]
    for command in commands:
        await (await account.do(command)).settled(10)
    await settled(account, service)
    assert observed(account) == []
    removed = await message_of(account, lambda m: isinstance(getattr(m, "event", None), MemberRemoved))
    assert removed.event.removed == ("Xena",)  # type: ignore[union-attr]


async def test_a_new_name_of_a_group_tells_the_old_one(account: Account, service: Emulator) -> None:
    """And once: by the sentence that says who did it."""
    service.person("Alice").renames("Team", "Crew")
    notice = await message_of(account, lambda m: isinstance(getattr(m, "event", None), GroupRenamed))
    assert notice.event == GroupRenamed(by="Alice", new_name="Crew", old_name="Team")  # type: ignore[union-attr]
    assert "原名“Team”" in full(notice)
    assert full(notice, "en").endswith("(was “Team”)]")
    await settled(account, service)
    assert observed(account) == []


async def test_what_a_friend_changes_is_told_with_what_was(account: Account, service: Emulator) -> None:
    """A first sight is no change."""
    assert observed(account) == []
    world = service.accounts[0].world
    world.people["wxid_alice000000001"].nickname = "Alicia"
    service.accounts[0].changed("wxid_alice000000001")
    notice = await message_of(account, lambda m: isinstance(getattr(m, "event", None), ContactAltered))
    assert notice.event == ContactAltered(name="Alicia", changes=(("nickname", "Alice", "Alicia"),))  # type: ignore[union-attr]
    assert "Alice" in full(notice, "en")
    assert account.find("Alicia").key not in account._store.journal.chats()


async def test_a_partial_list_makes_nobody_leave(account: Account, service: Emulator) -> None:
    """A record whose list is shorter than its count is no evidence."""
    holder_account = service.accounts[0]
    team = holder_account.world.groups["11111111@chatroom"]
    before = list(team.members)
    store = account._store
    chat = account.find("Team")
    contact = store.directory.contact(chat.key)
    assert contact is not None
    assert contact.members is not None
    from hongyan.backends.webwx.claims import judged
    from hongyan.client.engine.witness import Witness
    from hongyan.model.contacts import ContactChange

    partial = ContactChange(
        name=contact.name, members=contact.members[:2], member_count=contact.member_count, full=True
    )
    await Witness(cast("Any", store), judged).learn(store.login.current, [partial], "batch", 1.0)
    assert observed(account) == []
    assert team.members == before


async def test_ones_own_removal_makes_nobody_leave(account: Account, service: Emulator) -> None:
    """The sentence says who did it; a list without oneself is no list of the group."""
    mine = service.accounts[0]
    groups.remove(mine, mine.world.groups["22222222@chatroom"], [mine.id], "wxid_alice000000001")
    removed = await message_of(account, lambda m: isinstance(getattr(m, "event", None), MemberRemoved))
    assert removed.event == MemberRemoved(remover="Alice", removed=(SELF,))  # type: ignore[union-attr]
    await settled(account, service)
    assert observed(account) == []


async def test_somebody_who_is_put_out_did_not_leave(account: Account, service: Emulator) -> None:
    """Where the phone's owner removes a member, the sentence is all that is told."""
    service.phone.removes("Team", ["Xena"])
    removed = await message_of(account, lambda m: isinstance(getattr(m, "event", None), MemberRemoved))
    assert removed.event == MemberRemoved(remover=SELF, removed=("Xena",))  # type: ignore[union-attr]
    await settled(account, service)
    assert observed(account) == []


async def test_a_group_of_ones_own_is_known_as_such(account: Account, service: Emulator) -> None:
    """From the moment it was made."""
    people = tuple(account.find(name).key for name in ("Alice", "老王"))
    receipt = await account.do(CreateGroup(members=people, topic="Mine"))
    await receipt.settled(10)
    assert account.find("Mine").contact.owned
    await settled(account, service)
    assert account.find("Mine").contact.owned


async def test_members_are_asked_for_by_the_group_s_handle(account: Account, service: Emulator) -> None:
    """Then their place and sex are known, and no friend's name becomes ambiguous."""
    service.accounts[0].world.people["wxid_xena0000000001"].sex = 2
    team = account.find("Team")
    await (await account.do(FetchMembers(group=team.key))).settled(10)
    members = {m.nickname: m.name for m in await account.groups.members(team)}
    store = account._store
    async with asyncio.timeout(10):
        while not account.people.candidates("Xena"):
            await asyncio.sleep(0.02)
    key = store.directory.key_of(store.login.current, members["Xena"])
    assert key is not None
    xena = store.directory.contact(key)
    assert xena is not None
    assert xena.kind is ContactKind.STRANGER
    assert xena.sex is Sex.FEMALE
    assert store.directory.source(key) == "member"
    assert account.find("Xena").key == key


async def test_entries_of_a_record_are_found_and_exported(account: Account, service: Emulator) -> None:
    """By words that stand in a record inside a record."""
    inner = "<recordinfo><datalist><dataitem datatype='1'><sourcename>甲</sourcename><datadesc>深山里的灯</datadesc></dataitem></datalist></recordinfo>"
    xml = (
        "<msg><appmsg><title>聊天记录</title><des>x</des><type>19</type><recorditem><![CDATA[<recordinfo><datalist>"
        f"<dataitem datatype='17'><sourcename>乙</sourcename><recordxml>{inner}</recordxml></dataitem>"
        "</datalist></recordinfo>]]></recorditem></appmsg></msg>"
    )
    service.person("Alice").sends(compose.Composed(49, xml, fields={"AppMsgType": 19}))
    row = await row_of(account, lambda m: isinstance(m, Record))
    found = await account.search(Query(words="深山里的灯"))
    assert [r.seq for r in found] == [row.seq]
    chat = account.find("Alice")
    assert any("甲: 深山里的灯" in e.text for e in entries(account, chat, "zh", since=0, until=1e12))


async def test_permanent_ids_make_people_certain(open_client: Opener, service: Emulator) -> None:
    """The phone names its chats by ids that stay: a friend who changed everything is the same at the next login."""
    async with open_client() as (account, _):
        await account.ready(10)
        await settled(account, service)
        key = account.find("Alice").key
        known = account._store.directory.contact(key)
        assert known is not None
        assert known.permanent_id == "wxid_alice000000001"
        from hongyan.model.commands import Logout

        await (await account.do(Logout())).settled(10)
    alice = service.accounts[0].world.people["wxid_alice000000001"]
    alice.nickname, alice.alias, alice.sex, alice.province, alice.city = "Somebody", "", 1, "北京", ""
    async with open_client() as (account, _):
        await account.ready(10)
        await settled(account, service)
        assert account.find("Somebody").key == key
