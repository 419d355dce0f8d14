"""Checks the claims of a message against its known writer: only the service may claim what is reserved for the service.

The writer of an app message writes all of it: the publisher of a news card, an announcement, the words of a person who is
person. Nothing is dropped: a claim that a contact may not make becomes words of that contact, and a quotation notes whether the
journal holds the message with these words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from hongyan.model.contacts import ContactKind
from hongyan.model.messages import (
    Announcement,
    AnyMessage,
    AppMessage,
    Link,
    Quote,
    Quoted,
    Text,
    TextLink,
)
from hongyan.webwx.markup import links_apart

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["judged"]

_PUBLISHERS: Final = frozenset({ContactKind.OFFICIAL, ContactKind.SPECIAL})


def judged(
    message: AnyMessage, writer: ContactKind | None, original: Callable[[str], AnyMessage | None]
) -> AnyMessage:
    """Return ``message`` with unjustified claims turned into words of the writer.

    ``writer`` is the other side of the chat, None if it is not known yet. ``original`` finds a message by
    its number.
    """
    if message.chat and not message.chat.startswith("@"):
        writer = ContactKind.SPECIAL  # the service's own names, which cannot be taken
    from_person = message.in_group or message.outgoing or (writer is not None and writer not in _PUBLISHERS)
    match message:
        case Link() if message.articles or message.publisher:
            return _link(message, from_person=from_person, known=writer is not None)
        case Text():
            return _text(message, from_person=from_person)
        case Announcement(command="") if not message.in_group:
            return AppMessage(
                id=message.id,
                chat=message.chat,
                sender=message.sender,
                outgoing=message.outgoing,
                created_at=message.created_at,
                app_type=87,
                parts=(("textannouncement", message.text),),
            )
        case Quote() if message.quoted.id:
            return replace(message, quoted=_held_against(message.quoted, original(message.quoted.id)))
        case _:
            return message


def _link(message: Link, *, from_person: bool, known: bool) -> Link:
    """Only an official account pushes articles under its name; for an unknown writer the name is left out."""
    if not from_person:
        return message if known else replace(message, publisher="")
    more = [f"{a.title} {a.url}".strip() for a in message.articles[1:]]
    description = "\n".join(filter(None, [message.description, *more]))
    return replace(message, articles=(), publisher="", description=description)


def _text(message: Text, *, from_person: bool) -> Text:
    """Markup of official accounts is taken apart; what a person typed stays as it was typed."""
    if message.event is not None and (message.in_group or message.outgoing):
        message = replace(message, event=None)  # no request is accepted in a group, or by its sender
    if from_person:
        return message
    text, links = links_apart(message.text)
    if text == message.text:
        return message
    text_links = tuple(TextLink(text=words, url=url) for words, url in links)
    return replace(message, text=text, links=text_links, markup=message.text)


def _held_against(quoted: Quoted, held: AnyMessage | None) -> Quoted:
    if held is None:
        return quoted
    if isinstance(held, Text | Quote):
        same = " ".join(held.text.split()).startswith(" ".join(quoted.text.split()))
        return replace(quoted, genuine=same and bool(quoted.text.strip()))
    if quoted.shown_as and quoted.shown_as != "app":
        return replace(quoted, genuine=quoted.shown_as == held.kind)
    return quoted
