"""WeChat's emoticons and the emoji, found by their names in Chinese and English and by pinyin; independent of widgets."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final, NamedTuple

from hongyan.model.emoticons import EMOTICONS
from hongyan.terminal.full.chats.fuzzy import Finder

__all__ = ["EmojiChoice", "all_emoji", "find_emoji"]

_SYLLABLES: Final = """
wei微 xiao笑 pie撇 zui嘴 se色 fa发 dai呆 de得 yi意 liu流 lei泪 hai害 xiu羞 bi闭 shui睡 da大 ku哭 gan尴 ga尬 nu怒 tiao调跳 pi皮 ci呲 ya牙
jing惊 ya讶 nan难 guo过 ku酷 leng冷 han汗憨 zhua抓 kuang狂 tu吐 tou偷头 yu愉 kuai快 ke可 ai爱 bai白 yan眼 ao傲 man慢 ji饥鸡机激 e饿 kun困 lei累
kong恐 you悠油 xian闲 bing兵 fen奋 dou斗抖 zhou咒皱 ma骂 yi疑 wen问吻 xu嘘 yun晕 feng疯 le了 zhe折 mo磨 shuai衰摔 ku骷 lou髅 qiao敲 da打
zai再 jian见 ca擦 kou抠扣 bi鼻 gu鼓 zhang掌 qiu糗球 huai坏 zuo左 heng哼 you右有 ha哈 qian欠 bi鄙 shi视 wei委 qu屈 yin阴引 xian险献 qin亲 xia吓
lian怜脸莲 cai菜 dao刀 xi西 gua瓜 pi啤 jiu酒 lan篮 ping乒 pang乓 ka咖 fei啡 fan饭翻 zhu猪 mei玫 gui瑰 diao凋 xie谢 chun唇 shi示 xin心 sui碎
dan蛋弹 gao糕 shan闪 dian电 zha炸 zu足 piao瓢 chong虫 bian便 yue月 liang亮 tai太 yang阳 li礼利力 wu物舞捂 yong拥 bao抱包 qiang强 ruo弱 wo握
shou手 sheng胜 quan拳 gou勾 cha差 jin劲 ni你 qing情 fei飞 zhuan转 quan圈 ke磕 hui回会 tou头投 sheng绳 xiang降 dong动 luan乱 ji极 hei嘿 jian奸
zhi智 mei眉 ye耶 hong红 tian天 a啊 she社 wang旺 chai柴 hao好 wa哇 chi吃 jia加 you油 lie裂 kai开 se涩 po破 ti涕 wei为 huo火 ku苦
"""
_CHINESE: Final[dict[str, str]] = {
    "😀": "笑脸", "😂": "笑哭 破涕为笑", "🤣": "笑得打滚", "😊": "微笑 开心", "😍": "色 喜欢", "😘": "飞吻 亲亲", "😭": "大哭", "😅": "尴尬 汗",
    "😡": "生气 发怒", "🤔": "思考 想", "🙏": "拜托 谢谢 合十", "👍": "赞 强 好", "👎": "踩 弱", "👏": "鼓掌", "💪": "加油 肌肉", "🎉": "庆祝 撒花",
    "❤️": "爱心 红心", "💔": "心碎", "🌹": "玫瑰 花", "🔥": "火 热", "💯": "一百分 满分", "👌": "好的", "✌️": "胜利 耶", "🤝": "握手", "👋": "再见 挥手",
    "🙈": "猴子 不看", "🐶": "狗 狗头", "🐱": "猫", "🐷": "猪", "🐔": "鸡", "🐼": "熊猫", "🐰": "兔", "🐯": "虎", "🐮": "牛", "🐴": "马", "🐑": "羊",
    "🐍": "蛇", "🐲": "龙", "🐭": "鼠", "🐵": "猴", "🦢": "天鹅", "🪿": "鹅 大雁", "☀️": "太阳 晴", "🌧️": "下雨", "⛄": "雪人", "🌙": "月亮", "⭐": "星星",
    "🍉": "西瓜 吃瓜", "🍎": "苹果", "🍺": "啤酒 干杯", "🍻": "干杯", "🍚": "米饭", "🍜": "面", "🥟": "饺子", "🥮": "月饼", "🧋": "奶茶", "☕": "咖啡", "🍵": "茶",
    "🎂": "蛋糕 生日", "🎁": "礼物", "🧧": "红包", "💰": "钱", "🏠": "家 房子", "🚗": "车", "✈️": "飞机", "🚄": "高铁 火车", "📷": "相机", "📱": "手机", "💻": "电脑",
    "📎": "附件", "📌": "置顶 图钉", "✅": "完成 对", "❌": "错 不", "❓": "问号 疑问", "❗": "感叹号", "⏰": "闹钟 时间", "📅": "日历 日期", "🎵": "音乐", "⚽": "足球",
    "🏀": "篮球", "🏓": "乒乓球", "😴": "睡觉", "🤮": "吐", "🤯": "炸裂 震惊", "😱": "害怕 惊恐", "🥺": "可怜 求求", "😎": "酷 墨镜", "🤡": "小丑", "👻": "鬼", "💩": "便便",
    "🙄": "白眼", "😏": "坏笑", "😳": "脸红", "🤗": "抱抱 拥抱", "🤫": "嘘 安静", "🫡": "敬礼", "🫠": "融化", "👀": "看 眼睛", "💤": "困 睡", "🇨🇳": "中国",
}  # fmt: skip
_BLOCKS: Final = (
    (0x1F600, 0x1F64F),
    (0x1F300, 0x1F5FF),
    (0x1F680, 0x1F6FF),
    (0x1F900, 0x1F9FF),
    (0x1FA70, 0x1FAFF),
    (0x2600, 0x27BF),
)
_MODIFIERS: Final = range(0x1F3FB, 0x1F400)


class EmojiChoice(NamedTuple):
    """One that can be chosen: what it puts into a text, how it looks, and its name."""

    text: str
    look: str
    name: str


@cache
def _pinyin_of() -> dict[str, str]:
    table: dict[str, str] = {}
    for word in _SYLLABLES.split():
        syllable = word.rstrip("".join(c for c in word if c > "z"))
        for char in word[len(syllable) :]:
            table.setdefault(char, syllable)
    return table


def _pinyin(name: str) -> tuple[str, str]:
    """Return a name's pinyin in full and by initials, as far as its characters are known."""
    syllables = [_pinyin_of().get(char, char.lower()) for char in name]
    return "".join(syllables), "".join(syllable[:1] for syllable in syllables)


@cache
def all_emoji() -> tuple[EmojiChoice, ...]:
    """Return WeChat's emoticons, then the emoji of one character, then those with a Chinese name made of several."""
    faces = [
        EmojiChoice(f"[{face.zh[0]}]", face.emoji or f"[{face.zh[0]}]", f"{face.zh[0]} {face.en[0]}")
        for face in EMOTICONS
    ]
    singles = {
        chr(code): unicodedata.name(chr(code)).lower()
        for first, last in _BLOCKS
        for code in range(first, last + 1)
        if code not in _MODIFIERS and unicodedata.category(chr(code)) == "So"
    }
    shown = _CHINESE | {e: n for e, n in singles.items() if e not in _CHINESE}
    return (*faces, *(EmojiChoice(e, e, names) for e, names in shown.items()))


@cache
def _finder() -> Finder[EmojiChoice]:
    def keys(face: EmojiChoice) -> tuple[list[str], list[str]]:
        names = face.name.split()
        pinyin = [p for name in names if name and name[0] > "z" for p in _pinyin(name)]
        english = singular(face)
        return [face.text, *names, *([english] if english else [])], pinyin

    def singular(face: EmojiChoice) -> str:
        return unicodedata.name(face.text[0], "").lower() if not face.text.startswith("[") else ""

    return Finder((face, *keys(face)) for face in all_emoji())


def find_emoji(wanted: str, limit: int = 50) -> list[EmojiChoice]:
    """Return the emoticons and emoji that match a name, a part of one, or pinyin; all in their order for an empty text."""
    return [hit.item for hit in _finder().find(wanted.replace("_", " "), limit)]
