"""Numbers that were shown find their messages again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.commands import CommandRow, Outcome, Pin, SendText
from hongyan.model.events import CommandSettled, MessageReceived, Recorded
from hongyan.model.ids import ChatKey, ClientMsgId, CommandId, MsgId, Seq, TransientName
from hongyan.model.messages import FriendRequest, Text
from hongyan.terminal.line.memory import Memory, Own

if TYPE_CHECKING:
    from hongyan.model.commands import Command
    from hongyan.model.events import Event
    from hongyan.model.messages import AnyMessage

WANG = ChatKey("chat-1")
LI = ChatKey("chat-2")


def _recorded(seq: int, event: Event, chat: ChatKey = WANG) -> Recorded:
    return Recorded(seq=Seq(seq), received_at=1.0, event=event, chat=chat)


def _message(seq: int, message: AnyMessage, chat: ChatKey = WANG) -> Recorded:
    return _recorded(seq, MessageReceived(message=message), chat)


def _sent(seq: int, command: Command, outcome: Outcome = Outcome.ACCEPTED, result: str = "") -> Recorded:
    row = CommandRow(
        id=CommandId(seq),
        command=command,
        client_msg_id=ClientMsgId("1"),
        outcome=outcome,
        created_at=1.0,
        result=result,
    )
    return _recorded(seq, CommandSettled(row=row))


def test_a_message_is_found_by_both_its_numbers() -> None:
    """The short number of the journal and the long one of the server."""
    memory = Memory()
    recorded = _message(12, Text(id=MsgId("7300000000000000012"), text="x"))
    assert memory.keep(recorded) == 0
    assert memory.find("12") is recorded
    assert memory.find("7300000000000000012") is recorded
    assert memory.find("13") is None


def test_requests_are_numbered_in_the_order_of_their_coming() -> None:
    """Each keeps its number, also when it is shown again."""
    memory = Memory()
    first = _message(5, FriendRequest(id=MsgId("5"), requester=TransientName("@a")))
    second = _message(9, FriendRequest(id=MsgId("9"), requester=TransientName("@b")))
    assert [memory.keep(first), memory.keep(second), memory.keep(first)] == [1, 2, 1]
    assert memory.requests == {1: first, 2: second}


def test_the_last_own_message_is_the_one_to_recall() -> None:
    """Sends that the server took count, in the chat that is asked for; failed ones and other commands do not."""
    memory = Memory()
    memory.keep(_sent(1, SendText(chat=WANG, text="a"), result="71"))
    memory.keep(_sent(2, SendText(chat=LI, text="b"), result="72"))
    memory.keep(_sent(3, SendText(chat=LI, text="c"), Outcome.FAILED))
    memory.keep(_sent(4, Pin(chat=LI, on=True)))
    memory.keep(_message(5, Text(id=MsgId("75"), text="theirs")))
    assert memory.own("") == Own(2, MsgId("72"), LI)
    assert memory.own("", WANG) == Own(1, MsgId("71"), WANG)
    assert memory.own("1") == Own(1, MsgId("71"), WANG)
    assert memory.own("5") is None


def test_own_messages_from_the_phone_can_be_recalled_too() -> None:
    """They came in by the feed and carry their number."""
    memory = Memory()
    memory.keep(_message(7, Text(id=MsgId("77"), text="x", outgoing=True)))
    assert memory.own("77") == Own(7, MsgId("77"), WANG)


def test_old_rows_are_forgotten() -> None:
    """The memory of a terminal that runs for weeks does not grow."""
    memory = Memory()
    for seq in range(1, 5102):
        memory.keep(_message(seq, Text(id=MsgId(f"9{seq}"), text="x")))
    assert memory.find("101") is None
    assert memory.find("102") is not None
    assert memory.find("9101") is None
    assert len(memory._seq_of) <= 5000
