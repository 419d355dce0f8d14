"""What a message may claim depends on who wrote it; nothing of it is thrown away."""

from __future__ import annotations

import pytest

from hongyan.backends.webwx.claims import judged
from hongyan.model.contacts import ContactKind
from hongyan.model.ids import MsgId, TransientName
from hongyan.model.messages import AnyMessage, Article, Link, Quote, Quoted, Text

MARKUP = 'see <a href="https://example.org/">this</a>'


def nothing(_: str) -> AnyMessage | None:
    """Find no message."""
    return None


def text(chat: str = "@a", words: str = MARKUP) -> Text:
    """Return a text of a chat."""
    return Text(id=MsgId("1"), chat=TransientName(chat), sender=TransientName(chat), text=words)


@pytest.mark.parametrize("writer", [ContactKind.FRIEND, ContactKind.STRANGER])
def test_what_a_person_typed_stays_as_typed(writer: ContactKind) -> None:
    """Angle brackets are nobody's links."""
    assert judged(text(), writer, nothing) == text()


@pytest.mark.parametrize(("chat", "writer"), [("@a", ContactKind.OFFICIAL), ("weixin", None)])
def test_markup_of_the_service_is_taken_apart(chat: str, writer: ContactKind | None) -> None:
    """The service's own names need no contact; the original stays beside."""
    message = judged(text(chat), writer, nothing)
    assert isinstance(message, Text)
    assert (message.text, message.markup) == ("see this", MARKUP)
    assert [(link.text, link.url) for link in message.links] == [("this", "https://example.org/")]


def test_a_friend_publishes_no_news() -> None:
    """Articles and publisher become words of the friend."""
    articles = (
        Article(title="One", url="https://one.example/"),
        Article(title="Two", url="https://two.example/"),
    )
    link = Link(id=MsgId("1"), chat=TransientName("@a"), title="One", publisher="晨读", articles=articles)
    message = judged(link, ContactKind.FRIEND, nothing)
    assert isinstance(message, Link)
    assert (message.publisher, message.articles) == ("", ())
    assert "Two https://two.example/" in message.description
    assert judged(link, ContactKind.OFFICIAL, nothing) == link


@pytest.mark.parametrize(("held", "genuine"), [("what was said", True), ("something else", False)])
def test_a_quotation_is_held_against_the_message(held: str, genuine: bool) -> None:  # a row of a table
    """It says whether the journal holds the message with these words."""
    quoted = Quoted(id=MsgId("7"), text="what was said", shown_as="text")
    quote = Quote(id=MsgId("8"), chat=TransientName("@a"), text="indeed", quoted=quoted)
    message = judged(quote, ContactKind.FRIEND, lambda _: text(words=held))
    assert isinstance(message, Quote)
    assert message.quoted.genuine is genuine
    assert judged(quote, ContactKind.FRIEND, nothing) == quote
