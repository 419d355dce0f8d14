"""Keys and tickets are blotted out wherever a payload carries them, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.webwx.secrets import without_secrets, without_secrets_in_bytes

SAMPLES = json.loads((Path(__file__).parent / "samples" / "messages.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        '{"Skey":"canary"}',
        '{"Uin": 40711, "Sid" : "canary"}',
        '{"x":"{\\"Ticket\\":\\"canary\\"}"}',
        '<msg ticket="canary"/>',
        "<msg antispamticket='canary'/>",
        '{"Content":"<msg ticket=\\"canary\\" x=\\"\\">"}',
        "&lt;msg encryptusername=&quot;canary&quot;/&gt;",
        "&amp;lt;msg aeskey=&amp;quot;canary&amp;quot;/&amp;gt;",
        "<error><skey>canary</skey><wxsid>canary</wxsid></error>",
        "&lt;aeskey&gt;<![CDATA[canary]]>&lt;/aeskey&gt;",
        "https://x.example/?a=1&skey=canary&pass_ticket=canary%2F#end",
        "https://x.example/?ticket=canary&amp;uin=canary",
        "wxuin=canary; wxsid=canary; webwx_data_ticket=canary",
        "/cgi-bin/webwxgeticon?seq=1&amp;username=@a&amp;skey=@crypt_canary_ca",
        'anything v2_canary@stranger" at all',
    ],
)
def test_secrets_are_blotted_out(text: str) -> None:
    """In JSON, XML, queries and cookies, escaped or not."""
    shown = without_secrets(text)
    assert "canary" not in shown
    assert "40711" not in shown
    assert without_secrets(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "a ticket to Paris, sid=5 and uin=3",
        '{"Ticket":"", "Uin":0, "NickName":"skey"}',
        "https://x.example/?basid=5&ticketing=1",
        "the username of skeyboard@example",
        "<ticket/> a <b> key",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """Words that merely look like the names of secrets are people's own."""
    assert without_secrets(text) == text


def test_json_stays_json() -> None:
    """A number becomes a number and a string a string."""
    told = json.loads(without_secrets('{"Uin":40711,"Skey":"a\\"b\\\\","next":"stays"}'))
    assert told == {"Uin": 0, "Skey": "…", "next": "stays"}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["title"])
def test_a_message_stays_readable_without_its_tickets(sample: dict[str, dict[str, object]]) -> None:
    """Only values change: the fields and the kind of a raw message do not."""
    raw = json.dumps(sample["wire"], ensure_ascii=False).encode()
    shown = without_secrets_in_bytes(raw)
    assert json.loads(shown).keys() == json.loads(raw).keys()
    assert b"secretcanary" not in shown
    assert b"@stranger" not in shown


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_bytes_without_secrets_stay_what_they_are(payload: bytes) -> None:
    """Bytes that are no text at all come back as they went in, and blotting is done once."""
    shown = without_secrets_in_bytes(payload)
    assert without_secrets_in_bytes(shown) == shown
    if b"k" not in payload and b"t" not in payload.lower() and b"i" not in payload.lower():
        assert shown == payload
