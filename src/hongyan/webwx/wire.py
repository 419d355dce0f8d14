"""The server's JSON as structs, with only the fields in use; it knows field names, not what they mean.

Field names and types are those captured from wx.qq.com between 2015 and 2023. Everything has a default, because old
servers leave fields out. A value of another type than captured is put right by ``lenient_json.read_item``.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from hongyan.model.ids import TransientName
from hongyan.redaction import redacted

__all__ = [
    "KeyVal",
    "SyncKey",
    "WireBatch",
    "WireContact",
    "WireContacts",
    "WireGone",
    "WireInit",
    "WireMember",
    "WireMessage",
    "WireNewGroup",
    "WireProfile",
    "WirePushLogin",
    "WireRecommend",
    "WireResponse",
    "WireSync",
    "WireUser",
]


_BOUND: Final = (1 << 63) - 1
Whole = Annotated[int, Meta(ge=-_BOUND, le=_BOUND)]
"""A whole number that fits into 64 bits, as every captured one does; anything else is of another type."""


class WireResponse(Struct, rename="pascal", gc=False):
    """``BaseResponse``; ``ret`` is None where the answer has none."""

    ret: Whole | None = None
    err_msg: str = ""


class KeyVal(Struct, rename="pascal", frozen=True, gc=False):
    """One pair of a sync key. Both numbers are the server's own and mean nothing to a client."""

    key: Whole
    val: Whole


class SyncKey(Struct, rename="pascal", frozen=True, gc=False):
    """A position in the account's stream of events, to be sent back exactly as it came, in the same order."""

    count: Whole = 0
    list: tuple[KeyVal, ...] = ()

    @property
    def joined(self) -> str:
        """The form that synccheck takes: ``1_666|2_667``."""
        return "|".join(f"{pair.key}_{pair.val}" for pair in self.list)


class WireRecommend(Struct, rename="pascal", gc=False):
    """``RecommendInfo``: the person behind a friend request or card. All keys are there and empty elsewhere."""

    user_name: str = ""
    nick_name: str = ""
    province: str = ""
    city: str = ""
    content: str = ""
    signature: str = ""
    alias: str = ""
    scene: Whole = 0
    verify_flag: Whole = 0
    sex: Whole = 0
    ticket: str = ""
    op_code: Whole = 0


class WireMessage(Struct, rename="pascal", gc=False):
    """One entry of ``AddMsgList``. ``MsgId`` is text, ``NewMsgId`` the same as a number."""

    msg_id: str = ""
    new_msg_id: Whole = 0
    from_user_name: str = ""
    to_user_name: str = ""
    msg_type: Whole = 0
    sub_msg_type: Whole = 0
    content: str = ""
    create_time: Whole = 0
    img_height: Whole = 0
    img_width: Whole = 0
    voice_length: Whole = 0
    play_length: Whole = 0
    file_name: str = ""
    file_size: str = ""
    media_id: str = ""
    encry_file_name: str = ""
    url: str = ""
    app_msg_type: Whole = 0
    status_notify_code: Whole = 0
    status_notify_user_name: str = ""
    recommend_info: WireRecommend | None = None
    has_product_id: Whole = 0
    ori_content: str = ""


class WireMember(Struct, rename="pascal", gc=False):
    """One entry of a group's ``MemberList``."""

    user_name: TransientName = TransientName("")
    nick_name: str = ""
    display_name: str = ""
    attr_status: Whole = 0


class WireContact(Struct, rename="pascal", gc=False):
    """A contact in any of its forms. UNSET where the record does not have the field at all."""

    telling: ClassVar[bytes] = b'"ContactFlag"'

    user_name: TransientName = TransientName("")
    nick_name: str | UnsetType = UNSET
    remark_name: str | UnsetType = UNSET
    alias: str | UnsetType = UNSET
    sex: Whole | UnsetType = UNSET
    province: str | UnsetType = UNSET
    city: str | UnsetType = UNSET
    signature: str | UnsetType = UNSET
    head_img_url: str | UnsetType = UNSET
    py_initial: str | UnsetType = field(name="PYInitial", default=UNSET)
    py_quan_pin: str | UnsetType = field(name="PYQuanPin", default=UNSET)
    remark_py_initial: str | UnsetType = field(name="RemarkPYInitial", default=UNSET)
    remark_py_quan_pin: str | UnsetType = field(name="RemarkPYQuanPin", default=UNSET)
    key_word: str | UnsetType = UNSET
    attr_status: Whole | UnsetType = UNSET
    verify_flag: Whole | UnsetType = UNSET
    contact_flag: Whole | UnsetType = UNSET
    star_friend: Whole | UnsetType = UNSET
    statues: Whole | UnsetType = UNSET
    chat_room_owner: TransientName | UnsetType = UNSET
    is_owner: Whole | UnsetType = UNSET
    encry_chat_room_id: str | UnsetType = UNSET
    member_count: Whole | UnsetType = UNSET
    member_list: list[WireMember] | None = None


class WireGone(Struct, rename="pascal", gc=False):
    """One entry of ``DelContactList``."""

    user_name: TransientName = TransientName("")
    contact_flag: Whole = 0


class Buff(Struct, rename="pascal", gc=False):
    """A text wrapped in an object, as in ``Profile``."""

    buff: str = ""


class WireProfile(Struct, rename="pascal", gc=False):
    """``Profile`` of a sync answer; it has values only if ``BitFlag`` is not 0."""

    bit_flag: Whole = 0
    nick_name: Buff | None = None
    head_img_url: str = ""


class WireSync(Struct, rename="pascal"):
    """Answer of webwxsync; items stay bytes, so that each is read, and kept, by itself."""

    base_response: WireResponse | None = None
    add_msg_count: Whole = 0
    add_msg_list: list[Raw] = []
    mod_contact_list: list[Raw] = []
    del_contact_list: list[Raw] = []
    profile: Raw = Raw(b"")
    continue_flag: Whole = 0
    sync_key: SyncKey | None = None
    s_key: str = field(name="SKey", default="")
    sync_check_key: SyncKey | None = None


@redacted
class WireUser(Struct, rename="pascal", gc=False):
    """``User`` of webwxinit: the account itself."""

    uin: Whole = 0
    user_name: TransientName = TransientName("")
    nick_name: str = ""
    head_img_url: str = ""
    sex: Whole = 0
    signature: str = ""


class WireInit(Struct, rename="pascal"):
    """Answer of webwxinit."""

    base_response: WireResponse | None = None
    contact_list: list[WireContact] = []
    sync_key: SyncKey | None = None
    user: WireUser | None = None
    chat_set: str = ""
    s_key: str = field(name="SKey", default="")
    system_time: Whole = 0
    invite_start_count: Whole = 0
    client_version: Whole = 0


class WireContacts(Struct, rename="pascal"):
    """Answer of webwxgetcontact; more pages follow while ``Seq`` is not 0. Missing numbers are -1."""

    base_response: WireResponse | None = None
    member_list: list[WireContact] = []
    member_count: Whole = -1
    seq: Whole = -1


class WireBatch(Struct, rename="pascal"):
    """Answer of webwxbatchgetcontact."""

    base_response: WireResponse | None = None
    contact_list: list[WireContact] = []
    count: Whole = 0


class WireNewGroup(Struct, rename="pascal"):
    """Answer of webwxcreatechatroom; a name in ``member_list`` may carry a ``MemberStatus`` other than 0."""

    base_response: WireResponse | None = None
    topic: str = ""
    member_count: int = 0
    member_list: list[WireMember] = []
    chat_room_name: str = ""
    black_list: str = ""


@redacted
class WirePushLogin(Struct, gc=False):
    """Answer of webwxpushloginurl; ``ret`` is text in captures."""

    ret: str | Whole = ""
    msg: str = ""
    uuid: str = ""
