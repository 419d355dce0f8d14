"""What a login leaves behind."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.model.ids import TransientName
from hongyan.webwx.credentials import Credentials, SyncPosition, cookies_of, device_id, login_id
from hongyan.webwx.http import Response
from hongyan.webwx.wire import KeyVal, SyncKey

OLD = SyncKey(1, (KeyVal(1, 10),))
NEW = SyncKey(1, (KeyVal(1, 20),))
EMPTY = SyncKey(0, ())


def answer(*cookies: str) -> Response:
    return Response(status=200, headers=tuple(("Set-Cookie", c) for c in cookies))


def test_cookies_are_read_as_the_service_writes_them() -> None:
    """A dashed date, a port in the domain, ``Secure``, and an equals sign in the value: captured 2016 to 2019."""
    told = cookies_of(
        answer(
            "webwx_auth_ticket=CIsB=; Domain=wx.qq.com:443; Path=/; Expires=Sat, 22-Apr-2017 18:29:04 GMT; Secure",
            "mm_lang=zh_CN",
        )
    )
    ticket = told["webwx_auth_ticket"]
    assert (ticket.value, ticket.domain, ticket.expires, ticket.secure) == (
        "CIsB=",
        "wx.qq.com",
        1492885744.0,
        True,
    )
    assert told["mm_lang"].expires is None


@given(st.lists(st.text()))
def test_no_cookie_header_raises(cookies: list[str]) -> None:
    """A cookie that cannot be read is left out; it ends nothing."""
    cookies_of(answer(*cookies))


def test_a_refreshed_cookie_replaces_the_old_one(credentials: Credentials) -> None:
    """Cookies end 12 hours after the login unless the refreshed ones are kept."""
    adopted = credentials.adopt(answer("wxsid=NEW", "wxpluginkey=1"))
    assert adopted.cookie_header == "wxsid=NEW; webwx_data_ticket=SECRETdata; wxpluginkey=1"
    assert credentials.cookie_header.startswith("wxsid=SECRETc"), "the old value is unchanged"


def test_without_news_the_credentials_are_the_same_object(credentials: Credentials) -> None:
    """So that whoever keeps them can tell by identity that there is nothing to write."""
    assert credentials.adopt(answer()) is credentials
    assert credentials.adopt(answer("wxsid=SECRETc")) is credentials


def test_no_repr_shows_a_secret(credentials: Credentials) -> None:
    """Neither the login nor what outlives it gives anything away in a log."""
    shown = f"{credentials!r}{credentials!s}{credentials.keepsake()!r}{credentials.cookies!r}"
    assert "SECRET" not in shown
    assert "987654321" not in shown


def test_what_is_saved_reads_back(credentials: Credentials) -> None:
    """Through JSON and back nothing is lost."""
    assert msgspec.json.decode(msgspec.json.encode(credentials), type=Credentials) == credentials


def test_only_lasting_cookies_outlive_a_login(credentials: Credentials) -> None:
    """The tickets of the ended login are not kept; what names browser and account is, and only then push can be asked."""
    assert not credentials.keepsake().usable
    lasting = credentials.adopt(
        answer("webwxuvid=u", "webwx_auth_ticket=t", "wxuin=9", "mm_lang=zh_CN")
    ).keepsake()
    assert lasting.usable
    assert set(lasting.cookies) == {"webwxuvid", "webwx_auth_ticket", "wxuin", "mm_lang"}


@pytest.mark.parametrize("lost", [None, EMPTY])
def test_an_empty_key_never_replaces_a_good_one(lost: SyncKey | None) -> None:
    """A key with Count 0, or none at all, leaves the one in use."""
    position = SyncPosition(sync_key=OLD, check_key=NEW)
    assert position.after(lost, lost) == position


def test_the_two_keys_are_kept_apart() -> None:
    """webwxsync takes the one, synccheck the other once there is one."""
    position = SyncPosition(sync_key=OLD)
    assert position.for_check == OLD
    moved = position.after(NEW, None)
    assert (moved.sync_key, moved.for_check) == (NEW, NEW)
    moved = moved.after(None, OLD)
    assert (moved.sync_key, moved.for_check) == (NEW, OLD)


def test_a_position_survives_its_keeping() -> None:
    """The store gets bytes and gives them back."""
    position = SyncPosition(sync_key=OLD, check_key=NEW)
    assert SyncPosition.from_bytes(position.to_bytes()) == position


@given(st.binary(min_size=8, max_size=8))
def test_ids_have_the_form_of_the_browsers(drawn: bytes) -> None:
    """``e`` and 15 digits; and a login's own name is not empty."""
    made = device_id(lambda _: drawn)
    assert made[0] == "e"
    assert len(made) == 16
    assert made[1:].isdecimal()
    assert login_id(lambda _: drawn)


def test_a_new_key_replaces_the_old_one_and_an_empty_one_does_not(credentials: Credentials) -> None:
    """Both where webwxinit gives one and where a sync does."""
    assert credentials.with_skey("@crypt_new").skey == "@crypt_new"
    assert credentials.with_skey("") is credentials
    assert credentials.with_skey(credentials.skey) is credentials
    entered = credentials.entered(TransientName("@new"), "", 0)
    assert (entered.me, entered.skey, entered.invite_start_count) == ("@new", credentials.skey, 40)
    assert credentials.entered(TransientName("@new"), "@crypt_new", 90).invite_start_count == 90


@pytest.mark.parametrize("header", ["", "=v", "novalue", ";", "; Secure"])
def test_a_cookie_without_name_or_value_is_none(header: str) -> None:
    """A flag or a fragment is left out."""
    assert cookies_of(answer(header)) == {}
