"""What is true of each command, command by command; the class says it, once, and everything else asks the class."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

import msgspec
import pytest

import hongyan
from hongyan.model import commands as c
from hongyan.model.commands import ActionKind, Command, CommandRow, Effect, Outcome, chat_of
from hongyan.model.ids import ChatKey, ClientMsgId, CommandId
from hongyan.terminal.seen import about
from hongyan.terminal.strings.line_mode import LINE_MODE


class Traits(NamedTuple):
    """As the class has them."""

    effect: Effect
    target: str = ""
    action: ActionKind | None = None
    transfer: bool = False
    silent: bool = False


_MESSAGE = Traits(Effect.MESSAGE, "chat", ActionKind.SEND)

TRAITS: dict[type[Any], Traits] = {
    c.SendText: _MESSAGE,
    c.SendFile: Traits(Effect.MESSAGE, "chat", ActionKind.MEDIA, transfer=True),
    c.SendSticker: _MESSAGE,
    c.SendCard: _MESSAGE,
    c.SendLocation: _MESSAGE,
    c.ForwardMessage: _MESSAGE,
    c.RecallMessage: Traits(Effect.CHANGE, "chat"),
    c.SetRemark: Traits(Effect.CHANGE, "chat", ActionKind.CHANGE_CONTACT),
    c.Pin: Traits(Effect.CHANGE, "chat", ActionKind.CHANGE_CONTACT),
    c.MarkRead: Traits(Effect.CHANGE, "chat", silent=True),
    c.AcceptFriend: Traits(Effect.ONCE, "", ActionKind.ACCEPT_FRIEND),
    c.AddFriend: Traits(Effect.ONCE, "person", ActionKind.ADD_FRIEND),
    c.CreateGroup: Traits(Effect.ONCE, "", ActionKind.CREATE_GROUP),
    c.ChangeMembers: Traits(Effect.ONCE, "group", ActionKind.CHANGE_GROUP),
    c.RenameGroup: Traits(Effect.CHANGE, "group", ActionKind.CHANGE_GROUP),
    c.QuitGroup: Traits(Effect.ONCE, "group", ActionKind.CHANGE_GROUP),
    c.FetchMembers: Traits(Effect.FETCH, "group", silent=True),
    c.FetchMedia: Traits(Effect.FETCH, transfer=True, silent=True),
    c.FetchAvatar: Traits(Effect.FETCH, "chat", transfer=True, silent=True),
    c.Refresh: Traits(Effect.FETCH),
    c.Logout: Traits(Effect.ONCE),
    c.UnknownCommand: Traits(Effect.ONCE, "chat"),
}


def test_every_command_is_listed() -> None:
    """A new command says here what it is."""
    assert list(TRAITS) == list(Command.__args__)


@pytest.mark.parametrize("kind", TRAITS, ids=lambda kind: kind.__name__)
def test_the_traits_of_a_command(kind: type[Any]) -> None:
    """They are facts of the class."""
    assert Traits(kind.effect, kind.target, kind.action, kind.transfer, kind.silent) == TRAITS[kind]


@pytest.mark.parametrize("kind", TRAITS, ids=lambda kind: kind.__name__)
def test_traits_stand_in_no_json(kind: type[Any]) -> None:
    """A row holds what was asked for, and a later version may think otherwise of it."""
    told = msgspec.json.decode(msgspec.json.encode(example(kind)))
    assert told.keys() == {"command", *kind.__struct_fields__}


@pytest.mark.parametrize("kind", TRAITS, ids=lambda kind: kind.__name__)
def test_a_command_names_the_chat_that_it_is_about(kind: type[Any]) -> None:
    """By which the outbox keeps the order of a chat."""
    expected = ChatKey("x") if TRAITS[kind].target else ChatKey("")
    assert chat_of(example(kind)) == expected


@pytest.mark.parametrize("kind", TRAITS, ids=lambda kind: kind.__name__)
def test_a_command_has_words(kind: type[Any]) -> None:
    """The outbox says in each language what it was to do."""
    row = CommandRow(
        id=CommandId(1),
        command=example(kind),
        client_msg_id=ClientMsgId("1"),
        outcome=Outcome.QUEUED,
        created_at=0.0,
    )
    assert about(row).what in LINE_MODE


def test_every_command_can_be_asked_for() -> None:
    """By a method of the account: front ends need not know the classes."""
    client = Path(hongyan.__file__).parent / "client"
    text = "".join(path.read_text("utf-8") for path in client.glob("*.py"))
    named = {kind for kind in Command.__args__ if re.search(rf"\b{kind.__name__}\(", text)}
    assert set(Command.__args__) - named == {c.UnknownCommand}


def test_every_class_of_command_is_in_the_union() -> None:
    """One that is not could be written and not be read."""

    def leaves(kind: type[Any]) -> set[type[Any]]:
        below = kind.__subclasses__()
        return {leaf for each in below for leaf in leaves(each)} if below else {kind}

    assert leaves(c.SendText.__mro__[2]) == set(Command.__args__)


def example(kind: type[Any]) -> Any:
    """Return a command with some value in each field."""
    values = {str: "x", int: 1, float: 1.0, bool: True, c.MemberChange: c.MemberChange.ADD}
    hints = get_type_hints(kind)
    return kind(
        **{
            name: values.get(getattr(hints[name], "__supertype__", hints[name]), ("x",))
            for name in kind.__struct_fields__
        }
    )
