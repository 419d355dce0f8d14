"""What every message has: whose it is, what it is called, and what is shown of it."""

from __future__ import annotations

import pytest

from hongyan.model.ids import MsgId, TransientName
from hongyan.model.messages import FriendRequest, Text


@pytest.mark.parametrize(
    ("chat", "group"), [("@@g", True), ("10000000001@chatroom", True), ("@a", False), ("filehelper", False)]
)
def test_a_group_is_told_by_its_name(chat: str, group: bool) -> None:
    """By the transient one and by the permanent one."""
    assert Text(chat=TransientName(chat)).in_group is group


def test_a_kind_is_its_tag() -> None:
    """The same word as in JSON."""
    assert (Text().kind, FriendRequest().kind) == ("text", "friend-request")


def test_a_repr_names_what_says_something_and_no_secret() -> None:
    """Empty fields are left out, a secret is a dot."""
    assert repr(Text(id=MsgId("1"), text="hi")) == "Text(id='1', text='hi')"
    shown = repr(FriendRequest(ticket="canary"))
    assert "canary" not in shown
    assert "ticket='…'" in shown
