"""The people and groups of one account's world; independent of how the service shows them.

Everything is named by its permanent id (`wxid_…`, `…@chatroom`, `gh_…`, a special name); the names of a login are made
elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SPECIALS", "Group", "Member", "Person", "World"]

SPECIALS = {"filehelper": "文件传输助手", "weixin": "微信团队", "fmessage": "朋友推荐消息"}
"""Accounts that every user has, with the names that the official page gives them."""

_TEAM = 56  # the verify_flag of `weixin` (captured in contact lists)


@dataclass(slots=True)
class Person:
    """A person, an official account (`verify_flag` & 8) or a special account, as one's own address book has it."""

    id: str
    nickname: str
    remark: str = ""
    alias: str = ""
    sex: int = 0
    province: str = ""
    city: str = ""
    signature: str = ""
    verify_flag: int = 0
    friend: bool = True
    starred: bool = False
    muted: bool = False
    pinned: bool = False
    sns_flag: int = 0
    attr_status: int = 0
    avatar_seq: int = 1
    refuses: str = ""
    """State of the friendship on the other side: "" normal, `deleted`, `blocked`. The account gets no notice."""


@dataclass(slots=True)
class Member:
    """A member of a group: the id of a person of the world, and the name chosen in this group."""

    id: str
    display_name: str = ""


@dataclass(slots=True)
class Group:
    """A group; `saved` groups are in the address book, all others have to be found out."""

    id: str
    name: str
    owner: str
    members: list[Member] = field(default_factory=list)
    saved: bool = False
    muted: bool = False
    pinned: bool = False
    avatar_seq: int = 1

    def has(self, person: str) -> bool:
        """Whether a person is in it."""
        return any(member.id == person for member in self.members)


@dataclass(slots=True)
class World:
    """One account (`me`) and all people it can meet. `people` holds strangers and group members too."""

    me: Person
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)

    def add_specials(self) -> None:
        """Add the accounts of `SPECIALS` that are missing."""
        for special, name in SPECIALS.items():
            flag = _TEAM if special == "weixin" else 0
            self.people.setdefault(special, Person(special, name, verify_flag=flag))

    def check(self) -> None:
        """Raises ValueError with the reason: an id that differs from its key, an unknown member."""
        for kind in (self.people, self.groups):
            for key, each in kind.items():
                if key != each.id:
                    raise ValueError(f"{each.id!r} has the key {key!r} of its world")
        for group in self.groups.values():
            for member in group.members:
                if member.id != self.me.id and member.id not in self.people:
                    raise ValueError(
                        f"{member.id!r} is in the group {group.name!r}, but not among the people"
                    )

    def ids(self) -> Iterator[str]:
        """Every permanent id."""
        yield self.me.id
        yield from self.people
        yield from self.groups
