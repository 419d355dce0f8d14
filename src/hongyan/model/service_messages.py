"""Messages of the service, and messages that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hongyan.model.ids import MsgId, TransientName
from hongyan.model.message import Message
from hongyan.model.notices import NoticeEvent

__all__ = [
    "Announcement",
    "GroupChange",
    "GroupTodo",
    "Legacy",
    "Notice",
    "Pat",
    "PaymentNotice",
    "Recall",
    "StatusNotice",
    "Unknown",
    "Unparsed",
    "Unsupported",
]


class _ByService(Message, frozen=True, kw_only=True):
    by_service = True
    for_bots = False
    raises_unread = False


class PaymentNotice(_ByService, frozen=True, kw_only=True, tag="payment-notice"):
    """The service reports a payment."""

    command: str = ""
    text: str = ""
    pay_type: int = 0
    transfer_id: str = ""


class Announcement(Message, frozen=True, kw_only=True, tag="announcement"):
    """A group's announcement."""

    raises_unread = False  # its text comes as a message of its writer, too

    text: str = ""
    command: str = ""
    announcement_id: str = ""
    edited_at: int = 0


class GroupTodo(_ByService, frozen=True, kw_only=True, tag="group-todo"):
    """A group's to-do was set or done. ``operator`` and ``related`` are a permanent id and a message's number."""

    title: str = ""
    text: str = ""
    command: str = ""
    operator: str = ""
    related: MsgId = MsgId("")


class Unsupported(Message, frozen=True, kw_only=True, tag="unsupported"):
    """A message whose content the service withholds from the web; ``text`` is the sentence it sends instead."""

    for_bots = False

    text: str = ""


class Recall(_ByService, frozen=True, kw_only=True, tag="recall"):
    """A message was recalled. ``recalled`` is its number, ``local_id`` the phone's own short one.

    ``by`` is the name in the notice, or ``SELF``; ``session_id`` the conversation's permanent id.
    """

    recalled: MsgId = MsgId("")
    by: str = ""
    notice: str = ""
    local_id: str = ""
    session_id: str = ""


class Notice(_ByService, frozen=True, kw_only=True, tag="notice"):
    """A sentence of the service. ``text`` as sent (links included), ``plain`` without markup, ``event`` its meaning.

    ``observed``: no sentence, this program found it by comparing records; the only words are those for ``event``.
    """

    text: str = ""
    plain: str = ""
    event: NoticeEvent | None = None
    observed: bool = False


class GroupChange(_ByService, frozen=True, kw_only=True, tag="group-change"):
    """A change of a group, with the ids of the people. ``text`` is the sentence with names filled in.

    ``command`` is the wire's name of it; ``scene`` is its ``invite``, ``qrcode`` …; ``member_ids`` are permanent ids.
    """

    command: str = ""
    scene: str = ""
    template: str = ""
    text: str = ""
    member_ids: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    event: NoticeEvent | None = None


class Pat(_ByService, frozen=True, kw_only=True, tag="pat"):
    """A person nudged another; ids are permanent ones. ``template`` holds them as ``${id}``, ``text`` bare."""

    from_id: str = ""
    target_id: str = ""
    chat_id: str = ""
    template: str = ""
    suffix: str = ""
    text: str = ""

    def named(self, names: Mapping[str, str]) -> str:
        """Return the sentence with the people's names, as far as ``names`` (by permanent id) has them."""
        return re.sub(r"\$\{([^{}]*)\}", lambda found: names.get(found[1], found[1]), self.template)


class StatusNotice(_ByService, frozen=True, kw_only=True, tag="status"):
    """What the phone does: a chat read (code 1), entered (2), left (5), the list of chats (4).

    ``pairs`` joins permanent ids with transient names, empty where the two lists do not match. ``ids`` and ``names``
    are those lists as sent.
    """

    shown = False

    code: int = 0
    op_id: str = ""
    ids: tuple[str, ...] = ()
    names: tuple[TransientName, ...] = ()
    pairs: tuple[tuple[str, TransientName], ...] = ()

    @property
    def of_group(self) -> bool:
        """Whether the one chat that was read, entered or left is a group."""
        return self.in_group or (len(self.ids) == 1 and self.ids[0].endswith("@chatroom"))


class Legacy(Message, frozen=True, kw_only=True, tag="legacy"):
    """A kind that servers no longer send (mail, QQ, private messages …); ``text`` is what could be read."""

    for_bots = False
    raises_unread = False

    msg_type: int = 0
    text: str = ""


class Unknown(Message, frozen=True, kw_only=True, tag="unknown"):
    """A message of a kind that this version does not know; ``parts`` are its texts with the names of their elements."""

    for_bots = False

    msg_type: int = 0
    app_type: int | None = None
    content: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    raw: bytes = b""


class Unparsed(Message, frozen=True, kw_only=True, tag="unparsed"):
    """Something that should be a message and cannot be read; ``reason`` is for a person."""

    for_bots = False

    reason: str = ""
    raw: bytes = b""
