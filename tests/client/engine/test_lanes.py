"""Which commands wait for each other, and for which turns."""

from __future__ import annotations

import pytest

from hongyan.client.engine.lanes import actions_of, lane_of, words_of
from hongyan.model.commands import (
    ActionKind,
    Command,
    CommandRow,
    FetchMedia,
    MarkRead,
    Outcome,
    SendFile,
    SendText,
    SetRemark,
)
from hongyan.model.ids import ChatKey, ClientMsgId, CommandId

ALICE, BOB = ChatKey("alice"), ChatKey("bob")


def row(command: Command) -> CommandRow:
    """Return a queued row of a command."""
    return CommandRow(
        id=CommandId(1),
        command=command,
        client_msg_id=ClientMsgId("1"),
        outcome=Outcome.QUEUED,
        created_at=1.0,
    )


def file(chat: ChatKey) -> SendFile:
    """Return the command that sends a file."""
    return SendFile(chat=chat, path="p", name="n", size=1, md5="")


def test_messages_to_a_chat_share_a_lane() -> None:
    """Texts and files alike, so that their order stays; chats do not wait for each other."""
    lanes = [lane_of(row(c)) for c in (SendText(chat=ALICE, text="a"), file(ALICE), file(BOB))]
    assert lanes[0] == lanes[1] != lanes[2]


def test_what_is_no_message_waits_for_its_own_kind() -> None:
    """A remark is no message."""
    assert lane_of(row(SetRemark(chat=ALICE, remark="A"))) != lane_of(row(SendText(chat=ALICE, text="a")))
    assert lane_of(row(FetchMedia(seq=1))) != lane_of(row(FetchMedia(seq=2)))


@pytest.mark.parametrize(
    ("command", "actions"),
    [
        (SendText(chat=ALICE, text="a"), (ActionKind.SEND,)),
        (file(ALICE), (ActionKind.MEDIA, ActionKind.SEND)),
        (MarkRead(chat=ALICE), ()),
    ],
)
def test_a_command_takes_the_turns_of_its_kind(command: Command, actions: tuple[ActionKind, ...]) -> None:
    """A file is counted as a file and as a message."""
    assert actions_of(row(command)) == actions


def test_a_command_is_called_by_what_it_does() -> None:
    """In words that an error can say."""
    assert words_of(SetRemark(chat=ALICE, remark="A")) == "set remark"
