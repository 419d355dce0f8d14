"""Messages with files, places, people and calls on the wire; independent of who sends them.

Attribute names and forms are those of captured payloads (2015 to 2020); all contents are the caller's. An empty
`fromusername` is filled in by the sender.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from hongyan.emulator.compose import Composed, recommendation
from hongyan.emulator.compose_apps import app_xml, encrypted_name
from hongyan.emulator.elements import DECLARATION, attributes, element, leaf, leaves
from hongyan.emulator.markup import wire_text, wire_xml
from hongyan.emulator.pictures import thumbnail
from hongyan.emulator.pinyin import pinyin

if TYPE_CHECKING:
    from hongyan.emulator.world import Person

__all__ = [
    "call",
    "call_ended",
    "call_invitation",
    "card",
    "file",
    "location",
    "picture",
    "sticker",
    "store_sticker",
    "video",
    "voice",
]

_THUMB = 120
_VIDEO_THUMB = (224, 398)


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _handle(data: bytes, purpose: str) -> str:
    """A hex string of the length of a CDN handle, the same for the same bytes."""
    return hashlib.blake2b(data, person=purpose.encode()).hexdigest() + _md5(data)


def picture(data: bytes, name: str = "picture.png") -> Composed:
    """A picture (MsgType 3); its bytes are fetched by the message's number."""
    key, handle, slave = _md5(b"key" + data), _handle(data, "picture"), thumbnail(_md5(data))
    image = element(
        "img",
        aeskey=key,
        encryver=0,
        cdnthumbaeskey=key,
        cdnthumburl=handle,
        cdnthumblength=len(slave),
        cdnthumbheight=_THUMB,
        cdnthumbwidth=_THUMB,
        cdnmidheight=0,
        cdnmidwidth=0,
        cdnhdheight=0,
        cdnhdwidth=0,
        cdnmidimgurl=handle,
        length=len(data),
        md5=_md5(data),
    )
    xml = f"{DECLARATION}<msg>\n\t{image}\n</msg>\n"
    fields = {"ImgStatus": 2, "ImgWidth": _THUMB, "ImgHeight": _THUMB}
    files = {"full": data, "slave": slave}
    return Composed(3, wire_xml(xml), "[图片]", fields, files=files, file_name=name)


def voice(data: bytes, milliseconds: int) -> Composed:
    """A voice message (MsgType 34), fetched as MP3."""
    voicemsg = element(
        "voicemsg",
        endflag=1,
        cancelflag=0,
        forwardflag=0,
        voiceformat=4,
        voicelength=milliseconds,
        length=len(data),
        bufid=int(_md5(data)[:14], 16),
        clientmsgid=_md5(b"voice" + data),
        fromusername="",
    )
    xml = element("msg", voicemsg)
    fields = {"VoiceLength": milliseconds}
    return Composed(34, wire_xml(xml), "[语音]", fields, files={"full": data}, file_name="voice.mp3")


def video(data: bytes, seconds: int, *, short: bool = False) -> Composed:
    """A video (MsgType 43, or the old short form 62)."""
    key, handle, slave = _md5(b"key" + data), _handle(data, "video"), thumbnail(_md5(data))
    width, height = _VIDEO_THUMB
    videomsg = element(
        "videomsg",
        aeskey=key,
        cdnthumbaeskey=key,
        cdnvideourl=handle,
        cdnthumburl=handle,
        length=len(data),
        playlength=seconds,
        cdnthumblength=len(slave),
        cdnthumbwidth=width,
        cdnthumbheight=height,
        fromusername="",
        md5=_md5(data),
        newmd5=_md5(b"new" + data),
        isad=0,
    )
    xml = f"{DECLARATION}<msg>\n\t{videomsg}\n</msg>\n"
    fields = {"PlayLength": seconds, "ImgWidth": width, "ImgHeight": height}
    files = {"full": data, "slave": slave}
    kind = 62 if short else 43
    return Composed(kind, wire_xml(xml), "[视频]", fields, files=files, file_name="video.mp4")


def sticker(data: bytes, width: int = 120, height: int = 120) -> Composed:
    """A sticker that a person made (MsgType 47), a GIF."""
    fields = {"ImgStatus": 2, "ImgWidth": width, "ImgHeight": height}
    xml = _emoji(data, "", width, height)
    return Composed(47, xml, "[动画表情]", fields, files={"full": data}, file_name="sticker.gif")


def store_sticker(product: str) -> Composed:
    """A sticker from the store: the web gets no bytes of it."""
    fields = {"HasProductId": 1, "ImgStatus": 2}
    return Composed(47, _emoji(b"", product, 240, 240), "[动画表情]", fields)


def _emoji(data: bytes, product: str, width: int, height: int) -> str:
    md5, length = _md5(data or product.encode()), len(data)
    values: dict[str, object] = {
        "fromusername": "",
        "tousername": "",
        "type": 2,
        "idbuffer": "media:0_0",
        "md5": md5,
        "len": length,
        "productid": product,
    }
    for system in ("android", "s60v3", "s60v5"):
        values |= {f"{system}md5": md5, f"{system}len": length}
    values |= dict.fromkeys(("cdnurl", "designerid", "thumburl", "encrypturl"), "")
    values |= {
        "aeskey": _md5(b"key" + data),
        "externurl": "",
        "externmd5": "",
        "width": width,
        "height": height,
    }
    values |= dict.fromkeys(("tpurl", "tpauthkey", "attachedtext", "attachedtextcolor", "lensid"), "")
    emoji = f"<emoji{attributes(values)}></emoji>"
    return wire_xml(f'<msg>{emoji}<gameext type="0" content="0"></gameext></msg>')


def file(data: bytes, name: str) -> Composed:
    """A file (MsgType 49, AppMsgType 6), fetched from the FILE host by its MediaId."""
    extension = name.rpartition(".")[2] if "." in name else ""
    attached = {"totallen": len(data), "fileext": extension, "cdnattachurl": _handle(data, "file")}
    xml = app_xml(6, {"title": name, "action": "", "md5": _md5(data)}, attached=attached)
    fields = {
        "AppMsgType": 6,
        "FileName": wire_text(name),
        "FileSize": str(len(data)),
        "EncryFileName": encrypted_name(name),
        "ImgStatus": 2,
    }
    return Composed(49, wire_xml(xml), name, fields, files={"full": data}, file_name=name)


def location(latitude: float, longitude: float, label: str, place: str = "") -> Composed:
    """A place, as the web gets it: a text (MsgType 1) with SubMsgType 48 and the XML beside it, unescaped (captured 2019).

    The number in the picture's address is filled in by the sender.
    """
    fields = {
        "SubMsgType": 48,
        "Url": f"http://apis.map.qq.com/uri/v1/geocoder?coord={latitude:.6f},{longitude:.6f}",
        "OriContent": _spot(latitude, longitude, label, place),
    }
    map_picture = "/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx&msgid=0&pictype=location"
    return Composed(1, f"{wire_text(label)}:<br/>{map_picture}", label, fields)


def plain_location(latitude: float, longitude: float, label: str, place: str = "") -> Composed:
    """A place as its own type (MsgType 48), whose XML is the content: rare."""
    return Composed(48, wire_xml(_spot(latitude, longitude, label, place)), label)


def old_location(latitude: float, longitude: float, label: str = "") -> Composed:
    """A place as the web got it before 2016: a text that is a link to the map, with the address before it, if there is one.

    WeixinBot knows it by the link, whose arguments only the service can read.
    """
    spot = base64.urlsafe_b64encode(f"{latitude:.6f},{longitude:.6f}".encode()).decode().rstrip("=")
    link = f"http://weixin.qq.com/cgi-bin/redirectforward?args={spot}"
    return Composed(1, (f"{wire_text(label)}:<br/>" if label else "") + link, label or link)


def _spot(latitude: float, longitude: float, label: str, place: str) -> str:
    spot = element(
        "location",
        x=f"{latitude:.6f}",
        y=f"{longitude:.6f}",
        scale=16,
        label=label,
        maptype=0,
        poiname=place or "[位置]",
        poiid="",
    )
    return f"{DECLARATION}<msg>\n\t{spot}\n</msg>\n"


def card(person: Person) -> Composed:
    """The card of a person or an official account (MsgType 42)."""
    initials, full = pinyin(person.nickname)
    ticket = _handle(person.id.encode(), "card")
    official = person.verify_flag
    listed = element(
        "msg",
        bigheadimgurl="",
        smallheadimgurl="",
        username=person.id if official else f"v1_{ticket}@stranger",
        nickname=person.nickname,
        fullpy=full,
        shortpy=initials,
        alias=person.alias,
        imagestatus=3,
        scene=17,
        province=person.province,
        city=person.city,
        sign=person.signature,
        sex=person.sex,
        certflag=official,
        certinfo="",
        brandIconUrl="",
        brandHomeUrl="",
        brandSubscriptConfigUrl="",
        brandFlags=0,
        regionCode="",
        antispamticket="" if official else f"v2_{ticket}@stranger",
    )
    return Composed(
        42,
        wire_xml(f"{DECLARATION}{listed}\n"),
        person.nickname,
        {"RecommendInfo": recommendation(person, scene=17)},
        {"RecommendInfo.UserName": (person.id,)},
    )


def call(*, with_picture: bool = False) -> Composed:
    """An incoming call (MsgType 50); only the phone can answer. The payload has three roots (captured)."""
    invitation = leaves({"roomid": 0, "key": 0, "status": 1, "invitetype": 0 if with_picture else 1})
    return Composed(50, _voip(invitation, "wordingtype", 4), "[通话]")


def call_ended(seconds: int) -> Composed:
    """A call is over (MsgType 52); `seconds` is 0 for an unanswered one."""
    invitation = leaves({"roomid": 0, "key": 0, "status": 4, "invitetype": 1})
    return Composed(52, _voip(invitation, "wordingtype", 1, seconds), "[通话结束]")


def call_invitation() -> Composed:
    """An invitation to a call (MsgType 53), in the later spelling of its elements."""
    invitation = leaves({"roomid": 0, "key": 0, "status": 0, "invite_type": 1})
    return Composed(53, _voip(invitation, "wording_type", 4608), "[通话邀请]")


def _voip(invitation: str, wording: str, code: int, seconds: int = 0) -> str:
    more = leaf("display_content") if wording == "wording_type" else ""
    parts = (
        f"<voipinvitemsg>{invitation}</voipinvitemsg>",
        f"<voipextinfo>{leaf('recvtime', 0)}</voipextinfo>",
        f"<voiplocalinfo>{leaf(wording, code)}{leaf('duration', seconds)}{more}</voiplocalinfo>",
    )
    return wire_xml("\n".join(parts))
