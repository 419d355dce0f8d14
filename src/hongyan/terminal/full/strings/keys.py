"""Texts about keys, in three languages: the sheet, errors of a key map, and the probe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hongyan.terminal.strings.language import Words

__all__ = ["KEYS"]

KEYS: Final[Words] = {
    "app": ("任何地方", "Anywhere", "任何地方"),
    "entry": ("输入框", "Entry", "輸入框"),
    "messages": ("消息", "Messages", "訊息"),
    "list": ("会话列表", "List of chats", "聊天清單"),
    "no-key": ("（无）", "(none)", "（無）"),
    "and": ("、", " and ", "、"),
    "doing": ("“{what}”（{id}）", "{what} ({id})", "「{what}」（{id}）"),
    "twice": (
        "{key} 在“{where}”里重复：{both}",
        "{key} does two things in {where}: {both}",
        "{key} 在「{where}」裡重複：{both}",
    ),
    "shadowed": (
        "{key} 在“{where}”里和任何地方各有用途：{both}",
        "{key} does one thing in {where} and another anywhere: {both}",
        "{key} 在「{where}」裡和任何地方各有用途：{both}",
    ),
    "writes": (
        "{key} 在输入框里要用来打字，不能用于：{both}",
        "{key} is a character to be written in the entry, it cannot be: {both}",
        "{key} 在輸入框裡要用來打字，不能用於：{both}",
    ),
    "unsendable": (
        "不是每个终端都能区分 {key}，它却是唯一的键：{both}",
        "{key} is not told apart by every terminal, and is the only key of: {both}",
        "不是每個終端機都能區分 {key}，它卻是唯一的鍵：{both}",
    ),
    "checked": ("没有冲突", "no conflicts", "沒有衝突"),
    "mistake": ("错误", "mistake", "錯誤"),
    "warning": ("提醒", "warning", "提醒"),
    "probe-title": (
        "按任意键看它的名字和用途；连按两次 Ctrl+C 或 Esc 结束",
        "Press keys to see their names and what they do; Ctrl+C or Esc twice ends",
        "按任意鍵看它的名稱和用途；連按兩次 Ctrl+C 或 Esc 結束",
    ),
    "does-nothing": ("没有用途", "does nothing", "沒有用途"),
    "does": ("{where}：{what}", "{where}: {what}", "{where}：{what}"),
    "begins": ("{where}：{keys} {what}", "{where}: {keys} {what}", "{where}：{keys} {what}"),
    "not-everywhere": ("不是每个终端都能发", "not every terminal sends it", "不是每個終端機都能送出"),
}
