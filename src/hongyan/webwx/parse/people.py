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
    """Return the person of a request: the XML has more, ``RecommendInfo`` has their name in this login."""
    beside, document = e.wire.recommend_info or _NOBODY, e.document

    def attribute_text(*names: str) -> str:
        return document.attribute_of("msg", *names) if document else ""

    def person_text(attribute: str, repeated: str) -> str:
        """Return words that the person wrote, whose quotes can damage the XML: then the JSON is the better source."""
        damaged = document is not None and not document.well_formed
        return (damaged and decode(repeated)) or attribute_text(attribute) or decode(repeated)

    return _Introduced(
        nickname=person_text("fromnickname", beside.nick_name),
        greeting=person_text("content", beside.content),
        requester=TransientName(beside.user_name),
        ticket=attribute_text("ticket") or beside.ticket,
        username=attribute_text("fromusername"),
        encrypted_username=attribute_text("encryptusername"),
        alias=attribute_text("alias") or beside.alias,
        sex=sex_of(number(attribute_text("sex")) or beside.sex),
        country=attribute_text("country"),
        province=decode(beside.province) or attribute_text("province"),
        city=decode(beside.city) or attribute_text("city"),
        signature=attribute_text("sign") or decode(beside.signature),
        scene=number(attribute_text("scene")) or beside.scene,
        opcode=number(attribute_text("opcode")) or beside.op_code,
        group_id=attribute_text("chatroomusername"),
    )


def parse_friend_request(e: Envelope) -> AnyMessage:
    """Read type 37."""
    return FriendRequest(**e.head, **_introduced(e))


def parse_suggested_friend(e: Envelope) -> AnyMessage:
    """Read type 40, which looks like a friend request but is none."""
    return SuggestedFriend(**e.head, **_introduced(e))


def parse_card(e: Envelope) -> AnyMessage:
    """Read type 42; ``certflag`` other than 0 is an official account."""
    beside, document = e.wire.recommend_info or _NOBODY, e.document

    def attribute_text(*names: str) -> str:
        return document.attribute_of("msg", *names) if document else ""

    return Card(
        **e.head,
        nickname=attribute_text("nickname") or decode(beside.nick_name),
        username=attribute_text("username"),
        alias=attribute_text("alias") or beside.alias,
        card_name=TransientName(beside.user_name),
        sex=sex_of(number(attribute_text("sex")) or beside.sex),
        province=attribute_text("province") or decode(beside.province),
        city=attribute_text("city") or decode(beside.city),
        signature=attribute_text("sign") or decode(beside.signature),
        scene=number(attribute_text("scene")) or beside.scene,
        official=bool(number(attribute_text("certflag")) or beside.verify_flag & OFFICIAL),
        ticket=attribute_text("antispamticket") or beside.ticket,
    )
