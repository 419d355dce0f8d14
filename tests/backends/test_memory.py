"""The client's, bots' and line mode's own tests, as far as they need no more than a friend who writes: on another backend."""

from __future__ import annotations

import asyncio
import contextlib
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from hongyan import assemble
from hongyan.assemble import Provider, hold_login
from hongyan.bot import App, MessageContext, Text
from hongyan.errors import LoginEnded, NotCapable, NotLoggedIn
from hongyan.model.commands import Logout, SetRemark
from hongyan.model.events import LoginState
from hongyan.settings import Settings
from hongyan.terminal.line.command_interpreter import CommandInterpreter
from hongyan.terminal.line.memory import Memory
from hongyan.terminal.line.printer import Printer
from hongyan.terminal.line.slash_commands import SLASH_COMMANDS
from hongyan.terminal.lines import Format, Lines
from hongyan.terminal.media import SavePolicy, Saver
from hongyan.terminal.screen import Screen
from hongyan.terminal.strings.language import Language

from .memory import MemoryBackend, MemoryService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from hongyan.client.account import Account

BORROWED = {
    "bot.test_on_the_emulator": [
        "test_an_app_goes_on_where_it_stopped",
        "test_auto_reply_dry_sends_nothing",
    ],
    "end_to_end.test_clock": [
        "test_one_send_under_a_wrong_clock_mutes_nobody",
    ],
    "end_to_end.test_login": [
        "test_a_profile_is_held_by_one_program_which_is_named",
        "test_a_second_start_needs_no_code_and_misses_nothing",
        "test_without_saved_credentials_nobody_is_asked_unless_allowed",
    ],
    "end_to_end.test_outbox": [
        "test_what_is_dropped_is_not_sent",
        "test_what_is_put_off_holds_nobody_up",
        "test_what_nobody_could_send_in_time_is_missed",
    ],
    "terminal.line.test_command_interpreter": [
        "test_help_and_mistakes_tell_how_to_write",
        "test_quit_and_logout_end_the_talk",
    ],
    "end_to_end.test_talk": [
        "test_a_text_comes_in_and_the_answer_goes_out",
        "test_texts_of_one_chat_keep_their_order",
        "test_what_waits_in_the_outbox_is_sent_by_the_next_program",
        "test_what_was_in_doubt_for_too_long_is_left_to_a_person",
        "test_what_was_in_doubt_is_sent_once_more_and_arrives_once",
    ],
}
"""Tests of other folders that run here on the fixtures below."""

for _module, _names in BORROWED.items():
    _tests = import_module(f"tests.{_module}")
    globals().update({name: getattr(_tests, name) for name in _names})


@pytest.fixture
def service() -> MemoryService:
    """Return the far end, with Alice at it."""
    return MemoryService()


@pytest.fixture
def open_client(service: MemoryService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a way to open an account of that service."""
    provider = Provider("memory", False, lambda context: MemoryBackend(service, context))
    monkeypatch.setattr(assemble, "provider_of", lambda *_: provider)

    @contextlib.asynccontextmanager
    async def opened(
        *, confirm: bool = True, profile: str = "goose", pace: bool = False, **options: Any
    ) -> AsyncIterator[Any]:
        del confirm
        settings = Settings(profile=profile, server="memory", home=str(tmp_path), pace=pace)
        async with hold_login(settings, **options) as opened:
            yield opened

    return opened


@pytest.fixture
async def account(open_client: Any) -> AsyncIterator[Account]:
    """Return an account that is logged in and knows Alice."""
    async with open_client() as (account, _):
        await account.ready(10)
        yield account


@pytest.fixture
async def room(account: Account, tmp_path: Path) -> AsyncIterator[Any]:
    """Return line mode on that account, as the tests of line mode know it; the backend answers what is typed."""
    terminal = import_module("tests.terminal.conftest")

    class LiveRoom(terminal.Room):  # type: ignore[misc, name-defined]  # found at run time
        async def carry(self) -> None:
            while any(row.open for row in account.outbox()):
                await account.changed()
            self.carried = [row.command for row in reversed(account.outbox())]

    lines, screen, memory = Lines(Format.PLAIN, Language.EN, "鸿雁", time.time), Screen(), Memory()
    saver = Saver(account, SavePolicy(tmp_path), lambda *_: None, lambda *_: None)
    printer = Printer(account, lines, screen, saver, memory)
    room = LiveRoom(None, account, None, printer)
    room.talk = CommandInterpreter(account, lines, screen, saver, memory, room.ask, SLASH_COMMANDS)
    printing = asyncio.create_task(printer.run(account.events()))
    await asyncio.sleep(0)
    yield room
    printing.cancel()
    await asyncio.wait({printing})


async def test_a_typed_line_arrives_and_an_answer_is_printed(
    room: Any, service: MemoryService, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both ways, with the number that the service gave."""
    await room.type("->Alice:hi")
    number = (await service.person("Alice").hears("hi")).msg_id
    service.person("Alice").says("hello")
    async with asyncio.timeout(5):
        while "hello" not in (printed := capsys.readouterr().out):
            await room.account.changed()
            await asyncio.sleep(0.05)
    assert "Alice" in printed
    assert room.account.outbox(1)[0].result == str(number)


async def test_what_the_backend_cannot_do_fails_at_once(account: Account) -> None:
    """The row says so, and what is behind it in its lane goes on."""
    alice = account.find("Alice")
    with pytest.raises(NotCapable, match="Memory cannot set remark"):
        await (await account.do(SetRemark(chat=alice.key, remark="A"))).accepted(5)
    await (await account.send(alice, "still here")).accepted(5)


async def test_a_logout_ends_the_login_and_forgets_it(open_client: Any) -> None:
    """The next program needs a person."""
    async with open_client() as (account, holder):
        await account.ready(10)
        await (await account.do(Logout())).accepted(5)
        with pytest.raises(NotLoggedIn):
            await holder.ended()
        assert account.status().state is LoginState.ENDED
    with pytest.raises(NotLoggedIn):
        async with open_client(may_ask=False):
            pass


async def test_a_kick_ends_a_bot(account: Account, service: MemoryService) -> None:
    """With the code that the service gave."""
    app = App("echo")

    @app.on(Text)
    async def echo(message: MessageContext) -> None:
        await message.reply(message.text)

    run = asyncio.create_task(app.run(account))
    service.person("Alice").says("ping")
    await service.person("Alice").hears("ping")
    service.log_web_out()
    with pytest.raises(LoginEnded):
        await run
