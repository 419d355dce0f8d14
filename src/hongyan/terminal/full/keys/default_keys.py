"""Every action of the full screen by its id, with the keys that it has at first and what it does, in three languages.

An id names an action, not a key: settings, help and tests use ids. Independent of widgets.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from hongyan.terminal.strings.language import Language

__all__ = ["ACTIONS", "BY_ID", "CHAT_MENU", "CONTEXTS", "MESSAGE_MENU", "ScreenAction"]

CONTEXTS: Final = ("app", "entry", "messages", "list")
"""Where keys act: anywhere, in the entry, among the messages, in the list of chats."""


class ScreenAction(NamedTuple):
    """One action. ``keys`` are Textual's names divided by commas, a sequence of keys by blanks; "" for none."""

    id: str
    context: str
    keys: str
    zh: str
    en: str
    zh_tw: str

    def label(self, language: Language) -> str:
        """Return what the action does."""
        return {Language.ZH: self.zh, Language.EN: self.en, Language.ZH_TW: self.zh_tw}[language]


def _app(name: str, keys: str, zh: str, en: str, zh_tw: str) -> ScreenAction:
    return ScreenAction(name, "app", keys, zh, en, zh_tw)


def _entry(name: str, keys: str, zh: str, en: str, zh_tw: str) -> ScreenAction:
    return ScreenAction(f"entry.{name}", "entry", keys, zh, en, zh_tw)


def _messages(name: str, keys: str, zh: str, en: str, zh_tw: str) -> ScreenAction:
    return ScreenAction(f"messages.{name}", "messages", keys, zh, en, zh_tw)


def _list(name: str, keys: str, zh: str, en: str, zh_tw: str) -> ScreenAction:
    return ScreenAction(f"list.{name}", "list", keys, zh, en, zh_tw)


ACTIONS: Final = (
    _app("app.help", "f1", "此处的帮助", "help for where I am", "此處的說明"),
    _app("app.key-sheet", "question_mark,alt+question_mark", "全部按键", "all keys", "全部按鍵"),
    _app("chat.go-to", "ctrl+k", "转到会话", "go to a chat", "前往聊天"),
    _app("app.palette", "ctrl+p", "命令面板", "command palette", "命令面板"),
    _app("app.jump", "ctrl+o", "跳到某个面板", "jump to a pane by its letter", "跳到某個面板"),
    _app(
        "chat.next-unread",
        "alt+a",
        "下一个未读，提到我的优先",
        "next unread chat, mentions first",
        "下一個未讀，提到我的優先",
    ),
    _app("chat.previous-unread", "alt+z", "上一个未读", "previous unread chat", "上一個未讀"),
    *(
        _app(f"chat.{n}", f"alt+{n}", f"列表中第 {n} 个会话", f"chat {n} of the list", f"清單中第 {n} 個聊天")
        for n in range(1, 10)
    ),
    _app("chat.previous", "alt+up", "上一个会话", "previous chat", "上一個聊天"),
    _app("chat.next", "alt+down", "下一个会话", "next chat", "下一個聊天"),
    _app("chat.mentions", "alt+m", "提到我的消息", "messages that mention me", "提到我的訊息"),
    _app("pane.next", "tab,f6", "下一个面板", "next pane", "下一個面板"),
    _app("pane.previous", "shift+tab", "上一个面板", "previous pane", "上一個面板"),
    _app("app.members", "f2", "群成员", "members of the group", "群組成員"),
    _app("app.accounts", "f3", "切换账号", "switch the account", "切換帳號"),
    _app("app.card", "f5", "会话资料", "card of the chat", "聊天資料"),
    _app("app.outbox", "f7", "发件箱", "outbox", "寄件匣"),
    _app("app.settings", "f8", "设置", "settings", "設定"),
    _app("app.log", "f9", "日志", "log", "記錄檔"),
    _app("app.keys", "f10", "修改按键", "change keys", "修改按鍵"),
    _app("app.stats", "f12", "统计", "statistics", "統計"),
    _app("app.requests", "ctrl+g", "好友请求", "friend requests", "好友請求"),
    _app("app.archive", "alt+c", "存档日历", "calendar of the archive", "封存日曆"),
    _app("search.chat", "ctrl+f", "在会话中搜索", "search this chat", "在聊天中搜尋"),
    _app("search.all", "alt+s,ctrl+shift+f", "搜索全部", "search everything", "搜尋全部"),
    _app("app.redraw", "ctrl+l", "重绘屏幕", "redraw the screen", "重繪畫面"),
    _app("app.toggle-list", "ctrl+b", "显示或隐藏列表", "show or hide the list", "顯示或隱藏清單"),
    _app("app.list-narrower", "alt+comma", "列表变窄", "narrower list", "清單變窄"),
    _app("app.list-wider", "alt+full_stop", "列表变宽", "wider list", "清單變寬"),
    _app(
        "app.commands",
        "ctrl+n",
        "单键命令开或关",
        "commands by single letters, on or off",
        "單鍵命令開或關",
    ),
    _app("app.suspend", "ctrl+z", "挂起（fg 回来）", "suspend (fg comes back)", "暫停（fg 回來）"),
    _app("app.quit", "ctrl+q", "退出", "quit", "離開"),
    _entry("send", "enter", "发送", "send", "傳送"),
    _entry("newline", "alt+enter", "换行", "new line", "換行"),
    _entry(
        "select-last",
        "up",
        "空白时选中最后一条消息",
        "select the last message, where empty",
        "空白時選取最後一則訊息",
    ),
    _entry("earlier", "ctrl+up", "更早的输入", "earlier input", "更早的輸入"),
    _entry("later", "ctrl+down", "更晚的输入", "later input", "更晚的輸入"),
    _entry("faces", "ctrl+s", "表情", "faces and emoji", "表情"),
    _entry("file", "ctrl+t", "选择文件", "choose a file", "選擇檔案"),
    _entry("paste", "ctrl+v", "粘贴", "paste", "貼上"),
    _entry("editor", "f4,alt+e", "用外部编辑器写", "write in an editor", "用外部編輯器寫"),
    _entry("undo", "ctrl+underscore", "撤消", "undo", "復原"),
    _entry("redo", "ctrl+y", "重做", "redo", "重做"),
    _entry("line-start", "ctrl+a,home", "行首", "start of the line", "行首"),
    _entry("line-end", "ctrl+e,end", "行尾", "end of the line", "行尾"),
    _entry("kill-line-start", "ctrl+u", "删到行首", "delete to the start of the line", "刪到行首"),
    _entry("kill-line-end", "alt+k", "删到行尾", "delete to the end of the line", "刪到行尾"),
    _entry("kill-word", "ctrl+w,alt+backspace", "删前一个词", "delete the word before", "刪前一個詞"),
    _entry("kill-word-right", "alt+d", "删后一个词", "delete the word behind", "刪後一個詞"),
    _entry("word-left", "alt+b,ctrl+left", "前一个词", "word to the left", "前一個詞"),
    _entry("word-right", "alt+f,ctrl+right", "后一个词", "word to the right", "後一個詞"),
    _entry(
        "leave",
        "escape",
        "取消回复或收回未发的消息，再离开输入框",
        "drop the reply or what waits, then leave the entry",
        "取消回覆或收回未送的訊息，再離開輸入框",
    ),
    _messages("up", "up,k", "上一条", "message above", "上一則"),
    _messages("down", "down,j", "下一条", "message below", "下一則"),
    _messages("page-up", "pageup", "上一屏", "a screen up", "上一頁"),
    _messages("page-down", "pagedown", "下一屏", "a screen down", "下一頁"),
    _messages("first", "g,home", "最早的消息", "first message", "最早的訊息"),
    _messages("last", "G,end", "最新的消息", "newest message", "最新的訊息"),
    _messages("day-previous", "left_curly_bracket", "前一天", "day before", "前一天"),
    _messages("day-next", "right_curly_bracket", "后一天", "day after", "後一天"),
    _messages("unread-line", "apostrophe", "未读分界线", "line of the unread", "未讀分界線"),
    _messages(
        "open",
        "enter,o,alt+o",
        "打开（链接、图片、名片、引用）",
        "open (link, picture, card, quoted)",
        "開啟（連結、圖片、名片、引用）",
    ),
    _messages("links", "O", "选择链接", "choose among the links", "選擇連結"),
    _messages("reply", "r,alt+r", "引用回复", "reply with a quotation", "引用回覆"),
    _messages("reply-privately", "R", "私下回复", "reply in private", "私下回覆"),
    _messages("forward", "f,alt+w", "转发", "forward", "轉傳"),
    _messages("mark", "space,insert", "标记", "mark", "標記"),
    _messages("copy", "y,alt+y", "复制文字", "copy the text", "複製文字"),
    _messages(
        "paste-marked", "p", "把标记的消息发到这里", "send the marked ones here", "把標記的訊息傳到這裡"
    ),
    _messages("recall", "d,alt+d", "撤回自己的消息", "recall an own message", "收回自己的訊息"),
    _messages("hide", "D", "在本机隐藏", "hide at this machine", "在本機隱藏"),
    _messages("retry", "t", "重发失败的消息", "send a failed one again", "重送失敗的訊息"),
    _messages("save", "s,ctrl+s", "保存文件", "save the file", "儲存檔案"),
    _messages("save-as", "S", "另存为", "save as", "另存為"),
    _messages("play", "v", "播放语音", "play the voice", "播放語音"),
    _messages("faster", "greater_than_sign", "语音加快", "faster voice", "語音加快"),
    _messages("slower", "less_than_sign", "语音减慢", "slower voice", "語音減慢"),
    _messages("details", "full_stop,alt+i", "详情与原文", "details and kept text", "詳情與原文"),
    _messages("raw", "x", "原始数据", "raw data", "原始資料"),
    _messages("pipe", "vertical_line", "交给外部命令", "pipe through a command", "交給外部命令"),
    _messages("favourite", "asterisk", "收藏表情", "keep a sticker", "收藏貼圖"),
    _messages("next-unread", "u", "下一个未读会话", "next unread chat", "下一個未讀聊天"),
    _messages("to-entry", "i,a", "去输入框", "to the entry", "到輸入框"),
    _messages("next-hit", "n", "下一个搜索结果", "next hit", "下一個搜尋結果"),
    _messages("previous-hit", "N", "上一个搜索结果", "previous hit", "上一個搜尋結果"),
    _messages("find", "slash", "在会话中搜索", "search this chat", "在聊天中搜尋"),
    _list("up", "up,k", "上一个", "row above", "上一個"),
    _list("down", "down,j", "下一个", "row below", "下一個"),
    _list("page-up", "pageup", "上一屏", "a screen up", "上一頁"),
    _list("page-down", "pagedown", "下一屏", "a screen down", "下一頁"),
    _list("first", "g,home", "第一个", "first", "第一個"),
    _list("last", "G,end", "最后一个", "last", "最後一個"),
    _list("open", "enter,l", "打开", "open", "開啟"),
    _list("pin", "P", "置顶或取消", "pin or unpin", "置頂或取消"),
    _list("mute", "M", "免打扰或取消", "mute or unmute", "靜音或取消"),
    _list("archive", "A", "收起或取消", "archive or bring back", "封存或取消"),
    _list("toggle-read", "U", "标为未读或已读", "mark unread or read", "標為未讀或已讀"),
    _list("close", "X", "从列表移走", "take out of the list", "從清單移走"),
    _list("new-group", "N", "建群", "new group", "建立群組"),
    _list("contacts", "c", "联系人", "contacts", "聯絡人"),
    _list("tab-1", "1", "群", "groups", "群組"),
    _list("tab-2", "2", "好友", "friends", "好友"),
    _list("tab-3", "3", "公众号", "official accounts", "官方帳號"),
    _list("tab-4", "4", "全部", "all", "全部"),
    _list("tab-5", "5", "已收起的会话", "archived chats", "已封存的聊天"),
    _list("next-unread", "u", "下一个未读会话", "next unread chat", "下一個未讀聊天"),
)
"""The default key map, in the order in which help shows it."""

BY_ID: Final = {action.id: action for action in ACTIONS}

CHAT_MENU: Final = ("list.open", "list.pin", "list.mute", "list.archive", "list.toggle-read", "list.close")
"""What can be done with a chat, as its menu shows it."""

_OF_A_MESSAGE: Final = (
    "open",
    "reply",
    "reply-privately",
    "forward",
    "copy",
    "recall",
    "save",
    "mark",
    "hide",
    "details",
)
MESSAGE_MENU: Final = tuple(f"messages.{name}" for name in _OF_A_MESSAGE)
"""What can be done with a message, as its menu shows it."""
