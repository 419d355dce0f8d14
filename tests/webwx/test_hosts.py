"""Which host answers which request."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.errors import ProtocolChanged, UsageError
from hongyan.webwx.hosts import HostClass, emulator_at, hosts_after, official

REDIRECT = "https://{}/cgi-bin/mmwebwx-bin/webwxnewloginpage?ticket=t"


@pytest.mark.parametrize(
    "family", ["wx.qq.com", "wx2.qq.com", "wx8.qq.com", "web2.wechat.com", "web.wechat.com"]
)
def test_the_redirect_fixes_all_hosts(family: str) -> None:
    """The host that a confirmed login is sent to is the account's; login, file and push hosts follow from it."""
    hosts = hosts_after(official(), REDIRECT.format(family))
    assert hosts.origin(HostClass.MAIN) == f"https://{family}"
    assert hosts.origin(HostClass.FILE) == f"https://file.{family}"
    assert hosts.origin(HostClass.PUSH) == f"https://webpush.{family}"
    assert hosts.origin(HostClass.LOGIN) == f"https://login.{family}"
    assert hosts.origin(HostClass.QR) == "https://login.weixin.qq.com"


@pytest.mark.parametrize(
    "redirect",
    [
        REDIRECT.format("evil.example"),
        REDIRECT.format("wx.qq.com.evil.example"),
        REDIRECT.format("evilwx.qq.com"),
        REDIRECT.format("wx.qq.com@evil.example"),
        REDIRECT.format("wx.qq.com:8443"),
        REDIRECT.format("wx.qq.com:port"),
        REDIRECT.format("[wx.qq.com"),
        "http://wx.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage?ticket=t",
        "//wx.qq.com/cgi-bin",
        "",
    ],
)
def test_a_host_outside_the_families_gets_no_request(redirect: str) -> None:
    """The ticket is a secret: it goes to the five families over TLS, or nowhere."""
    with pytest.raises(ProtocolChanged):
        hosts_after(official(), redirect)


@given(st.text())
def test_no_redirect_raises_anything_else(redirect: str) -> None:
    """Whatever the server says, the error is one of ours."""
    try:
        hosts = hosts_after(official(), redirect)
    except ProtocolChanged:
        return
    assert hosts.origin(HostClass.MAIN).startswith("https://w")


@pytest.mark.parametrize("redirect", [REDIRECT.format("wx2.qq.com"), "http://[", ""])
def test_an_emulator_is_never_left(redirect: str) -> None:
    """On an emulator every class of hosts is its one origin, scheme and port kept, whatever it redirects to."""
    hosts = hosts_after(emulator_at("http://127.0.0.1:8081"), redirect)
    assert hosts.origins == {"http://127.0.0.1:8081"}
    assert not hosts.is_official


@pytest.mark.parametrize("address", ["127.0.0.1:8081", "http://127.0.0.1:8081", "http://127.0.0.1:8081/"])
def test_an_address_may_be_written_in_several_ways(address: str) -> None:
    """With or without scheme, with or without the last slash."""
    assert emulator_at(address).server == "http://127.0.0.1:8081"


@pytest.mark.parametrize(
    "address", ["", "ftp://h", "http://h/path", "http://h?q=1", "http://", "http://[", "http://h:x"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """A mistyped server is a fault of the user's, told in one sentence."""
    with pytest.raises(UsageError):
        emulator_at(address)


def test_a_login_may_lead_to_every_family_and_nowhere_else() -> None:
    """Before it is confirmed nobody knows the family; on an emulator there is one origin anyhow."""
    entries = official().entries
    assert {"https://wx8.qq.com", "https://login.web2.wechat.com", "https://webpush.wx.qq.com"} <= entries
    assert "https://login.weixin.qq.com" in entries
    assert len(entries) == 5 * 4 + 1
    assert emulator_at("http://127.0.0.1:8081").entries == {"http://127.0.0.1:8081"}
    assert official("wx2.qq.com").origins < entries
