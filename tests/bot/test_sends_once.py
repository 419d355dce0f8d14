"""What handlers send happens once and all of it: whatever way it is sent by, and however the handlers are arranged."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from hongyan.bot import App, MessageContext, Text, app_run
from hongyan.errors import StorageError, UsageError

from .house import House, running

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.model.commands import SendText


async def test_every_way_of_sending_in_one_handler_is_counted_together(house: House) -> None:
    app = App("bot")

    @app.on(Text)
    async def answer(message: MessageContext) -> None:
        await message.reply("1")
        await message.incoming.reply("2")
        await message.reply("3")
        await message.send(message.chat, "4")
        await message.incoming.reply("5")

    async with running(app, house.account):
        await house.says("@alice", "go")
        assert [text for _, text in await house.answered(5)] == ["1", "2", "3", "4", "5"]


async def test_two_handlers_that_answer_through_the_message_do_not_take_each_others_receipts(
    house: House,
) -> None:
    app = App("bot")

    async def first(message: MessageContext) -> None:
        await message.incoming.reply("first")

    async def second(message: MessageContext) -> None:
        await message.incoming.reply("second")

    app.on(Text)(first)
    app.on(Text)(second)
    async with running(app, house.account):
        await house.says("@alice", "go")
        assert [text for _, text in await house.answered(2)] == ["first", "second"]


def _bot(*handlers: object) -> App:
    app = App("bot")
    for handler in handlers:
        app.on(Text)(handler)  # type: ignore[arg-type]  # they are async functions of one argument
    return app


@pytest.mark.parametrize("change", ["one added above", "one taken away", "turned around"])
async def test_a_rerun_after_handlers_were_rearranged_sends_nothing_twice_and_swallows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    async def one(message: MessageContext) -> None:
        await message.reply("one")

    async def two(message: MessageContext) -> None:
        await message.reply("two")

    async def new(message: MessageContext) -> None:
        await message.reply("new")

    house = House(tmp_path, tmp_path / "journal.db")
    await house.furnish()
    monkeypatch.setattr("hongyan.client.messages.Delivery.done", _not_given_back)
    async with running(_bot(one, two), house.account):
        await house.says("@alice", "go")
        await house.answered(2)
    house.close()
    monkeypatch.undo()
    after = {"one added above": (new, one, two), "one taken away": (two,), "turned around": (two, one)}[
        change
    ]
    house.open()
    async with running(_bot(*after), house.account):
        await house.settled("bot")
    expected = ["one", "two", "new"] if change == "one added above" else ["one", "two"]
    assert [text for _, text in house.answers] == expected
    house.close()


async def _not_given_back(_: object) -> None:
    """End the handling without the event being finished, as a kill does."""


def test_handlers_have_lasting_names_that_do_not_depend_on_their_order() -> None:
    app = App()

    def made(_: int) -> object:
        async def handler(message: MessageContext) -> None:
            """Do nothing."""

        return handler

    class Greeter:
        async def __call__(self, message: MessageContext) -> None:
            """Do nothing."""

    for number in range(2):
        app.on(Text)(made(number))  # type: ignore[arg-type]  # made by a function
    app.on(Text)(Greeter())
    app.on(Text, id="greet")(Greeter())
    ids = [handler.id.rpartition(".")[2] for handler in app.handlers]
    assert ids == ["handler", "handler#2", "Greeter", "greet"]


async def test_a_handler_that_sends_without_end_is_stopped(house: House) -> None:
    app = App("bot")

    @app.on(Text)
    async def floods(message: MessageContext) -> None:
        delivery = message._delivery
        for _ in range(1000):
            delivery.next_key()
        with pytest.raises(UsageError, match="1000 times"):
            delivery.next_key()
        await message.account.send(message.chat, "stopped")

    async with running(app, house.account):
        await house.says("@alice", "go")
        assert await house.answered(1) == [("Alice", "stopped")]


async def test_an_answer_that_finds_no_room_is_given_once_there_is_room(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The handler runs again from its start; what it had sent is not sent again, and the next message waits behind it."""
    monkeypatch.setattr(app_run, "_FIRST_PAUSE_S", 0.01)
    app, runs = App("bot"), list[tuple[str, bool]]()
    enqueue, tries = house.store.outbox.enqueue, Counter[str]()

    async def full(command: SendText, *args: Any, **kwargs: Any) -> Any:
        tries[command.text] += 1
        if command.text == "2 go" and tries[command.text] < 3:
            raise StorageError("no room")
        return await enqueue(command, *args, **kwargs)

    monkeypatch.setattr(house.store.outbox, "enqueue", full)

    @app.on(Text)
    async def answer(message: MessageContext) -> None:
        runs.append((message.text, message.redelivered))
        await message.reply(f"1 {message.text}")
        await message.incoming.reply(f"2 {message.text}")

    async with running(app, house.account):
        await house.says("@alice", "go")
        await house.says("@alice", "on")
        assert [text for _, text in await house.answered(4)] == ["1 go", "2 go", "1 on", "2 on"]
        await house.settled("bot")
    assert runs == [("go", False), ("go", True), ("go", True), ("on", False)]


async def test_a_handler_that_deals_with_a_full_disk_is_not_run_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tried again by itself: another run would answer twice."""
    app, enqueue, tries = App("bot"), house.store.outbox.enqueue, list[int]()

    async def full(*args: Any, **kwargs: Any) -> Any:
        tries.append(1)
        if len(tries) == 1:
            raise StorageError("no room")
        return await enqueue(*args, **kwargs)

    monkeypatch.setattr(house.store.outbox, "enqueue", full)

    @app.on(Text)
    async def answer(message: MessageContext) -> None:
        try:
            await message.reply("yes")
        except StorageError:
            await message.reply("yes")

    async with running(app, house.account):
        await house.says("@alice", "go")
        await house.settled("bot")
        assert [text for _, text in house.answers] == ["yes"]
