"""What a bot's terminal shows of what comes and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.cli.traffic import line_of
from hongyan.model.events import MessageReceived
from hongyan.model.ids import LoginId, MsgId, TransientName
from hongyan.model.messages import Notice, StatusNotice, Text

if TYPE_CHECKING:
    from hongyan.model.messages import AnyMessage

    from .conftest import Room

GROUP, WANG = TransientName("@@p"), TransientName("@w")


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (Text(id=MsgId("901"), chat=GROUP, sender=WANG, text="hi"), "< Perl 学习交流 / 老王: hi"),
        (Text(id=MsgId("901"), chat=WANG, sender=WANG, text="hi"), "< 老王: hi"),
        (Notice(id=MsgId("901"), chat=GROUP, sender=GROUP, text="joined"), "< Perl 学习交流: [joined]"),
        (
            StatusNotice(
                id=MsgId("901"), chat=TransientName("@me"), sender=TransientName("@me"), outgoing=True
            ),
            None,
        ),
    ],
)
async def test_who_speaks_is_named_once_and_the_phone_is_no_speaker(
    room: Room, message: AnyMessage, shown: str | None
) -> None:
    """The service's words in a group are the group's; that the phone has read something is no message."""
    (row,) = await room.store.append(
        [(MessageReceived(message=message), b"")], login=LoginId("first"), received_at=1.0
    )
    assert line_of(room.talk.account, row) == shown
