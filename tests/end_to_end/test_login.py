"""Logins: made, taken up again, ended, and what a person is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING

import pytest

from hongyan.assemble import hold_login, open_account
from hongyan.client.profile import ACKNOWLEDGEMENT, Profile
from hongyan.emulator import Emulator, Person, World
from hongyan.errors import LoginEnded, NoAnswer, NotLoggedIn, ProfileLocked, StorageDamaged, UsageError
from hongyan.model.commands import Logout
from hongyan.model.events import Gap, LoginChanged, LoginState, MessageReceived
from hongyan.model.ids import Seq
from hongyan.model.login_progress import AskedPhone, Cancelled, Confirmed, PhoneDeclined, QrReady, Scanned
from hongyan.model.messages import Text
from hongyan.settings import Settings

from .conftest import world

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.client.account import Account
    from hongyan.model.login_progress import LoginProgress

    from .conftest import Opener


async def texts(account: Account, count: int) -> list[str]:
    """Return the first ``count`` texts in the journal, waiting for them."""
    found: list[str] = []
    async with asyncio.timeout(10):
        async for recorded in account.events(after=Seq(0)):
            event = recorded.event
            if isinstance(event, MessageReceived) and isinstance(event.message, Text):
                found.append(event.message.text)
                if len(found) == count:
                    return found
    return found


async def state(account: Account, wanted: LoginState) -> str:
    """Wait for a state of the login and return its reason."""
    async with asyncio.timeout(15):
        while account.status().state is not wanted:
            await account.changed()
    return account.status().reason


async def test_a_login_by_code_tells_each_step(service: Emulator, open_client: Opener) -> None:
    """Code, scanned, confirmed; then contacts load and the account says who it is."""
    told: list[LoginProgress] = []

    def hear(progress: LoginProgress) -> None:
        told.append(progress)
        if isinstance(progress, QrReady):
            service.phone.scan()
        if isinstance(progress, Scanned):
            service.phone.confirm()

    async with open_client(confirm=False, on_login=hear) as (account, _):
        assert account.status().state is LoginState.ONLINE
        await account.ready(10)
        assert account.me.name == "鸿雁"
        assert account.status().contacts_complete
    assert [type(p) for p in told] == [QrReady, Scanned, Confirmed]
    assert isinstance(told[0], QrReady)
    assert told[0].text.startswith("https://login.weixin.qq.com/l/")


async def test_a_declined_code_is_followed_by_a_new_one(service: Emulator, open_client: Opener) -> None:
    """Pressing cancel is no end."""
    told: list[LoginProgress] = []

    def hear(progress: LoginProgress) -> None:
        told.append(progress)
        if isinstance(progress, QrReady):
            service.phone.scan()
            (service.phone.cancel if progress.renewal == 0 else service.phone.confirm)()

    async with open_client(confirm=False, on_login=hear):
        pass
    assert Cancelled() in told
    assert [p.renewal for p in told if isinstance(p, QrReady)] == [0, 1]


async def test_a_second_start_needs_no_code_and_misses_nothing(
    service: Emulator, open_client: Opener
) -> None:
    """Everything said in between comes, once, and the contacts are there at once."""
    async with open_client() as (account, _):
        await account.ready(10)
        service.person("Alice").says("one")
        await texts(account, 1)
    service.person("Alice").says("two")
    async with open_client(confirm=False, may_ask=False) as (account, _):
        assert account.find("Alice").name == "Alice"
        service.person("Alice").says("three")
        assert await texts(account, 3) == ["one", "two", "three"]
        assert not any(isinstance(r.event, Gap) for r in account.archive.journal())


async def test_an_emulator_that_begins_anew_is_heard_by_an_old_profile(tmp_path: Path) -> None:
    """It remembers nothing of the last run; what is written in this one is no repeat of what was written in that."""
    port = 0
    for run in ("first", "second"):
        async with Emulator(world(), port=port, poll_seconds=2.0) as service:
            port = service.port
            service.phone.confirm()
            settings = Settings(profile="goose", server=service.origin, home=str(tmp_path), pace=False)
            async with open_account(settings) as account:
                await account.ready(10)
                for number in range(3):
                    service.person("Alice").says(f"{run} {number}")
                told = await texts(account, 3 if run == "first" else 6)
    assert told == [f"{run} {number}" for run in ("first", "second") for number in range(3)]


async def test_without_saved_credentials_nobody_is_asked_unless_allowed(open_client: Opener) -> None:
    """A program without a person says what to do."""
    with pytest.raises(NotLoggedIn):
        async with open_client(confirm=False, may_ask=False):
            pass


async def test_after_a_logout_the_phone_confirms_the_next_login(
    service: Emulator, open_client: Opener
) -> None:
    """Push login: nothing to scan. The time between is a gap in the journal."""
    async with open_client() as (account, holder):
        await account.ready(10)
        key = account.me.key
        await (await account.do(Logout())).accepted(5)
        with pytest.raises(NotLoggedIn):
            await holder.ended()
        assert account.status().reason == "logged-out"
    told: list[LoginProgress] = []

    def hear(progress: LoginProgress) -> None:
        told.append(progress)
        if isinstance(progress, AskedPhone):
            service.phone.confirm()

    async with open_client(confirm=False, on_login=hear) as (account, _):
        await account.ready(10)
        assert account.me.key == key
        (gap,) = [r.event for r in account.archive.journal() if isinstance(r.event, Gap)]
        assert gap.since < gap.until
    assert [type(p) for p in told] == [AskedPhone, Confirmed]


async def test_a_phone_that_declines_leads_to_a_code(service: Emulator, open_client: Opener) -> None:
    """The order is fixed: saved login, phone, code."""
    async with open_client() as (account, _):
        await (await account.do(Logout())).accepted(5)
    service.faults.add("ret", "webwxpushloginurl", 1)
    told: list[LoginProgress] = []
    async with open_client(on_login=told.append) as (account, _):
        assert account.status().state is LoginState.ONLINE
    assert isinstance(told[0], PhoneDeclined)
    assert any(isinstance(p, QrReady) for p in told)


async def test_a_kick_ends_the_login_with_its_code(service: Emulator, open_client: Opener) -> None:
    """Another login took over: faces see an event and the state, and the credentials are gone."""
    async with open_client() as (account, holder):
        await account.ready(10)
        service.phone.log_web_out(1101)
        with pytest.raises(LoginEnded) as ending:
            await asyncio.wait_for(holder.ended(), 10)
        assert ending.value.ret == 1101
        assert account.status().reason == "login-ended.1101"
        with pytest.raises(LoginEnded):
            await account.ready(1)
        changed = [r.event for r in account.archive.journal() if isinstance(r.event, LoginChanged)]
        assert (changed[-1].state, changed[-1].reason) == (LoginState.ENDED, "login-ended.1101")
    with pytest.raises(NotLoggedIn):
        async with open_client(confirm=False, may_ask=False):
            pass


async def test_a_false_alarm_does_not_end_the_login(service: Emulator, open_client: Opener) -> None:
    """1102 from synccheck counts only when the root page agrees."""
    async with open_client() as (account, _):
        await account.ready(10)
        service.faults.add("retcode", "synccheck", 1102)
        service.person("Alice").says("still here")
        assert await texts(account, 1) == ["still here"]
        assert account.status().state is LoginState.ONLINE


async def test_a_barred_account_is_told_so_and_nothing_is_tried_again(
    service: Emulator, open_client: Opener
) -> None:
    """1203 with the service's own words."""
    service.phone.bar()
    with pytest.raises(LoginEnded) as caught:
        async with open_client():
            pass
    assert caught.value.ret == 1203
    assert "网页微信" in caught.value.said


async def test_an_ailing_server_means_degraded_then_online(service: Emulator, open_client: Opener) -> None:
    """503 and closed connections are never a log-out, and nothing said meanwhile is lost."""
    async with open_client() as (account, _):
        await account.ready(10)
        for fault in ("status", "drop", "empty", "status_line", "truncate"):
            service.faults.add(fault, "synccheck")
        for fault in ("status", "truncate"):
            service.faults.add(fault, "webwxsync")
        service.person("Alice").says("through")
        await state(account, LoginState.DEGRADED)
        assert await texts(account, 1) == ["through"]
        await state(account, LoginState.ONLINE)


async def test_nobody_at_the_address_is_said_in_one_sentence(tmp_path: Path) -> None:
    """With the advice to start an emulator."""
    settings = Settings(profile="x", server="http://127.0.0.1:9", home=str(tmp_path))
    with pytest.raises(NoAnswer) as caught:
        async with open_account(settings):
            pass
    assert "hongyan emulate" in caught.value.advice


async def test_a_profile_is_held_by_one_program_which_is_named(open_client: Opener) -> None:
    """Two logins of one profile would steal each other's messages."""
    async with open_client():
        with pytest.raises(ProfileLocked, match="process"):
            async with open_client():
                pass


async def test_a_profile_belongs_to_one_server(open_client: Opener, tmp_path: Path) -> None:
    """Its keys and names mean nothing elsewhere."""
    async with open_client():
        pass
    with pytest.raises(UsageError, match="belongs to"):
        async with open_account(Settings(profile="goose", server="http://127.0.0.1:9", home=str(tmp_path))):
            pass


async def test_two_accounts_live_side_by_side(service: Emulator, open_client: Opener) -> None:
    """The second login of the same account kicks the first, and only that."""
    async with contextlib.AsyncExitStack() as stack:
        one, first = await stack.enter_async_context(open_client(profile="one"))
        await one.ready(10)
        two, _ = await stack.enter_async_context(open_client(profile="two"))
        with pytest.raises(LoginEnded):
            await asyncio.wait_for(first.ended(), 10)
        service.person("Alice").says("to the second")
        assert await texts(two, 1) == ["to the second"]


async def test_different_accounts_in_one_process_disturb_nobody(tmp_path: Path) -> None:
    """Each has its own cookies, journal and end."""
    async with (
        Emulator([world(), other_world()], auth="strict", poll_seconds=2.0) as service,
        contextlib.AsyncExitStack() as stack,
    ):
        held = []
        for name, phone in zip(("one", "two"), service.phones, strict=True):
            phone.confirm()
            settings = Settings(profile=name, server=service.origin, home=str(tmp_path), pace=False)
            held.append(await stack.enter_async_context(hold_login(settings)))
        (one, first), (two, _) = held
        await asyncio.gather(one.ready(10), two.ready(10))
        assert (one.me.name, two.me.name) == ("鸿雁", "Other")
        service.phones[0].log_web_out(1101)
        with pytest.raises(LoginEnded):
            await asyncio.wait_for(first.ended(), 10)
        service.person("Dora").says("still here")
        assert await texts(two, 1) == ["still here"]


def other_world() -> World:
    """Return a second account with one friend."""
    people = (Person("wxid_dora0000000001", "Dora"), Person("filehelper", "文件传输助手", friend=False))
    return World(Person("wxid_other000000001", "Other"), {p.id: p for p in people})


async def test_the_official_service_wants_a_typed_acknowledgement(tmp_path: Path) -> None:
    """Before anything is connected to."""
    with pytest.raises(UsageError, match="official"):
        async with open_account(Settings(profile="x", server="official", home=str(tmp_path))):
            pass


def test_a_bar_lets_the_profile_rest_for_a_day(tmp_path: Path) -> None:
    """The acknowledgement is typed once; the rest cannot be talked away."""
    now = 1_000_000.0
    profile = Profile(tmp_path / "x", clock=lambda: now)
    with pytest.raises(UsageError):
        profile.require_acknowledgement("yes")
    profile.require_acknowledgement(ACKNOWLEDGEMENT.lower())
    profile.rest("barred")
    again = Profile(tmp_path / "x", clock=lambda: now)
    again.require_acknowledgement()
    with pytest.raises(ProfileLocked) as caught:
        again.require_rested()
    assert caught.value.until == now + 24 * 3600
    Profile(tmp_path / "x", clock=lambda: now + 24 * 3600).require_rested()


async def test_a_friend_is_the_same_after_a_new_login(service: Emulator, open_client: Opener) -> None:
    """Every name of the server is another one; the key, the history and a group stay."""
    async with open_client() as (account, _):
        await account.ready(10)
        before = {name: account.find(name) for name in ("Alice", "老王", "Team", "Quiet")}
        service.person("Alice").says("in the first login")
        assert await texts(account, 1) == ["in the first login"]
        service.phone.log_web_out(1101)
        await state(account, LoginState.ENDED)
    service.phone.cancel()
    async with open_client() as (account, _):
        await account.ready(20)
        after = {name: account.find(name) for name in before}
        assert {name: chat.key for name, chat in after.items()} == {n: c.key for n, c in before.items()}
        assert all(after[name].contact.name != before[name].contact.name for name in before)
        service.person("Alice").says("in the second")
        assert await texts(account, 2) == ["in the first login", "in the second"]
        rows = account.history(after["Alice"])
        said = [row.event for row in rows if isinstance(row.event, MessageReceived)]
        assert len(said) == 2
        assert any(isinstance(row.event, Gap) for row in rows)


async def test_a_saved_login_that_cannot_be_read_is_told(open_client: Opener, tmp_path: Path) -> None:
    """Well-formed JSON that is no login: the file stays as it is, and the error says what to do."""
    async with open_client() as (account, _):
        await account.ready(10)
    file = tmp_path / "goose" / "credentials.json"
    content = json.loads(file.read_text())
    file.write_text(json.dumps({**content, "credentials": {"login": 1}}))
    with pytest.raises(StorageDamaged, match="saved login") as raised:
        async with open_client(confirm=False, may_ask=False):
            pass
    assert "hongyan login" in raised.value.advice
    assert json.loads(file.read_text())["credentials"] == {"login": 1}
