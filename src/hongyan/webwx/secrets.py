"""Knows where the service's payloads contain keys and tickets, and redacts them in bytes and texts; it parses nothing.

Redacted are: the keys of a login (skey, sid, uin, pass_ticket, the cookies of webwxlogin), the tickets of people
(``ticket``, ``antispamticket``, ``encryptusername``, ``v1_…@stranger``: a person who has one can answer a friend request in
the account's stead) and the keys of media (``aeskey``, ``authkey``, ``@crypt_…``). They are found by name and by shape
in JSON, in XML however often it was escaped, in queries and in cookies, so damaged payloads are served like sound ones.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["HIDDEN", "without_secrets", "without_secrets_in_bytes"]

HIDDEN: Final = "…"
"""Replaces a secret. Redacting twice changes nothing more."""

_COOKIES: Final = (
    "skey",
    "wxsid",
    "wxuin",
    "pass_ticket",
    "webwx_data_ticket",
    "webwx_auth_ticket",
    "webwxuvid",
)
_NAMES: Final = (
    *_COOKIES,
    "wxpluginkey",
    "ticket",
    "antispamticket",
    "verifyuserticket",
    "encryptusername",
    "encrypted_username",
    "aeskey",
    "cdnthumbaeskey",
    "authkey",
    "sid",
    "uin",
    "binduin",
    "deviceid",
)
_IN_QUERIES_ONLY: Final = ("uuid",)  # elsewhere the word has harmless meanings
_AMBIGUOUS: Final = (
    "sid",
    "uin",
    "ticket",
    "uuid",
)  # secrets as names in a query or cookie, else ordinary words

_AND: Final = r"&(?:amp;)*"
_QUOTE: Final = rf"""\\*"|'|{_AND}(?:quot|apos|\#34|\#39);"""
_LESS: Final = rf"(?:<|{_AND}lt;)"
_VALUE: Final = r"""[^&;\#\s"'<>\\]+"""
_NOT_TOLD: Final = '"ticket":""'  # every message has it

_Rule = tuple[re.Pattern[str], "str | Callable[[re.Match[str]], str]"]


def without_secrets(text: str) -> str:
    """Return ``text`` with every key and ticket replaced by ``HIDDEN``, or a number by 0."""
    lowered = text.lower().replace(_NOT_TOLD, "")
    if present := tuple(name for name in (*_NAMES, *_IN_QUERIES_ONLY) if name in lowered):
        for pattern, instead in _rules(present):
            text = pattern.sub(instead, text)
    if "@crypt_" in text:
        text = _CRYPT.sub(HIDDEN, text)
    return _STRANGER.sub(_redacted_ticket, text) if "@stranger" in text else text


def without_secrets_in_bytes(payload: bytes) -> bytes:
    """Return the bytes of a payload, sound or not, with every key and ticket redacted."""
    text = payload.decode("utf-8", "surrogateescape")
    shown = without_secrets(text)
    return payload if shown == text else shown.encode("utf-8", "surrogateescape")


_CRYPT: Final = re.compile(r"@crypt_[0-9a-zA-Z_]+")
# The whole run before the sign is taken once, whatever its start, so that a long one is not tried at every position.
_STRANGER: Final = re.compile(r"(?<![0-9a-zA-Z_\-])[0-9a-zA-Z_\-]++@stranger")
_TICKET: Final = re.compile(r"\bv\d++_(?=.)")


@lru_cache(maxsize=128)
def _rules(present: tuple[str, ...]) -> tuple[_Rule, ...]:
    """Return the patterns for the names that a text has: with few names they are several times as fast."""
    names = rf"(?i:{'|'.join(name for name in present if name not in _IN_QUERIES_ONLY) or '(?!)'})"
    queries = "|".join((*(n for n in present if n in _AMBIGUOUS), "(?!)"))
    cookies = "|".join((*(n for n in present if n in _COOKIES), "(?!)"))
    same = rf"\1{HIDDEN}"
    return (
        (re.compile(rf'("{names}"\s*:\s*)(?:"((?:[^"\\]|\\.)+)"|(-?[1-9]\d*))'), _blotted_member),
        (re.compile(rf'((?<!\\)(\\{{1,255}}+"){names}\2\s*:\s*\2)((?:(?!\2).){{1,4096}}+)(?=\2)'), same),
        (re.compile(rf"(\b{names}\s*=\s*({_QUOTE}))((?:(?!\2).){{1,4096}}?)(?=\2)", re.DOTALL), same),
        (re.compile(rf"({_LESS}{names}(?:>|{_AND}gt;)(?:{_LESS}!\[CDATA\[)?)([^<&\]]+)"), same),
        (re.compile(rf"(\b(?i:{cookies})=)({_VALUE})"), same),
        (re.compile(rf"([?&;](?i:{queries})=)({_VALUE})"), same),
    )


def _redacted_ticket(run: re.Match[str]) -> str:
    found = _TICKET.search(run[0], 0, len(run[0]) - len("@stranger"))
    return run[0][: found.start()] + HIDDEN if found else run[0]


def _blotted_member(member: re.Match[str]) -> str:
    return f"{member[1]}0" if member[3] else f'{member[1]}"{HIDDEN}"'
