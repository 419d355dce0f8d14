"""What each setting of the full screen means, in three languages, by its dotted name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hongyan.terminal.strings.language import Words

__all__ = ["SETTINGS"]

SETTINGS: Final[Words] = {
    "theme": ("颜色主题", "colours", "色彩主題"),
    "language": ("界面语言", "language of the screen", "介面語言"),
    "keys": ("按键方案", "preset of keys", "按鍵方案"),
    "send_key": ("发送用的键", "key that sends", "傳送用的鍵"),
    "auto_focus": (
        "在消息里打汉字就转到输入框",
        "typing over messages goes to the entry",
        "在訊息裡打字就轉到輸入框",
    ),
    "read": ("何时算已读", "when a chat counts as read", "何時算已讀"),
    "sync_read": ("已读也告诉手机", "tell the phone what was read", "已讀也告訴手機"),
    "recalled": ("别人撤回的消息怎么显示", "what others took back", "別人收回的訊息怎麼顯示"),
    "emoji": ("表情的显示方式", "how faces are shown", "表情的顯示方式"),
    "hold": (
        "发送前等几秒，可按 Esc 收回",
        "seconds in which Esc stops a send",
        "傳送前等幾秒，可按 Esc 收回",
    ),
    "pictures": ("图片的显示方式", "how pictures are drawn", "圖片的顯示方式"),
    "picture_size": ("图片的列数和行数", "columns and rows of pictures", "圖片的欄數和列數"),
    "times": ("时间的写法", "how times are written", "時間的寫法"),
    "list_width": ("会话列表的宽度", "columns of the list of chats", "聊天清單的寬度"),
    "mouse": ("使用鼠标", "use the mouse", "使用滑鼠"),
    "notify.current": ("当前会话的通知内容", "calls for the open chat", "目前聊天的通知內容"),
    "notify.other": ("其他会话的通知内容", "calls for other chats", "其他聊天的通知內容"),
    "notify.away": ("离开终端时的通知内容", "calls while elsewhere", "離開終端機時的通知內容"),
    "notify.by": ("通知的途径，按顺序", "ways of calling, in order", "通知的途徑，按順序"),
    "notify.bell": ("响铃", "ring the bell", "響鈴"),
    "notify.quiet": ("不打扰的时段", "hours without calls", "不打擾的時段"),
    "notify.command": ("通知时运行的程序", "program to run for each call", "通知時執行的程式"),
}
