"""What line mode says, in three languages; the full screen shares some of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hongyan.terminal.strings.language import Language, say

if TYPE_CHECKING:
    from hongyan.terminal.strings.language import Words

__all__ = ["LINE_MODE", "MISTAKES", "usage"]

MISTAKES: Final[Words] = {
    "no-colon": ("没有冒号：{about}", "there is no colon: {about}", "沒有冒號：{about}"),
    "no-colon-advice": ("这样写：->名字:内容", "write ->name:text", "這樣寫：->名字:內容"),
    "no-name": ("冒号前没有名字", "there is no name before the colon", "冒號前沒有名字"),
    "no-name-advice": (
        "这样写：->名字:内容，名字可用 /contacts 查看",
        "write ->name:text; /contacts lists the names",
        "這樣寫：->名字:內容，名字可用 /contacts 檢視",
    ),
    "open-quote": ("引号没有结束：{about}", "the quote is never closed: {about}", "引號沒有結束：{about}"),
    "open-quote-advice": (
        '这样写：->"a:b":内容，名字里的引号写成 \\"',
        'write ->"a:b":text, and \\" for a quote in a name',
        '這樣寫：->"a:b":內容，名字裡的引號寫成 \\"',
    ),
    "nothing-to-send": (
        "没有要发的内容（给 {about}）",
        "there is nothing to send to {about}",
        "沒有要發的內容（給 {about}）",
    ),
    "nothing-to-send-advice": (
        "内容或文件写在冒号后面",
        "the text or file comes after the colon",
        "內容或檔案寫在冒號後面",
    ),
    "no-command": ("没有这个命令：/{about}", "there is no command /{about}", "沒有這個命令：/{about}"),
    "no-command-advice": (
        "/help 列出全部命令；要把它当文字发送，在前面加反斜杠：\\/{about}",
        "/help lists them; to send it as a text put a backslash before it: \\/{about}",
        "/help 列出全部命令；要把它當文字傳送，在前面加反斜槓：\\/{about}",
    ),
    "no-argument": ("/{about} 后面缺少内容", "/{about} needs something after it", "/{about} 後面缺少內容"),
    "no-argument-advice": ("用法：{usage}", "usage: {usage}", "用法：{usage}"),
    "needless-argument": (
        "/{about} 后面不要跟内容",
        "/{about} takes nothing after it",
        "/{about} 後面不要跟內容",
    ),
    "needless-argument-advice": ("用法：{usage}", "usage: {usage}", "用法：{usage}"),
    "no-number": ("不是数字：{about}", "not a number: {about}", "不是數字：{about}"),
    "no-number-advice": (
        "好友请求的编号用 /requests 查看",
        "/requests lists the friend requests with their numbers",
        "好友請求的編號用 /requests 檢視",
    ),
    "no-id": ("不是消息编号：{about}", "not the number of a message: {about}", "不是訊息編號：{about}"),
    "no-id-advice": (
        "编号写在行尾，如 #12；/hist 会列出",
        "the number stands at the end of a line, as in #12; /hist shows it",
        "編號寫在行尾，如 #12；/hist 會列出",
    ),
}

LINE_MODE: Final[Words] = {
    "hello": (
        "{me}，你好。->名字:内容 发消息，/open 名字 打开会话，/help 帮助，quit 结束",
        "hello {me}: ->name:text sends, /open NAME opens a chat, /help, quit",
        "{me}，你好。->名字:內容 傳訊息，/open 名字 開啟聊天，/help 說明，quit 結束",
    ),
    "not-open": (
        "没有打开的会话，这一行没有发出",
        "no chat is open, so this line was not sent",
        "沒有開啟的聊天，這一行沒有送出",
    ),
    "not-open-advice": (
        "先 /open 名字，或写 ->名字:内容",
        "first /open NAME, or write ->name:text",
        "先 /open 名字，或寫 ->名字:內容",
    ),
    "opened": (
        "已打开：{name}，直接输入即可发送",
        "opened {name}: plain lines go there",
        "已開啟：{name}，直接輸入即可傳送",
    ),
    "closed": ("已关闭：{name}", "closed {name}", "已關閉：{name}"),
    "several": ("有 {count} 个“{name}”：", "{count} chats are named {name}:", "有 {count} 個「{name}」："),
    "pick": (
        "用 #编号 选择，如 ->#1:内容",
        "pick one by its number, as in ->#1:text",
        "用 #編號 選擇，如 ->#1:內容",
    ),
    "no-pick": ("上一个列表里没有 #{number}", "the last list has no #{number}", "上一個清單裡沒有 #{number}"),
    "no-pick-advice": (
        "先 /chats、/contacts 或 /groups",
        "first /chats, /contacts or /groups",
        "先 /chats、/contacts 或 /groups",
    ),
    "no-chat": ("没有叫“{name}”的人或群", "nobody is called {name}", "沒有叫「{name}」的人或群"),
    "near": ("是不是：{near}", "did you mean: {near}", "是不是：{near}"),
    "no-such-chat-advice": (
        "/contacts 和 /groups 列出名字",
        "/contacts and /groups list the names",
        "/contacts 和 /groups 列出名字",
    ),
    "not-a-file": (
        "{path} 是文件夹或设备，不能发送",
        "{path} is a folder or a device; only files can be sent",
        "{path} 是資料夾或裝置，不能傳送",
    ),
    "no-file": ("没有这个文件：{path}", "there is no such file: {path}", "沒有這個檔案：{path}"),
    "unreadable": ("读不了文件 {path}：{why}", "cannot read {path}: {why}", "讀不了檔案 {path}：{why}"),
    "empty-file": ("文件是空的：{path}", "the file is empty: {path}", "檔案是空的：{path}"),
    "mass-ask": (
        "要发给全部 {count} 位好友？输入 {count} 确认：",
        "Send this to all {count} friends? Type {count} to confirm: ",
        "要發給全部 {count} 位好友？輸入 {count} 確認：",
    ),
    "mass-refused": ("没有群发", "nothing was sent", "沒有群發"),
    "mass-advice": (
        "群发要加 --allow-mass，或在终端里输入人数确认",
        "sending to all needs --allow-mass, or the typed number on a terminal",
        "群發要加 --allow-mass，或在終端裡輸入人數確認",
    ),
    "mass-queued": (
        "已排队：{count} 条，按发送节奏陆续发出",
        "queued: {count} messages, sent one after the other",
        "已排隊：{count} 則，按傳送節奏陸續送出",
    ),
    "failed": (
        "没有发出（{what} → {name}）：{why}",
        "not sent ({what} to {name}): {why}",
        "沒有送出（{what} → {name}）：{why}",
    ),
    "not-done": ("没有办成（{what}）：{why}", "not done ({what}): {why}", "沒有辦成（{what}）：{why}"),
    "unconfirmed": (
        "不确定是否发出（{what} → {name}），请在手机上查看",
        "perhaps sent ({what} to {name}): look on the phone",
        "不確定是否送出（{what} → {name}），請在手機上檢視",
    ),
    "done": ("已完成：{what}", "done: {what}", "已完成：{what}"),
    "advice": ("怎么办：{advice}", "what to do: {advice}", "怎麼辦：{advice}"),
    "retry-at": ("{time} 之后再试", "try again after {time}", "{time} 之後再試"),
    "played": (
        "该来的消息都来了；演示用的文件夹现在删除",
        "every expected message came; the demo's folder is deleted now",
        "該來的訊息都來了；示範用的資料夾現在刪除",
    ),
    "saved": ("已存到 {path}", "saved to {path}", "已存到 {path}"),
    "not-saved": ("没有存下 #{id}：{why}", "#{id} was not saved: {why}", "沒有存下 #{id}：{why}"),
    "no-message": ("没有 #{id} 这条消息", "there is no message #{id}", "沒有 #{id} 這則訊息"),
    "nothing-in-it": (
        "#{id} 里没有可保存的文件",
        "#{id} carries nothing to save",
        "#{id} 裡沒有可儲存的檔案",
    ),
    "not-own": (
        "#{id} 不是你发的，不能撤回",
        "#{id} is not yours, it cannot be recalled",
        "#{id} 不是你發的，不能收回",
    ),
    "nothing-own": ("没有可撤回的消息", "there is nothing to recall", "沒有可收回的訊息"),
    "no-requests": (
        "没有等待处理的好友请求",
        "there are no friend requests waiting",
        "沒有等待處理的好友請求",
    ),
    "no-request": (
        "没有编号为 {number} 的好友请求",
        "there is no friend request {number}",
        "沒有編號為 {number} 的好友請求",
    ),
    "accept-hint": ("/accept {number} 接受", "/accept {number} accepts", "/accept {number} 接受"),
    "no-member": (
        "{group} 里没有叫“{name}”的人",
        "nobody in {group} is called {name}",
        "{group} 裡沒有叫「{name}」的人",
    ),
    "no-member-advice": ("/members 列出群成员", "/members lists them", "/members 列出群組成員"),
    "on-phone": ("请在手机上操作", "do it on the phone", "請在手機上操作"),
    "not-group": ("{name} 不是群", "{name} is not a group", "{name} 不是群組"),
    "none": ("（没有）", "(none)", "（沒有）"),
    "found-none": ("没有找到“{words}”", "nothing found for {words}", "沒有找到「{words}」"),
    "found-none-of-those": ("没有这样的消息", "no message fits", "沒有這樣的訊息"),
    "who": ("你是 {me}", "you are {me}", "你是 {me}"),
    "who-open": ("打开的会话：{name}", "open chat: {name}", "開啟的聊天：{name}"),
    "status": ("{state}，待发 {queued}", "{state}, {queued} waiting to be sent", "{state}，待送 {queued}"),
    "status-since": ("自 {time}", "since {time}", "自 {time}"),
    "status-latency": ("延迟 {ms} 毫秒", "latency {ms} ms", "延遲 {ms} 毫秒"),
    "state-offline": ("未连接", "offline", "未連線"),
    "state-logging-in": ("正在登录", "logging in", "正在登入"),
    "state-online": ("在线", "online", "線上"),
    "state-degraded": (
        "连接不稳定，正在重试",
        "the connection is unsteady, trying again",
        "連線不穩定，正在重試",
    ),
    "state-ended": ("登录已结束", "the login has ended", "登入已結束"),
    "gap": (
        "{since} 到 {until} 没有连接：这段时间的消息只在手机上",
        "not connected from {since} to {until}: messages of that time are only on the phone",
        "{since} 到 {until} 沒有連線：這段時間的訊息只在手機上",
    ),
    "mark-recalled": ("已撤回", "recalled", "已收回"),
    "mark-failed": ("没有发出：{why}", "not sent: {why}", "沒有送出：{why}"),
    "mark-unconfirmed": ("是否发出不知道", "nobody knows whether it was sent", "是否送出不知道"),
    "unknown-event": (
        "读不懂的记录 #{seq}：{said}",
        "record #{seq} cannot be read: {said}",
        "讀不懂的記錄 #{seq}：{said}",
    ),
    "me": ("我", "me", "我"),
    "me-phone": ("我（手机）", "me (phone)", "我（手機）"),
    "somebody": ("（未知）", "(unknown)", "（未知）"),
    "loading": ("正在载入联系人：{have}", "loading contacts: {have}", "正在載入聯絡人：{have}"),
    "service": ("微信", "WeChat", "微信"),
    "recalled-own": ("你撤回了一条消息", "you recalled a message", "你收回了一則訊息"),
    "recalled-by": ("{who} 撤回了一条消息", "{who} recalled a message", "{who} 收回了一則訊息"),
    "recalled-original": ("原文：{original}", "it was: {original}", "原文：{original}"),
    "sending": (
        "还有 {count} 条没有发完，等待中……",
        "{count} still on their way, waiting",
        "還有 {count} 則沒有發完，等待中……",
    ),
    "unsent": (
        "结束时还有 {count} 条没有结果",
        "{count} were still without an outcome at the end",
        "結束時還有 {count} 則沒有結果",
    ),
    "yes-or-no": (
        "这不是回答，也没有发出去：请打 y 或 n",
        "that is no answer, and it was not sent: type y or n",
        "這不是回答，也沒有送出：請打 y 或 n",
    ),
    "auto-reply-ask": ("自动回复？(y/n) ", "auto reply? (y/n) ", "自動回覆？(y/n) "),
    "number": ("编号 {number}", "number {number}", "編號 {number}"),
    "seconds": ("{count} 秒", "{count} seconds", "{count} 秒"),
    "what-text": ("文字", "text", "文字"),
    "what-file": ("文件 {name}", "file {name}", "檔案 {name}"),
    "what-picture": ("图片 {name}", "picture {name}", "圖片 {name}"),
    "what-video": ("视频 {name}", "video {name}", "影片 {name}"),
    "what-sticker": ("表情 {name}", "sticker {name}", "貼圖 {name}"),
    "what-card": ("名片", "card", "名片"),
    "what-location": ("位置 {name}", "location {name}", "位置 {name}"),
    "what-forward": ("转发的消息", "forwarded message", "轉傳的訊息"),
    "what-recall": ("撤回", "recall", "收回"),
    "what-remark": ("备注 {name}", "remark {name}", "備註 {name}"),
    "what-pin": ("置顶", "pin", "置頂"),
    "what-unpin": ("取消置顶", "unpin", "取消置頂"),
    "what-read": ("标为已读", "mark as read", "標為已讀"),
    "what-accept": ("接受好友请求", "accept the friend request", "接受好友請求"),
    "what-add": ("添加好友", "ask to become friends", "加好友"),
    "what-create": ("建群", "create the group", "建立群組"),
    "what-members": ("改群成员", "change the members", "改群組成員"),
    "what-rename": ("群改名 {name}", "rename the group to {name}", "群組改名 {name}"),
    "what-quit-group": ("退群", "leave the group", "退出群組"),
    "what-fetch": ("下载", "download", "下載"),
    "what-refresh": ("重新载入联系人", "reload the contacts", "重新載入聯絡人"),
    "what-logout": ("退出登录", "log out", "登出"),
    "what-unknown": (
        "本版本看不懂的命令 {name}",
        "a command that this version cannot read {name}",
        "本版本看不懂的命令 {name}",
    ),
    "help-arrow": ("发文字", "send a text", "傳文字"),
    "help-arrow-all": ("发给所有好友", "send it to every friend", "發給所有好友"),
    "help-arrow-m": ("文件的每一行各发一条", "send every line of a text file", "檔案的每一行各傳一則"),
    "help-arrow-f": ("发文件", "send a file", "傳檔案"),
    "help-arrow-i": ("发图片", "send a picture", "傳圖片"),
    "help-arrow-e": ("发表情（动图）", "send a sticker (an animated picture)", "傳貼圖（動圖）"),
    "help-quote": (
        '名字里有冒号用引号：->"a:b":内容。#3 是上一个列表的第 3 个',
        'quote a name with a colon: ->"a:b":text; #3 is the third of the last list',
        '名字裡有冒號用引號：->"a:b":內容。#3 是上一個清單的第 3 個',
    ),
    "help-chats": ("列出会话", "list the chats", "列出聊天"),
    "help-contacts": ("列出联系人", "list the contacts", "列出聯絡人"),
    "help-groups": ("列出群", "list the groups", "列出群組"),
    "help-members": ("列出群成员", "list the members of a group", "列出群組成員"),
    "help-open": (
        "打开会话，之后直接输入即可",
        "open a chat: plain lines go there",
        "開啟聊天，之後直接輸入即可",
    ),
    "help-close": ("关闭会话", "close it", "關閉聊天"),
    "help-hist": ("最近的消息", "the latest messages", "最近的訊息"),
    "help-search": ("查找名字和消息", "look for names and messages", "查詢名字和訊息"),
    "help-save": ("保存消息里的文件", "save what a message carries", "儲存訊息裡的檔案"),
    "help-reply": ("引用某条消息并回复", "answer a message, quoting it", "引用某則訊息並回覆"),
    "help-forward": ("把消息转给别人，编号:名字", "send a message on, ID:NAME", "把訊息轉給別人，編號:名字"),
    "help-recall": (
        "撤回自己的消息（两分钟内）",
        "take an own message back (within two minutes)",
        "收回自己的訊息（兩分鐘內）",
    ),
    "help-requests": ("列出好友请求", "list the friend requests", "列出好友請求"),
    "help-accept": ("接受第 N 个好友请求", "accept friend request N", "接受第 N 個好友請求"),
    "help-read": ("在手机上标为已读", "mark as read on the phone", "在手機上標為已讀"),
    "help-pin": ("置顶", "keep at the top", "置頂"),
    "help-unpin": ("取消置顶", "no longer keep at the top", "取消置頂"),
    "help-remark": (
        "给好友起备注名，留空则去掉",
        "set my own name for a friend, empty removes it",
        "給好友起備註，留空則去掉",
    ),
    "help-rename": ("群改名", "rename a group", "群組改名"),
    "help-invite": (
        "拉人进群，名字用逗号隔开",
        "bring people into a group, names divided by commas",
        "邀人進群組，名字用逗號隔開",
    ),
    "help-remove": (
        "移出群，名字用逗号隔开",
        "remove people from a group, names divided by commas",
        "移出群組，名字用逗號隔開",
    ),
    "help-quit-group": ("退群", "leave a group", "退出群組"),
    "help-who": ("我是谁，在哪个会话", "who I am and which chat is open", "我是誰，在哪個聊天"),
    "help-status": ("连接状态", "the state of the connection", "連線狀態"),
    "help-help": ("这份说明", "this help", "這份說明"),
    "help-logout": ("退出登录并结束", "log out and end", "登出並結束"),
    "help-quit": ("结束", "end", "結束"),
}


_PLACEHOLDERS: Final[Words] = {
    "NAME": ("名字", "NAME", "名字"),
    "TEXT": ("内容", "TEXT", "內容"),
    "FILE": ("文件", "FILE", "檔案"),
    "ID": ("编号", "ID", "編號"),
    "N": ("数字", "N", "數字"),
    "WORDS": ("词语", "WORDS", "詞語"),
    "COMMAND": ("命令", "COMMAND", "指令"),
}


def usage(pattern: str, language: Language) -> str:
    """Return how a command is written, with its placeholders in the user's language: ``/open NAME``."""
    if language is Language.EN:
        return pattern
    return re.sub(
        "[A-Z]+", lambda m: say(_PLACEHOLDERS, m[0], language) if m[0] in _PLACEHOLDERS else m[0], pattern
    )
