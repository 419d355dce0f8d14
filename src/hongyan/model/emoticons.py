"""WeChat's own emoticons, which are sent as names in brackets in the sender's language: ``[微笑]``, ``[Smile]``.

It has the names, their numbers and an emoji for those with a good one. Names are those of the service's web page;
older English names come from itchat and the phone clients of 2013 to 2016.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "EMOTICONS",
    "Emoticon",
    "EmoticonSpan",
    "emoticon_named",
    "find_emoticons",
    "to_emoji",
    "translate",
]


class Emoticon(Struct, frozen=True):
    """One emoticon. ``number`` is None for those added after the numbered table; ``emoji`` is empty if none fits."""

    number: int | None
    zh: tuple[str, ...]
    en: tuple[str, ...]
    emoji: str = ""


class EmoticonSpan(Struct, frozen=True):
    """The place of an emoticon in a text: ``text[start:end]`` is its bracketed name."""

    start: int
    end: int
    emoticon: Emoticon


# number: Chinese names / English names, the present one first = emoji
_TABLE: Final = """
0: 微笑 / Smile = 🙂
1: 撇嘴 / Grimace = 😖
2: 色 / Drool = 😍
3: 发呆 / Scowl = 😳
4: 得意 / Chill, CoolGuy = 😎
5: 流泪 / Sob = 😭
6: 害羞 / Shy = ☺️
7: 闭嘴 / Shutup, Silent = 🤐
8: 睡 / Sleep = 😴
9: 大哭 / Cry = 😭
10: 尴尬 / Awkward = 😅
11: 发怒 / Pout, Angry = 😡
12: 调皮 / Wink, Tongue = 😜
13: 呲牙 / Grin = 😁
14: 惊讶 / Surprised, Surprise = 😮
15: 难过 / Frown = 🙁
16: 酷 / Cool, Ruthless = 😎
17: 冷汗 / Tension, Blush = 😰
18: 抓狂 / Scream, Crazy = 😫
19: 吐 / Puke = 🤮
20: 偷笑 / Chuckle = 🤭
21: 愉快, 可爱 / Joyful = ☺️
22: 白眼 / Slight = 🙄
23: 傲慢 / Smug = 😤
24: 饥饿 / Hungry = 😋
25: 困, 累 / Drowsy = 😪
26: 惊恐 / Panic = 😱
27: 流汗 / Sweat = 😓
28: 憨笑 / Laugh = 😄
29: 悠闲, 大兵 / Loafer, Commando =
30: 奋斗 / Strive, Determined = 💪
31: 咒骂 / Scold = 🤬
32: 疑问 / Doubt, Shocked = 🤔
33: 嘘 / Shhh = 🤫
34: 晕 / Dizzy = 😵
35: 疯了, 折磨 / Tormented = 😩
36: 衰 / BadLuck, Toasted =
37: 骷髅 / Skull = 💀
38: 敲打 / Hammer = 🔨
39: 再见 / Wave = 👋
40: 擦汗 / Relief, Speechless = 😥
41: 抠鼻 / DigNose, NosePick =
42: 鼓掌 / Clap = 👏
43: 糗大了 / Shame =
44: 坏笑 / Trick = 😏
45: 左哼哼 / Bah！L =
46: 右哼哼 / Bah！R =
47: 哈欠 / Yawn = 🥱
48: 鄙视 / Lookdown, Pooh-pooh =
49: 委屈 / Wronged, Shrunken = 🥺
50: 快哭了 / Puling, TearingUp = 😢
51: 阴险 / Sly = 😏
52: 亲亲 / Kiss = 😘
53: 吓 / Uh-oh, Wrath = 😨
54: 可怜 / Whimper = 🥺
55: 菜刀 / Cleaver = 🔪
56: 西瓜 / Melon, Watermelon = 🍉
57: 啤酒 / Beer = 🍺
58: 篮球 / Basketball = 🏀
59: 乒乓 / PingPong = 🏓
60: 咖啡 / Coffee = ☕
61: 饭 / Rice = 🍚
62: 猪头 / Pig = 🐷
63: 玫瑰 / Rose = 🌹
64: 凋谢 / Wilt = 🥀
65: 嘴唇, 示爱 / Lip, Lips = 👄
66: 爱心 / Heart = ❤️
67: 心碎 / BrokenHeart = 💔
68: 蛋糕 / Cake = 🎂
69: 闪电 / Lightning = ⚡
70: 炸弹 / Bomb = 💣
71: 刀 / Dagger = 🗡️
72: 足球 / Soccer = ⚽
73: 瓢虫 / Ladybug = 🐞
74: 便便 / Poop = 💩
75: 月亮 / Moon = 🌙
76: 太阳 / Sun = ☀️
77: 礼物 / Gift = 🎁
78: 拥抱 / Hug = 🤗
79: 强 / Strong, ThumbsUp = 👍
80: 弱 / Weak, ThumbsDown = 👎
81: 握手 / Shake = 🤝
82: 胜利 / Victory, Peace = ✌️
83: 抱拳 / Admire, Fight, Salute = 🙏
84: 勾引 / Beckon =
85: 拳头 / Fist = ✊
86: 差劲 / Pinky =
87: 爱你 / RockOn = 🤟
88: NO / No, Nuh-uh = 🙅
89: OK / OK = 👌
90: 爱情 / InLove = 💑
91: 飞吻 / Blowkiss = 😘
92: 跳跳 / Waddle =
93: 发抖 / Tremble =
94: 怄火 / Aaagh! =
95: 转圈 / Twirl =
96: 磕头 / Kotow = 🙇
97: 回头 / Lookback, Dramatic =
98: 跳绳 / Jump, JumpRope =
99: 投降 / Give-in, Surrender = 🏳️
100: 激动 / Hooray = 🎉
101: 乱舞 / HeyHey, Meditate =
102: 献吻 / Smooch = 💋
103: 左太极 / TaiJi L =
104: 右太极 / TaiJi R =
105: 嘿哈 / Hey =
106: 捂脸 / Facepalm = 🤦
107: 奸笑 / Smirk = 😏
108: 机智 / Smart = 😉
109: 皱眉 / Concerned = 😟
110: 耶 / Yeah! = ✌️
111: 鸡 / Chicken, Chick = 🐤
112: 红包 / Packet = 🧧
-: Emm / Emm = 😐
-: 汗 / Sweats = 😓
-: 天啊 / OMG = 😱
-: 社会社会 / Respect =
-: 旺柴 / Doge = 🐶
-: 好的 / NoProb = 👌
-: 打脸 / MyBad =
-: 哇 / Wow = 🤩
-: 吃瓜 / Onlooker = 🍉
-: 加油 / GoForIt = 💪
-: 裂开 / Broken = 💔
-: 苦涩 / Bitter = 😣
-: 翻白眼 / Boring = 🙄
-: 破涕为笑 / Lol = 😂
"""
_ROW: Final = re.compile(r"(?P<number>\d+|-): (?P<zh>.+?) / (?P<en>.+?) =(?: (?P<emoji>\S+))?")


def _parse_table() -> Iterator[Emoticon]:
    for row in _TABLE.strip().splitlines():
        row_match = _ROW.fullmatch(row)
        assert row_match, row
        number = None if row_match["number"] == "-" else int(row_match["number"])
        yield Emoticon(
            number,
            tuple(row_match["zh"].split(", ")),
            tuple(row_match["en"].split(", ")),
            row_match["emoji"] or "",
        )


EMOTICONS: Final[tuple[Emoticon, ...]] = tuple(_parse_table())
"""Every face, in the order of their numbers."""

_BY_NAME: Final = {
    name: emoticon for emoticon in reversed(EMOTICONS) for name in (*emoticon.en, *emoticon.zh)
}
_BRACKETED: Final = re.compile(r"\[([^\[\]\n]{1,12})\]")


def emoticon_named(name: str) -> Emoticon | None:
    """Return the face of a bracketed name without its brackets, in either language, present or older."""
    return _BY_NAME.get(name)


def find_emoticons(text: str) -> tuple[EmoticonSpan, ...]:
    """Return every emoticon in ``text``; other words in brackets are words."""
    if "[" not in text:
        return ()
    found = ((m, _BY_NAME.get(m[1])) for m in _BRACKETED.finditer(text))
    return tuple(EmoticonSpan(m.start(), m.end(), emoticon) for m, emoticon in found if emoticon)


def translate(text: str, language: Literal["zh", "en"]) -> str:
    """Return ``text`` with each face's name in ``language``."""
    return _replaced(text, lambda emoticon: f"[{(emoticon.zh if language == 'zh' else emoticon.en)[0]}]")


def to_emoji(text: str) -> str:
    """Return ``text`` with an emoji for each face that has a good one."""
    return _replaced(text, lambda emoticon: emoticon.emoji)


def _replaced(text: str, by: Callable[[Emoticon], str]) -> str:
    kept, at = [], 0
    for span in find_emoticons(text):
        kept += [text[at : span.start], by(span.emoticon) or text[span.start : span.end]]
        at = span.end
    return "".join([*kept, text[at:]])
