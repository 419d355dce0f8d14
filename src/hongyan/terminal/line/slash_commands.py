"""What each slash command does, one function for each; whom a name means and how things are shown is the interpreter's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hongyan.errors import UsageError
from hongyan.model.commands import (
    ForwardMessage,
    MarkRead,
    MemberChange,
    Pin,
    QuitGroup,
    RenameGroup,
    SetRemark,
)
from hongyan.model.events import MessageReceived
from hongyan.model.quoting import with_quote
from hongyan.model.search import Query
from hongyan.terminal import listing
from hongyan.terminal.friend_requests import requests_of
from hongyan.terminal.line.grammar import COMMANDS, SlashCommand, Target, target_of
from hongyan.terminal.media import carries_file
from hongyan.terminal.rows import row_lines
from hongyan.terminal.seen import seen
from hongyan.terminal.strings.language import say
from hongyan.terminal.strings.line_mode import MISTAKES, usage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from hongyan.client.account import Chat
    from hongyan.model.contacts import Member
    from hongyan.model.events import Recorded
    from hongyan.terminal.line.command_interpreter import CommandInterpreter

__all__ = ["SLASH_COMMANDS"]

_ARROWS: Final = (
    ("->NAME:TEXT", "help-arrow"),
    ("->all:TEXT", "help-arrow-all"),
    ("m->NAME:FILE", "help-arrow-m"),
    ("f->NAME:FILE", "help-arrow-f"),
    ("i->NAME:FILE", "help-arrow-i"),
    ("e->NAME:FILE", "help-arrow-e"),
)
_HISTORY: Final = 20
_SEARCHED: Final = 2000  # messages of each chat that /search looks through
_FOUND_AT_MOST: Final = 50
_NAMES_DIVIDED: Final = re.compile(r"[,，、]")


async def chats(interpreter: CommandInterpreter, _: SlashCommand) -> None:
    """List the chats."""
    interpreter.show_chats(interpreter.account.chats())


async def contacts(interpreter: CommandInterpreter, _: SlashCommand) -> None:
    """List the contacts."""
    interpreter.show_chats(interpreter.account.contacts())


async def groups(interpreter: CommandInterpreter, _: SlashCommand) -> None:
    """List the groups."""
    interpreter.show_chats(interpreter.account.groups())


async def members(interpreter: CommandInterpreter, command: SlashCommand) -> None:
    """List the members of a group."""
    members = await interpreter.account.groups.members(_group(interpreter, command.target))
    found = [(member, interpreter.account.people.remark_of(member)) for member in members]
    interpreter.show("members", listing.member_values(found), listing.member_lines(found))


def _group(interpreter: CommandInterpreter, target: Target | None) -> Chat:
    chat = interpreter.chat(target)
    if not chat.is_group:
        raise UsageError(
            interpreter.words("not-group", name=chat.name), interpreter.words("no-such-chat-advice")
        )
    return chat


async def open_(interpreter: CommandInterpreter, command: SlashCommand) -> None:
    """Open a chat."""
    interpreter.open_chat(interpreter.chat(command.target))


async def close(interpreter: CommandInterpreter, _: SlashCommand) -> None:
    """Close the opened chat."""
    name = interpreter.chat(None).name
    interpreter.opened = None
    interpreter.tell(interpreter.words("closed", name=name))


async def hist(interpreter: CommandInterpreter, command: SlashCommand) -> None:
    """Show the latest messages of a chat, each with its number."""
    rows = interpreter.account.history(
        interpreter.chat(command.target), _HISTORY if command.number is None else command.number
    )
    _show_rows(interpreter, rows)


def _show_rows(interpreter: CommandInterpreter, rows: list[Recorded]) -> None:
    if not rows:
        interpreter.tell(interpreter.words("none"))
    for recorded in rows:
        interpreter.memory.keep(recorded)
    for line in row_lines(interpreter.account, interpreter.lines, rows):
        interpreter.screen.out(line)


async def search(interpreter: CommandInterpreter, command: SlashCommand) -> None:
    """Look for words in names and in the messages kept here."""
    wanted = command.text.casefold()
    people = [chat for chat in _everybody(interpreter) if _named(chat, wanted)]
    found = await interpreter.account.search(Query(words=command.text, limit=_FOUND_AT_MOST))
    if people:
        interpreter.show_chats(people)
    if found:
        _show_rows(interpreter, found[::-1])
    if not people and not found:
        interpreter.tell(interpreter.words("found-none", words=command.text))


def _everybody(interpreter: CommandInterpreter) -> list[Chat]:
    chats = [*interpreter.account.chats(), *interpreter.account.contacts(), *interpreter.account.groups()]
    return list({chat.key: chat for chat in chats}.values())


async def save(interpreter: CommandInterpreter, command: SlashCommand) -> None:
    """Save what a message carries."""
    recorded = _message(interpreter, command.id)
    assert isinstance(recorded.event, MessageReceived)  # _message gives no other rows
    if not carries_file(recorded.event.message):
        raise UsageError(interpreter.words("nothing-in-it", id=command.id))
    interpreter.saver.save(recorded)


def _message(interpreter: CommandInterpreter, number: str) -> Recorded:
    recorded = interpreter.memory.find(number)
    if recorded is None or not isinstance(recorded.event, MessageReceived):
        raise UsageError(
            interpreter.words("no-message", id=number),
            say(MISTAKES, "no-id-advice", interpreter.lines.language),
        )
    return recorded


async def reply(interpreter: CommandInterpreter, command: SlashCommand) -> None:
    """Answer a message with a quoted text; the web cannot send WeChat's own kind of quotation."""
    recorded = _message(interpreter, command.id)
    found = seen(interpreter.account, recorded)
    assert found is not None  # _message gives rows with messages only
    whom = found.sender or interpreter.words("service")
    answer = with_quote(whom, interpreter.lines.content(found), command.text)
    await interpreter.send(interpreter.account.chat(recorded.chat), answer)


async def forward(interpreter: CommandInterpreter, command: SlashCommand) -> None:
    """Send a message on."""
    recorded = _message(interpreter, command.id)
    await interpreter.do(ForwardMessage(chat=interpreter.chat(target_of(command.text)).key, seq=recorded.seq))


async def recall(interpreter: CommandInterpreter, command: SlashCommand) -> None:
    """Recall a message of this account: the one with the number, or the last one."""
    opened = interpreter.opened.key if interpreter.opened and not command.id else ""
    own = interpreter.memory.own(
        command.id, opened, gone=lambda number: bool(interpreter.account.archive.recalled(number))
    )
    if own is None and command.id:
        known = interpreter.memory.find(command.id) is not None
        raise UsageError(interpreter.words("not-own" if known else "no-message", id=command.id))
    if own is None:
        raise UsageError(interpreter.words("nothing-own"))
    interpreter.keep(await interpreter.account.recall(interpreter.account.chat(own.chat), own.id))


async def requests(interpreter: CommandInterpreter, _: SlashCommand) -> None:
    """List the friend requests, also those of an earlier run."""
    for recorded, _message in reversed(await requests_of(interpreter.account, interpreter.lines.now())):
        interpreter.memory.keep(recorded)
    if not interpreter.memory.requests:
        interpreter.tell(interpreter.words("no-requests"))
    for number, recorded in interpreter.memory.requests.items():
        found = seen(interpreter.account, recorded, request=number)
        if found is not None:
            interpreter.screen.out(interpreter.lines.message(found))


async def accept(interpreter: CommandInterpreter, command: SlashCommand) -> None:
    """Accept a friend request."""
    recorded = interpreter.memory.requests.get(command.number or 0)
    if recorded is None:
        advice = say(MISTAKES, "no-number-advice", interpreter.lines.language)
        raise UsageError(interpreter.words("no-request", number=command.number), advice)
    interpreter.keep(await interpreter.account.people.accept(recorded))


async def read(interpreter: CommandInterpreter, command: SlashCommand) -> None:
    """Mark a chat as read on the phone."""
    await interpreter.do(MarkRead(chat=interpreter.chat(command.target).key))


async def pin(interpreter: CommandInterpreter, command: SlashCommand) -> None:
    """Pin a chat, or no longer."""
    await interpreter.do(Pin(chat=interpreter.chat(command.target).key, on=command.name == "pin"))


async def remark(interpreter: CommandInterpreter, command: SlashCommand) -> None:
    """Set a friend's remark."""
    await interpreter.do(SetRemark(chat=interpreter.chat(command.target).key, remark=command.text))


async def rename(interpreter: CommandInterpreter, command: SlashCommand) -> None:
    """Give a group another name."""
    await interpreter.do(RenameGroup(group=_group(interpreter, command.target).key, topic=command.text))


async def invite(interpreter: CommandInterpreter, command: SlashCommand) -> None:
    """Bring people into a group."""
    group = _group(interpreter, command.target)
    people = [interpreter.chat(target_of(name)) for name in _names_in(command.text)]
    interpreter.keep(await interpreter.account.groups.change_members(group, people, MemberChange.ADD))


async def remove(interpreter: CommandInterpreter, command: SlashCommand) -> None:
    """Remove members of a group."""
    group = _group(interpreter, command.target)
    members = await interpreter.account.groups.members(group)
    chosen = [_member(interpreter, group, members, name) for name in _names_in(command.text)]
    people = [await interpreter.account.people.person(member) for member in chosen]
    interpreter.keep(await interpreter.account.groups.change_members(group, people, MemberChange.REMOVE))


def _names_in(text: str) -> list[str]:
    return [name.strip() for name in _NAMES_DIVIDED.split(text) if name.strip()]


def _member(interpreter: CommandInterpreter, group: Chat, members: Sequence[Member], name: str) -> Member:
    called = [
        member
        for member in members
        if name in {interpreter.account.people.called(member), member.shown, member.nickname}
    ]
    if len(called) > 1:
        raise UsageError(
            interpreter.words("several", count=len(called), name=name), interpreter.words("on-phone")
        )
    if not called:
        problem = interpreter.words("no-member", group=group.name, name=name)
        raise UsageError(problem, interpreter.words("no-member-advice"))
    return called[0]


async def quit_group(interpreter: CommandInterpreter, command: SlashCommand) -> None:
    """Leave a group."""
    await interpreter.do(QuitGroup(group=_group(interpreter, command.target).key))


async def who(interpreter: CommandInterpreter, _: SlashCommand) -> None:
    """Say who I am and which chat is open."""
    interpreter.tell(interpreter.words("who", me=interpreter.account.me.name))
    if interpreter.opened is not None:
        interpreter.tell(interpreter.words("who-open", name=interpreter.opened.name))


async def status(interpreter: CommandInterpreter, _: SlashCommand) -> None:
    """Say how the connection is."""
    interpreter.screen.status(interpreter.lines.state(interpreter.account.status()))


async def help_(interpreter: CommandInterpreter, command: SlashCommand) -> None:
    """Say what can be typed."""
    wanted = command.text.lstrip("/")
    commands = [(f"/{name} {shape}".strip(), f"help-{name}") for name, shape in COMMANDS.items()]
    fitting = [(pattern, key) for pattern, key in commands if key == f"help-{wanted}"] or [
        *_ARROWS,
        *commands,
    ]
    language = interpreter.lines.language
    for line in listing.columns(
        [(usage(pattern, language), interpreter.words(key)) for pattern, key in fitting]
    ):
        interpreter.tell(line)
    interpreter.tell(interpreter.words("help-quote"))


async def logout(interpreter: CommandInterpreter, _: SlashCommand) -> None:
    """End the login."""
    interpreter.logged_out = True
    receipt = await interpreter.account.log_out()
    await receipt.accepted()


def _named(chat: Chat, wanted: str) -> bool:
    known = chat.contact
    return any(
        wanted in text.casefold()
        for text in (chat.name, known.nickname, known.alias, known.pinyin, known.initials)
    )


SLASH_COMMANDS: Final[dict[str, Callable[[CommandInterpreter, SlashCommand], Awaitable[None]]]] = {
    "chats": chats,
    "contacts": contacts,
    "groups": groups,
    "members": members,
    "open": open_,
    "close": close,
    "hist": hist,
    "search": search,
    "save": save,
    "reply": reply,
    "forward": forward,
    "recall": recall,
    "requests": requests,
    "accept": accept,
    "read": read,
    "pin": pin,
    "unpin": pin,
    "remark": remark,
    "rename": rename,
    "invite": invite,
    "remove": remove,
    "quit-group": quit_group,
    "who": who,
    "status": status,
    "help": help_,
    "logout": logout,
}
