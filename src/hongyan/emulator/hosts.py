"""The real host names and their families; independent of who listens on them.

A family is the MAIN host of an account; its LOGIN, FILE and PUSH hosts are names below it (official page).
"""

from __future__ import annotations

__all__ = ["FAMILIES", "cookie_domain", "family_of", "is_real_name", "ticket_domain"]

FAMILIES = ("wx2.qq.com", "wx8.qq.com", "wx.qq.com", "web2.wechat.com", "web.wechat.com")
"""The five families in the order in which the official page tries them."""


def _bare(host: str) -> str:
    return host.partition(":")[0].lower()


def is_real_name(host: str) -> bool:
    """Whether a Host header has one of the service's own names."""
    return _bare(host).endswith((".qq.com", ".wechat.com"))


def family_of(host: str) -> str:
    """The family of a Host header; "" for a plain origin and for names of no family (login.weixin.qq.com)."""
    bare = _bare(host)
    return next((family for family in FAMILIES if bare == family or bare.endswith("." + family)), "")


def cookie_domain(family: str) -> str:
    """Domain of the login cookies: the family's name, which covers the hosts below; none on a plain origin."""
    return family


def ticket_domain(family: str) -> str:
    """Domain of webwx_data_ticket: all of the company's names (captured)."""
    return "." + family.split(".", 1)[1] if family else ""
