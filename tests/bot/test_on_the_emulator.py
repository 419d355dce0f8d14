"""Robots end to end: the real client, logged in to the real emulator, people who write and listen."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hongyan.bot import App, MessageContext, Text, load
from hongyan.bot.auto_reply import auto_reply
from hongyan.bot.rules_file import load_rules
from hongyan.bot.webhook import Webhook, webhook
from hongyan.errors import LoginEnded

from .house import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hongyan.client.account import Account
    from hongyan.emulator import Emulator

ROOT = Path(__file__).resolve().parents[2]
MENTION = "@灰灰\u2005"

pytestmark = pytest.mark.skipif(not (ROOT / "examples").is_dir(), reason="the examples are not installed")


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work in the project's folder, and load each example afresh."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    for name in [n for n in sys.modules if n == "examples" or n.startswith("examples.")]:
        del sys.modules[name]


async def test_echo_answers_in_private_and_in_a_group(service: Emulator, account: Account) -> None:
    """The robot of the README, on the wire."""
    alice, bob = service.person("Alice"), service.person("Bob")
    async with running(load("examples.echo:app"), account):
        alice.says("ping")
        await alice.hears("pong")
        bob.says("hello <b>&amp; 你好", "家人")
        await service.group("家人").hears("Bob: hello <b>&amp; 你好")


async def test_order_inside_a_chat_while_others_are_answered(service: Emulator, account: Account) -> None:
    """One slow chat holds up nobody and loses no order."""
    alice, bob = service.person("Alice"), service.person("Bob")
    app, release = App("slow"), asyncio.Event()

    @app.on(Text)
    async def echo(message: MessageContext) -> None:
        if message.text == "0":
            await release.wait()
        await message.reply(f"heard {message.text}")

    async with running(app, account):
        for n in range(4):
            alice.says(str(n))
        bob.says("meanwhile")
        await bob.hears("heard meanwhile")
        release.set()
        assert [(await alice.hears()).text for _ in range(4)] == [f"heard {n}" for n in range(4)]


async def test_dice_listens_in_groups_when_mentioned(service: Emulator, account: Account) -> None:
    """A mention is what a phone writes."""
    group = service.group("家人")
    async with running(load("examples.dice:app"), account):
        service.person("Bob").says("/roll", group)
        service.person("Bob").says(f"{MENTION}/roll 3d6", group)
        assert re.match(r"Bob threw \d \+ \d \+ \d = ", (await group.hears()).text)


async def test_newcomers_are_greeted(service: Emulator, account: Account) -> None:
    """The service tells of a newcomer in a sentence."""
    async with running(load("examples.group_greeter:app"), account):
        service.person("Alice").adds("家人", [service.person("Carol")])
        await service.group("家人").hears(re.compile("欢迎 Carol"))


async def test_auto_reply_answers_by_rules(service: Emulator, account: Account) -> None:
    """The example's rules; official accounts get nothing."""
    rules = load_rules(ROOT / "examples" / "auto_reply_rules.toml")
    alice, news = service.person("Alice"), service.person("MachineEvent")
    async with running(auto_reply(rules, "on"), account):
        news.says("ping")
        service.phone.says("ping", "Bob")
        alice.says("你好，我叫Alice")
        await alice.hears("你好，Alice！")
        service.person("Bob").says(f"{MENTION}吃饭？", "家人")
        await service.group("家人").hears("Bob，七点。")
    assert not [m for m in service.accounts[0].heard if m.chat == news.id]


async def test_auto_reply_dry_sends_nothing(service: Emulator, account: Account) -> None:
    """It tells what it would answer."""
    told: asyncio.Queue[str] = asyncio.Queue()
    async with running(auto_reply(load_rules(None), "dry", told.put_nowait), account):
        service.person("Alice").says("ping")
        async with asyncio.timeout(5):
            assert await told.get() == "auto-reply (dry) to Alice: pong  [ping]"
    assert account.outbox() == []


async def test_two_robots_stop_talking(service: Emulator, account: Account) -> None:
    """Bob answers everything at once with the same words; the app falls silent."""
    bob = service.person("Bob")
    app = App("polite")

    @app.on(Text)
    async def thank(message: MessageContext) -> None:
        await message.reply("thank you")

    async with running(app, account):
        bob.says("thank you")
        for _ in range(8):
            await bob.hears("thank you")
            bob.says("thank you")
        with pytest.raises(TimeoutError):
            await bob.hears(timeout=0.5)


async def test_the_hook_answers(service: Emulator, account: Account) -> None:
    """The example's server as a program of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "examples" / "webhook_server.py"),
        "0",
        env={"HOOK_SECRET": "abc"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        url = (await asyncio.wait_for(process.stdout.readline(), 10)).decode().strip()
        async with running(webhook(Webhook(url, "abc")), account):
            service.person("Alice").says("hello")
            await service.person("Alice").hears("Alice, that is 5 letters.")
            service.person("Bob").says(f"{MENTION}hello", "家人")
            await service.group("家人").hears("Bob, that is 9 letters.")
    finally:
        process.kill()
        await process.wait()


async def test_an_app_goes_on_where_it_stopped(service: Emulator, account: Account) -> None:
    """What comes while the app does not run is handled at its next run; what was answered is not answered again."""
    alice = service.person("Alice")

    def app() -> App:
        app = App("again")

        @app.on(Text)
        async def echo(message: MessageContext) -> None:
            await message.reply(f"heard {message.text}")
            if message.text == "stuck" and not message.redelivered:
                await asyncio.Event().wait()

        return app

    async with running(app(), account):
        alice.says("one")
        await alice.hears("heard one")
        alice.says("stuck")
        await alice.hears("heard stuck")
    alice.says("two")
    async with running(app(), account):
        assert (await alice.hears()).text == "heard two"


async def test_a_kick_ends_the_app(service: Emulator, account: Account) -> None:
    """Logging the web out on the phone is told with its code."""
    async with running(load("examples.echo:app"), account) as run:
        service.phone.log_web_out(1100)
        with pytest.raises(LoginEnded) as raised:
            async with asyncio.timeout(10):
                await run
    assert raised.value.code == "login-ended.1100"
