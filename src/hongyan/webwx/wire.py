"""The server's JSON as structs, with only the fields in use; it knows field names, not what they mean.

Field names and types are those captured from wx.qq.com between 2015 and 2023. Everything has a default, because old
servers leave fields out. A value of another type than captured is put right by ``ladder.read_item``.
"""

from __future__ import annotations

from msgspec import UNSET, Raw, Struct, UnsetType, field

from hongyan.model.ids import TransientName

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


class WireResponse(Struct, rename="pascal", gc=False):
    """``BaseResponse``; ``ret`` is None where the answer has none."""

    ret: int | None = None
    err_msg: str = ""


class KeyVal(Struct, rename="pascal", frozen=True, gc=False):
    """One pair of a sync key. Both numbers are the server's own and mean nothing to a client."""

    key: int
    val: int


class SyncKey(Struct, rename="pascal", frozen=True, gc=False):
    """A position in the account's stream of events, to be sent back exactly as it came, in the same order."""

    count: int = 0
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
    scene: int = 0
    verify_flag: int = 0
    sex: int = 0
    ticket: str = ""
    op_code: int = 0


class WireMessage(Struct, rename="pascal", gc=False):
    """One entry of ``AddMsgList``. ``MsgId`` is text, ``NewMsgId`` the same as a number."""

    msg_id: str = ""
    new_msg_id: int = 0
    from_user_name: str = ""
    to_user_name: str = ""
    msg_type: int = 0
    sub_msg_type: int = 0
    content: str = ""
    create_time: int = 0
    img_height: int = 0
    img_width: int = 0
    voice_length: int = 0
    play_length: int = 0
    file_name: str = ""
    file_size: str = ""
    media_id: str = ""
    encry_file_name: str = ""
    url: str = ""
    app_msg_type: int = 0
    status_notify_code: int = 0
    status_notify_user_name: str = ""
    recommend_info: WireRecommend | None = None
    has_product_id: int = 0
    ori_content: str = ""


class WireMember(Struct, rename="pascal", gc=False):
    """One entry of a group's ``MemberList``."""

    user_name: TransientName = TransientName("")
    nick_name: str = ""
    display_name: str = ""
    attr_status: int = 0


class WireContact(Struct, rename="pascal", gc=False):
    """A contact in any of its forms. UNSET where the record does not have the field at all."""

    user_name: TransientName = TransientName("")
    nick_name: str | UnsetType = UNSET
    remark_name: str | UnsetType = UNSET
    alias: str | UnsetType = UNSET
    sex: int | UnsetType = UNSET
    province: str | UnsetType = UNSET
    city: str | UnsetType = UNSET
    signature: str | UnsetType = UNSET
    head_img_url: str | UnsetType = UNSET
    py_initial: str | UnsetType = field(name="PYInitial", default=UNSET)
    py_quan_pin: str | UnsetType = field(name="PYQuanPin", default=UNSET)
    remark_py_initial: str | UnsetType = field(name="RemarkPYInitial", default=UNSET)
    remark_py_quan_pin: str | UnsetType = field(name="RemarkPYQuanPin", default=UNSET)
    key_word: str | UnsetType = UNSET
    attr_status: int | UnsetType = UNSET
    verify_flag: int | UnsetType = UNSET
    contact_flag: int | UnsetType = UNSET
    star_friend: int | UnsetType = UNSET
    statues: int | UnsetType = UNSET
    chat_room_owner: TransientName | UnsetType = UNSET
    is_owner: int | UnsetType = UNSET
    encry_chat_room_id: str | UnsetType = UNSET
    member_count: int | UnsetType = UNSET
    member_list: list[WireMember] | None = None


class WireGone(Struct, rename="pascal", gc=False):
    """One entry of ``DelContactList``."""

    user_name: TransientName = TransientName("")
    contact_flag: int = 0


class Buff(Struct, rename="pascal", gc=False):
    """A text in an object of its own, as ``Profile`` has them."""

    buff: str = ""


class WireProfile(Struct, rename="pascal", gc=False):
    """``Profile`` of a sync answer; it says something only where ``BitFlag`` is not 0."""

    bit_flag: int = 0
    nick_name: Buff | None = None
    head_img_url: str = ""


class WireSync(Struct, rename="pascal"):
    """Answer of webwxsync; items stay bytes, so that each is read, and kept, by itself."""

    base_response: WireResponse | None = None
    add_msg_list: list[Raw] = []
    mod_contact_list: list[Raw] = []
    del_contact_list: list[Raw] = []
    profile: Raw = Raw(b"")
    continue_flag: int = 0
    sync_key: SyncKey | None = None
    s_key: str = field(name="SKey", default="")
    sync_check_key: SyncKey | None = None


class WireUser(Struct, rename="pascal", gc=False):
    """``User`` of webwxinit: the account itself."""

    uin: int = 0
    user_name: TransientName = TransientName("")
    nick_name: str = ""
    head_img_url: str = ""
    sex: int = 0
    signature: str = ""


class WireInit(Struct, rename="pascal"):
    """Answer of webwxinit."""

    base_response: WireResponse | None = None
    contact_list: list[WireContact] = []
    sync_key: SyncKey | None = None
    user: WireUser | None = None
    chat_set: str = ""
    s_key: str = field(name="SKey", default="")
    system_time: int = 0
    invite_start_count: int = 0
    client_version: int = 0


class WireContacts(Struct, rename="pascal"):
    """Answer of webwxgetcontact; more pages follow while ``Seq`` is not 0."""

    base_response: WireResponse | None = None
    member_list: list[WireContact] = []
    member_count: int = 0
    seq: int = 0


class WireBatch(Struct, rename="pascal"):
    """Answer of webwxbatchgetcontact."""

    base_response: WireResponse | None = None
    contact_list: list[WireContact] = []
    count: int = 0


class WireNewGroup(Struct, rename="pascal"):
    """Answer of webwxcreatechatroom; a name in ``member_list`` may carry a ``MemberStatus`` other than 0."""

    base_response: WireResponse | None = None
    topic: str = ""
    member_list: list[WireMember] = []
    chat_room_name: str = ""
    black_list: str = ""


class WirePushLogin(Struct, gc=False):
    """Answer of webwxpushloginurl; ``ret`` is text in captures."""

    ret: str | int = ""
    msg: str = ""
    uuid: str = ""
