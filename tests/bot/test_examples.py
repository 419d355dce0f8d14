"""The examples, as a user runs them, on a real account over a store in memory."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hongyan.bot import GroupJoined, Notice, load
from hongyan.bot.auto_reply import auto_reply
from hongyan.bot.rules_file import load_rules
from hongyan.bot.webhook import Webhook, webhook

from .house import House, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hongyan.bot import App

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


async def _answers(house: House, app: App, *lines: tuple[str, str, str]) -> list[str]:
    """Return what an app answers to (who, text, group)."""
    async with running(app, house.account):
        for who, text, group in lines:
            await house.says(who, text, group=group)
            await house.settled(app.name)
    return [text for _, text in house.answers]


async def test_echo(house: House) -> None:
    """The robot of the README."""
    app = load("examples.echo:app")
    assert await _answers(house, app, ("@alice", "Ping", ""), ("@bob", "hi", "@@home")) == [
        "pong",
        "Bob: hi",
    ]


@pytest.mark.parametrize("page", ["README.md", "docs/bots.md"])
async def test_the_robot_of_a_page(house: House, page: str) -> None:
    """What a newcomer copies works as it stands."""
    blocks = re.findall(r"```python\n(from hongyan\.bot.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    module: dict[str, Any] = {}
    exec(blocks[0], module)
    lines = ("@alice", "Ping", ""), ("@bob", "hi", "@@home")
    answers = await _answers(house, module["app"], *lines)
    assert answers == ["pong", "Bob: hi"]


async def test_dice(house: House) -> None:
    """Commands, in private and behind a mention."""
    answers = await _answers(
        house,
        load("examples.dice:app"),
        ("@alice", "/roll 2d6", ""),
        ("@alice", "/roll a lot", ""),
        ("@bob", "/roll", "@@home"),
        ("@bob", f"{MENTION}/roll", "@@home"),
        ("@alice", "/choose tea", ""),
        ("@alice", "/what", ""),
        ("@alice", "just talk", ""),
    )
    assert len(answers) == 5
    assert re.fullmatch(r"Alice threw [1-6] \+ [1-6] = \d+", answers[0])
    assert "Like this" in answers[1]
    assert re.fullmatch(r"Bob threw [1-6] = [1-6]", answers[2])
    assert answers[3] == "tea"
    assert "/roll" in answers[4]


async def test_group_greeter(house: House) -> None:
    """Newcomers are greeted by name."""
    app = load("examples.group_greeter:app")
    async with running(app, house.account):
        await house.receives(Notice, "@@home", group="@@home", event=GroupJoined(joined=("Zoe", "李雷")))
        assert await house.answered(1) == [("家人", "欢迎 Zoe、李雷！ Welcome to 家人.")]


async def test_auto_reply_rules(house: House) -> None:
    """The rules of the example can be read, and answer."""
    rules = load_rules(ROOT / "examples" / "auto_reply_rules.toml")
    answers = await _answers(
        house,
        auto_reply(rules, "on"),
        ("@alice", "ping", ""),
        ("@alice", "你好，我叫Alice", ""),
        ("@alice", "my name is Bob", ""),
        ("@bob", f"{MENTION}几点吃饭", "@@home"),
    )
    assert answers == ["pong", "你好，Alice！", "很高兴认识你，Bob！", "Bob，七点。"]


async def test_webhook_server(house: House) -> None:
    """The other side of the webhook, as a program of its own, with a secret."""
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
        app = webhook(Webhook(url, "abc", attempts=1))
        assert await _answers(house, app, ("@alice", "hello", ""), ("@bob", "hello", "@@home")) == [
            "Alice, that is 5 letters."
        ]
        app = webhook(Webhook(url, "wrong", attempts=1))
        assert len(await _answers(house, app, ("@alice", "hello", ""))) == 1
    finally:
        process.kill()
        await process.wait()
