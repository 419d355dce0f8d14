"""Posts messages to a webhook and sends its answers; it never shows the address or the secret.

Each message is POSTed as JSON (``payload``), and the answer's text becomes the reply. Order inside a chat is kept: the
next message of a chat is posted when the one before is answered. Failures are reported by kind and status alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from hongyan.bot.app import App
from hongyan.errors import UsageError
from hongyan.model.messages import Message
from hongyan.model.numbers import whole
from hongyan.model.summary import line
from hongyan.redaction import redacted

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    from aiohttp import ClientResponse, ClientSession

    from hongyan.bot.contexts import MessageContext
    from hongyan.client.account import Account, Chat
    from hongyan.model.mentions import Mention

__all__ = ["Webhook", "payload", "sign", "webhook"]

log = logging.getLogger("hongyan.bot")

_LONGEST: Final = 64 * 1024  # bytes of an answer
_MOST_REPLIES: Final = 10
_PATIENCE: Final = 30.0  # longest Retry-After, in seconds


@redacted
@dataclass(frozen=True, slots=True)
class Webhook:
    """Where messages go. ``limit`` is the seconds that one attempt may take, ``attempts`` how many there are.

    Between attempts it waits ``pause`` seconds, then twice as long each time. ``secret`` signs each request.
    ``tls`` is the TLS context, if not the usual one.
    """

    url: str
    secret: str = ""
    limit: float = 10.0
    attempts: int = 4
    pause: float = 0.5
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        """Refuse an address that cannot be one, without repeating it."""
        try:
            parts = urlsplit(self.url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise UsageError(
                "the webhook's address is not usable", "Write it like http://127.0.0.1:8080/wechat"
            )

    def __repr__(self) -> str:
        return f"<Webhook with {'a' if self.secret else 'no'} secret>"

    @property
    def longest(self) -> float:
        """How many seconds all attempts may take together."""
        pauses = (max(self.pause * 2.0**n, _PATIENCE) for n in range(self.attempts - 1))
        return self.attempts * self.limit + sum(pauses) + 5.0


class _Refused(Exception):
    """The webhook's answer cannot be used; trying again would not help."""


class _NotNow(Exception):
    """The webhook did not answer, or asked to wait: ``after`` is the least number of seconds."""

    def __init__(self, problem: str, after: float = 0.0) -> None:
        super().__init__(problem)
        self.after = after


def webhook(where: Webhook, *, clock: Callable[[], float] = time.time) -> App:
    """Return an app that posts every message that a person writes to a webhook, and sends its answers."""
    app = App("hook", time_limit=where.longest, clock=clock)
    poster = _Poster(where, clock)
    app.on_start(poster.open)
    app.on_stop(poster.close)

    @app.on(Message)
    async def post(message: MessageContext) -> None:
        for answer in await poster.ask(message):
            await message.reply(answer)

    return app


def payload(message: MessageContext) -> dict[str, Any]:
    """Return a message as the webhook gets it: schema 1, described in the documentation of bots."""
    return {
        "schema": 1,
        "seq": str(message.seq),
        "id": message.message.id,
        "kind": message.kind,
        "created_at": message.message.created_at,
        "received_at": message.recorded.received_at,
        "redelivered": message.redelivered,
        "outgoing": message.message.outgoing,
        "chat": {**_chat(message.chat), "group": message.in_group},
        "sender": {**_chat(message.sender), "shown_as": message.sender_name},
        "text": message.text,
        "summary": line(message.incoming.message, "zh"),
        "mentions": [_mention(message.text, mention) for mention in message.mentions],
        "mentions_me": str(message.mentions_me),
    }


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature header's value: HMAC-SHA256 over the timestamp, a full stop and the body, in hex."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _chat(chat: Chat) -> dict[str, Any]:
    return {"key": chat.key, "name": chat.name, "kind": str(chat.contact.kind)}


def _mention(text: str, mention: Mention) -> dict[str, Any]:
    return {
        "start": mention.start,
        "end": mention.end,
        "text": text[mention.start : mention.end],
        "certainty": str(mention.certainty),
        "me": mention.me,
        "everyone": mention.everyone,
    }


class _Poster:
    """Posts messages over one HTTP client, which is open as long as the app runs."""

    def __init__(self, where: Webhook, clock: Callable[[], float]) -> None:
        self._where = where
        self._now = clock
        self._http: ClientSession | None = None

    async def open(self, _: Account) -> None:
        import aiohttp

        limit = aiohttp.ClientTimeout(total=self._where.limit)
        self._http = aiohttp.ClientSession(timeout=limit, cookie_jar=aiohttp.DummyCookieJar())

    async def close(self, _: Account) -> None:
        if self._http is not None:
            await self._http.close()

    async def ask(self, message: MessageContext) -> list[str]:
        """Return what the webhook answers to a message; nothing, with a line in the log, where it fails for good."""
        body = json.dumps(payload(message), ensure_ascii=False).encode()
        pause = self._where.pause
        for attempt in range(1, self._where.attempts + 1):
            try:
                return await self._attempt(message, body, attempt)
            except _Refused as refusal:
                log.warning("event %d: the webhook's answer is not used: %s", message.seq, refusal)
                return []
            except _NotNow as problem:
                log.warning("event %d: the webhook did not answer (%d): %s", message.seq, attempt, problem)
                wait = max(pause, min(problem.after, _PATIENCE))
            if attempt < self._where.attempts:
                await asyncio.sleep(wait)
            pause *= 2
        log.warning("event %d: the webhook failed after %d attempts", message.seq, self._where.attempts)
        return []

    async def _attempt(self, message: MessageContext, body: bytes, attempt: int) -> list[str]:
        import aiohttp

        if self._http is None:
            raise _Refused("the app has not started")
        headers = self._headers(message, body, attempt)
        try:
            async with self._http.post(
                self._where.url,
                data=body,
                headers=headers,
                allow_redirects=False,
                ssl=self._where.tls or True,
            ) as answer:
                return await _read(answer)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # Its text names the address, so only its class is logged.
            raise _NotNow(type(error).__name__) from None

    def _headers(self, message: MessageContext, body: bytes, attempt: int) -> Mapping[str, str]:
        timestamp = str(int(self._now()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "hongyan-hook/1",
            "Accept-Encoding": "identity",  # a packed answer that ends early would look whole
            "X-Hongyan-Event": str(message.seq),
            "X-Hongyan-Attempt": str(attempt),
            "X-Hongyan-Timestamp": timestamp,
        }
        if self._where.secret:
            headers["X-Hongyan-Signature"] = sign(self._where.secret, timestamp, body)
        return headers


async def _read(answer: ClientResponse) -> list[str]:
    """Return the replies in an answer; _NotNow where another attempt may help, _Refused where it will not."""
    if answer.status == 429 or answer.status >= 500:
        after = answer.headers.get("Retry-After", "")
        raise _NotNow(f"status {answer.status}", float(max(whole(after), 0)))
    if not 200 <= answer.status < 300:
        raise _Refused(f"status {answer.status}")
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise _Refused("it is packed, which was not requested")
    body = await answer.content.read(_LONGEST + 1)
    while body and len(body) <= _LONGEST and (more := await answer.content.read(_LONGEST)):
        body += more
    if len(body) > _LONGEST:
        raise _Refused(f"it is longer than {_LONGEST} bytes")
    try:
        text = body.decode("utf-8-sig").strip()
        return _replies(text, answer.content_type) if text else []
    except UnicodeDecodeError as error:
        raise _Refused(f"it is not UTF-8 at byte {error.start}") from None
    except RecursionError:
        raise _Refused("it is nested too deeply") from None


def _replies(text: str, content_type: str) -> list[str]:
    if content_type == "text/plain":
        return [text]
    if content_type != "application/json":
        raise _Refused(f"its type is {content_type!r}, neither text/plain nor application/json")
    try:
        document = json.loads(text)
    except ValueError:
        raise _Refused("it is not JSON") from None
    if not isinstance(document, dict):
        raise _Refused('it is not an object like {"reply": "…"}')
    reply = document.get("reply")
    listed = reply if isinstance(reply, list) else [reply] if reply is not None else []
    if not all(isinstance(item, str) for item in listed) or len(listed) > _MOST_REPLIES:
        raise _Refused(f'"reply" is neither a text, null, nor a list of at most {_MOST_REPLIES} texts')
    return [_encodable(item) for item in listed if item.strip()]


def _encodable(text: str) -> str:
    """Return a text without lone surrogates, which JSON can hold and UTF-8 cannot."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
