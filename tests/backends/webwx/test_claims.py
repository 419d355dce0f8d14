"""What a contact may not claim becomes words of that contact."""

from __future__ import annotations

import pytest

from hongyan.backends.webwx.claims import judged
from hongyan.model.contacts import ContactKind
from hongyan.model.ids import MsgId, TransientName
from hongyan.model.messages import (
    Announcement,
    AnyMessage,
    AppMessage,
    Article,
    Link,
    Picture,
    Quote,
    Quoted,
    Text,
    TextLink,
)

ANCHOR = 'go <a href="https://x.example">here</a>'
GROUP, PERSON = TransientName("@@g"), TransientName("@a")


def _judged(
    message: AnyMessage, writer: ContactKind | None, original: AnyMessage | None = None
) -> AnyMessage:
    return judged(message, writer, lambda _: original)


def _push(*, chat: TransientName = PERSON, outgoing: bool = False) -> Link:
    articles = (Article(title="First", url="u1"), Article(title="Second", url="u2"))
    return Link(
        chat=chat, outgoing=outgoing, title="First", description="d", articles=articles, publisher="The Bank"
    )


@pytest.mark.parametrize(
    ("message", "writer"),
    [
        (_push(), ContactKind.FRIEND),
        (_push(), ContactKind.STRANGER),
        (_push(chat=GROUP), ContactKind.OFFICIAL),
        (_push(outgoing=True), ContactKind.OFFICIAL),
    ],
    ids=["friend", "stranger", "in a group", "own"],
)
def test_only_an_official_account_publishes_articles(message: Link, writer: ContactKind) -> None:
    """From anybody else they are a card with more lines: nothing is thrown away."""
    link = _judged(message, writer)
    assert isinstance(link, Link)
    assert (link.articles, link.publisher, link.description) == ((), "", "d\nSecond u2")


def test_a_publisher_is_believed_as_far_as_it_is_known() -> None:
    """Of whom nothing is known yet, the articles stay and the name goes."""
    assert _judged(_push(), ContactKind.OFFICIAL) == _push()
    link = _judged(_push(), None)
    assert isinstance(link, Link)
    assert (len(link.articles), link.publisher) == (2, "")


@pytest.mark.parametrize("writer", [ContactKind.OFFICIAL, ContactKind.SPECIAL, None])
def test_markup_of_an_account_is_taken_apart(writer: ContactKind | None) -> None:
    """Its source stays."""
    text = _judged(Text(chat=PERSON, text=ANCHOR), writer)
    assert isinstance(text, Text)
    assert (text.text, text.links) == ("go here", (TextLink(text="here", url="https://x.example"),))
    assert text.markup == ANCHOR


@pytest.mark.parametrize(
    ("chat", "writer"), [(PERSON, ContactKind.FRIEND), (GROUP, None), (GROUP, ContactKind.OFFICIAL)]
)
def test_what_a_person_typed_stays_as_it_was_typed(chat: TransientName, writer: ContactKind | None) -> None:
    """Markup too."""
    typed = Text(chat=chat, text=ANCHOR)
    assert _judged(typed, writer) == typed


def test_an_announcement_belongs_into_a_group() -> None:
    """From a person it is an app message with these words."""
    said = Announcement(chat=PERSON, sender=PERSON, text="free money")
    app = _judged(said, ContactKind.FRIEND)
    assert isinstance(app, AppMessage)
    assert (app.chat, app.app_type, app.parts) == (PERSON, 87, (("textannouncement", "free money"),))
    in_group = Announcement(chat=GROUP, text="free money")
    assert _judged(in_group, None) == in_group


@pytest.mark.parametrize(
    ("held", "genuine"),
    [
        (Text(text="I owe  you\n100 and more"), True),
        (Text(text="I owe you nothing"), False),
        (Quote(text="I owe you 100"), True),
        (Picture(), False),
        (None, None),
    ],
    ids=["begins so", "other words", "a quote itself", "another kind", "not in the journal"],
)
def test_a_quotation_is_held_against_the_journal(held: AnyMessage | None, genuine: bool | None) -> None:
    """However its lines and blanks are set."""
    quote = Quote(text="!", quoted=Quoted(id=MsgId("7"), shown_as="text", text="I owe you 100"))
    checked = _judged(quote, ContactKind.FRIEND, held)
    assert isinstance(checked, Quote)
    assert checked.quoted.genuine is genuine


def test_a_quotation_without_words_proves_nothing() -> None:
    """Every text begins with an empty one."""
    quote = Quote(quoted=Quoted(id=MsgId("7"), text=" "))
    checked = _judged(quote, ContactKind.FRIEND, Text(text="anything"))
    assert isinstance(checked, Quote)
    assert checked.quoted.genuine is False
