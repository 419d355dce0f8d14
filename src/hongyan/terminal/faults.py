"""What went wrong and what to do, in the user's language, by the stable codes of errors; English is the errors' own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hongyan.errors import meaning_of
from hongyan.model.commands import AcceptFriend
from hongyan.model.display_text import clean
from hongyan.terminal.addressed import addressed
from hongyan.terminal.strings.language import Language

if TYPE_CHECKING:
    from hongyan.errors import HongyanError
    from hongyan.model.commands import CommandRow

__all__ = ["explained", "in_one_line", "joined", "why_failed"]

_LOG_IN_AGAIN: Final = "重新登录：hongyan login"

_CHINESE: Final[dict[str, tuple[str, str]]] = {
    "-1": ("服务器没说原因（对方不存在、手机离线，或一时故障）", "在手机上打开微信，再试一次"),
    "1": ("不允许，或请求不完整（拉人、踢人从 2018 年起只能在手机上做）", "不要原样重试；群成员请在手机上改"),
    "3": ("手机离线太久，网页版不能发送", "在手机上打开微信，等一分钟再试"),
    "1100": ("登录已被结束", _LOG_IN_AGAIN),
    "1101": ("账号在别处登录，或手机结束了这次登录", f"一个账号只用一个程序；{_LOG_IN_AGAIN}"),
    "1102": (
        "登录已失效，或被服务器强制结束",
        "如果刚登录就这样，说明微信不愿意让这个账号用网页版：请停止尝试",
    ),
    "1203": ("微信不允许这个账号使用网页版", "请停止尝试；请用手机或官方桌面版"),
    "1204": (
        "不允许发给这个对象（自己、非好友的群成员、系统账号，或被限制的人）",
        "换一个对象；给自己记事用 filehelper",
    ),
    "1205": ("太频繁", "等一等再试，不要连续重试"),
    "no-answer": ("服务器没有回应", "检查网络和服务器地址；没有服务器可用 hongyan emulate 或 hongyan demo"),
    "not-complete": ("没有收完整", "一分钟后再试"),
    "missed": ("定时的时间已过，没有发出", "还想发：hongyan outbox retry 编号"),
    "not-friends": ("对方没有把你加为好友，消息没有送达", "先请求加好友"),
    "blocked": ("对方拒收你的消息", "重发没有用"),
    "dropped": ("已从发件箱取消", ""),
    "held-back": (
        "发送节奏放慢，还在排队（不是服务器拒绝）",
        "轮到时会自动发出；不想发了：hongyan outbox drop 编号",
    ),
    "still-waiting": ("还在发件箱里等着", "会自动发出；hongyan outbox 可以查看，drop 可以取消"),
    "storage": (
        "本机存不下或读不出（磁盘满、只读或文件损坏）",
        "检查磁盘空间和配置目录的权限；hongyan doctor 会检查",
    ),
    "internal": ("鸿雁自己出了错", "请报告；报告目录里有一份不含消息内容的记录"),
    "not-capable": ("这种连接做不到", "见 README 的能力表"),
    "not-logged-in": ("还没有登录", _LOG_IN_AGAIN),
    "protocol-changed": ("服务器的回答读不懂", "请保留原文并报告（hongyan decode 可以读它）"),
    "profile-locked": ("这个配置现在不能用", ""),
    "text-too-long": ("文字太长，一条消息装不下", "改为发文件，或分几条发"),
}
_TRADITIONAL: Final[dict[str, tuple[str, str]]] = {
    "-1": ("伺服器沒說原因（對方不存在、手機離線，或一時故障）", "在手機上開啟微信，再試一次"),
    "1": (
        "不允許，或請求不完整（拉人、踢人從 2018 年起只能在手機上做）",
        "不要原樣重試；群組成員請在手機上改",
    ),
    "3": ("手機離線太久，網頁版不能傳送", "在手機上開啟微信，等一分鐘再試"),
    "1100": ("登入已被結束", "重新登入：hongyan login"),
    "1101": ("帳號在別處登入，或手機結束了這次登入", "一個帳號只用一個程式；重新登入：hongyan login"),
    "1102": (
        "登入已失效，或被伺服器強制結束",
        "如果剛登入就這樣，說明微信不願意讓這個帳號用網頁版：請停止嘗試",
    ),
    "1203": ("微信不允許這個帳號使用網頁版", "請停止嘗試；請用手機或官方桌面版"),
    "1204": (
        "不允許發給這個對象（自己、非好友的群組成員、系統帳號，或被限制的人）",
        "換一個對象；給自己記事用 filehelper",
    ),
    "1205": ("太頻繁", "等一等再試，不要連續重試"),
    "no-answer": ("伺服器沒有回應", "檢查網路和伺服器地址；沒有伺服器可用 hongyan emulate 或 hongyan demo"),
    "not-complete": ("沒有收完整", "一分鐘後再試"),
    "missed": ("定時的時間已過，沒有送出", "還想發：hongyan outbox retry 編號"),
    "not-friends": ("對方沒有把你加為好友，訊息沒有送達", "先請求加好友"),
    "blocked": ("對方拒收你的訊息", "重發沒有用"),
    "dropped": ("已從寄件匣取消", ""),
    "held-back": (
        "傳送步調放慢，還在排隊（不是伺服器拒絕）",
        "輪到時會自動送出；不想送了：hongyan outbox drop 編號",
    ),
    "still-waiting": ("還在寄件匣裡等著", "會自動送出；hongyan outbox 可以查看，drop 可以取消"),
    "storage": (
        "本機存不下或讀不出（磁碟滿、唯讀或檔案損壞）",
        "檢查磁碟空間和設定目錄的權限；hongyan doctor 會檢查",
    ),
    "internal": ("鴻雁自己出了錯", "請回報；報告目錄裡有一份不含訊息內容的紀錄"),
    "not-capable": ("這種連線做不到", "見 README 的能力表"),
    "not-logged-in": ("還沒有登入", "重新登入：hongyan login"),
    "protocol-changed": ("伺服器的回答讀不懂", "請保留原文並報告（hongyan decode 可以讀它）"),
    "profile-locked": ("這個設定現在不能用", ""),
    "text-too-long": ("文字太長，一則訊息裝不下", "改為傳檔案，或分幾則傳送"),
}
_SERVICE_CODE: Final = re.compile(r"(?:refused|login-ended)\.(-?\d+)")


def explained(code: str, said: str, advice: str, language: Language) -> tuple[str, str]:
    """Return why and what to do for the error ``code``; ``said`` and ``advice`` are the error's own English words.

    If there is no Chinese for a code, the English is used: a sentence in the wrong language is better than none.
    """
    service = _SERVICE_CODE.fullmatch(code)
    english = clean(said, newline=" ") or (meaning_of(int(service[1])).meaning if service else code)
    hint = clean(advice, newline=" ") or (meaning_of(int(service[1])).advice if service else "")
    if language is Language.EN:
        return english, addressed(hint)
    table = _TRADITIONAL if language is Language.ZH_TW else _CHINESE
    why, what = table.get(service[1] if service else code, (english, hint))
    return (f"{why}（{service[1]}）" if service else why), addressed(what)


_REQUEST_OVER: Final = {
    Language.EN: (
        "the service does not take this friend request any more; it may be of an earlier login",
        "Accept it on the phone.",
    ),
    Language.ZH: ("服务器不再接受这个好友请求，它可能来自之前的登录", "请在手机上通过"),
    Language.ZH_TW: ("伺服器不再接受這個好友請求，它可能來自之前的登入", "請在手機上通過"),
}


def why_failed(row: CommandRow, language: Language) -> tuple[str, str]:
    """Return why a command failed and what to do."""
    if isinstance(row.command, AcceptFriend) and row.reason == "refused.1":
        return _REQUEST_OVER[language]
    return explained(row.reason, row.said, "", language)


def in_one_line(problem: HongyanError, language: Language) -> str:
    """Return what went wrong and what to do about it, in one line."""
    return joined(*explained(problem.code, str(problem), problem.advice, language), language)


def joined(why: str, advice: str, language: Language) -> str:
    """Return what went wrong and what to do about it as separate sentences."""
    if not why or not advice:
        return why or advice
    is_english = language is Language.EN or why[-1].isascii()
    stop = "" if why[-1] in ".!?。！？…" else "." if is_english else "。"
    return f"{why}{stop}{' ' if is_english else ''}{advice}"
