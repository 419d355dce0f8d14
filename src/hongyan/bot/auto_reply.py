"""Answers by rules, as an app; in dry mode it only prints what it would have answered.

It answers what people write: never this account itself, official accounts, the service, or what waited too long.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from hongyan.bot.app import App
from hongyan.bot.rules import Heard
from hongyan.model.mentions import MentionsMe, without_mentions
from hongyan.model.messages import Message
from hongyan.model.times import local

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from hongyan.bot.contexts import MessageContext
    from hongyan.bot.rules import RuleAnswer, Ruleset

__all__ = ["AutoReplyMode", "auto_reply", "heard"]

AutoReplyMode = Literal["off", "dry", "on"]
"""How ``--auto-reply`` works."""

_STALE: Final = 300.0  # seconds after which an automatic answer would only be odd


def auto_reply(
    rules: Ruleset,
    mode: AutoReplyMode,
    tell: Callable[[str], None] = print,
    *,
    clock: Callable[[], float] = time.time,
) -> App:
    """Return an app that answers by ``rules`` (on), prints what it would answer (dry), or does nothing (off).

    ``tell`` takes one line of plain text; control characters in it are escaped. ``clock()`` is Unix seconds.
    """
    app = App("auto-reply" if mode == "on" else f"auto-reply-{mode}", clock=clock)
    if mode == "off":
        return app

    @app.on(Message)
    async def answer(message: MessageContext) -> None:
        now = clock()
        if not _is_answerable(message, now):
            return
        for found in rules.answers(heard(message, rules.names), local(now)):
            if mode == "dry":
                tell(_would(message, found))
            else:
                await message.reply(found.content)

    return app


def heard(message: MessageContext, names: Collection[str]) -> Heard:
    """Return a message in the form for rules, with people under ``names``."""
    account = message.account
    return Heard(
        chat=message.chat.key,
        chat_name=message.chat.name,
        sender_name=message.sender_name,
        sender_names=account.people.known_as(message.sender, names),
        in_group=message.in_group,
        group_names=account.people.known_as(message.chat, names) if message.in_group else frozenset(),
        kind=message.kind,
        text=message.text,
        plain=without_mentions(message.text, message.mentions),
        mentioned=message.mentions_me is MentionsMe.YES,
    )


def _is_answerable(message: MessageContext, now: float) -> bool:
    """Whether a person wrote this just now; a standard sentence ("I've accepted your request") is not a person's."""
    if message.message.outgoing or getattr(message.message, "event", None) is not None:
        return False
    return now - message.recorded.received_at < _STALE


def _would(message: MessageContext, answer: RuleAnswer) -> str:
    content = answer.content.name if isinstance(answer.content, Path) else answer.content
    where = f"{message.chat.name} / {message.sender_name}" if message.in_group else message.chat.name
    return _plain(f"auto-reply (dry) to {where}: {content}  [{answer.rule}]")


def _plain(text: str) -> str:
    """Return one line in which nothing can move a cursor: what does not print is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
