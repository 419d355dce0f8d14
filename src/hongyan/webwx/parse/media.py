"""Pictures, voices, videos, stickers, places and calls; what they need for a download, never the bytes themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hongyan.model.ids import MsgId
from hongyan.model.messages import (
    AnyMessage,
    Call,
    CallOutcome,
    Location,
    Picture,
    Quoted,
    Sticker,
    Video,
    Voice,
)
from hongyan.model.numbers import whole
from hongyan.webwx.markup import decode, decode_xml
from hongyan.webwx.parse.values import coordinate, given_pixels, moment, number, pixels
from hongyan.webwx.xml import Document, read

if TYPE_CHECKING:
    from hongyan.webwx.parse.envelope import Envelope

__all__ = [
    "is_location",
    "parse_call",
    "parse_location",
    "parse_picture",
    "parse_short_video",
    "parse_sticker",
    "parse_video",
    "parse_voice",
]

_COORDINATES: Final = re.compile(r"coord=(-?[\d.]+)(?:,|%2C)(-?[\d.]+)")
_MAP_PICTURE: Final = "/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg"
_BEFORE_PICTURE: Final = re.compile(r":\s{0,8}(?:<br/>)?\Z")
_OLD_MAP: Final = re.compile(
    r"https?://(?:[a-z]{1,8}\.)?weixin\.qq\.com/cgi-bin/redirectforward\?args=[^\s<>\"]{0,2048}"
)


def _attribute(document: Document | None, tag: str, *names: str) -> str:
    return document.attribute_of(tag, *names) if document else ""


def _thumb(e: Envelope, tag: str, width: str, height: str) -> tuple[int, int] | None:
    """Return the size given in the XML, or in the JSON beside it; 0 by 0 only if both give nothing else."""
    wide, high = _attribute(e.document, tag, width), _attribute(e.document, tag, height)
    return pixels(wide, high) or pixels(e.wire.img_width, e.wire.img_height) or given_pixels(wide, high)


def _handle(e: Envelope, document: Document | None) -> str:
    """Return the opaque handle that replaces the XML in some media messages."""
    return "" if document else e.content.strip() if e.content.strip().startswith("@") else ""


def parse_picture(e: Envelope) -> AnyMessage:
    """Read type 3; the size of the thumbnail is in the XML or beside it."""
    document = e.document
    return Picture(
        **e.head,
        size=number(_attribute(document, "img", "length")),
        hd_size=number(_attribute(document, "img", "hdlength")),
        md5=_attribute(document, "img", "md5"),
        thumb_size=_thumb(e, "img", "cdnthumbwidth", "cdnthumbheight"),
        handle=_handle(e, document),
    )


def parse_voice(e: Envelope) -> AnyMessage:
    """Read type 34; since 2025 a voice may itself be an answer."""
    document = e.document
    return Voice(
        **e.head,
        duration_ms=number(_attribute(document, "voicemsg", "voicelength")) or e.wire.voice_length,
        size=number(_attribute(document, "voicemsg", "length")),
        quoted=_answered(document) if document else None,
    )


def _answered(document: Document) -> Quoted | None:
    found = document.find(".//extcommoninfo/refermsg")
    if not found:
        return None
    return Quoted(id=MsgId(found.text("svrid").strip()), created_at=moment(found.text("createtime")))


def _video(e: Envelope, *, short: bool) -> Video:
    document = e.document
    return Video(
        **e.head,
        duration_s=number(_attribute(document, "videomsg", "playlength")) or e.wire.play_length,
        size=number(_attribute(document, "videomsg", "length")),
        md5=_attribute(document, "videomsg", "md5", "newmd5"),
        thumb_size=_thumb(e, "videomsg", "cdnthumbwidth", "cdnthumbheight"),
        short=short,
        handle=_handle(e, document),
    )


def parse_video(e: Envelope) -> AnyMessage:
    """Read type 43, whose content is XML or an opaque handle."""
    return _video(e, short=False)


def parse_short_video(e: Envelope) -> AnyMessage:
    """Read type 62, the old "sight"."""
    return _video(e, short=True)


def parse_sticker(e: Envelope) -> AnyMessage:
    """Read type 47; of a store sticker the server gives nothing but this."""
    document = e.document
    return Sticker(
        **e.head,
        md5=_attribute(document, "emoji", "md5", "androidmd5"),
        size=number(_attribute(document, "emoji", "len", "androidlen")),
        image_size=_thumb(e, "emoji", "width", "height"),
        url=_attribute(document, "emoji", "cdnurl", "tpurl", "externurl"),
        product_id=_attribute(document, "emoji", "productid"),
        in_store=bool(e.wire.has_product_id),
        caption=_attribute(document, "emoji", "attachedtext"),
        handle=_handle(e, document),
    )


def is_location(e: Envelope) -> bool:
    """Whether a text message is a place: by its sub-type, its map link, or the form of its content."""
    wire = e.wire
    if wire.sub_msg_type == 48 or "apis.map.qq.com" in wire.url or _OLD_MAP.search(e.content):
        return True
    return _ends_with_picture(e.content)


def _ends_with_picture(content: str) -> bool:
    """Whether the last word is the path of a map's picture, behind a colon: ``ADDRESS:<br/>/cgi-bin/…pictype=location``."""
    content = content.rstrip()
    if not content.endswith("pictype=location"):
        return False
    at = content.rfind(f"{_MAP_PICTURE}?")
    before = content[max(at - 16, 0) : max(at, 0)]
    return _BEFORE_PICTURE.search(before) is not None and not any(map(str.isspace, content[at:]))


def parse_location(e: Envelope) -> AnyMessage:
    """Read a place, from the XML (type 48, or ``OriContent``), the map link and the line before the picture's path."""
    line, picture, link = _line_and_picture(e)
    document = _location_xml(e)
    linked = _COORDINATES.search(e.wire.url)
    latitude = coordinate(_attribute(document, "location", "x"))
    longitude = coordinate(_attribute(document, "location", "y"))
    if linked and (latitude is None or longitude is None):
        latitude, longitude = coordinate(linked[1]), coordinate(linked[2])
    place = _attribute(document, "location", "poiname")
    return Location(
        **e.head,
        label=_attribute(document, "location", "label") or line or place,
        place="" if place in {"[位置]", "[Location]"} else place,
        latitude=latitude,
        longitude=longitude,
        scale=number(_attribute(document, "location", "scale")),
        picture_path=picture,
        url=decode(e.wire.url) or link,
    )


def _location_xml(e: Envelope) -> Document | None:
    if e.document and e.document.find(".//location"):
        return e.document
    return read(decode_xml(e.wire.ori_content)) if e.wire.ori_content else None


def _line_and_picture(e: Envelope) -> tuple[str, str, str]:
    """Split ``ADDRESS:<br/>/cgi-bin/…`` into address, picture and link; this account's messages in groups start with an empty sender.

    Before 2016 the whole content was a link, sometimes with words around it.
    """
    text = e.text.removeprefix(":\n")
    if old := _OLD_MAP.search(text):
        around = f"{text[: old.start()]} {text[old.end() :]}".split()
        return " ".join(around).rstrip(":：").rstrip(), "", old[0]
    line, found, rest = text.partition(_MAP_PICTURE)
    if not found:
        if text.lower().startswith(("http://", "https://")):
            return "", "", text.strip()
        return ("" if "<location" in text else text.strip()), "", ""
    return line.rstrip().removesuffix(":").rstrip(), found + rest, ""


_BUBBLE_WORDS: Final = (
    (re.compile(r"已取消|Cancell?ed|対方已取消|已被取消|キャンセル", re.IGNORECASE), CallOutcome.CANCELLED),
    (re.compile(r"拒绝|拒絕|Declined|rejected", re.IGNORECASE), CallOutcome.DECLINED),
    (
        re.compile(
            r"未应答|未應答|无应答|無應答|未接|無回應|No answer|not answered|Missed|忙线|忙線|忙碌|busy",
            re.IGNORECASE,
        ),
        CallOutcome.MISSED,
    ),
    (
        re.compile(r"时长|時長|通話時間|通话结束|通話結束|接听|接聽|Duration|ended|answered", re.IGNORECASE),
        CallOutcome.ANSWERED,
    ),
)
# <wordingtype> of the invitation: 4608 while it rings, 0 to 2 cancelled here, 11 and 12 by the other side, 3 and 4 taken,
# 5 and 7 declined there or here, 8 no answer, 6 and 10 busy (chat exports of two people; versions may differ).
_WORDINGS: Final = {
    "0": CallOutcome.CANCELLED,
    "1": CallOutcome.CANCELLED,
    "2": CallOutcome.CANCELLED,
    "3": CallOutcome.ANSWERED,
    "4": CallOutcome.ANSWERED,
    "5": CallOutcome.DECLINED,
    "6": CallOutcome.MISSED,
    "7": CallOutcome.DECLINED,
    "8": CallOutcome.MISSED,
    "10": CallOutcome.MISSED,
    "11": CallOutcome.CANCELLED,
    "12": CallOutcome.CANCELLED,
    "4608": CallOutcome.RINGING,
}
# <status> of the invitation, for messages with no other hint: asked, canceled, busy (the phone's own client).
_STATUSES: Final = {
    "0": CallOutcome.RINGING,
    "1": CallOutcome.RINGING,
    "2": CallOutcome.CANCELLED,
    "5": CallOutcome.MISSED,
}
_CLOCK: Final = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})")


# The last is the service's own spelling.
_CALL_WORDS: Final = (".//VoIPBubbleMsg/msg", ".//display_content", ".//diaplay_content")


def parse_call(e: Envelope) -> AnyMessage:
    """Read types 50, 52 and 53: an invitation of three sibling elements, a bubble, or a sentence."""
    document = e.document
    if document is None:
        text = e.text
        return Call(**e.head, video=_video_by_words(text), outcome=_by_words(text), text=text)
    words = next(filter(None, map(document.text, _CALL_WORDS)), "") or _before(e)
    given = document.text(".//duration").strip()
    duration = number(given) or _seconds(words)
    status = document.text(".//voipinvitemsg/status").strip()
    return Call(
        **e.head,
        video=_video_by_type(document),
        outcome=_outcome(document, words, duration, status),
        duration_s=duration if given or duration else None,
        text=words,
        status=number(status) if status else None,
    )


def _before(e: Envelope) -> str:
    """Return the words before the first element, where exports put them."""
    return decode_xml(e.content).partition("<")[0].strip()


def _video_by_type(document: Document) -> bool | None:
    for path in (".//invitetype", ".//invite_type", ".//room_type"):
        if (flag := document.text(path).strip()) in {"0", "1"}:
            return flag == "0"
    return None


def _video_by_words(text: str) -> bool | None:
    if "视频/语音" in text or "視頻/語音" in text:
        return None
    if any(w in text for w in ("视频", "視頻", "視訊", "video", "Video")):
        return True
    return False if any(w in text for w in ("语音", "語音", "voice", "Voice")) else None


def _by_words(text: str) -> CallOutcome:
    return next((outcome for words, outcome in _BUBBLE_WORDS if words.search(text)), CallOutcome.UNKNOWN)


def _outcome(document: Document, words: str, duration: int, status: str) -> CallOutcome:
    if duration > 0:
        return CallOutcome.ANSWERED
    outcome = _by_words(words)
    if outcome is not CallOutcome.UNKNOWN:
        return outcome
    wording = (document.text(".//wordingtype") or document.text(".//wording_type")).strip()
    by_status = _STATUSES.get(status, CallOutcome.UNKNOWN)
    if wording in {"", "0"} and by_status is CallOutcome.RINGING:
        return by_status
    return _WORDINGS.get(wording, by_status)


def _seconds(words: str) -> int:
    found = _CLOCK.search(words)
    return whole(found[1] or "") * 3600 + whole(found[2]) * 60 + whole(found[3]) if found else 0
