"""Who somebody is for conditions and rules: names that others choose grant nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from hongyan.bot import App, Message, MessageContext, from_, from_key
from hongyan.bot.auto_reply import auto_reply
from hongyan.bot.filters import holds
from hongyan.bot.rules_file import parse_rules
from hongyan.model.contacts import ContactChange, ContactKind, Member
from hongyan.model.ids import TransientName

from .house import LOGIN, MEMBERS, House, running

if TYPE_CHECKING:
    from hongyan.bot.filters import Filter

EVE = TransientName("@eve")


def _friend(name: str, nickname: str, remark: str = "", **more: object) -> ContactChange:
    return ContactChange(
        name=TransientName(name),
        kind=ContactKind.FRIEND,
        nickname=nickname,
        remark=remark,
        in_contacts=True,
        full=True,
        **more,  # type: ignore[arg-type]  # fields of the struct
    )


async def _learn(house: House, *people: ContactChange) -> None:
    await house.store.directory.learn(LOGIN, people, "contacts")


async def _group_with(house: House, member: Member) -> None:
    group = ContactChange(
        name=TransientName("@@home"),
        kind=ContactKind.GROUP,
        nickname="家人",
        member_count=4,
        members=(*MEMBERS, member),
        full=True,
    )
    await _learn(house, group)


async def _received(house: House, who: str, group: str = "") -> MessageContext:
    app, got = App(f"reader {house.numbers}"), []

    @app.on(Message)
    async def keep(message: MessageContext) -> None:
        got.append(message)

    async with running(app, house.account):
        await house.says(who, "x", group=group)
        await house.settled(app.name)
    return got[0]


async def _grants(house: House, condition: Filter, who: str, group: str = "") -> bool:
    return await holds(condition, await _received(house, who, group))


@pytest.mark.parametrize("name", ["老王", "老王的备注"])
@pytest.mark.parametrize(
    "eve",
    [
        Member(name=EVE, nickname="Eve", display_name="老王"),
        Member(name=EVE, nickname="老王"),
        Member(name=EVE, nickname="老王的备注", display_name="老王的备注"),
    ],
)
async def test_no_name_that_a_member_of_a_group_gives_himself_passes(
    house: House, name: str, eve: Member
) -> None:
    await _learn(house, _friend("@wang", "老王", remark="老王的备注"))
    await _group_with(house, eve)
    assert not await _grants(house, from_(name), "@eve", "@@home")


async def test_a_friend_who_takes_the_name_of_another_passes_for_nobody(house: House) -> None:
    await _learn(house, _friend("@wang", "老王"), _friend("@eve", "老王"))
    assert not await _grants(house, from_("老王"), "@eve")
    assert not await _grants(house, from_("老王"), "@wang")


@pytest.mark.parametrize("taken", ["老王", "Wang", "WANG"])
async def test_the_accounts_own_word_for_somebody_goes_before_what_others_call_themselves(
    house: House, taken: str
) -> None:
    await _learn(house, _friend("@wang", "old one", remark=taken), _friend("@eve", taken.title()))
    assert await _grants(house, from_(taken), "@wang")
    assert not await _grants(house, from_(taken), "@eve")


async def test_a_group_that_takes_the_name_of_another_passes_for_nobody(house: House) -> None:
    group = ContactChange(
        name=TransientName("@@eve"),
        kind=ContactKind.GROUP,
        nickname="家人",
        member_count=3,
        members=MEMBERS,
        full=True,
    )
    await _learn(house, group)
    assert not await _grants(house, from_("家人"), "@alice", "@@eve")


async def test_a_key_means_one_person_whatever_anybody_is_called(house: House) -> None:
    await _learn(house, _friend("@wang", "老王"))
    key = house.account.find("老王").key
    await _learn(house, _friend("@wang", "somebody else"), _friend("@eve", "老王"), _friend("@mallory", key))
    assert await _grants(house, from_key(key), "@wang")
    assert not await _grants(house, from_key(key), "@eve")
    assert not await _grants(house, from_key(key), "@mallory")
    assert not await _grants(house, from_(key), "@mallory")


async def test_conditions_by_name_are_told_with_the_key_to_write(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    app = App("bot")

    @app.on(Message, ~from_("Alice") & from_("Nobody"))
    async def answer(message: MessageContext) -> None:
        """Do nothing."""

    async with running(app, house.account):
        await asyncio.sleep(0.05)
    assert f'write from_key("{house.account.find("Alice").key}")' in caplog.text
    assert "0 contacts are called so" in caplog.text


@pytest.mark.parametrize("who", ["老王", "group:家人", "group:老王"])
async def test_rules_know_people_by_the_same_names(house: House, who: str) -> None:
    rules = parse_rules(f"[[rule]]\nanswer = 'yes'\nwho = '{who}'", "rules.toml", Path())
    await _learn(house, _friend("@wang", "老王"))
    eve = Member(name=EVE, nickname="老王", display_name="老王")
    await _group_with(house, eve)
    app = auto_reply(rules, "on")
    async with running(app, house.account):
        await house.says("@eve", "x", group="@@home")
        await house.says("@wang", "x")
        await house.settled(app.name)
    expected = {"老王": ["老王"], "group:家人": ["家人"], "group:老王": []}[who]
    assert [chat for chat, _ in house.answers] == expected


async def test_a_rule_may_name_a_key(house: House) -> None:
    key = house.account.find("Alice").key
    rules = parse_rules(f"[[rule]]\nanswer = 'yes'\nwho = '{key}'", "rules.toml", Path())
    app = auto_reply(rules, "on")
    async with running(app, house.account):
        await house.says("@alice", "x")
        await house.says("@bob", "x")
        await house.settled(app.name)
    assert [chat for chat, _ in house.answers] == ["Alice"]


def test_a_name_is_no_key_and_a_key_no_name(house: House) -> None:
    alice = house.account.find("Alice")
    stranger = type(alice)(alice.key, replace(alice.contact, nickname="", remark=""))
    assert house.account.people.known_as(alice, {"alice", "bob", ""}) == {"alice"}
    assert house.account.people.known_as(stranger, {"", alice.key}) == {alice.key}
