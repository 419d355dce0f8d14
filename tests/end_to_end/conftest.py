"""An emulator with a few people, and an account that is logged in to it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from hongyan.assemble import hold_login
from hongyan.emulator import Emulator, Group, Member, Person, World
from hongyan.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from hongyan.client.account import Account
    from hongyan.client.engine.active_login import ActiveLogin

    Opener = Callable[..., AbstractAsyncContextManager[tuple[Account, ActiveLogin]]]


def world() -> World:
    """Return somebody with two friends, a stranger, an official account and two groups, one of them not saved."""
    people = [
        Person("wxid_alice000000001", "Alice", alias="alice", sex=2, province="广东", city="深圳"),
        Person("wxid_bob00000000001", "Bob", remark="老王"),
        Person("wxid_xena0000000001", "Xena", friend=False),
        Person("gh_0123456789ab", "日报", verify_flag=24),
        Person("filehelper", "文件传输助手", friend=False),
    ]
    me = Person("wxid_goose000000001", "鸿雁")
    both = [Member(me.id, "Goose"), Member(people[0].id), Member(people[1].id)]
    groups = [
        Group("11111111@chatroom", "Team", me.id, [*both, Member(people[2].id, "X")], saved=True),
        Group("22222222@chatroom", "Quiet", people[0].id, both),
    ]
    return World(me, {p.id: p for p in people}, {g.id: g for g in groups})


@pytest.fixture
async def service() -> AsyncIterator[Emulator]:
    """Run an emulator that demands everything to be right."""
    async with Emulator(world(), auth="strict", poll_seconds=2.0) as emulator:
        yield emulator


@pytest.fixture
def open_client(service: Emulator, tmp_path: Path) -> Opener:
    """Return a way to open an account of the emulator's first person; the phone confirms what it is shown."""

    @contextlib.asynccontextmanager
    async def opened(
        *,
        confirm: bool = True,
        profile: str = "goose",
        pace: bool = False,
        proxy: str = "",
        transcript: str = "",
        **options: Any,
    ) -> AsyncIterator[tuple[Account, ActiveLogin]]:
        if confirm:
            service.phone.confirm()
        settings = Settings(
            profile=profile,
            server=service.origin,
            home=str(tmp_path),
            pace=pace,
            proxy=proxy,
            transcript=transcript,
        )
        async with hold_login(settings, **options) as (account, holder):
            yield account, holder

    return opened


@pytest.fixture
async def account(
    open_client: Opener,
) -> AsyncIterator[Account]:
    """Return an account that is logged in and knows everybody."""
    async with open_client() as (account, _):
        await account.ready(10)
        yield account
