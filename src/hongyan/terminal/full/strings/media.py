"""Texts about pictures, files and what opens them, in three languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hongyan.terminal.strings.language import Words

__all__ = ["MEDIA"]

MEDIA: Final[Words] = {
    "too-large": ("太大，不解开（{what}）", "too large to unpack ({what})", "太大，不解開（{what}）"),
    "gone": ("文件不在了", "the file is gone", "檔案不在了"),
    "not-allowed": ("没有权限读取", "the file may not be read", "沒有權限讀取"),
    "broken": (
        "不是图片，或已损坏",
        "it is no picture, or a broken one",
        "不是圖片，或已損壞",
    ),
    "no-room": ("地方太小", "there is no room", "空間太小"),
    "a-picture": ("图片", "picture", "圖片"),
    "a-sticker": ("表情", "sticker", "貼圖"),
    "a-video": ("视频", "video", "影片"),
    "a-file": ("文件", "file", "檔案"),
    "fetching": ("正在下载 {done}", "fetching {done}", "正在下載 {done}"),
    "no-picture": ("不能显示：{why}", "cannot be shown: {why}", "不能顯示：{why}"),
    "no-media": ("没有更多", "no more", "沒有更多"),
    "viewer-hint": (
        "←→ 翻看 · s 存 · S 另存 · o 外部打开 · c 复制路径 · f 转发 · i 详情 · Esc 关闭",
        "←→ browse · s save · S save as · o open outside · c copy the path · f forward · i details · Esc closes",
        "←→ 翻看 · s 儲存 · S 另存 · o 外部開啟 · c 複製路徑 · f 轉傳 · i 詳情 · Esc 關閉",
    ),
}
