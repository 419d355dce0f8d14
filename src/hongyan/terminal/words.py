"""The program's own sentences in Chinese and English; it knows nothing of messages and of when to say what."""

from __future__ import annotations

import locale
import os
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LOGIN", "MISTAKES", "TALK", "Language", "Words", "language_of", "say", "usage"]


class Language(StrEnum):
    """The languages in which the program speaks; independent of the account's."""

    ZH = "zh"
    EN = "en"
    ZH_TW = "zh-TW"


def language_of(environment: Mapping[str, str] | None = None) -> Language:
    """Return the language of the machine's settings (``LC_ALL``, ``LC_MESSAGES``, ``LANG``): Chinese, else English.

    Taiwan, Hong Kong and Macau, and a script named ``Hant``, mean traditional characters.
    """
    given = os.environ if environment is None else environment
    named = next((given[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if given.get(name)), "")
    if not named and environment is None:
        named = locale.getlocale()[0] or ""
    named = named.lower()
    if not named.startswith(("zh", "chinese")):
        return Language.EN
    return Language.ZH_TW if _TRADITIONAL.search(named) else Language.ZH


_TRADITIONAL: Final = re.compile(r"[_-](tw|hk|mo|hant)|traditional|taiwan|hong kong|macau")

Words = dict[str, tuple[str, ...]]
"""Sentences by key, each in the order of ``_COLUMNS``; one without traditional characters is told in simplified ones."""

_COLUMNS: Final = {Language.ZH: 0, Language.EN: 1, Language.ZH_TW: 2}

LOGIN: Final[Words] = {
    "waiting": ("等待扫码：用手机微信扫描二维码", "waiting: scan the QR code with WeChat on the phone"),
    "too-small": (
        "终端太小，放不下二维码，请打开链接或图片",
        "the terminal is too small for the code: use the link or the picture",
    ),
    "link": ("链接：{link}", "link: {link}"),
    "picture": ("图片：{path}", "picture: {path}"),
    "scanned": ("已扫描：{who}，请在手机上确认", "scanned by {who}: confirm on the phone"),
    "scanned-unnamed": ("已扫描，请在手机上确认", "scanned: confirm on the phone"),
    "confirmed": ("已确认，正在登录", "confirmed: logging in"),
    "asked-phone": ("已请求手机确认，请在手机上点“登录”", "the phone was asked: confirm there"),
    "expired": ("二维码已过期，换一个新的", "the code has expired: here is a new one"),
    "cancelled": ("手机上取消了登录，换一个新的二维码", "cancelled on the phone: here is a new code"),
    "loading": ("正在载入联系人：{have}", "loading contacts: {have}"),
    "ready": (
        "已登录：{who}，{contacts} 位联系人，{groups} 个群",
        "logged in as {who}: {contacts} contacts, {groups} groups",
    ),
    "refused": ("登录失败：{why}", "login failed: {why}"),
    "barred": (
        "登录失败：微信不允许这个账号（或这个环境）使用网页版",
        "login failed: the service does not let this account, or this environment, use Web WeChat",
    ),
    "barred-advice": (
        "请停止尝试，反复登录会给账号带来风险；请用手机或官方桌面版。想试用本程序：hongyan demo",
        "Stop here: repeating the login risks the account. Use the phone. To try this program: hongyan demo",
    ),
    "said": ("微信的说明：{said}", "the service says: {said}"),
    "advice": ("怎么办：{advice}", "what to do: {advice}"),
}

MISTAKES: Final[Words] = {
    "no-colon": ("没有冒号：{about}", "there is no colon: {about}"),
    "no-colon-advice": ("这样写：->名字:内容", "write ->name:text"),
    "no-name": ("冒号前没有名字", "there is no name before the colon"),
    "no-name-advice": (
        "这样写：->名字:内容，名字可用 /contacts 查看",
        "write ->name:text; /contacts lists the names",
    ),
    "open-quote": ("引号没有结束：{about}", "the quote is never closed: {about}"),
    "open-quote-advice": (
        '这样写：->"a:b":内容，名字里的引号写成 \\"',
        'write ->"a:b":text, and \\" for a quote in a name',
    ),
    "nothing-to-send": ("没有要发的内容（给 {about}）", "there is nothing to send to {about}"),
    "nothing-to-send-advice": ("内容或文件写在冒号后面", "the text or file comes after the colon"),
    "no-command": ("没有这个命令：/{about}", "there is no command /{about}"),
    "no-command-advice": (
        "/help 列出全部命令；要把它当文字发送，在前面加反斜杠：\\/{about}",
        "/help lists them; to send it as a text put a backslash before it: \\/{about}",
    ),
    "no-argument": ("/{about} 后面缺少内容", "/{about} needs something after it"),
    "no-argument-advice": ("用法：{usage}", "usage: {usage}"),
    "needless-argument": ("/{about} 后面不要跟内容", "/{about} takes nothing after it"),
    "needless-argument-advice": ("用法：{usage}", "usage: {usage}"),
    "no-number": ("不是数字：{about}", "not a number: {about}"),
    "no-number-advice": (
        "好友请求的编号用 /requests 查看",
        "/requests lists the friend requests with their numbers",
    ),
    "no-id": ("不是消息编号：{about}", "not the number of a message: {about}"),
    "no-id-advice": (
        "编号写在行尾，如 #12；/hist 会列出",
        "the number stands at the end of a line, as in #12; /hist shows it",
    ),
}

TALK: Final[Words] = {
    "hello": (
        "{me}，你好。->名字:内容 发消息，/open 名字 打开会话，/help 帮助，quit 结束",
        "hello {me}: ->name:text sends, /open NAME opens a chat, /help, quit",
    ),
    "not-open": ("没有打开的会话，这一行没有发出", "no chat is open, so this line was not sent"),
    "not-open-advice": (
        "先 /open 名字，或写 ->名字:内容",
        "first /open NAME, or write ->name:text",
    ),
    "opened": ("已打开：{name}，直接输入即可发送", "opened {name}: plain lines go there"),
    "closed": ("已关闭：{name}", "closed {name}"),
    "several": ("有 {count} 个“{name}”：", "{count} chats are called {name}:"),
    "pick": ("用 #编号 选择，如 ->#1:内容", "pick one by its number, as in ->#1:text"),
    "no-pick": ("上一个列表里没有 #{number}", "the last list has no #{number}"),
    "no-pick-advice": ("先 /chats、/contacts 或 /groups", "first /chats, /contacts or /groups"),
    "no-chat": ("没有叫“{name}”的人或群", "nobody is called {name}"),
    "near": ("是不是：{near}", "did you mean: {near}"),
    "no-such-chat-advice": ("/contacts 和 /groups 列出名字", "/contacts and /groups list the names"),
    "no-file": ("没有这个文件：{path}", "there is no such file: {path}"),
    "unreadable": ("读不了文件 {path}：{why}", "cannot read {path}: {why}"),
    "empty-file": ("文件是空的：{path}", "the file is empty: {path}"),
    "mass-ask": (
        "要发给全部 {count} 位好友？输入 {count} 确认：",
        "Send this to all {count} friends? Type {count} to confirm: ",
    ),
    "mass-refused": ("没有群发", "nothing was sent"),
    "mass-advice": (
        "群发要加 --allow-mass，或在终端里输入人数确认",
        "sending to all needs --allow-mass, or the typed number on a terminal",
    ),
    "mass-queued": (
        "已排队：{count} 条，按发送节奏陆续发出",
        "queued: {count} messages, sent one after the other",
    ),
    "failed": ("没有发出（{what} → {name}）：{why}", "not sent ({what} to {name}): {why}"),
    "not-done": ("没有办成（{what}）：{why}", "not done ({what}): {why}"),
    "unconfirmed": (
        "不确定是否发出（{what} → {name}），请在手机上查看",
        "perhaps sent ({what} to {name}): look on the phone",
    ),
    "done": ("已完成：{what}", "done: {what}"),
    "advice": ("怎么办：{advice}", "what to do: {advice}"),
    "retry-at": ("{time} 之后再试", "try again after {time}"),
    "saved": ("已存到 {path}", "saved to {path}"),
    "not-saved": ("没有存下 #{id}：{why}", "#{id} was not saved: {why}"),
    "no-message": ("没有 #{id} 这条消息", "there is no message #{id}"),
    "nothing-in-it": ("#{id} 里没有可保存的文件", "#{id} carries nothing to save"),
    "not-own": ("#{id} 不是你发的，不能撤回", "#{id} is not yours, it cannot be recalled"),
    "nothing-own": ("没有可撤回的消息", "there is nothing to recall"),
    "no-requests": ("没有等待处理的好友请求", "there are no friend requests waiting"),
    "no-request": ("没有编号为 {number} 的好友请求", "there is no friend request {number}"),
    "accept-hint": ("/accept {number} 接受", "/accept {number} accepts"),
    "no-member": ("{group} 里没有叫“{name}”的人", "nobody in {group} is called {name}"),
    "no-member-advice": ("/members 列出群成员", "/members lists them"),
    "on-phone": ("请在手机上操作", "do it on the phone"),
    "not-group": ("{name} 不是群", "{name} is not a group"),
    "none": ("（没有）", "(none)"),
    "found-none": ("没有找到“{words}”", "nothing found for {words}"),
    "who": ("你是 {me}", "you are {me}"),
    "who-open": ("打开的会话：{name}", "open chat: {name}"),
    "status": ("{state}，待发 {queued}", "{state}, {queued} waiting to be sent"),
    "status-since": ("自 {time}", "since {time}"),
    "status-latency": ("延迟 {ms} 毫秒", "latency {ms} ms"),
    "state-offline": ("未连接", "offline"),
    "state-logging-in": ("正在登录", "logging in"),
    "state-online": ("在线", "online"),
    "state-degraded": ("连接不稳定，正在重试", "the connection is unsteady, trying again"),
    "state-ended": ("登录已结束", "the login has ended"),
    "gap": (
        "{since} 到 {until} 没有连接：这段时间的消息只在手机上",
        "not connected from {since} to {until}: messages of that time are only on the phone",
    ),
    "mark-recalled": ("已撤回", "recalled"),
    "mark-failed": ("没有发出：{why}", "not sent: {why}"),
    "mark-unconfirmed": ("是否发出不知道", "nobody knows whether it was sent"),
    "unknown-event": ("读不懂的记录 #{seq}：{said}", "record #{seq} cannot be read: {said}"),
    "me": ("我", "me"),
    "me-phone": ("我（手机）", "me (phone)"),
    "somebody": ("（未知）", "(unknown)"),
    "service": ("微信", "WeChat"),
    "recalled-own": ("你撤回了一条消息", "you recalled a message"),
    "recalled-by": ("{who} 撤回了一条消息", "{who} recalled a message"),
    "recalled-original": ("原文：{original}", "it was: {original}"),
    "sending": ("还有 {count} 条没有发完，等待中……", "{count} still on their way, waiting"),
    "unsent": ("结束时还有 {count} 条没有结果", "{count} were still without an outcome at the end"),
    "auto-reply-ask": ("自动回复？(y/n) ", "auto reply? (y/n) "),
    "number": ("编号 {number}", "number {number}"),
    "seconds": ("{count} 秒", "{count} seconds"),
    "what-text": ("文字", "text"),
    "what-file": ("文件 {name}", "file {name}"),
    "what-picture": ("图片 {name}", "picture {name}"),
    "what-video": ("视频 {name}", "video {name}"),
    "what-sticker": ("表情 {name}", "sticker {name}"),
    "what-card": ("名片", "card"),
    "what-location": ("位置 {name}", "location {name}"),
    "what-forward": ("转发的消息", "forwarded message"),
    "what-recall": ("撤回", "recall"),
    "what-remark": ("备注 {name}", "remark {name}"),
    "what-pin": ("置顶", "pin"),
    "what-unpin": ("取消置顶", "unpin"),
    "what-read": ("标为已读", "mark as read"),
    "what-accept": ("接受好友请求", "accept the friend request"),
    "what-add": ("添加好友", "ask to become friends"),
    "what-create": ("建群", "create the group"),
    "what-members": ("改群成员", "change the members"),
    "what-rename": ("群改名 {name}", "rename the group to {name}"),
    "what-quit-group": ("退群", "leave the group"),
    "what-fetch": ("下载", "download"),
    "what-refresh": ("重新载入联系人", "reload the contacts"),
    "what-logout": ("退出登录", "log out"),
    "help-arrow": ("发文字", "send a text"),
    "help-arrow-all": ("发给所有好友", "send it to every friend"),
    "help-arrow-m": ("文件的每一行各发一条", "send every line of a text file"),
    "help-arrow-f": ("发文件", "send a file"),
    "help-arrow-i": ("发图片", "send a picture"),
    "help-arrow-e": ("发表情（动图）", "send a sticker (an animated picture)"),
    "help-quote": (
        '名字里有冒号用引号：->"a:b":内容。#3 是上一个列表的第 3 个',
        'quote a name with a colon: ->"a:b":text; #3 is the third of the last list',
    ),
    "help-chats": ("列出会话", "list the chats"),
    "help-contacts": ("列出联系人", "list the contacts"),
    "help-groups": ("列出群", "list the groups"),
    "help-members": ("列出群成员", "list the members of a group"),
    "help-open": ("打开会话，之后直接输入即可", "open a chat: plain lines go there"),
    "help-close": ("关闭会话", "close it"),
    "help-hist": ("最近的消息", "the latest messages"),
    "help-search": ("查找名字和消息", "look for names and messages"),
    "help-save": ("保存消息里的文件", "save what a message carries"),
    "help-reply": ("引用某条消息并回复", "answer a message, quoting it"),
    "help-forward": ("把消息转给别人，编号:名字", "send a message on, ID:NAME"),
    "help-recall": ("撤回自己的消息（两分钟内）", "take an own message back (within two minutes)"),
    "help-requests": ("列出好友请求", "list the friend requests"),
    "help-accept": ("接受第 N 个好友请求", "accept friend request N"),
    "help-read": ("在手机上标为已读", "mark as read on the phone"),
    "help-pin": ("置顶", "keep at the top"),
    "help-unpin": ("取消置顶", "no longer keep at the top"),
    "help-remark": ("给好友起备注名，留空则去掉", "set my own name for a friend, empty removes it"),
    "help-rename": ("群改名", "rename a group"),
    "help-invite": ("拉人进群，名字用逗号隔开", "bring people into a group, names divided by commas"),
    "help-remove": ("移出群，名字用逗号隔开", "remove people from a group, names divided by commas"),
    "help-quit-group": ("退群", "leave a group"),
    "help-who": ("我是谁，在哪个会话", "who I am and which chat is open"),
    "help-status": ("连接状态", "the state of the connection"),
    "help-help": ("这份说明", "this help"),
    "help-logout": ("退出登录并结束", "log out and end"),
    "help-quit": ("结束", "end"),
}


_PLACEHOLDERS: Final = {
    "NAME": "名字",
    "TEXT": "内容",
    "FILE": "文件",
    "ID": "编号",
    "N": "数字",
    "WORDS": "词语",
    "COMMAND": "命令",
}


def usage(pattern: str, language: Language) -> str:
    """Return how a command is written, with its placeholders in the user's language: ``/open NAME``."""
    if language is Language.EN:
        return pattern
    return re.sub("[A-Z]+", lambda m: _PLACEHOLDERS.get(m[0], m[0]), pattern)


def say(words: Words, key: str, language: Language, /, **values: object) -> str:
    """Return the sentence ``key`` of a table with its values filled in."""
    told = words[key]
    column = _COLUMNS[language]
    return told[column if column < len(told) else 0].format(**values)
