"""Knows how messages that carry files, places and people look on the wire; refuses to know who sends them.

Attribute names and forms are those of captured payloads (2015 to 2020); all contents are the caller's.
"""

from __future__ import annotations

import hashlib
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from hongyan.emulator.compose import Composed, escaped
from hongyan.emulator.pictures import thumbnail

if TYPE_CHECKING:
    from hongyan.emulator.world import Person

__all__ = ["call", "card", "file", "location", "picture", "sticker", "store_sticker", "video", "voice"]

_THUMB = (120, 120)


def _xml(content: str) -> str:
    return escaped(content).replace("&#39;", "'")


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def picture(data: bytes, name: str = "picture.png") -> Composed:
    """A picture (MsgType 3); its bytes are fetched by the message's number."""
    xml = (
        f'<?xml version="1.0"?>\n<msg>\n\t<img aeskey="" encryver="0" cdnthumbaeskey="" cdnthumburl="" cdnthumblength="0" '
        f'cdnthumbheight="{_THUMB[1]}" cdnthumbwidth="{_THUMB[0]}" cdnmidheight="0" cdnmidwidth="0" cdnhdheight="0" '
        f'cdnhdwidth="0" cdnmidimgurl="" length="{len(data)}" md5="{_md5(data)}" />\n</msg>\n'
    )
    fields = {"ImgStatus": 2, "ImgWidth": _THUMB[0], "ImgHeight": _THUMB[1]}
    return Composed(
        3, _xml(xml), "[图片]", fields, files={"full": data, "slave": thumbnail(_md5(data))}, file_name=name
    )


def voice(data: bytes, milliseconds: int) -> Composed:
    """A voice message (MsgType 34), fetched as MP3."""
    xml = (
        f'<msg><voicemsg endflag="1" cancelflag="0" forwardflag="0" voiceformat="4" voicelength="{milliseconds}" '
        f'length="{len(data)}" bufid="0" clientmsgid="" fromusername="" /></msg>'
    )
    return Composed(
        34, _xml(xml), "[语音]", {"VoiceLength": milliseconds}, files={"full": data}, file_name="voice.mp3"
    )


def video(data: bytes, seconds: int, *, short: bool = False) -> Composed:
    """A video (MsgType 43, or the old short form 62)."""
    xml = (
        f'<?xml version="1.0"?>\n<msg>\n\t<videomsg aeskey="" cdnthumbaeskey="" cdnvideourl="" cdnthumburl="" '
        f'length="{len(data)}" playlength="{seconds}" cdnthumblength="0" cdnthumbwidth="224" cdnthumbheight="398" '
        f'fromusername="" md5="{_md5(data)}" newmd5="" isad="0" />\n</msg>\n'
    )
    fields = {"PlayLength": seconds, "ImgWidth": 224, "ImgHeight": 398}
    files = {"full": data, "slave": thumbnail(_md5(data))}
    return Composed(62 if short else 43, _xml(xml), "[视频]", fields, files=files, file_name="video.mp4")


def sticker(data: bytes, width: int = 120, height: int = 120) -> Composed:
    """A sticker somebody made (MsgType 47), a GIF."""
    fields = {"ImgStatus": 2, "ImgWidth": width, "ImgHeight": height}
    return Composed(
        47,
        _emoji(data, "", width, height),
        "[动画表情]",
        fields,
        files={"full": data},
        file_name="sticker.gif",
    )


def store_sticker(product: str) -> Composed:
    """A sticker from the store: the web gets no bytes of it."""
    return Composed(47, _emoji(b"", product, 240, 240), "[动画表情]", {"HasProductId": 1, "ImgStatus": 2})


def _emoji(data: bytes, product: str, width: int, height: int) -> str:
    md5 = _md5(data or product.encode())
    xml = (
        f'<msg><emoji fromusername="" tousername="" type="2" idbuffer="media:0_0" md5="{md5}" len="{len(data)}" '
        f'productid="{escape(product)}" androidmd5="{md5}" androidlen="{len(data)}" cdnurl="" designerid="" thumburl="" '
        f'encrypturl="" aeskey="" width="{width}" height="{height}"></emoji>'
        f'<gameext type="0" content="0"></gameext></msg>'
    )
    return _xml(xml)


def file(data: bytes, name: str) -> Composed:
    """A file (MsgType 49, AppMsgType 6), fetched from the FILE host by its MediaId."""
    ext = name.rpartition(".")[2] if "." in name else ""
    xml = (
        f'<msg>\n<appmsg appid="wxeb7ec651dd0aefa9" sdkver="0">\n<title>{escape(name)}</title><des></des><action></action>'
        f"<type>6</type><content></content><url></url><lowurl></lowurl><appattach><totallen>{len(data)}</totallen>"
        f"<attachid></attachid><emoticonmd5></emoticonmd5><fileext>{escape(ext)}</fileext></appattach>"
        f"<extinfo></extinfo></appmsg><fromusername></fromusername><scene>0</scene>"
        f"<appinfo><version>1</version><appname></appname></appinfo></msg>"
    )
    fields = {
        "AppMsgType": 6,
        "FileName": escape(name),
        "FileSize": str(len(data)),
        "EncryFileName": quote(name),
        "ImgStatus": 2,
    }
    return Composed(49, _xml(xml), name, fields, files={"full": data}, file_name=name)


def location(latitude: float, longitude: float, label: str, place: str = "") -> Composed:
    """A place, as the web gets it: a text (MsgType 1) with SubMsgType 48 and the XML beside it."""
    xml = (
        f'<?xml version="1.0"?>\n<msg>\n\t<location x="{latitude}" y="{longitude}" scale="16" label="{escape(label)}" '
        f'maptype="0" poiname="{escape(place or label)}" poiid="" />\n</msg>\n'
    )
    fields = {
        "SubMsgType": 48,
        "Url": f"http://apis.map.qq.com/uri/v1/geocoder?coord={latitude},{longitude}",
        "OriContent": _xml(xml),
    }
    content = (
        f"{escaped(label)}:<br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx&msgid=0&pictype=location"
    )
    return Composed(1, content, label, fields)


def card(person: Person) -> Composed:
    """The card of a person or an official account (MsgType 42)."""
    official = 24 if person.verify_flag else 0
    xml = (
        f'<?xml version="1.0"?>\n<msg bigheadimgurl="" smallheadimgurl="" username="{escape(person.id)}" '
        f'nickname="{escape(person.nickname)}" shortpy="" alias="{escape(person.alias)}" imagestatus="3" scene="17" '
        f'province="{escape(person.province)}" city="{escape(person.city)}" sign="" sex="{person.sex}" '
        f'certflag="{official}" certinfo="" brandIconUrl="" brandHomeUrl="" brandSubscriptConfigUrl="" brandFlags="0" '
        f'regionCode="" />\n'
    )
    recommendation = {
        "UserName": "",
        "NickName": escaped(person.nickname),
        "QQNum": 0,
        "Province": person.province,
        "City": person.city,
        "Content": "",
        "Signature": "",
        "Alias": person.alias,
        "Scene": 17,
        "VerifyFlag": person.verify_flag,
        "AttrStatus": person.attr_status,
        "Sex": person.sex,
        "Ticket": "",
        "OpCode": 0,
    }
    return Composed(
        42,
        _xml(xml),
        person.nickname,
        {"RecommendInfo": recommendation},
        {"RecommendInfo.UserName": (person.id,)},
    )


def call(*, with_picture: bool = False) -> Composed:
    """Somebody calls (MsgType 50); only the phone can answer."""
    kind = 0 if with_picture else 1
    xml = (
        f"<voipinvitemsg><roomid>0</roomid><key>0</key><status>1</status><invitetype>{kind}</invitetype></voipinvitemsg>"
        "<voipextinfo><recvtime>0</recvtime></voipextinfo>"
        "<voiplocalinfo><wordingtype>4</wordingtype><duration>0</duration></voiplocalinfo>"
    )
    return Composed(50, _xml(xml), "[通话]")
