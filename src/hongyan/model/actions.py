"""Which kind of action each command counts as; the service counts each kind apart."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from hongyan.model import commands as c

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ACTIONS", "Action"]


class Action(StrEnum):
    """Kinds of action that the service counts apart."""

    SEND = "send"
    MEDIA = "media"
    ADD_FRIEND = "add-friend"
    ACCEPT_FRIEND = "accept-friend"
    CHANGE_CONTACT = "change-contact"  # remark and pin
    CREATE_GROUP = "create-group"
    CHANGE_GROUP = "change-group"


ACTIONS: Final[Mapping[type, Action]] = {
    **dict.fromkeys((c.SendText, c.SendCard, c.SendLocation, c.ForwardMessage, c.SendSticker), Action.SEND),
    c.SendFile: Action.MEDIA,
    c.AddFriend: Action.ADD_FRIEND,
    c.AcceptFriend: Action.ACCEPT_FRIEND,
    **dict.fromkeys((c.SetRemark, c.Pin), Action.CHANGE_CONTACT),
    c.CreateGroup: Action.CREATE_GROUP,
    **dict.fromkeys((c.ChangeMembers, c.RenameGroup, c.QuitGroup), Action.CHANGE_GROUP),
}
"""The kind of action that each command counts as; those not listed are free."""
