"""Every kind of message as an AddMsgList item, without a service."""

from __future__ import annotations

import html
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from hongyan.emulator import Group, Member, Person, World, compose, compose_apps, compose_system
from hongyan.emulator.kinds import KINDS, UnknownKind, make
from hongyan.emulator.messages import StoredMessage, completed, message_json
from hongyan.emulator.names import TransientNames
from hongyan.model.messages import MESSAGE_KINDS
from hongyan.webwx.parse.messages import parse_message

if TYPE_CHECKING:
    from hongyan.emulator.compose import Composed

OPEN = Path(os.environ.get("HONGYAN_SHARED", Path(__file__).parents[3] / "shared")) / "corpus" / "open"
ME, ALICE, ROOM = "wxid_self0000000001", "wxid_alice000000001", "123456@chatroom"
TICKET = "v2_" + "0a" * 80 + "@stranger"
NASTY = "a<b>&\"c\" 'd' ]]> 😄\n1️⃣"
ARTICLES = [("One & two", "digest <1>", "https://example.com/?a=1&b=2"), ("Two", "", "https://example.com/2")]


def person() -> Person:
    """Somebody whose names need care."""
    return Person(ALICE, f"小林 {NASTY}", alias="alice", sex=2, province="广东", city="深圳", signature=NASTY)


# What each kind of `kinds.KINDS` needs at least.
VALUES: dict[str, dict[str, Any]] = {
    "text": {"words": NASTY},
    "file": {"name": "报告 1.pdf"},
    "file-placeholder": {"name": "video.mkv", "size": 123456789},
    "location": {"latitude": 22.5, "longitude": 113.9, "label": NASTY},
    "plain-location": {"latitude": 22.5, "longitude": 113.9, "label": NASTY},
    "old-location": {"latitude": 22.5, "longitude": 113.9, "label": NASTY},
    "suggestion": {"person": ALICE, "words": NASTY},
    "card": {"person": ALICE},
    "link": {"title": NASTY, "digest": NASTY, "url": "https://example.com/?a=1&b=2"},
    "video-link": {"title": NASTY, "url": "https://example.com/v"},
    "group-invitation": {"inviter": NASTY, "group": NASTY, "url": "https://example.com/"},
    "articles": {
        "publisher": NASTY,
        "articles": [{"title": t, "digest": d, "url": u} for t, d, u in ARTICLES],
    },
    "news": {"articles": [{"title": t, "digest": d, "url": u} for t, d, u in ARTICLES]},
    "music": {"title": NASTY, "artist": NASTY, "url": "https://example.com/m"},
    "quote": {"words": NASTY, "quoted": NASTY, "sender": NASTY},
    "mini-program": {"title": NASTY, "name": NASTY},
    "channels": {"author": NASTY, "caption": NASTY},
    "note": {"words": NASTY},
    "record": {"title": NASTY, "lines": [["小林", NASTY], ["Anna", "ok"]]},
    "favourites": {"title": NASTY, "lines": [["小林", NASTY]]},
    "coupon": {"title": NASTY, "merchant": NASTY},
    "product": {"title": NASTY},
    "sticker-set": {"title": NASTY},
    "transfer": {"amount": "￥0.10", "memo": NASTY},
    "announcement": {"words": NASTY},
    "todo": {"title": NASTY},
    "pat": {"who": ALICE, "whom": ME, "words": f'"${{{ALICE}}}" 拍了拍我'},
    "member-command": {"words": NASTY, "people": [ALICE]},
    "system": {"words": NASTY},
    "notice": {"words": NASTY},
}


def composed_kinds() -> dict[str, Composed]:
    """One of everything."""
    world = World(Person(ME, "me"), {ALICE: person()})
    made = {kind: make(kind, VALUES.get(kind, {}), world) for kind in KINDS}
    made["friend-request"] = compose.friend_request(person(), NASTY, TICKET, 14, group=ROOM)
    made["suggestion"] = compose.friend_request(person(), "", TICKET, suggested=True)
    made["recall"] = compose.recall(ROOM, 2760453243562573821, f'"{NASTY}" 撤回了一条消息')
    made["chats"] = compose.conversation_list([ALICE, ROOM, "filehelper"], {ROOM: 1577840400})
    made |= {f"status-{code}": compose.status(code, ALICE) for code in (1, 2, 5)}
    made["template"] = compose_system.template("renamed", {"name": [(ALICE, NASTY)]}, topic=NASTY)
    made["undo"] = compose_system.template("you-invited", {"name": [(ALICE, NASTY), (ME, "b")]}, undo=True)
    made |= {f"sentence-{name}": compose_system.sentence(name, name="X", other="Y", topic="T") for name in
             compose_system.SENTENCES}  # fmt: skip
    return made


COMPOSED = composed_kinds()


@pytest.fixture
def names() -> TransientNames:
    """The names of one login."""
    world = World(
        Person(ME, "me"), {ALICE: person()}, {ROOM: Group(ROOM, "g", ME, [Member(ME), Member(ALICE)])}
    )
    return TransientNames(b"key", world.ids)


def item(content: Composed, names: TransientNames, chat: str = ALICE, sender: str = ALICE) -> dict[str, Any]:
    """The AddMsgList item as a login gets it."""
    whole = completed(content, 1234567890123456789, sender, "@crypt_media")
    told: dict[str, Any] = json.loads(
        message_json(StoredMessage(1234567890123456789, chat, sender, 1577840400.5, whole), ME, names)
    )
    return told


def unwrapped(content: str) -> str:
    """XML of wire content, decoded once."""
    return html.unescape(content.replace("<br/>", "\n"))


def captured(name: str) -> dict[str, Any]:
    """An open sample; skips where the shared folder is not there."""
    path = OPEN / f"{name}.json"
    if not path.exists():
        pytest.skip("the captured samples are not here (HONGYAN_SHARED)")
    sample: dict[str, Any] = json.loads(path.read_text())
    if isinstance(sample["raw"], str) and sample["kind"] == "message":
        sample["raw"] = json.loads(sample["raw"])
    return sample


@pytest.mark.parametrize("kind", COMPOSED)
def test_every_kind_makes_a_complete_item(kind: str, names: TransientNames) -> None:
    """All keys, of the right types, both ids the same number."""
    told = item(COMPOSED[kind], names)
    recommended = told["RecommendInfo"]
    assert len(told) == 28
    assert len(recommended) == 14
    assert told["MsgId"] == str(told["NewMsgId"]) == "1234567890123456789"
    texts = (
        "Content",
        "FileName",
        "FileSize",
        "MediaId",
        "Url",
        "StatusNotifyUserName",
        "Ticket",
        "OriContent",
    )
    assert all(isinstance(told[key], str) for key in texts)
    numbers = ("MsgType", "AppMsgType", "Status", "ImgStatus", "CreateTime", "VoiceLength", "PlayLength")
    assert all(isinstance(told[key], int) for key in (*numbers, "SubMsgType", "HasProductId", "ImgWidth"))
    assert told["AppInfo"] == {"AppID": "", "Type": 0}


@pytest.mark.parametrize("kind", COMPOSED)
def test_every_payload_is_well_formed_and_escaped_once(kind: str) -> None:
    """What comes out of one decoding parses, and nothing raw was left on the wire."""
    content = COMPOSED[kind].content
    assert not re.search(r"<(?!br/>)", re.sub(r'<span class="emoji emoji\w+"></span>', "", content))
    xml = unwrapped(content)
    if xml.startswith("<voip"):  # calls have three roots
        xml = f"<all>{xml}</all>"
    if xml.startswith("<"):
        etree.fromstring(xml.encode())


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_words_come_back_out_of_the_xml(words: str) -> None:
    """Through the writer, one decoding and a parser; what XML cannot hold is dropped."""
    kept = "".join(each for each in words if each in "\t\n" or (each >= " " and each not in "\ufffe\uffff"))
    xml = etree.fromstring(unwrapped(compose_apps.note(words).content).replace("\r", "").encode())
    assert (xml.findtext("appmsg/title") or "") == kept
    revoked = etree.fromstring(unwrapped(compose.recall(ROOM, 1, words).content).encode())
    assert (revoked.findtext("revokemsg/replacemsg") or "") == kept


def test_the_table_of_kinds_covers_every_number() -> None:
    """MsgTypes and AppMsgTypes that real clients know."""
    numbers = {each.msg_type for each in COMPOSED.values()}
    assert numbers == {1, 3, 34, 37, 40, 42, 43, 47, 48, 49, 50, 51, 52, 53, 62, 9999, 10000, 10002}
    apps = {each.fields.get("AppMsgType", 0) for each in COMPOSED.values() if each.msg_type == 49}
    assert apps == {3, 4, 5, 6, 13, 15, 16, 17, 19, 33, 40, 51, 53, 57, 74, 2000, 2001}


@pytest.mark.parametrize("kind", ["text", "picture", "link", "location"])
def test_others_have_a_prefix_in_groups_only(kind: str, names: TransientNames) -> None:
    """`@member:<br/>` before the payload; not for oneself, nor in a private chat."""
    content = COMPOSED[kind]
    inside = item(content, names, ROOM)["Content"]
    assert inside.startswith(names(ALICE) + ":<br/>")
    assert item(content, names, ALICE)["Content"] == inside.removeprefix(names(ALICE) + ":<br/>")
    assert not item(content, names, ROOM, ME)["Content"].startswith("@")


@pytest.mark.parametrize("kind", ["system", "recall", "undo"])
def test_the_service_has_no_prefix(kind: str, names: TransientNames) -> None:
    """Grey lines and commands come from the chat itself."""
    told = item(COMPOSED[kind], names, ROOM, "")
    assert told["FromUserName"] == names(ROOM)
    assert not told["Content"].startswith("@")


def test_a_place_has_its_number_in_the_address(names: TransientNames) -> None:
    """SubMsgType 48, coordinates in Url and OriContent; the own one begins with the mark of a sender."""
    told = item(COMPOSED["location"], names)
    assert told["SubMsgType"] == 48
    assert told["Url"].endswith("coord=22.500000,113.900000")
    assert "&msgid=1234567890123456789&" in told["Content"]
    assert etree.fromstring(told["OriContent"].encode())[0].get("x") == "22.500000"
    assert item(COMPOSED["location"], names, ALICE, ME)["Content"].startswith(":<br/>")


def test_a_request_carries_both_identities(names: TransientNames) -> None:
    """The permanent id in the XML, this login's UserName beside it, and the ticket in both."""
    told = item(COMPOSED["friend-request"], names, "fmessage", "fmessage")
    xml = etree.fromstring(unwrapped(told["Content"]).encode())
    assert (xml.get("fromusername"), xml.get("ticket"), xml.get("chatroomusername")) == (ALICE, TICKET, ROOM)
    assert told["RecommendInfo"]["UserName"] == names(ALICE)
    assert (told["RecommendInfo"]["Ticket"], told["RecommendInfo"]["OpCode"]) == (TICKET, 2)
    assert told["FromUserName"] == "fmessage"


def test_the_chat_list_is_parallel(names: TransientNames) -> None:
    """Permanent ids and UserNames, same order, same number."""
    told = item(COMPOSED["chats"], names, ME, ME)
    xml = etree.fromstring(unwrapped(told["Content"]).encode())
    assert (xml.findtext("op/username") or "").split(",") == [ALICE, ROOM, "filehelper"]
    assert told["StatusNotifyUserName"].split(",") == [names(ALICE), names(ROOM), "filehelper"]


def test_files_and_media_tell_whose_they_are(names: TransientNames) -> None:
    """The permanent id of the sender stands in the XML, the MediaId in JSON and XML."""
    told = item(COMPOSED["file"], names)
    xml = etree.fromstring(unwrapped(told["Content"]).encode())
    assert xml.findtext("fromusername") == ALICE
    assert xml.findtext("appmsg/appattach/attachid") == told["MediaId"] == "@crypt_media"
    assert told["EncryFileName"] == "%E6%8A%A5%E5%91%8A%201%2Epdf"
    voice = etree.fromstring(unwrapped(item(COMPOSED["voice"], names)["Content"]).encode())
    assert voice[0].get("fromusername") == ALICE


def test_templates_name_their_people() -> None:
    """Placeholders in the text, ids and nicknames in the links; what a reader sees is the sentence."""
    xml = etree.fromstring(unwrapped(COMPOSED["undo"].content).encode())
    assert xml.findtext(".//template") == '你邀请"$name$"加入了群聊  $revoke$'
    assert [each.text for each in xml.findall(".//link[@name='name']//username")] == [ALICE, ME]
    assert COMPOSED["undo"].plain == f'你邀请"{NASTY}、b"加入了群聊'


def test_sentences_follow_the_language_of_the_phone() -> None:
    """English where there is English, Chinese for anything else."""
    english = compose_system.sentence("you-removed", "en_US", name="Bob").plain
    assert english == 'You removed "Bob" from the group chat'
    assert compose_system.sentence("you-removed", "ja_JP", name="Bob").plain == '你将"Bob"移出了群聊'


def test_older_phones_write_spans() -> None:
    """And newer ones raw emoji."""
    assert compose.text("😄").content == "😄"
    assert compose.text("😄", spans=True).content == '<span class="emoji emoji1f604"></span>'


def test_a_kind_says_what_it_lacks() -> None:
    """Which kinds there are, which value is missing."""
    world = World(Person(ME, "me"))
    with pytest.raises(UnknownKind, match=r"no kind 'pigeon'; there are: announcement, "):
        make("pigeon", {}, world)
    with pytest.raises(UnknownKind, match="kind 'link' needs 'title'"):
        make("link", {}, world)


def shape(xml: str) -> set[str]:
    """Names of elements and `element@attribute`, also of broken XML."""
    found = set()
    plain = re.sub(r"<!\[CDATA\[(.*?)\]\]>", r"\1", xml, flags=re.DOTALL)
    for name, inside in re.findall(r"<([A-Za-z]\w*)((?:\s+\w+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)", plain):
        found |= {name, *(f"{name}@{key}" for key in re.findall(r"(\w+)\s*=\s*[\"']", inside))}
    return found


SAMPLES = {
    "web-it4j-34": "voice",
    "web-it4j-37": "friend-request",
    "web-friendreq-0": "friend-request",
    "web-it4j-42": "card",
    "web-wwdk-42": "card",
    "web-it4j-43": "video",
    "web-w4u-3": "picture",
    "web-link-mp": "articles",
    "web-file-self": "file",
    "web-init51": "chats",
    "web-revoke-self": "recall",
    "web-wwdk-loc": "location",
    "webx-revoke-ann": "recall",
    "webx-mp-article": "articles",
    "webx-video": "video",
    "webx-voice": "voice",
    "rt-location": "live-location",
    "wequick-47": "sticker",
    "pc-01": "transfer",
    "gewe-10": "quote",
    "gewe-12": "red-packet",
    "gewe-15": "pat",
    "gewe-19": "template",
    "gewe-24": "todo",
    "pad-077": "member-command",
    "pad-096": "undo",
    "pad-031": "group-invitation",
    "voip-1": "call",
    "voip-2": "call-invitation",
}


@pytest.mark.parametrize(("sample", "kind"), SAMPLES.items())
def test_payloads_have_every_captured_name(sample: str, kind: str, names: TransientNames) -> None:
    """Keys of the item, elements and attributes of the XML: at least those of real payloads of the same kind."""
    raw = captured(sample)["raw"]
    told = item(COMPOSED[kind], names)
    if isinstance(raw, dict):
        of_library = ("MM", "_", "$", "LocalID", "ClientMsgId", "Type", "groupMsg")
        added = {key for key in raw if key.startswith(of_library)}
        assert set(raw) - added <= set(told)
        raw = raw["Content"]
    raw = raw.replace("<br/>", "\n")
    missing = shape(raw if "<" in raw else unwrapped(raw)) - shape(unwrapped(told["Content"]))
    assert missing == set()


@pytest.mark.parametrize("kind", ["transfer", "red-packet"])
def test_money_has_its_note_as_the_second_section(kind: str, names: TransientNames) -> None:
    """Old clients take the second CDATA section for what to show, not the number of a transaction (itchat)."""
    content = unwrapped(item(COMPOSED[kind], names)["Content"])
    title, note = re.findall(r"\[CDATA\[(.+?)\]", content)[:2]
    assert title in {"微信转账", "微信红包"}
    assert note.startswith(("收到转账0.10元。", "我给你发了一个红包"))


def test_places_have_three_forms(names: TransientNames) -> None:
    """A text with a map, a type of its own, and the link of 2015; and somebody may be suggested as a friend."""
    told = {
        kind: item(COMPOSED[kind], names)
        for kind in ("location", "plain-location", "old-location", "suggestion")
    }
    assert [each["MsgType"] for each in told.values()] == [1, 48, 1, 40]
    assert "<location x=" in unwrapped(told["plain-location"]["Content"])
    assert "http://weixin.qq.com/cgi-bin/redirectforward?args=" in told["old-location"]["Content"]
    assert told["old-location"]["SubMsgType"] == 0
    assert told["suggestion"]["RecommendInfo"]["UserName"] == names(ALICE)


def test_every_kind_of_message_can_be_sent(names: TransientNames) -> None:
    """A kind that the emulator cannot make is tested by nothing but its sample."""
    read = {parse_message(item(content, names), "").kind for content in COMPOSED.values()}
    assert set(MESSAGE_KINDS) - read == NOT_SENT


NOT_SENT = {
    *("app", "payment-notice"),  # no client looks at more of them than at their words
    "group-invitation",  # its reader knows whole sentences, without such names in them
    *("unknown", "unparsed"),  # no kind of their own
}
