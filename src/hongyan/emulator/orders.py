"""The fields of each order of the control API, which rejects the rest with a sentence; independent of what orders do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ORDERS",
    "PERSON_ACTS",
    "PHONE_ACTS",
    "AddFault",
    "Advance",
    "Kick",
    "Limit",
    "MediaOf",
    "Order",
    "PersonAct",
    "RecallOrder",
    "Say",
    "Send",
    "SentOrder",
    "described",
    "read",
]

Words = Annotated[str, Meta(max_length=100_000)]
Name = Annotated[str, Meta(min_length=1, max_length=1_000)]
People = Annotated[list[Name], Meta(max_length=500)]
Code = Annotated[int, Meta(ge=-(2**31), le=2**31)]
Times = Annotated[int, Meta(ge=1, le=10_000)]
TEN_YEARS = 315_360_000


class Order(Struct, forbid_unknown_fields=True):
    """An order without fields. `account`, a permanent id, chooses among several."""

    account: str | None = None


class ToChat(Order, kw_only=True):
    """A chat, by permanent id, remark, nickname or group name."""

    chat: Name


class ToPerson(Order, kw_only=True):
    """A person, by permanent id, remark, nickname or alias."""

    person: Name


class ToGroup(Order, kw_only=True):
    """A group, by permanent id or name."""

    group: Name


class LogWebOut(Order, kw_only=True):
    """With which retcode the logins end."""

    code: Code = 1100


class BarOrder(Order, kw_only=True):
    """How logins are refused from now on; `ret` null allows them again."""

    ret: Code | None = 1203
    words: Words | None = None


class GoOffline(Order, kw_only=True):
    """What sends get while the phone is away."""

    ret: Code = -1


class CreateGroupOrder(Order, kw_only=True):
    """A new group."""

    topic: Words
    people: People


class Rename(ToGroup, kw_only=True):
    """A group's new name."""

    topic: Words


class ChangeMembersOrder(ToGroup, kw_only=True):
    """A group and some people."""

    people: People


class Save(ToGroup, kw_only=True):
    """Whether a group is in the address book."""

    saved: bool = True


class Remark(ToPerson, kw_only=True):
    """The account's remark for a person."""

    name: Words


class PinOrder(ToChat, kw_only=True):
    """Whether a chat is on top."""

    pinned: bool = True


class CallItself(Order, kw_only=True):
    """The account's own new nickname."""

    nickname: Words


class _From(Order, kw_only=True):
    from_: Name = field(name="from")
    group: Name | None = None


class PersonAct(_From, kw_only=True):
    """What a person does besides writing; the act decides which of these fields it takes."""

    text: Words = ""
    topic: Words | None = None
    people: People = []


class Say(_From, kw_only=True):
    """A text of a person, into a group or not; from `me` it is written on the phone, `to` a chat."""

    text: Words
    to: Name | None = None
    times: Times = 1


class Send(_From, kw_only=True):
    """A message of any kind of docs/worlds.md; with `data_base64` one that carries these bytes."""

    kind: Name
    to: Name | None = None
    times: Times = 1
    values: dict[str, Any] = {}
    data_base64: str | None = None
    name: Name | None = None
    milliseconds: Annotated[int, Meta(ge=0, le=3_600_000)] = 1_000
    seconds: Annotated[int, Meta(ge=0, le=86_400)] = 1
    short: bool = False
    width: Annotated[int, Meta(ge=1, le=10_000)] = 120
    height: Annotated[int, Meta(ge=1, le=10_000)] = 120


class RecallOrder(Order, kw_only=True):
    """The message to be recalled."""

    msg_id: Annotated[str, Meta(pattern=r"^[0-9]{1,20}$")] | Annotated[int, Meta(ge=0)]


class SentOrder(Order, kw_only=True):
    """The client's messages, from the message `since` on; if there is none yet, `wait` seconds for it."""

    since: Annotated[int, Meta(ge=0)] = 0
    wait: Annotated[float, Meta(ge=0, le=300)] = 0.0


class MediaOf(Order, kw_only=True):
    """Which of a message's files: `full`, or `slave` for the thumbnail."""

    variant: Name = "full"


class AddFault(Order, kw_only=True):
    """An order of docs/emulator.md, section Faults."""

    action: Name
    endpoint: Name = "*"
    value: Any = None
    count: Annotated[int, Meta(ge=1)] | None = 1
    skip: Annotated[int, Meta(ge=0)] = 0
    text: Words = ""
    done: bool = False


class Advance(Order, kw_only=True):
    """How far the clock goes."""

    seconds: Annotated[float, Meta(ge=0, le=TEN_YEARS)]


class Kick(Order, kw_only=True):
    """With which retcode all logins end."""

    retcode: Code = 1101


class Limit(Order, kw_only=True):
    """`reported` switches all reported limits on; `kind` alone takes its limit off."""

    reported: bool = False
    kind: Name | None = None
    burst: Annotated[float, Meta(ge=0, le=1e9)] | None = None
    per_second: Annotated[float, Meta(ge=0, le=1e9)] = 1.0
    as_text: bool | None = None


PHONE_ACTS: Mapping[str, type[Order]] = {
    "scan": Order,
    "confirm": Order,
    "cancel": Order,
    "log_web_out": LogWebOut,
    "bar": BarOrder,
    "go_offline": GoOffline,
    "come_online": Order,
    "reads": ToChat,
    "opens": ToChat,
    "leaves": ToChat,
    "creates_group": CreateGroupOrder,
    "renames": Rename,
    "adds": ChangeMembersOrder,
    "removes": ChangeMembersOrder,
    "quits": ToGroup,
    "saves": Save,
    "remarks": Remark,
    "pins": PinOrder,
    "deletes": ToPerson,
    "calls_itself": CallItself,
    "accepts": ToPerson,
}
"""The actions of the phone, with their fields."""

PERSON_ACTS = ("asks", "accepts", "joins", "quits", "renames", "adds", "removes", "deletes_me", "blocks_me")
"""The actions of people besides writing."""

ORDERS: Mapping[str, type[Order]] = {
    **{f"POST phone/{act}": kind for act, kind in PHONE_ACTS.items()},
    **{f"POST person/{act}": PersonAct for act in PERSON_ACTS},
    "POST say": Say,
    "POST send": Send,
    "POST recall": RecallOrder,
    "GET sent": SentOrder,
    "GET media/MSG_ID": MediaOf,
    "GET calls": Order,
    "DELETE calls": Order,
    "POST fault": AddFault,
    "GET fault": Order,
    "DELETE fault": Order,
    "POST clock": Advance,
    "POST kick": Kick,
    "POST limit": Limit,
    "POST touch": Order,
    "GET state": Order,
    "GET people": Order,
}
"""Every call of the control API, with its fields."""

T = TypeVar("T", bound=Order)


def read(kind: type[T], query: Mapping[str, str], body: bytes) -> T:
    """An order out of a query and a JSON object, whose names win. Raises ValueError with the reason."""
    value = msgspec.json.decode(body) if body.strip() else {}
    if not isinstance(value, dict):
        raise ValueError("the body is a JSON object")  # noqa: TRY004 - what comes from outside is a value
    return msgspec.convert({**query, **value}, kind, strict=not query)  # all values of a query are texts


def described() -> dict[str, dict[str, str]]:
    """Every call with its fields: what each may be, and whether it is required."""
    return {
        call: {each.encode_name: _described(each) for each in msgspec.structs.fields(kind)}
        for call, kind in ORDERS.items()
    }


def _described(word: msgspec.structs.FieldInfo) -> str:
    schema = msgspec.json.schema(word.type)
    kinds = [str(each.get("type", "any")) for each in schema.get("anyOf", [schema])]
    return " or ".join(kinds) + (", needed" if word.required else "")
