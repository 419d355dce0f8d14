"""Payloads of any kind, recognised and shown without secrets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.webwx.decode import decode

SAMPLES = json.loads((Path(__file__).parent / "samples" / "messages.json").read_text("utf-8"))
TEXT = json.dumps(next(sample["wire"] for sample in SAMPLES if sample["title"] == "text"))
PAGE = "<error><ret>0</ret><message></message><skey>@crypt_canary</skey><wxsid>canary</wxsid></error>"


@pytest.mark.parametrize(
    ("payload", "what", "kind"),
    [
        (TEXT, "message", "text"),
        (f"[{TEXT}]", "message", "text"),
        ('{"AddMsgList": [], "SyncKey": {"Count": 1, "List": [{"Key": 1, "Val": 2}]}}', "sync", None),
        ('{"BaseResponse": {"Ret": 0}, "User": {}, "ChatSet": ""}', "init", None),
        ('{"BaseResponse": {"Ret": 0}, "MemberList": [], "Seq": 0}', "contacts", None),
        ('{"BaseResponse": {"Ret": 0}, "Count": 0, "ContactList": []}', "batch", None),
        ('{"BaseResponse": {"Ret": 0}, "ChatRoomName": "@@x", "MemberList": []}', "new-group", None),
        ('{"ret":"0","msg":"all ok","uuid":"x"}', "push-login", None),
        ('{"BaseResponse": {"Ret": 1205}, "MsgID": ""}', "receipt", None),
        ('window.synccheck={retcode:"0",selector:"2"}', "sync-check", None),
        ('window.QRLogin.code = 200; window.QRLogin.uuid = "x==";', "login-code", None),
        ("window.code=408;", "login-poll", None),
        (PAGE, "login-page", None),
        ("你已成为新群主", "content", "notice"),
        ('<msg><img length="5"/></msg>', "content", "picture"),
        (
            "&lt;msg&gt;<br/>&lt;appmsg&gt;&lt;type&gt;5&lt;/type&gt;&lt;/appmsg&gt;&lt;/msg&gt;",
            "content",
            "link",
        ),
        ('wxid_a:\n<msg nickname="A" username="v1"/>', "content", "card"),
        ('<sysmsg type="revokemsg"><revokemsg><msgid>1</msgid></revokemsg></sysmsg>', "content", "recall"),
        ('{"x": 1}', "unreadable", None),
        ("[1]", "unreadable", None),
        ("{", "unreadable", None),
    ],
)
def test_a_payload_is_recognised(payload: str, what: str, kind: str | None) -> None:
    """By what only its kind has."""
    told = decode(payload)
    assert (told[0]["what"], told[0].get("kind")) == (what, kind)
    json.dumps(told)


def test_no_secret_is_shown() -> None:
    """Neither fields nor tickets inside addresses."""
    shown = json.dumps(
        [
            decode(PAGE),
            decode('window.code=200;window.redirect_uri="https://x/?ticket=canary";'),
            decode('{"User": {"Uin": 4711}, "SKey": "@canary", "BaseResponse": {"Ret": 0}}'),
            decode('<msg fromnickname="A" ticket="canary" encryptusername="v1"/>'),
            decode("see https://x.example/?ticket=canary&skey=canary"),
            decode(
                '{"MsgType": 10002, "FromUserName": "@x", "Content": "<sysmsg><a ticket=\'canary\'/></sysmsg>"}'
            ),
        ]
    )
    assert "4711" not in shown
    assert "canary" not in shown


def test_the_ticket_of_a_friend_request_is_not_shown_in_any_field() -> None:
    """Whoever has it can accept the request in the account's stead, and so can the other name of the stranger."""
    (told,) = decode(json.dumps(_sample("friend request")))
    assert (told["ticket"], told["encrypted_username"]) == ("…", "…")
    assert "stranger" not in json.dumps(told)


def test_a_message_of_an_unknown_kind_shows_no_keys_in_its_content() -> None:
    """What nobody can read is shown as it came, and so must be blotted as it came."""
    content = '&lt;msg&gt;&lt;x aeskey="canary" ticket="canary"/&gt;&lt;authkey&gt;canary&lt;/authkey&gt;&lt;/msg&gt;'
    shown = json.dumps(decode(json.dumps({"MsgType": 4711, "FromUserName": "@x", "Content": content})))
    assert "4711" in shown
    assert "canary" not in shown


def _sample(title: str) -> object:
    return next(sample["wire"] for sample in SAMPLES if sample["title"] == title)


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200)))
@settings(deadline=None)
def test_nothing_raises(payload: bytes | str) -> None:
    """Whatever is pasted."""
    json.dumps(decode(payload))
