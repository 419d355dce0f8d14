"""What a robot needs, in one place: ``App``, the kinds of messages, the conditions; the rest is found by module."""

from __future__ import annotations

from hongyan.bot.app import App
from hongyan.bot.filters import Filter, command, from_, from_key, in_group, mentions_me, private, text
from hongyan.bot.handlers import STOP
from hongyan.bot.loading import load
from hongyan.bot.loops import LoopLimits
from hongyan.bot.received import ChatPaused, Happened, Received
from hongyan.bot.run import BotSettings, run_bot
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
    "File",
    "Filter",
    "FriendAdded",
    "FriendRequest",
    "Gap",
    "GroupChange",
    "GroupJoined",
    "GroupRenamed",
    "Happened",
    "JoinRequested",
    "Link",
    "Location",
    "LoginChanged",
    "LoopLimits",
    "MemberLeft",
    "MemberRemoved",
    "MentionsMe",
    "Message",
    "Notice",
    "Picture",
    "Quote",
    "Recall",
    "Received",
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
