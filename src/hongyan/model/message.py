"""The common part of every message, and how a message refers to another one; independent of the kinds of messages."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from hongyan.model.ids import MsgId, TransientName

__all__ = ["Message", "Part", "Quoted", "TextLink"]


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A part of a message that is not itself a message."""


class TextLink(Part, frozen=True, kw_only=True):
    """A link inside a text: its words and its target, which need not match."""

    text: str = ""
    url: str = ""


class Message(Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True, gc=False):
    """What every message has.

    ``chat`` is the conversation (the group, or the other person). ``sender`` is who wrote it; empty where the service
    itself speaks, or if a group message does not name one. ``outgoing``: this account wrote it, on whatever device.

    Traits of a kind are on its class, and not in the JSON. ``by_service``: the service speaks, not a person; it is
    shown as a sentence between the messages. ``for_bots``: it is something that people write or send, and can be read, so
    handlers of ``Message`` get it; handlers of the kind itself always do. ``raises_unread``: it counts as unread. ``shown``: it
    stands in the history that people read, and is searched.
    """

    secret_fields: ClassVar[frozenset[str]] = frozenset()
    by_service: ClassVar[bool] = False
    for_bots: ClassVar[bool] = True
    raises_unread: ClassVar[bool] = True
    shown: ClassVar[bool] = True

    id: MsgId = MsgId("")
    chat: TransientName = TransientName("")
    sender: TransientName = TransientName("")
    outgoing: bool = False
    created_at: int = 0

    @property
    def in_group(self) -> bool:
        """Whether the conversation is a group."""
        return self.chat.startswith("@@") or self.chat.endswith("@chatroom")

    @property
    def kind(self) -> str:
        """The tag of the kind, as in JSON: ``text``, ``picture`` …."""
        return str(self.__struct_config__.tag)

    def __repr__(self) -> str:
        """Name the non-empty fields; secrets appear as ``'…'``."""
        shown = ((f, getattr(self, f)) for f in self.__struct_fields__)
        texts = (f"{f}={'…' if f in self.secret_fields else v!r}" for f, v in shown if v)
        return f"{type(self).__name__}({', '.join(texts)})"


class Quoted(Part, frozen=True, kw_only=True):
    """The message that another one answers, as far as the answer shows.

    ``msg_type`` and ``app_type`` are the wire's numbers; ``shown_as`` names the kind like ``Message.kind``.
    ``sender_id`` and ``chat_id`` are permanent ids, not transient names. All of it comes from the sender of the answer: the
    words may never have been written. ``genuine`` is True where the journal holds that message with these words, False where
    it holds it with others, None if it does not hold it.
    """

    id: MsgId = MsgId("")
    msg_type: int = 0
    app_type: int | None = None
    shown_as: str = ""
    sender_name: str = ""
    sender_id: str = ""
    chat_id: str = ""
    title: str = ""
    text: str = ""
    description: str = ""
    url: str = ""
    created_at: int = 0
    genuine: bool | None = None
