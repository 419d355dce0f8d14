"""The families of real host names."""

from __future__ import annotations

import pytest

from hongyan.emulator.hosts import family_of, is_real_name, ticket_domain


@pytest.mark.parametrize(
    ("host", "family"),
    [
        ("wx.qq.com", "wx.qq.com"),
        ("webpush.wx2.qq.com:443", "wx2.qq.com"),
        ("file.web2.wechat.com", "web2.wechat.com"),
        ("web.wechat.com", "web.wechat.com"),
        ("login.weixin.qq.com", ""),
        ("127.0.0.1:8080", ""),
    ],
)
def test_family_is_told_from_the_host(host: str, family: str) -> None:
    """The five families, with their hosts below them."""
    assert family_of(host) == family
    assert is_real_name(host) == (not host.startswith("127"))


def test_data_ticket_is_for_all_of_the_company() -> None:
    """`.qq.com`, `.wechat.com`, nothing on a plain origin."""
    assert [ticket_domain(each) for each in ("wx2.qq.com", "web.wechat.com", "")] == [
        ".qq.com",
        ".wechat.com",
        "",
    ]
