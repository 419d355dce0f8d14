"""Every error Hongyan raises, split by blame, as plain values; independent of transports, files and other modules.

::

    HongyanError
    ├── UsageError          the request cannot be carried out: wrong argument, file, setting
    │   ├── NotLoggedIn     the profile has no login that could be used
    │   ├── NoSuchChat      no chat has that name
    │   ├── AmbiguousName   several have it
    │   ├── NotCapable      this transport cannot do that at all
    │   ├── ProfileLocked   another program holds the profile, or a cool-down protects the account
    │   ├── ChatPaused      a bot stops answering in a chat for a while: it looks like a loop
    │   ├── TextTooLong     a text has more characters than one message may have
    │   └── TransferCancelled  a person cancelled a transfer on its way
    ├── HeldBack            it waits until ``retry_at``: for the rate limit of the outbox, or for
    │   └── TooFast         … the service, which reported that it was too fast (ret 1205; also a Refused)
    ├── Refused             the server understood and refused (endpoint, ret)
    │   ├── NotFriends      … after it had taken the message: the receiver has no such friend (any more)
    │   └── Blocked         … after it had accepted the message: the receiver rejects it
    ├── ProtocolChanged     the server sent something this version does not understand
    │   ├── UnreadableJson  … what should be JSON
    │   ├── UnreadableXml   … what should be XML, or more of it than may be
    │   └── Misread         … or a reader of this program failed on it
    ├── NoAnswer            no answer, or one that broke off
    │   ├── Unreached       no connection was made: the request certainly did not arrive
    │   ├── NotComplete     an answer came, but not all of it: never mistaken for "empty"
    │   ├── WrongContent    something else was sent instead of a file; none of it is stored
    │   │   └── Oversized   … more bytes than such a thing can have
    │   ├── StillWaiting    the time to wait is over; it continues by itself, and the text names what it waits for
    │   └── Missed          the scheduled time of a send passed while no program could send it
    ├── LoginEnded          kicked, logged out, expired or barred: a person has to log in again
    ├── StorageError        this machine cannot keep or read what has to be kept: disk full, read-only, locked
    │   ├── StorageDamaged  … the stored data is damaged: waiting does not help
    │   └── StoreClosing    … and the program ends while it waits for room
    └── InternalError       a fault of Hongyan itself; a report of it was written

No other module of Hongyan makes an error of this tree. Each has a stable ``code`` (what ``hongyan explain CODE`` takes),
an ``explanation`` of it, a one-sentence ``str()``, an ``advice``, and the ``exit_code`` of a program that ends because of
it (see ``EXIT_CODES``).
No error holds a secret: endpoints are named without their query.
"""

from __future__ import annotations

from hongyan.errors.base import EXIT_CODES, HongyanError, described, single
from hongyan.errors.machine import InternalError, StorageDamaged, StorageError, StoreClosing
from hongyan.errors.meanings import MEANINGS, Meaning, meaning_of
from hongyan.errors.service import (
    LOGIN_GONE,
    Blocked,
    HeldBack,
    LoginEnded,
    Misread,
    Missed,
    NoAnswer,
    NotComplete,
    NotFriends,
    Oversized,
    ProtocolChanged,
    Refused,
    StillWaiting,
    TooFast,
    Unreached,
    UnreadableJson,
    UnreadableXml,
    WrongContent,
)
from hongyan.errors.usage import (
    AmbiguousName,
    ChatPaused,
    NoSuchChat,
    NotCapable,
    NotLoggedIn,
    ProfileLocked,
    TextTooLong,
    TransferCancelled,
    UsageError,
)

__all__ = [
    "EXIT_CODES",
    "LOGIN_GONE",
    "MEANINGS",
    "AmbiguousName",
    "Blocked",
    "ChatPaused",
    "HeldBack",
    "HongyanError",
    "InternalError",
    "LoginEnded",
    "Meaning",
    "Misread",
    "Missed",
    "NoAnswer",
    "NoSuchChat",
    "NotCapable",
    "NotComplete",
    "NotFriends",
    "NotLoggedIn",
    "Oversized",
    "ProfileLocked",
    "ProtocolChanged",
    "Refused",
    "StillWaiting",
    "StorageDamaged",
    "StorageError",
    "StoreClosing",
    "TextTooLong",
    "TooFast",
    "TransferCancelled",
    "Unreached",
    "UnreadableJson",
    "UnreadableXml",
    "UsageError",
    "WrongContent",
    "described",
    "meaning_of",
    "single",
]
