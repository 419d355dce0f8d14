"""Bytes of the service turned into values: one module for each family of messages and answers; nothing else is public."""

from __future__ import annotations

from hongyan.webwx.parse.answers import (
    BareAnswer,
    BatchAnswer,
    ContactsAnswer,
    InitAnswer,
    NewGroup,
    parse_batch,
    parse_contacts,
    parse_init,
    parse_new_group,
    parse_receipt,
)
from hongyan.webwx.parse.login import (
    LoginCode,
    LoginPage,
    LoginPoll,
    PushLogin,
    RootPage,
    SyncCheck,
    parse_login_code,
    parse_login_page,
    parse_login_poll,
    parse_push_login,
    parse_root_page,
    parse_sync_check,
)
from hongyan.webwx.parse.messages import parse_message
from hongyan.webwx.parse.sync import SyncAnswer, SyncEvent, SyncItem, parse_sync

__all__ = [
    "BareAnswer",
    "BatchAnswer",
    "ContactsAnswer",
    "InitAnswer",
    "LoginCode",
    "LoginPage",
    "LoginPoll",
    "NewGroup",
    "PushLogin",
    "RootPage",
    "SyncAnswer",
    "SyncCheck",
    "SyncEvent",
    "SyncItem",
    "parse_batch",
    "parse_contacts",
    "parse_init",
    "parse_login_code",
    "parse_login_page",
    "parse_login_poll",
    "parse_message",
    "parse_new_group",
    "parse_push_login",
    "parse_receipt",
    "parse_root_page",
    "parse_sync",
    "parse_sync_check",
]
