"""People found again after a login that renamed everybody, and people who must not be taken for one another."""

from __future__ import annotations

import random

import pytest
from msgspec.structs import replace

from hongyan.model.contacts import Contact, ContactKind, Member, Sex
from hongyan.model.ids import ChatKey, TransientName
from hongyan.model.matching import match_contacts

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红"
PLACES = (("广东", "深圳"), ("广东", "广州"), ("北京", "海淀"), ("上海", "浦东"), ("四川", "成都"), ("", ""))


def person(chance: random.Random, number: int) -> Contact:
    """Return somebody as people are: a third has an alias, a fifth a remark, a half a signature; many names are shared."""
    province, city = chance.choice(PLACES)
    return Contact(
        name=TransientName(f"@old{number}"),
        kind=ContactKind.FRIEND,
        nickname=chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2)))),
        alias=f"id{number}" if chance.random() < 0.33 else "",
        remark=f"备注{number}" if chance.random() < 0.2 else "",
        sex=chance.choice(list(Sex)),
        province=province,
        city=city,
        signature=f"签名{number}" if chance.random() < 0.5 else "",
        in_contacts=True,
    )


def group(chance: random.Random, people: list[Contact], number: int) -> Contact:
    """Return a group of some of these people; every third has no topic, and some topics are shared."""
    members = chance.sample(people, 12)
    return Contact(
        name=TransientName(f"@@old{number}"),
        kind=ContactKind.GROUP,
        nickname="" if number % 3 == 0 else f"群{number // 4}",
        members=tuple(Member(name=p.name, nickname=p.nickname) for p in members),
        member_count=12,
    )


def renamed(contact: Contact, chance: random.Random, number: int) -> Contact:
    """Return the same contact at a new login: another name, and once in twenty another nickname."""
    other = replace(contact, name=TransientName(f"@new{number}"))
    return replace(other, nickname=f"{contact.nickname}改{number}") if chance.random() < 0.05 else other


def telling(contact: Contact) -> tuple[object, ...]:
    """Return what distinguishes somebody from others, for people who look."""
    return (contact.kind, contact.nickname, contact.alias, contact.remark, contact.sex, contact.province, contact.city, contact.signature)  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_two_thousand_people_are_found_again(seed: int) -> None:
    """Nobody is taken for another; of those who can be told apart at least 99 in 100 are found."""
    chance = random.Random(seed)
    people = [person(chance, number) for number in range(2000)]
    groups = [group(chance, people, number) for number in range(60)]
    old = {ChatKey(f"o{n}"): contact for n, contact in enumerate([*people, *groups])}
    again = [(n, renamed(contact, chance, n)) for n, contact in enumerate([*people, *groups])]
    chance.shuffle(again)
    new = {ChatKey(f"n{n}"): contact for n, contact in again}
    result = match_contacts(old, new)
    assert [f for f in result.found if f.old[1:] != f.new[1:]] == []
    found = {int(f.old[1:]) for f in result.found}
    seen: dict[tuple[object, ...], int] = {}
    for contact in people:
        seen[telling(contact)] = seen.get(telling(contact), 0) + 1
    after = dict(again)
    recognisable = [
        n
        for n, contact in enumerate(people)
        if seen[telling(contact)] == 1
        and (contact.nickname == after[n].nickname or contact.alias or contact.remark)
    ]
    assert len(found & set(recognisable)) >= 0.99 * len(recognisable)
    assert len(found & set(range(2000, 2060))) >= 59


def alike(name: str, **fields: object) -> Contact:
    """Return somebody called X."""
    somebody = Contact(name=TransientName(name), kind=ContactKind.FRIEND, nickname="X")
    return replace(somebody, **fields)


def test_twins_stay_two() -> None:
    """Two with equal records are unresolved, with both named as candidates, also when one of them is gone."""
    old = {ChatKey("a"): alike("@1", city="深圳"), ChatKey("b"): alike("@2", city="深圳")}
    both = {ChatKey("c"): alike("@3", city="深圳"), ChatKey("d"): alike("@4", city="深圳")}
    assert match_contacts(old, both).found == ()
    (one,) = match_contacts(old, {ChatKey("c"): alike("@3", city="深圳")}).unresolved
    assert one.candidates == ("a", "b")


@pytest.mark.parametrize(
    "other",
    [
        {"alias": "else"},
        {"kind": ContactKind.OFFICIAL},
        {"sex": Sex.FEMALE},
        {"province": "北京"},
        {"keyword": "gh_"},
    ],
)
def test_what_contradicts_is_believed(other: dict[str, object]) -> None:
    """An equal name is not enough where another field says that it is somebody else."""
    mine = {"alias": "mine", "sex": Sex.MALE, "province": "广东", "keyword": "wxi"}
    old = {ChatKey("a"): alike("@1", **mine)}
    without = {k: v for k, v in mine.items() if k != "alias"}
    new = {ChatKey("b"): alike("@2", **{**without, **other})}
    assert match_contacts(old, new).found == ()


def test_an_alias_outweighs_a_new_name() -> None:
    """Whoever renamed themselves and moved is still found by the alias."""
    old = {ChatKey("a"): alike("@1", alias="same", province="广东")}
    new = {ChatKey("b"): alike("@2", alias="same", province="北京", nickname="Y")}
    (found,) = match_contacts(old, new).found
    assert (found.old, found.new, found.evidence) == ("a", "b", "alias")


def test_a_remark_that_several_have_counts_with_the_rest() -> None:
    """Two whom I call the same are told apart by what they say of themselves; that one has no remark tells nothing."""
    old = {
        ChatKey("a"): alike("@1", remark="R", city="深圳"),
        ChatKey("b"): alike("@2", remark="R", city="广州"),
    }
    old[ChatKey("c")] = alike("@3", city="深圳")
    new = {
        ChatKey("e"): alike("@5", remark="R", city="广州"),
        ChatKey("d"): alike("@4", remark="R", city="深圳"),
    }
    new[ChatKey("f")] = alike("@6", city="深圳")
    result = match_contacts(old, new)
    assert {(f.old, f.new) for f in result.found} == {("a", "d"), ("b", "e")}
    assert [one.new for one in result.unresolved] == ["f"]
