"""What the history says of messages, in three languages; it knows no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hongyan.terminal.strings.language import Words

__all__ = ["HISTORY"]

HISTORY: Final[Words] = {
    "me": ("我", "me", "我"),
    "me-phone": ("我（手机）", "me (phone)", "我（手機）"),
    "somebody": ("（未知）", "(unknown)", "（未知）"),
    "service": ("微信", "WeChat", "微信"),
    "recalled-own": ("你撤回了一条消息", "you recalled a message", "你收回了一則訊息"),
    "recalled-by": ("{who} 撤回了一条消息", "{who} recalled a message", "{who} 收回了一則訊息"),
    "quoted-by-hand": ("手写的引用", "quoted by hand", "手寫的引用"),
    "recalled": ("已撤回", "recalled", "已收回"),
    "recalled-hidden": (
        "已撤回的消息，按 {key} 查看",
        "a recalled message, {key} shows it",
        "已收回的訊息，按 {key} 檢視",
    ),
    "recalled-erased": ("已撤回的消息", "a recalled message", "已收回的訊息"),
    "removed": ("按存档规则已删除", "removed by the archive's rules", "依封存規則已刪除"),
    "pending": ("发送中", "sending", "傳送中"),
    "queued": ("排队中", "queued", "排隊中"),
    "held": (
        "{seconds} 秒后发出，Esc 取消",
        "goes in {seconds} s, Esc takes it back",
        "{seconds} 秒後送出，Esc 取消",
    ),
    "waits": ("等到 {time}", "waits until {time}", "等到 {time}"),
    "failed": ("没有发出：{why}", "not sent: {why}", "沒有送出：{why}"),
    "retry": ("⏎ 重发", "Enter sends it again", "⏎ 重送"),
    "unconfirmed": (
        "不知道是否发出，请看手机",
        "perhaps sent: look on the phone",
        "不知道是否送出，請看手機",
    ),
    "gap": (
        "{since} 到 {until} 没有连接：这段时间的消息只在手机上",
        "not connected from {since} to {until}: messages of that time are only on the phone",
        "{since} 到 {until} 沒有連線：這段時間的訊息只在手機上",
    ),
    "unread-line": (
        "以下 {count} 条未读 · {time} 起",
        "{count} unread below · since {time}",
        "以下 {count} 則未讀 · {time} 起",
    ),
    "beginning": ("这里是记录的开头", "the record begins here", "這裡是紀錄的開頭"),
    "empty": ("还没有消息", "no messages yet", "還沒有訊息"),
    "no-chat": (
        "选一个会话，或按 {key} 查找",
        "choose a chat, or look for one with {key}",
        "選一個聊天，或按 {key} 搜尋",
    ),
    "below": ("↓ {count} 条新消息", "↓ {count} new", "↓ {count} 則新訊息"),
    "open-hint": ("⏎ 打开", "Enter opens", "⏎ 開啟"),
    "picture-hint": ("o 打开  s 存", "o opens  s saves", "o 開啟  s 儲存"),
    "voice-hint": ("v 播放", "v plays", "v 播放"),
    "file-hint": ("⏎ 打开  s 存", "Enter opens  s saves", "⏎ 開啟  s 儲存"),
    "on-phone": ("请在手机上查看", "see your phone", "請在手機上檢視"),
    "request-hint": ("⏎ 处理好友请求", "Enter answers the request", "⏎ 處理好友請求"),
    "more-items": ("还有 {count} 条，⏎ 展开", "{count} more, Enter unfolds", "還有 {count} 則，⏎ 展開"),
    "fold": ("⏎ 收起", "Enter folds", "⏎ 收合"),
    "coordinates": (
        "{latitude:.5f}, {longitude:.5f}",
        "{latitude:.5f}, {longitude:.5f}",
        "{latitude:.5f}, {longitude:.5f}",
    ),
    "unknown": ("类型 {number}，x 看原文", "kind {number}, x shows it raw", "類型 {number}，x 看原文"),
    "unparsed": ("无法读取：{why}", "cannot be read: {why}", "無法讀取：{why}"),
    "unreadable-row": (
        "读不懂的记录 #{seq}：{said}",
        "record #{seq} cannot be read: {said}",
        "讀不懂的紀錄 #{seq}：{said}",
    ),
}
