"""Invents a world of any size from a seed; independent of what its people write."""

from __future__ import annotations

import random

from hongyan.emulator.world import Group, Member, Person, World

__all__ = ["generate"]

_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰飞鹏辉玲雪琳晨宇浩然子轩梓涵欣怡"
_ENGLISH = (
    "Anna",
    "Ben",
    "Clara",
    "David",
    "Emma",
    "Felix",
    "Grace",
    "Henry",
    "Iris",
    "Jack",
    "Kate",
    "Leo",
    "Mia",
    "Noah",
)
_EMOJI = "😀🌙🌸🐳🍀🎸🚀⭐🍉🐼"
_PLACES = (
    ("广东", "深圳"),
    ("广东", "广州"),
    ("浙江", "杭州"),
    ("四川", "成都"),
    ("北京", "海淀"),
    ("上海", "浦东"),
    ("", ""),
)
_GROUP_NAMES = (
    "家庭群",
    "同学群",
    "项目组",
    "篮球队",
    "读书会",
    "周末爬山",
    "邻居互助",
    "Python 交流",
    "摄影",
    "车友会",
)
_OFFICIAL = ("科技日报", "城市生活", "天气通知", "读书", "银行服务", "校友会")
_HEX = "0123456789abcdefghijklmnopqrstuvwxyz"


def generate(
    seed: int = 0, *, friends: int = 30, groups: int = 6, members: int = 12, officials: int = 4
) -> World:
    """A world of these sizes; the same seed gives the same world. `members` counts oneself. Raises ValueError for none.

    There are equal nicknames, remarks, emoji in names, every third group saved, every fourth muted, some pinned chats, and
    in groups also strangers, who are in several of them.
    """
    if min(friends, groups, officials) < 0 or members < 2:
        raise ValueError("a world has no negative sizes, and a group at least two members")
    dice = random.Random(seed)  # noqa: S311 - a world, not a secret
    world = World(Person(_wxid(dice), "小雁", province="广东", city="深圳"))
    world.add_specials()
    invented = [_friend(dice) for _ in range(friends)]
    _vary(dice, invented)
    world.people.update((each.id, each) for each in invented)
    for number in range(officials):
        name = _OFFICIAL[number % len(_OFFICIAL)] + (
            str(number // len(_OFFICIAL) + 1) if number >= len(_OFFICIAL) else ""
        )
        official = Person(
            f"gh_{_random(dice, 12, '0123456789abcdef')}", name, verify_flag=24, signature="公众号"
        )
        world.people[official.id] = official
    pool = _People(dice, world, members)
    for number in range(groups):
        room = _group(dice, world, pool, number, members)
        world.groups[room.id] = room
    return world


def _vary(dice: random.Random, people: list[Person]) -> None:
    """Have a pair of equal nicknames, a remark, an emoji, a pin and a mute among every ten people."""
    for first in range(0, len(people), 10):
        ten = people[first : first + 10]
        ten[-1].nickname = ten[0].nickname
        ten[0].remark = ten[0].remark or _nickname(dice)
        middle = ten[len(ten) // 2]
        middle.nickname = middle.nickname.rstrip(_EMOJI) + dice.choice(_EMOJI)
        if first % 100 == 0:
            ten[0].pinned = middle.muted = True


class _People:
    """The possible members of a group: friends, and strangers, who are in several groups."""

    def __init__(self, dice: random.Random, world: World, size: int) -> None:
        self._dice = dice
        self._world = world
        self._friends = [each.id for each in world.people.values() if each.id.startswith("wxid_")]
        self._strangers: list[str] = []
        self._most = 4 * size

    def some(self, count: int) -> list[str]:
        """The ids of `count` people, two thirds friends if there are so many."""
        known = self._dice.sample(self._friends, min(len(self._friends), max(1, count * 2 // 3)))[:count]
        missing = count - len(known)
        for _ in range(min(missing, self._most - len(self._strangers))):
            person = _friend(self._dice, known=False)
            self._world.people[person.id] = person
            self._strangers.append(person.id)
        return known + self._dice.sample(self._strangers, missing)


def _random(dice: random.Random, count: int, alphabet: str = _HEX) -> str:
    return "".join(dice.choices(alphabet, k=count))


def _wxid(dice: random.Random) -> str:
    return f"wxid_{_random(dice, 14)}"


def _nickname(dice: random.Random) -> str:
    kind = dice.random()
    if kind < 0.15:
        return dice.choice(_ENGLISH)
    name = dice.choice(_FAMILY) + "".join(dice.choices(_GIVEN, k=dice.choice((1, 2, 2))))
    return name + dice.choice(_EMOJI) if kind > 0.9 else name


def _friend(dice: random.Random, *, known: bool = True) -> Person:
    province, city = dice.choice(_PLACES)
    return Person(
        _wxid(dice),
        _nickname(dice),
        remark=_nickname(dice) if known and dice.random() < 0.3 else "",
        sex=dice.choice((0, 1, 2)),
        province=province,
        city=city,
        signature="好好学习 & 天天向上" if dice.random() < 0.1 else "",
        friend=known,
        starred=known and dice.random() < 0.02,
        muted=known and dice.random() < 0.03,
        pinned=known and dice.random() < 0.01,
        sns_flag=dice.choice((0, 1, 17)),
        attr_status=dice.randrange(1 << 32),
        avatar_seq=dice.randrange(1, 10**9),
    )


def _group(dice: random.Random, world: World, pool: _People, number: int, size: int) -> Group:
    base = _GROUP_NAMES[number % len(_GROUP_NAMES)]
    name = base if number < len(_GROUP_NAMES) else f"{base} {number // len(_GROUP_NAMES) + 1}"
    listed = pool.some(size - 1)
    members = [Member(each, _nickname(dice) if dice.random() < 0.2 else "") for each in listed]
    owner = world.me.id if dice.random() < 0.2 or not members else members[0].id
    members.insert(0 if owner == world.me.id else 1, Member(world.me.id))
    return Group(
        f"{dice.randrange(10**9, 10**10)}@chatroom",
        name,
        owner,
        members,
        saved=number % 3 == 0,
        muted=number % 4 == 1,
        pinned=number % 20 == 2,
        avatar_seq=dice.randrange(1, 10**9),
    )
