"""What counts as unread."""

from __future__ import annotations

import pytest

from hongyan.model.chat_state import ChatState, raises_unread
from hongyan.model.events import Event, Gap, MessageReceived
from hongyan.model.messages import Notice, Picture, Recall, Text, Unparsed


@pytest.mark.parametrize(
    ("event", "counts"),
    [
        (MessageReceived(Text(text="hi")), True),
        (MessageReceived(Picture()), True),
        (MessageReceived(Unparsed()), True),
        (MessageReceived(Text(text="hi", outgoing=True)), False),
        (MessageReceived(Notice(text="Bob joined")), False),
        (MessageReceived(Recall()), False),
        (Gap(1.0, 2.0), False),
    ],
    ids=["text", "picture", "unreadable", "own", "notice", "recall", "no message"],
)
def test_what_others_wrote_counts(event: Event, counts: bool) -> None:
    """Also what cannot be read: somebody may have written it."""
    assert raises_unread(event) is counts


def test_a_chat_that_nobody_touched_is_read_and_as_the_service_has_it() -> None:
    """Muted is not the same as not muted where nobody said."""
    assert ChatState() == ChatState(unread=0, draft="", muted=None, archived=False)
