"""The contact list on a server that errs: whole in the end, or said not to be; never cut and called complete."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from hongyan.assemble import open_account
from hongyan.emulator import Emulator, Group, Member, Person, World
from hongyan.errors import NoAnswer, NotComplete
from hongyan.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from hongyan.model.ids import TransientName

FRIENDS, GROUPS, MEMBERS = 60, 6, 9


def world(friends: int = FRIENDS, groups: int = GROUPS) -> World:
    """Return somebody with friends, and groups of which every second is saved."""
    me = Person("wxid_goose000000001", "鸿雁")
    people = [Person(f"wxid_f{n:013d}", f"朋友{n}") for n in range(friends)]
    rooms = [
        Group(
            f"{n:08d}@chatroom",
            f"群{n}",
            me.id,
            [Member(me.id), *(Member(people[(n + k) % friends].id) for k in range(MEMBERS - 1))],
            saved=n % 2 == 0,
        )
        for n in range(groups)
    ]
    return World(me, {p.id: p for p in people}, {g.id: g for g in rooms})


@pytest.fixture
async def service() -> AsyncIterator[Emulator]:
    """Run an emulator that gives the list in pages of 25."""
    async with Emulator(world(), auth="strict", poll_seconds=1.0, contact_page=25) as emulator:
        emulator.phone.confirm()
        yield emulator


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is asked for again be asked for soon."""
    monkeypatch.setattr("hongyan.backends.webwx.directory._ANEW_S", 0.2)
    monkeypatch.setattr("hongyan.backends.webwx.directory._PAGE_AGAIN_S", 0.02)
    monkeypatch.setattr("hongyan.backends.webwx.directory._MISSING_S", (0.1, 0.1, 0.2))


def settings(service: Emulator, folder: Path) -> Settings:
    return Settings(profile="p", server=service.origin, home=str(folder), pace=False)


ERRS: dict[str, tuple[str, object]] = {
    **{f"cut at {at}": ("cut", at) for at in (0.1, 0.6, 0.9, 0.999)},
    **{f"hole at {at}": ("hole", at) for at in (0.2, 0.5, 0.89)},
    **{f"cut open at {at}": ("cut_open", at) for at in (0.3, 0.8)},
    "gzip cut": ("gzip_cut", 0.7),
    "no MemberList": ("missing", "MemberList"),
    "no ContactList": ("missing", "ContactList"),
    "no Seq": ("missing", "Seq"),
    "no BaseResponse": ("missing", "BaseResponse"),
    "page in place": ("html", None),
    "refusal": ("refusal", 1),
    "empty list": (
        "body",
        '{"BaseResponse":{"Ret":0,"ErrMsg":""},"MemberCount":0,"MemberList":[],"Seq":0}',
    ),
    "empty batch": ("body", '{"BaseResponse":{"Ret":0,"ErrMsg":""},"Count":0,"ContactList":[]}'),
    "empty": ("empty", None),
}


@pytest.mark.parametrize("endpoint", ["webwxgetcontact", "webwxbatchgetcontact"])
@pytest.mark.parametrize("err", ERRS)
async def test_an_answer_that_errs_costs_no_contact(
    service: Emulator, tmp_path: Path, err: str, endpoint: str
) -> None:
    """Whatever is cut, left out or put in its place, once or thrice: the list is whole when it is called complete."""
    for skip in (0, 0, 2):
        action, value = ERRS[err]
        service.faults.add(action, endpoint, value, skip=skip)
    async with open_account(settings(service, tmp_path)) as account:
        await account.ready(30)
        assert len(account.contacts()) == FRIENDS
        assert len(account.groups()) == GROUPS
        async with asyncio.timeout(
            10
        ):  # a group of which too few members came has none yet, and is asked for again
            while any(g.contact.members is None for g in account.groups()):
                await asyncio.sleep(0.05)
        assert {len(g.contact.members or ()) for g in account.groups()} == {MEMBERS}


@pytest.mark.parametrize("action", ["cut", "empty", "html"])
async def test_a_list_that_never_comes_whole_is_never_complete(
    service: Emulator, tmp_path: Path, action: str
) -> None:
    """What came can be used, and what is wrong is told; nobody is told that this is everybody."""
    service.faults.add(action, "webwxgetcontact", None, count=None, skip=1)
    async with open_account(settings(service, tmp_path)) as account:
        with pytest.raises(NoAnswer, match="contacts have come so far"):
            await account.ready(3)
        assert account.status().contacts_problem
        with pytest.raises(NotComplete):
            account.contacts()
        service.faults.clear()
        await account.ready(70)
        assert len(account.contacts()) == FRIENDS


async def test_a_list_that_goes_in_circles_is_left_and_told(service: Emulator, tmp_path: Path) -> None:
    """A server that gives the same people under ever new numbers is not asked without end."""
    page = (
        '{"BaseResponse":{"Ret":0},"MemberCount":1,"MemberList":[{"UserName":"@a","NickName":"A"}],"Seq":%d}'
    )
    for number in range(1, 12):
        service.faults.add("body", "webwxgetcontact", page % number)
    async with open_account(settings(service, tmp_path)) as account:
        async with asyncio.timeout(10):
            while "circles" not in account.status().contacts_problem:
                await asyncio.sleep(0.02)
        assert not account.status().contacts_complete
        await account.ready(20)
        assert len(account.contacts()) >= FRIENDS


async def test_more_pages_than_any_fixed_number(tmp_path: Path) -> None:
    """Three hundred pages are read to their end, and how far it has come is told on the way."""
    async with Emulator(world(3_000, 1), auth="strict", poll_seconds=1.0, contact_page=10) as service:
        service.phone.confirm()
        service.faults.add("delay", "webwxgetcontact", 0.6, skip=150)
        async with open_account(settings(service, tmp_path)) as account:
            seen = set()
            while not account.status().contacts_complete:
                seen.add(account.status().contacts)
                await asyncio.sleep(0.05)
            assert len(account.contacts()) == 3_000
            assert [n for n in seen if 0 < n < 3_000], "progress was told"


async def test_a_phone_that_was_not_told_is_told_again(service: Emulator, tmp_path: Path) -> None:
    """Groups that are not saved are known by the phone's list alone, which it gives when it hears of this client."""
    service.faults.add("status", "webwxstatusnotify", 503, count=2)
    service.faults.add("body", "webwxstatusnotify", "<html>busy</html>")
    async with open_account(settings(service, tmp_path)) as account:
        await account.ready(30)
        assert len(account.groups()) == GROUPS


@pytest.mark.parametrize("ret", [-1, 1])
async def test_a_server_that_refuses_every_batch_is_asked_less_and_less(tmp_path: Path, ret: int) -> None:
    """Not about each name again and again; everything else works meanwhile, and the groups come when it gives them."""
    async with Emulator(world(groups=40), auth="strict", poll_seconds=1.0) as service:
        service.phone.confirm()
        asked = service.faults.add("refusal", "webwxbatchgetcontact", ret, count=None)
        async with open_account(settings(service, tmp_path)) as account:
            await account.ready(30)
            assert len(account.contacts()) == FRIENDS
            assert asked.hits <= 25  # of forty names, each of which is due several times
            service.faults.clear()
            async with asyncio.timeout(10):
                while sum(g.contact.members is not None for g in account.groups()) < 40:
                    await asyncio.sleep(0.05)


@pytest.mark.parametrize("bad", [1, 3, 5])
async def test_a_name_that_the_server_does_not_want_keeps_no_other_away(
    service: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: int
) -> None:
    """Whatever portion it stands in is refused."""
    from hongyan.backends.webwx.directory import Directory
    from hongyan.errors import Refused

    true_ask = Directory._ask
    refused: list[str] = []

    async def ask(self: Directory, names: list[TransientName], group: str = "") -> None:
        refused.extend(name for name in names if len(refused) < bad and name not in refused)
        if any(name in refused for name in names):
            raise Refused("webwxbatchgetcontact", -1)
        await true_ask(self, names, group)

    monkeypatch.setattr(Directory, "_ask", ask)
    async with open_account(settings(service, tmp_path)) as account:
        await account.ready(30)
        async with asyncio.timeout(10):
            while (known := sum(g.contact.members is not None for g in account.groups())) < GROUPS - bad:
                await asyncio.sleep(0.05)
    assert (known, len(refused)) == (GROUPS - bad, bad)
