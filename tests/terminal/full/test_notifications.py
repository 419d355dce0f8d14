"""What a person is notified of, by who wrote where and where the person looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.model.ids import Seq
from hongyan.terminal.full.notifications import notification_of

if TYPE_CHECKING:
    from .conftest import Stage


@pytest.mark.parametrize(
    ("chat", "text", "what"),
    [
        ("@w", "在吗", "private"),
        ("@@p", "大家好", "group"),
        ("@@p", "@小灰\u2005 在吗", "mention"),
    ],
)
async def test_a_message_is_of_a_sort(stage: Stage, chat: str, text: str, what: str) -> None:
    """Private, of a group, or a mention; with the names and the text that may be told."""
    await stage.came(stage.text(text, chat=chat, sender="@w"))
    context = stage.screen().context
    context.roster.refresh()
    (row,) = stage.account.archive.journal(Seq(stage.account.archive.latest - 1))
    where, found = notification_of(context, row, open_chat=None, has_focus=True)
    assert (where, found.what, found.unread) == ("other", what, 1)
    assert text[-2:] in found.text
    assert notification_of(context, row, open_chat=row.chat, has_focus=True)[0] == "current"
    assert notification_of(context, row, open_chat=row.chat, has_focus=False)[0] == "away"


async def test_a_muted_chat_is_muted_unless_it_mentions_me(stage: Stage) -> None:
    """Whoever mutes a group wants to hear of mentions all the same."""
    group = stage.account.find("Perl 学习交流")
    await stage.account.local.change(group, muted=True)
    await stage.came(*(stage.text(t, chat="@@p", sender="@w") for t in ("大家好", "@小灰\u2005 在吗")))
    context = stage.screen().context
    context.roster.refresh()
    rows = stage.account.archive.journal(Seq(stage.account.archive.latest - 2))
    found = [notification_of(context, row, open_chat=None, has_focus=True)[1].what for row in rows]
    assert found == ["muted", "mention"]
