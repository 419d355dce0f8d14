"""Texts, pictures, voices, videos, stickers, files, places and calls."""

from __future__ import annotations

from enum import StrEnum

from hongyan.model.message import Message, Quoted, TextLink
from hongyan.model.notices import NoticeEvent

__all__ = [
    "Call",
    "CallOutcome",
    "File",
    "FilePlaceholder",
    "LiveLocation",
    "Location",
    "Picture",
    "Sticker",
    "Text",
    "Video",
    "Voice",
]


class Text(Message, frozen=True, kw_only=True, tag="text"):
    """A text that a person wrote. ``event`` is set for a standard sentence that is sent as an ordinary text.

    Where an official account wrote with markup, ``text`` is without it, ``links`` are the links in it, and ``markup`` is the
    text as received.
    """

    text: str = ""
    links: tuple[TextLink, ...] = ()
    markup: str = ""
    event: NoticeEvent | None = None


class Picture(Message, frozen=True, kw_only=True, tag="picture"):
    """A picture; it is fetched by the message's id. ``hd_size`` is the size of the original, if sent."""

    size: int = 0
    hd_size: int = 0
    md5: str = ""
    thumb_size: tuple[int, int] | None = None
    handle: str = ""


class Voice(Message, frozen=True, kw_only=True, tag="voice"):
    """A voice message; fetched by the message's id."""

    duration_ms: int = 0
    size: int = 0
    quoted: Quoted | None = None


class Video(Message, frozen=True, kw_only=True, tag="video"):
    """A video, fetched by the message's id; ``short`` for the old "sight" kind."""

    duration_s: int = 0
    size: int = 0
    md5: str = ""
    thumb_size: tuple[int, int] | None = None
    short: bool = False
    handle: str = ""


class Sticker(Message, frozen=True, kw_only=True, tag="sticker"):
    """An animated sticker. A store sticker has a ``product_id`` and cannot be fetched from the server."""

    md5: str = ""
    size: int = 0
    image_size: tuple[int, int] | None = None
    url: str = ""
    product_id: str = ""
    caption: str = ""
    in_store: bool = False
    handle: str = ""


class File(Message, frozen=True, kw_only=True, tag="file"):
    """A file. ``media_id`` and ``encrypted_name`` (already percent-encoded) are what its download takes."""

    name: str = ""
    size: int = 0
    ext: str = ""
    md5: str = ""
    media_id: str = ""
    encrypted_name: str = ""


class FilePlaceholder(Message, frozen=True, kw_only=True, tag="file-placeholder"):
    """A file that its sender is still uploading; the file itself follows as another message."""

    for_bots = False  # the file follows

    name: str = ""
    size: int = 0
    ext: str = ""
    md5: str = ""


class Location(Message, frozen=True, kw_only=True, tag="location"):
    """A place on the map; coordinates in degrees (as the service gives them). ``picture_path``: map picture."""

    label: str = ""
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    scale: int = 0
    picture_path: str = ""
    url: str = ""


class LiveLocation(Message, frozen=True, kw_only=True, tag="live-location"):
    """A person started to share a live location."""

    title: str = ""


class CallOutcome(StrEnum):
    """The outcome of a call, as far as the notice shows."""

    UNKNOWN = "unknown"
    RINGING = "ringing"
    ANSWERED = "answered"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    MISSED = "missed"


class Call(Message, frozen=True, kw_only=True, tag="call"):
    """A voice or video call, which only the phone can take. ``video`` is None if the notice does not show it."""

    video: bool | None = None
    outcome: CallOutcome = CallOutcome.UNKNOWN
    duration_s: int | None = None
    text: str = ""
    status: int | None = None
