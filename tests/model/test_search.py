"""By what text an event is found."""

from __future__ import annotations

import pytest

from hongyan.errors import UsageError
from hongyan.model.commands import CommandRow, Outcome, SendFile, SendText
from hongyan.model.events import CommandSettled, Event, MessageReceived
from hongyan.model.ids import ChatKey, ClientMsgId, CommandId
from hongyan.model.messages import Link, StatusNotice, Text
from hongyan.model.search import fold, require_kinds, searched_text

CHAT = ChatKey("c")


@pytest.mark.parametrize(
    ("text", "folded"),
    [("ＡＢＣ１", "abc1"), ("Straße", "strasse"), (" a\n\tb  c ", "a b c"), ("ﾊﾝ", "ハン"), ("", "")],
)
def test_texts_are_compared_without_case_width_and_lines(text: str, folded: str) -> None:
    """Folding twice is folding once."""
    assert fold(text) == folded == fold(folded)


def test_a_kind_that_does_not_exist_is_refused_with_the_nearest() -> None:
    """Of it nothing would ever be found."""
    assert require_kinds(("text", "link")) == ("text", "link")
    with pytest.raises(UsageError) as refused:
        require_kinds(("text", "pictur"))
    assert refused.value.advice == "Did you mean picture?"
    with pytest.raises(UsageError) as refused:
        require_kinds(("zzz",))
    assert refused.value.advice.startswith("Kinds: text, ")


def test_a_message_is_found_by_its_words_and_its_address() -> None:
    """The service's notes are not looked for."""
    link = Link(title="Big News", description="of Today", url="https://x.example/A")
    found = searched_text(MessageReceived(link))
    assert all(words in found for words in ("big news", "of today", "https://x.example/a"))
    assert searched_text(MessageReceived(Text(text="Hello　You"))) == "hello you"
    assert searched_text(MessageReceived(StatusNotice())) == ""


@pytest.mark.parametrize("outcome", Outcome)
def test_an_own_send_is_found_where_it_may_have_happened(outcome: Outcome) -> None:
    """By its text, or by the name of its file."""

    def sent(command: SendText | SendFile) -> Event:
        number = ClientMsgId("1")
        row = CommandRow(
            id=CommandId(1), command=command, client_msg_id=number, outcome=outcome, created_at=0.0
        )
        return CommandSettled(row)

    file = SendFile(chat=CHAT, path="/p", name="Notes.PDF", size=1, md5="")
    expected = ("my words", "notes.pdf") if outcome.may_have_happened else ("", "")
    assert (searched_text(sent(SendText(chat=CHAT, text="My Words"))), searched_text(sent(file))) == expected
