"""What a sentence of the service says about groups, friends and sending, whatever its wording and language."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

__all__ = [
    "SELF",
    "ContactAltered",
    "FriendAccepted",
    "FriendAdded",
    "GroupJoined",
    "GroupRenamed",
    "GroupSetting",
    "InvitationSent",
    "JoinRequested",
    "LiveLocationEnded",
    "MemberLeft",
    "MemberRemoved",
    "NotAFriend",
    "NoticeEvent",
    "Nudged",
    "OwnerChanged",
    "RedPacketNotice",
    "SafetyHint",
    "SendBlocked",
    "SendTooFast",
]

SELF: Final = "<self>"
"""Replaces the account itself in the names of these events ("you" in the sentence).

A person who really has this nickname is given with other brackets, so the mark cannot be forged.
"""


class _NoticeEvent(Struct, frozen=True, kw_only=True, tag_field="event", omit_defaults=True, gc=False):
    pass


class GroupJoined(_NoticeEvent, frozen=True, kw_only=True, tag="group-joined"):
    """People joined the group. ``inviter`` is empty if no one is named; ``by_qr``: they scanned a code.

    ``already_there`` lists the members that the sentence names when this account was invited.
    """

    inviter: str = ""
    joined: tuple[str, ...] = ()
    by_qr: bool = False
    already_there: tuple[str, ...] = ()


class GroupRenamed(_NoticeEvent, frozen=True, kw_only=True, tag="group-renamed"):
    """The group was renamed; ``old_name`` is empty if it was not known."""

    by: str = ""
    new_name: str = ""
    old_name: str = ""


class MemberRemoved(_NoticeEvent, frozen=True, kw_only=True, tag="member-removed"):
    """Someone was removed from the group."""

    remover: str = ""
    removed: tuple[str, ...] = ()


class MemberLeft(_NoticeEvent, frozen=True, kw_only=True, tag="member-left"):
    """A person is no longer in the group. The service sends nothing when people leave: it shows in the list of members."""

    left: tuple[str, ...] = ()


class JoinRequested(_NoticeEvent, frozen=True, kw_only=True, tag="join-requested"):
    """A member wants to add people to the group and the owner has to agree; no one has joined yet.

    ``by`` asks (SELF: this account asked), ``invited`` are the people to be added if they are named, ``count`` how many.
    """

    by: str = ""
    invited: tuple[str, ...] = ()
    count: int = 0


class InvitationSent(_NoticeEvent, frozen=True, kw_only=True, tag="invitation-sent"):
    """An invitation was sent and is not answered yet; no one has joined yet."""


class GroupSetting(_NoticeEvent, frozen=True, kw_only=True, tag="group-setting"):
    """A setting of the group was turned on or off; ``by`` is empty where only a role is named."""

    by: str = ""
    setting: str = ""
    on: bool = True


class ContactAltered(_NoticeEvent, frozen=True, kw_only=True, tag="contact-altered"):
    """A friend, an official account or a group has other properties than before; no sentence said so.

    ``changes`` are triples: the field of ``Contact`` (nickname, remark, signature …), the value before, the value now.
    """

    name: str = ""
    changes: tuple[tuple[str, str, str], ...] = ()


class OwnerChanged(_NoticeEvent, frozen=True, kw_only=True, tag="owner-changed"):
    """The group has a new owner."""

    new_owner: str = ""


class FriendAdded(_NoticeEvent, frozen=True, kw_only=True, tag="friend-added"):
    """A new friend; ``by_me`` is False where the other side added this account."""

    nickname: str = ""
    by_me: bool = True


class FriendAccepted(_NoticeEvent, frozen=True, kw_only=True, tag="friend-accepted"):
    """The standard sentence of a person who accepted a request; a person could also have typed it."""


class NotAFriend(_NoticeEvent, frozen=True, kw_only=True, tag="not-a-friend"):
    """A send was refused: the receiver does not have this account as a friend (any more)."""

    nickname: str = ""


class SendBlocked(_NoticeEvent, frozen=True, kw_only=True, tag="send-blocked"):
    """A send was refused: the receiver has blocked this account."""


class SendTooFast(_NoticeEvent, frozen=True, kw_only=True, tag="send-too-fast"):
    """A send or another action was refused because it was too fast."""


class RedPacketNotice(_NoticeEvent, frozen=True, kw_only=True, tag="red-packet"):
    """A red packet was received, sent or opened (``way``); the web shows nothing else of it."""

    way: str = "received"
    by: str = ""
    sender: str = ""


class LiveLocationEnded(_NoticeEvent, frozen=True, kw_only=True, tag="live-location-ended"):
    """Sharing of live locations is over."""


class Nudged(_NoticeEvent, frozen=True, kw_only=True, tag="nudged"):
    """A person nudged another; both are the same for a person who nudged themselves."""

    by: str = ""
    target: str = ""


class SafetyHint(_NoticeEvent, frozen=True, kw_only=True, tag="safety-hint"):
    """A standing warning of the service, of no interest to a program."""


NoticeEvent = (
    GroupJoined
    | GroupRenamed
    | MemberRemoved
    | MemberLeft
    | JoinRequested
    | InvitationSent
    | GroupSetting
    | ContactAltered
    | OwnerChanged
    | FriendAdded
    | FriendAccepted
    | NotAFriend
    | SendBlocked
    | SendTooFast
    | RedPacketNotice
    | LiveLocationEnded
    | Nudged
    | SafetyHint
)
