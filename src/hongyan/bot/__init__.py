"""What a bot needs, in one place: ``App``, the kinds of messages, the conditions; the rest is found by module."""

from __future__ import annotations

import warnings

from hongyan.bot.app import App
from hongyan.bot.contexts import EventContext, MessageContext, NoticeContext
from hongyan.bot.filters import Filter, command, from_, from_key, in_group, mentions_me, private, text
from hongyan.bot.handlers import STOP
from hongyan.bot.loading import load
from hongyan.bot.loop_guard import LoopLimits
from hongyan.bot.run import BotSettings, run_bot
from hongyan.errors import ChatPaused
from hongyan.model.events import ContactChanged, ContactGone, Gap, LoginChanged
from hongyan.model.mentions import MentionsMe
from hongyan.model.messages import (
    Card,
    ContactAltered,
    File,
    FriendAdded,
    FriendRequest,
    GroupChange,
    GroupJoined,
    GroupRenamed,
    JoinRequested,
    Link,
    Location,
    MemberLeft,
    MemberRemoved,
    Message,
    Notice,
    Picture,
    Quote,
    Recall,
    Sticker,
    Text,
    Video,
    Voice,
)

__all__ = [
    "STOP",
    "App",
    "BotSettings",
    "Card",
    "ChatPaused",
    "ContactAltered",
    "ContactChanged",
    "ContactGone",
    "EventContext",
    "File",
    "Filter",
    "FriendAdded",
    "FriendRequest",
    "Gap",
    "GroupChange",
    "GroupJoined",
    "GroupRenamed",
    "JoinRequested",
    "Link",
    "Location",
    "LoginChanged",
    "LoopLimits",
    "MemberLeft",
    "MemberRemoved",
    "MentionsMe",
    "Message",
    "MessageContext",
    "Notice",
    "NoticeContext",
    "Picture",
    "Quote",
    "Recall",
    "Sticker",
    "Text",
    "Video",
    "Voice",
    "command",
    "from_",
    "from_key",
    "in_group",
    "load",
    "mentions_me",
    "private",
    "run_bot",
    "text",
]

_FORMERLY = {"Happened": EventContext, "Received": MessageContext}


def __getattr__(name: str) -> type[object]:
    """Return the successor of a name of 0.1, with a DeprecationWarning; AttributeError for any other name."""
    try:
        found = _FORMERLY[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    warnings.warn(f"hongyan.bot.{name} is now {found.__name__}", DeprecationWarning, stacklevel=2)
    return found
