"""Friend requests, suggestions and cards: people as they are introduced, before they are contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from hongyan.model.contacts import Sex
from hongyan.model.ids import TransientName
from hongyan.model.messages import AnyMessage, Card, FriendRequest, SuggestedFriend
from hongyan.webwx.contacts import OFFICIAL, sex_of
from hongyan.webwx.markup import decode
from hongyan.webwx.parse.values import number
from hongyan.webwx.wire import WireRecommend

if TYPE_CHECKING:
    from hongyan.webwx.parse.envelope import Envelope

__all__ = ["parse_card", "parse_friend_request", "parse_suggested_friend"]

_NOBODY: Final = WireRecommend()


class _Introduced(TypedDict):
    nickname: str
    greeting: str
    requester: TransientName
    ticket: str
    username: str
    encrypted_username: str
    alias: str
    sex: Sex
    country: str
    province: str
    city: str
    signature: str
    scene: int
    opcode: int
    group_id: str


def _introduced(e: Envelope) -> _Introduced:
    """Return the person of a request: the XML says more, ``RecommendInfo`` names them for this login."""
    beside, document = e.wire.recommend_info or _NOBODY, e.document

    def told(*names: str) -> str:
        return document.attribute_of("msg", *names) if document else ""

    def said(attribute: str, repeated: str) -> str:
        """Return words of a person's own, whose quotes can damage the XML: then the JSON is the better witness."""
        damaged = document is not None and not document.well_formed
        return (damaged and decode(repeated)) or told(attribute) or decode(repeated)

    return _Introduced(
        nickname=said("fromnickname", beside.nick_name),
        greeting=said("content", beside.content),
        requester=TransientName(beside.user_name),
        ticket=told("ticket") or beside.ticket,
        username=told("fromusername"),
        encrypted_username=told("encryptusername"),
        alias=told("alias") or beside.alias,
        sex=sex_of(number(told("sex")) or beside.sex),
        country=told("country"),
        province=decode(beside.province) or told("province"),
        city=decode(beside.city) or told("city"),
        signature=told("sign") or decode(beside.signature),
        scene=number(told("scene")) or beside.scene,
        opcode=number(told("opcode")) or beside.op_code,
        group_id=told("chatroomusername"),
    )


def parse_friend_request(e: Envelope) -> AnyMessage:
    """Read type 37."""
    return FriendRequest(**e.head, **_introduced(e))


def parse_suggested_friend(e: Envelope) -> AnyMessage:
    """Read type 40, which looks like a request that was never made."""
    return SuggestedFriend(**e.head, **_introduced(e))


def parse_card(e: Envelope) -> AnyMessage:
    """Read type 42; ``certflag`` other than 0 is an official account."""
    beside, document = e.wire.recommend_info or _NOBODY, e.document

    def told(*names: str) -> str:
        return document.attribute_of("msg", *names) if document else ""

    return Card(
        **e.head,
        nickname=told("nickname") or decode(beside.nick_name),
        username=told("username"),
        alias=told("alias") or beside.alias,
        card_name=TransientName(beside.user_name),
        sex=sex_of(number(told("sex")) or beside.sex),
        province=told("province") or decode(beside.province),
        city=told("city") or decode(beside.city),
        signature=told("sign") or decode(beside.signature),
        scene=number(told("scene")) or beside.scene,
        official=bool(number(told("certflag")) or beside.verify_flag & OFFICIAL),
        ticket=told("antispamticket") or beside.ticket,
    )
