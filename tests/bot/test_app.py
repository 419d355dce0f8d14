"""Handlers on the real account over a store in memory: who gets what, in which order, and what goes wrong."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from hongyan.bot import (
    STOP,
    App,
    EventContext,
    Gap,
    GroupJoined,
    LoginChanged,
    Message,
    MessageContext,
    Notice,
    NoticeContext,
    Picture,
    Text,
)
from hongyan.errors import LoginEnded, UsageError
from hongyan.model.commands import SetRemark
from hongyan.model.events import LoginState
from hongyan.model.messages import FriendRequest

from .house import House, running

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_ping_is_answered(house: House) -> None:
    """The smallest robot."""
    app = App("ping")

    @app.on(Text, lambda m: "ping" in m.text)
    async def pong(message: MessageContext) -> None:
        await message.reply("pong")

    async with running(app, house.account):
        await house.says("@alice", "ping")
        await house.says("@alice", "something else")
        await house.says("@bob", "a ping", group="@@home")
        assert await house.answered(2) == [("Alice", "pong"), ("家人", "pong")]
        await house.settled("ping")
    assert len(house.answers) == 2


async def test_several_handlers_are_called_in_order(house: House) -> None:
    """Handlers do not replace each other."""
    app = App()

    @app.on(Text)
    async def first(message: MessageContext) -> None:
        await message.reply("1")

    @app.on((Picture, Text))
    async def second(message: MessageContext) -> None:
        await message.reply("2")

    async with running(app, house.account):
        await house.says("@alice", "x")
        assert [text for _, text in await house.answered(2)] == ["1", "2"]


async def test_stop_keeps_later_handlers_out(house: House) -> None:
    """A handler that returns STOP is the last one."""
    app = App()

    @app.on(Text)
    async def first(message: MessageContext) -> object:
        await message.reply("1")
        return STOP

    @app.on(Text)
    async def second(message: MessageContext) -> None:
        await message.reply("2")

    async with running(app, house.account):
        await house.says("@alice", "x")
        await house.answered(1)
        await house.settled("bot")
    assert [text for _, text in house.answers] == ["1"]


async def test_a_slow_chat_does_not_hold_up_others_and_keeps_its_order(house: House) -> None:
    """Alice's handler waits; Bob is served meanwhile; Alice's messages stay in order."""
    app, release = App(), asyncio.Event()

    @app.on(Text)
    async def echo(message: MessageContext) -> None:
        if message.text == "a0":
            await release.wait()
        await message.reply(message.text)

    async with running(app, house.account):
        for n in range(3):
            await house.says("@alice", f"a{n}")
        for n in range(3):
            await house.says("@bob", f"b{n}")
        assert [text for _, text in await house.answered(3)] == ["b0", "b1", "b2"]
        release.set()
        assert [text for _, text in (await house.answered(6))[3:]] == ["a0", "a1", "a2"]


async def test_a_handler_has_a_time_limit(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """A handler that takes too long is cancelled and logged; the chat goes on."""
    app, cancelled = App(), asyncio.Event()

    @app.on(Text, lambda m: m.text == "slow", time_limit=0.05)
    async def slow(_: MessageContext) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    @app.on(Text)
    async def echo(message: MessageContext) -> None:
        await message.reply(message.text)

    async with running(app, house.account):
        await house.says("@alice", "slow")
        await house.says("@alice", "next")
        assert [text for _, text in await house.answered(2)] == ["slow", "next"]
    assert cancelled.is_set()
    assert "took more than 0.05 s" in caplog.text


async def test_a_timeout_inside_a_handler_is_an_error_of_the_handler(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever reads the log is not told that the handler's own limit was reached."""
    app = App()

    @app.on(Text)
    async def ask(_: MessageContext) -> None:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()

    async with running(app, house.account):
        await house.says("@alice", "x")
        await house.settled("bot")
    assert "ask failed" in caplog.text
    assert "took more than" not in caplog.text


async def test_a_handler_that_swallows_its_cancellation_is_left_behind(house: House) -> None:
    """Nothing that a handler does can stop its chat."""
    app, stubborn = App(), asyncio.Event()

    @app.on(Text, lambda m: m.text == "slow", time_limit=0.05)
    async def slow(_: MessageContext) -> None:
        while not stubborn.is_set():
            try:
                await stubborn.wait()
            except asyncio.CancelledError:
                continue

    @app.on(Text)
    async def echo(message: MessageContext) -> None:
        await message.reply(message.text)

    async with running(app, house.account):
        await house.says("@alice", "slow")
        assert await house.answered(1) == [("Alice", "slow")]
        stubborn.set()


@pytest.mark.parametrize("where", ["handler", "filter"])
async def test_an_error_is_logged_with_the_event_and_the_next_handler_runs(
    house: House, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    """What a handler or its filter raises hurts nobody else."""
    app = App()

    def bad(_: object) -> bool:
        if where == "filter":
            raise ValueError("no good")
        return True

    @app.on(Text, bad)
    async def broken(_: MessageContext) -> None:
        raise ValueError("no good")

    @app.on(Text)
    async def echo(message: MessageContext) -> None:
        await message.reply(f"event {message.seq}")

    async with running(app, house.account):
        await house.says("@alice", "x")
        [(_, event)] = await house.answered(1)
    assert f"{event}: " in caplog.text
    assert "broken failed" in caplog.text
    assert "no good" in caplog.text


async def test_own_and_official_messages_and_the_service_are_left_alone(house: House) -> None:
    """An app that takes everything still gets only what people write."""
    app, seen = App(), []

    @app.on(Message)
    async def note(message: MessageContext) -> None:
        seen.append(message.text)

    async with running(app, house.account):
        await house.says("@me", "own", group="@alice", outgoing=True)
        await house.says("@news", "today's news")
        await house.receives(Notice, "@alice", text="a sentence of the service")
        await house.says("@alice", "hello")
        await house.settled("bot")
    assert seen == ["hello"]


async def test_own_and_official_messages_can_be_asked_for(house: House) -> None:
    """Two switches open the two doors."""
    app, seen = App(own=True, official=True), []

    @app.on(Message)
    async def note(message: MessageContext) -> None:
        seen.append(message.text)

    async with running(app, house.account):
        await house.says("@me", "own", group="@alice", outgoing=True)
        await house.says("@news", "today's news")
        await house.settled("bot")
    assert seen == ["own", "today's news"]


async def test_kinds_of_the_service_come_when_they_are_named(house: House) -> None:
    """A friend request, a notice, and what a notice tells of."""
    app, seen = App(), []

    @app.on((FriendRequest, Notice))
    async def by_kind(message: MessageContext) -> None:
        seen.append(message.kind)

    @app.on(GroupJoined)
    async def by_what_it_tells(message: NoticeContext[GroupJoined]) -> None:
        seen.append("joined " + message.notice.joined[0])

    async with running(app, house.account):
        await house.receives(FriendRequest, "@fmessage", nickname="Zoe")
        await house.receives(Notice, "@@home", group="@@home", event=GroupJoined(joined=("Zoe",)))
        await house.settled("bot")
    assert sorted(seen) == ["friend-request", "joined Zoe", "notice"]


async def test_events_that_are_no_messages_have_handlers_too(house: House) -> None:
    """A handler of an event gets the event and may act."""
    app, seen = App(), []

    @app.on((Gap, LoginChanged))
    async def note(happened: EventContext) -> None:
        seen.append(happened.event)
        await happened.do(SetRemark(chat=house.account.find("Alice").key, remark="A"))

    async with running(app, house.account):
        await house.happens(Gap(since=1.0, until=2.0))
        await house.settled("bot")
    assert [type(event) for event in seen] == [Gap]
    assert isinstance(house.account.outbox()[0].command, SetRemark)


async def test_the_end_of_the_login_ends_the_run(house: House) -> None:
    """The callbacks are called, and whoever runs the app gets the error with its code."""
    app = App()
    called: list[object] = []

    @app.on_login_ended
    async def ended(happened: EventContext) -> None:
        called.append(type(happened.event))

    @app.on_stop
    async def stopped(_: object) -> None:
        called.append("stop")

    async with running(app, house.account) as run:
        await house.ends()
        with pytest.raises(LoginEnded) as raised:
            async with asyncio.timeout(5):
                await run
    assert raised.value.code == "login-ended.1101"
    assert called == [LoginChanged, "stop"]


async def test_an_old_end_of_a_login_does_not_end_the_run(house: House) -> None:
    """The journal may hold the end of an earlier login."""
    app = App()

    @app.on(Text)
    async def echo(message: MessageContext) -> None:
        await message.reply(message.text)

    async with running(app, house.account):
        await house.happens(LoginChanged(state=LoginState.ENDED, reason="login-ended.1101"))
        await house.says("@alice", "x")
        assert [text for _, text in await house.answered(1)] == ["x"]


async def test_a_stop_lets_handlers_finish(house: House) -> None:
    """What has begun is finished and given back, also when the app is being stopped."""
    app, begun, finished = App("calm"), asyncio.Event(), []

    @app.on(Text)
    async def slow(message: MessageContext) -> None:
        begun.set()
        await asyncio.sleep(0.1)
        await message.reply("done")
        finished.append(message.seq)

    async with running(app, house.account) as run:
        await house.says("@alice", "x")
        await begun.wait()
        run.cancel()
        await asyncio.wait({run})
    assert len(finished) == 1
    assert house.low("calm") == finished[0]


async def test_a_stop_does_not_wait_for_what_never_finishes(house: House) -> None:
    """Handlers that do not finish are cancelled; their events come again."""
    app, begun = App("hasty"), asyncio.Event()

    @app.on(Text)
    async def endless(_: MessageContext) -> None:
        begun.set()
        await asyncio.Event().wait()

    @app.on_stop
    async def endless_stop(_: object) -> None:
        await asyncio.Event().wait()

    async with running(app, house.account) as run:
        await house.says("@alice", "x")
        await begun.wait()
        run.cancel()
        async with asyncio.timeout(15):
            await asyncio.wait({run})
    assert house.low("hasty") < house.store.journal.latest()


async def test_a_name_that_is_taken_is_told_at_once(house: House) -> None:
    """Two apps under one name would share one position."""
    app = App("same")

    @app.on(Text)
    async def echo(message: MessageContext) -> None:
        await message.reply(message.text)

    async with running(app, house.account):
        with pytest.raises(UsageError, match="being read already"):
            await App("same").run(house.account)


async def test_what_a_killed_run_sent_is_not_sent_again(tmp_path: Path) -> None:
    """The handler is run again after kill -9, knows it, and its sends are those of the first run."""
    house = House(tmp_path, tmp_path / "before" / "journal.db")
    await house.furnish()
    seen: list[bool] = []
    async with running(_durable(seen, finishes=False), house.account):
        await house.says("@alice", "x")
        await house.answered(2)
        # What a killed process leaves is what its files hold at that instant.
        shutil.copytree(tmp_path / "before", tmp_path / "after")
    house.close()

    house = House(tmp_path, tmp_path / "after" / "journal.db")
    async with running(_durable(seen, finishes=True), house.account):
        assert [text for _, text in await house.answered(3)] == ["one more", "hello", "goodbye"]
        await house.settled("durable")
    assert seen == [False, True]
    assert len(house.answers) == 3
    house.close()


def _durable(seen: list[bool], *, finishes: bool) -> App:
    """Return an app whose first handler sends only in the first run, and whose second ends only in the second."""
    app = App("durable", time_limit=5)

    @app.on(Text)
    async def first(message: MessageContext) -> None:
        seen.append(message.redelivered)
        if not finishes:
            await message.reply("one more")

    @app.on(Text)
    async def second(message: MessageContext) -> None:
        await message.reply("hello")
        if not finishes:
            await asyncio.Event().wait()
        await message.reply("goodbye")

    return app


async def test_answers_to_a_robot_are_paused(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Somebody who says the same after each answer at once is a robot; others are still answered."""
    app = App()

    @app.on(Text)
    async def echo(message: MessageContext) -> None:
        await message.reply("got it")

    async with running(app, house.account):
        for n in range(12):
            await house.says("@bob", "thanks")
            await house.settled("bot")
            if len(house.answers) <= n:
                break
        await house.says("@alice", "hello")
        answers = await house.answered(9)
        await house.settled("bot")
    assert [name for name, _ in answers] == ["Bob"] * 8 + ["Alice"]
    assert caplog.text.count("a loop") == 1


async def test_200_chats_are_served_beside_a_sleeping_one(house: House) -> None:
    """A lane per chat, and no lane left when all is quiet."""
    app, release = App("many"), asyncio.Event()

    @app.on(Text)
    async def echo(message: MessageContext) -> None:
        if message.text == "sleep":
            await release.wait()
        await message.reply(message.text)

    async with running(app, house.account):
        await house.says("@alice", "sleep")
        for n in range(200):
            await house.says(f"@p{n}", str(n))
        answers = await house.answered(200)
        release.set()
        await house.answered(201)
        await house.settled("many")
    assert {text for _, text in answers} == {str(n) for n in range(200)}


@pytest.mark.parametrize("kinds", [(Text, Picture), [Text, Picture], Text | Picture])
def test_several_kinds_can_be_written_in_several_ways(kinds: Any) -> None:
    """Nobody has to remember which."""
    app = App()

    async def note(_: MessageContext) -> None:
        """Note it."""

    app.on(kinds)(note)

    assert app.handlers[0].kinds == (Text, Picture)


def test_a_robot_loads_neither_network_nor_database() -> None:
    """The webhook's HTTP client is loaded by the webhook, the account's parts by whoever opens it."""
    code = "import sys, hongyan.bot, hongyan.bot.webhook, hongyan.bot.auto_reply; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=30
    )
    assert not {"aiohttp", "sqlite3", "lxml", "hongyan.client.account"} & set(loaded.stdout.split())


@pytest.mark.parametrize(
    ("kinds", "where"),
    [
        ("text", None),
        (int, None),
        ((), None),
        (Text, "ping"),
        ((Text, str), None),
        ({Text}, None),
        (int | str, None),
    ],
)
def test_what_cannot_be_registered_is_refused(kinds: Any, where: Any) -> None:
    """A wrong kind or condition is told where it is written, not when a message comes."""
    with pytest.raises(UsageError):
        App().on(kinds, where)


def test_a_plain_function_is_no_handler() -> None:
    """A blocking handler would stop everything, so it is refused."""

    def plain(_: object) -> None:
        """Block."""

    with pytest.raises(UsageError, match="not async"):
        App().on(Text)(plain)  # type: ignore[arg-type]  # the mistake under test
