"""What each slash command does, one function for each; whom a name means and how things are told is the talk's."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final

from hongyan.errors import UsageError
from hongyan.model.commands import (
    ForwardMessage,
    Logout,
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
from hongyan.terminal.strings.line_mode import MISTAKES, say, usage

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


async def chats(talk: CommandInterpreter, _: SlashCommand) -> None:
    """List the chats."""
    talk.show_chats(talk.account.chats())


async def contacts(talk: CommandInterpreter, _: SlashCommand) -> None:
    """List the contacts."""
    talk.show_chats(talk.account.contacts())


async def groups(talk: CommandInterpreter, _: SlashCommand) -> None:
    """List the groups."""
    talk.show_chats(talk.account.groups())


async def members(talk: CommandInterpreter, order: SlashCommand) -> None:
    """List the members of a group."""
    members = await talk.account.members(_group(talk, order.target))
    found = [(member, talk.account.remark_of(member)) for member in members]
    talk.show("members", listing.member_values(found), listing.member_lines(found))


def _group(talk: CommandInterpreter, target: Target | None) -> Chat:
    chat = talk.chat(target)
    if not chat.is_group:
        raise UsageError(talk.words("not-group", name=chat.name), talk.words("no-such-chat-advice"))
    return chat


async def open_(talk: CommandInterpreter, order: SlashCommand) -> None:
    """Open a chat."""
    talk.open_chat(talk.chat(order.target))


async def close(talk: CommandInterpreter, _: SlashCommand) -> None:
    """Close the opened chat."""
    name = talk.chat(None).name
    talk.opened = None
    talk.tell(talk.words("closed", name=name))


async def hist(talk: CommandInterpreter, order: SlashCommand) -> None:
    """Show the latest messages of a chat, each with its number."""
    rows = talk.account.history(talk.chat(order.target), _HISTORY if order.number is None else order.number)
    _show_rows(talk, rows)


def _show_rows(talk: CommandInterpreter, rows: list[Recorded]) -> None:
    if not rows:
        talk.tell(talk.words("none"))
    for recorded in rows:
        talk.memory.keep(recorded)
    for line in row_lines(talk.account, talk.lines, rows):
        talk.screen.out(line)


async def search(talk: CommandInterpreter, order: SlashCommand) -> None:
    """Look for words in names and in the messages kept here."""
    wanted = order.text.casefold()
    people = [chat for chat in _everybody(talk) if _named(chat, wanted)]
    found = await talk.account.search(Query(words=order.text, limit=_FOUND_AT_MOST))
    if people:
        talk.show_chats(people)
    if found:
        _show_rows(talk, found[::-1])
    if not people and not found:
        talk.tell(talk.words("found-none", words=order.text))


def _everybody(talk: CommandInterpreter) -> list[Chat]:
    chats = [*talk.account.chats(), *talk.account.contacts(), *talk.account.groups()]
    return list({chat.key: chat for chat in chats}.values())


async def save(talk: CommandInterpreter, order: SlashCommand) -> None:
    """Save what a message carries."""
    recorded = _message(talk, order.id)
    assert isinstance(recorded.event, MessageReceived)  # _message gives no other rows
    if not carries_file(recorded.event.message):
        raise UsageError(talk.words("nothing-in-it", id=order.id))
    talk.saver.save(recorded)


def _message(talk: CommandInterpreter, number: str) -> Recorded:
    recorded = talk.memory.find(number)
    if recorded is None or not isinstance(recorded.event, MessageReceived):
        raise UsageError(
            talk.words("no-message", id=number), say(MISTAKES, "no-id-advice", talk.lines.language)
        )
    return recorded


async def reply(talk: CommandInterpreter, order: SlashCommand) -> None:
    """Answer a message with a quoted text; the web cannot send WeChat's own kind of quotation."""
    recorded = _message(talk, order.id)
    found = seen(talk.account, recorded)
    assert found is not None  # _message gives rows with messages only
    whom = found.sender or talk.words("service")
    answer = with_quote(whom, talk.lines.content(found), order.text)
    await talk.send(talk.account.chat(recorded.chat), answer)


async def forward(talk: CommandInterpreter, order: SlashCommand) -> None:
    """Send a message on."""
    recorded = _message(talk, order.id)
    await talk.do(ForwardMessage(chat=talk.chat(target_of(order.text)).key, seq=recorded.seq))


async def recall(talk: CommandInterpreter, order: SlashCommand) -> None:
    """Take back an own message: the one with the number, or the last one."""
    opened = talk.opened.key if talk.opened and not order.id else ""
    own = talk.memory.own(order.id, opened, gone=lambda number: bool(talk.account.recalled(number)))
    if own is None and order.id:
        known = talk.memory.find(order.id) is not None
        raise UsageError(talk.words("not-own" if known else "no-message", id=order.id))
    if own is None:
        raise UsageError(talk.words("nothing-own"))
    talk.keep(await talk.account.recall(talk.account.chat(own.chat), own.id))


async def requests(talk: CommandInterpreter, _: SlashCommand) -> None:
    """List the friend requests that came, in an earlier run, too."""
    for recorded, _message in reversed(await requests_of(talk.account, time.time())):
        talk.memory.keep(recorded)
    if not talk.memory.requests:
        talk.tell(talk.words("no-requests"))
    for number, recorded in talk.memory.requests.items():
        found = seen(talk.account, recorded, request=number)
        if found is not None:
            talk.screen.out(talk.lines.message(found))


async def accept(talk: CommandInterpreter, order: SlashCommand) -> None:
    """Accept a friend request."""
    recorded = talk.memory.requests.get(order.number or 0)
    if recorded is None:
        advice = say(MISTAKES, "no-number-advice", talk.lines.language)
        raise UsageError(talk.words("no-request", number=order.number), advice)
    talk.keep(await talk.account.accept_friend(recorded))


async def read(talk: CommandInterpreter, order: SlashCommand) -> None:
    """Mark a chat as read on the phone."""
    await talk.do(MarkRead(chat=talk.chat(order.target).key))


async def pin(talk: CommandInterpreter, order: SlashCommand) -> None:
    """Pin a chat, or no longer."""
    await talk.do(Pin(chat=talk.chat(order.target).key, on=order.name == "pin"))


async def remark(talk: CommandInterpreter, order: SlashCommand) -> None:
    """Give a friend a name of one's own."""
    await talk.do(SetRemark(chat=talk.chat(order.target).key, remark=order.text))


async def rename(talk: CommandInterpreter, order: SlashCommand) -> None:
    """Give a group another name."""
    await talk.do(RenameGroup(group=_group(talk, order.target).key, topic=order.text))


async def invite(talk: CommandInterpreter, order: SlashCommand) -> None:
    """Bring people into a group."""
    group = _group(talk, order.target)
    people = [talk.chat(target_of(name)) for name in _names_in(order.text)]
    talk.keep(await talk.account.change_members(group, people, MemberChange.ADD))


async def remove(talk: CommandInterpreter, order: SlashCommand) -> None:
    """Remove members of a group."""
    group = _group(talk, order.target)
    members = await talk.account.members(group)
    chosen = [_member(talk, group, members, name) for name in _names_in(order.text)]
    people = [await talk.account.person(member) for member in chosen]
    talk.keep(await talk.account.change_members(group, people, MemberChange.REMOVE))


def _names_in(text: str) -> list[str]:
    return [name.strip() for name in _NAMES_DIVIDED.split(text) if name.strip()]


def _member(talk: CommandInterpreter, group: Chat, members: Sequence[Member], name: str) -> Member:
    called = [
        member for member in members if name in {talk.account.called(member), member.shown, member.nickname}
    ]
    if len(called) > 1:
        raise UsageError(talk.words("several", count=len(called), name=name), talk.words("on-phone"))
    if not called:
        problem = talk.words("no-member", group=group.name, name=name)
        raise UsageError(problem, talk.words("no-member-advice"))
    return called[0]


async def quit_group(talk: CommandInterpreter, order: SlashCommand) -> None:
    """Leave a group."""
    await talk.do(QuitGroup(group=_group(talk, order.target).key))


async def who(talk: CommandInterpreter, _: SlashCommand) -> None:
    """Say who I am and which chat is open."""
    talk.tell(talk.words("who", me=talk.account.me.name))
    if talk.opened is not None:
        talk.tell(talk.words("who-open", name=talk.opened.name))


async def status(talk: CommandInterpreter, _: SlashCommand) -> None:
    """Say how the connection is."""
    talk.screen.status(talk.lines.state(talk.account.status()))


async def help_(talk: CommandInterpreter, order: SlashCommand) -> None:
    """Say what can be typed."""
    wanted = order.text.lstrip("/")
    commands = [(f"/{name} {shape}".strip(), f"help-{name}") for name, shape in COMMANDS.items()]
    fitting = [(pattern, key) for pattern, key in commands if key == f"help-{wanted}"] or [
        *_ARROWS,
        *commands,
    ]
    language = talk.lines.language
    for line in listing.columns([(usage(pattern, language), talk.words(key)) for pattern, key in fitting]):
        talk.tell(line)
    talk.tell(talk.words("help-quote"))


async def logout(talk: CommandInterpreter, _: SlashCommand) -> None:
    """End the login."""
    talk.logged_out = True
    receipt = await talk.account.do(Logout())
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
