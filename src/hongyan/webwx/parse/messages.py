"""One message of the wire turned into one value of the model, by its type; nothing it is given can make it raise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

from hongyan.errors import UnreadableJson
from hongyan.model.ids import MsgId
from hongyan.model.messages import AnyMessage, Unparsed
from hongyan.webwx.boundary import contained
from hongyan.webwx.lenient_json import coerce, read_item
from hongyan.webwx.parse import media, people, system, texts
from hongyan.webwx.parse.apps import parse_app
from hongyan.webwx.parse.envelope import envelope_of, head_of_broken
from hongyan.webwx.salvage import Shape, shape_of
from hongyan.webwx.wire import WireMessage

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.webwx.parse.envelope import Envelope

__all__ = ["MSG_TYPES", "parse_message", "read_message"]

MSG_TYPES: Final[dict[int, Callable[[Envelope], AnyMessage]]] = {
    1: texts.parse_text,
    2: texts.parse_legacy,
    3: media.parse_picture,
    11: texts.parse_legacy,
    12: texts.parse_legacy,
    13: texts.parse_legacy,
    34: media.parse_voice,
    35: texts.parse_legacy,
    36: texts.parse_legacy,
    37: people.parse_friend_request,
    38: texts.parse_legacy,
    39: texts.parse_legacy,
    40: people.parse_suggested_friend,
    42: people.parse_card,
    43: media.parse_video,
    44: texts.parse_legacy,
    47: media.parse_sticker,
    48: media.parse_location,
    49: parse_app,
    50: media.parse_call,
    51: system.parse_status,
    52: media.parse_call,
    53: media.parse_call,
    62: media.parse_short_video,
    9999: texts.parse_legacy,
    10000: system.parse_sentence,
    10002: system.parse_command,
}
"""``MsgType`` -> what reads it. Numbers of the service's web page (``confFactory``) and of captures."""


def parse_message(raw: bytes | Mapping[str, Any], me: str = "") -> AnyMessage:
    """Return the message in ``raw``: an entry of ``AddMsgList`` as bytes, or as plain JSON data.

    ``me`` is the account's transient name. What cannot be read becomes ``Unparsed``, an unknown kind ``Unknown``.
    """
    return read_message(raw, me)[0]


def read_message(raw: bytes | Mapping[str, Any], me: str = "") -> tuple[AnyMessage, Exception | None]:
    """Return the message as ``parse_message`` does, and the fault of ours for which it is ``Unparsed``, if it is."""

    def unparsed(reason: str) -> AnyMessage:
        kept = repr(raw).encode("utf-8", "replace") if isinstance(raw, Mapping) else bytes(raw)
        head = head_of_broken(kept, me)
        if (
            shape_of(kept) is not Shape.WHOLE
        ):  # if the whole one arrives later, it must not count as a repeat of this
            head["id"] = MsgId("")
        return Unparsed(**head, reason=reason, raw=kept)

    return contained(lambda: _of_data(raw, me) if isinstance(raw, Mapping) else _of_bytes(raw, me), unparsed)


def _of_data(data: Mapping[str, Any], me: str) -> AnyMessage:
    try:
        kept = msgspec.json.encode(dict(data))
        wire = coerce(dict(data), WireMessage)
    except (TypeError, UnicodeError, RecursionError, msgspec.MsgspecError) as failure:
        raise UnreadableJson(str(failure)) from failure
    return _of_wire(wire, me, kept)


def _of_bytes(raw: bytes, me: str) -> AnyMessage:
    return _of_wire(read_item(raw, WireMessage), me, raw)


def _of_wire(wire: WireMessage, me: str, raw: bytes) -> AnyMessage:
    if not wire.msg_type and not wire.from_user_name and not wire.to_user_name and not wire.content:
        raise UnreadableJson("an object without any field of a message")
    return MSG_TYPES.get(wire.msg_type, texts.parse_unknown)(envelope_of(wire, me, raw))
