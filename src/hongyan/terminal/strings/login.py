"""Texts about a login, in three languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hongyan.terminal.strings.language import Words

__all__ = ["LOGIN"]

LOGIN: Final[Words] = {
    "waiting": (
        "等待扫码：用手机微信扫描二维码",
        "waiting: scan the QR code with WeChat on the phone",
        "等待掃碼：用手機微信掃描 QR Code",
    ),
    "too-small": (
        "终端太小，放不下二维码，请打开链接或图片",
        "the terminal is too small for the code: use the link or the picture",
        "終端機太小，放不下 QR Code，請開啟連結或圖片",
    ),
    "link": ("链接：{link}", "link: {link}", "連結：{link}"),
    "picture": ("图片：{path}", "picture: {path}", "圖片：{path}"),
    "scanned": (
        "已扫描：{who}，请在手机上确认",
        "scanned by {who}: confirm on the phone",
        "已掃描：{who}，請在手機上確認",
    ),
    "scanned-unnamed": ("已扫描，请在手机上确认", "scanned: confirm on the phone", "已掃描，請在手機上確認"),
    "confirmed": ("已确认，正在登录", "confirmed: logging in", "已確認，正在登入"),
    "asked-phone": (
        "已请求手机确认，请在手机上点“登录”",
        "the phone was asked: confirm there",
        "已請求手機確認，請在手機上點「登入」",
    ),
    "expired": (
        "二维码已过期，换一个新的",
        "the code has expired: here is a new one",
        "QR Code 已過期，換一個新的",
    ),
    "cancelled": (
        "手机上取消了登录，换一个新的二维码",
        "cancelled on the phone: here is a new code",
        "手機上取消了登入，換一個新的 QR Code",
    ),
    "hindered": (
        "服务器没有正常回应，正在重试：{why}",
        "the server does not answer as it should, trying again: {why}",
        "伺服器沒有正常回應，正在重試：{why}",
    ),
    "loading": ("正在载入联系人：{have}", "loading contacts: {have}", "正在載入聯絡人：{have}"),
    "ready": (
        "已登录：{who}，{contacts} 位联系人，{groups} 个群",
        "logged in as {who}: {contacts} contacts, {groups} groups",
        "已登入：{who}，{contacts} 位聯絡人，{groups} 個群組",
    ),
    "refused": ("登录失败：{why}", "login failed: {why}", "登入失敗：{why}"),
    "barred": (
        "登录失败：微信不允许这个账号（或这个环境）使用网页版",
        "login failed: the service does not let this account, or this environment, use Web WeChat",
        "登入失敗：微信不允許這個帳號（或這個環境）使用網頁版",
    ),
    "barred-advice": (
        "请停止尝试，反复登录会给账号带来风险；请用手机或官方桌面版。想试用本程序：hongyan demo",
        "Stop here: repeating the login risks the account. Use the phone. To try this program: hongyan demo",
        "請停止嘗試，反覆登入會給帳號帶來風險；請用手機或官方桌面版。想試用本程式：hongyan demo",
    ),
    "said": ("微信的说明：{said}", "the service says: {said}", "微信的說明：{said}"),
    "advice": ("怎么办：{advice}", "what to do: {advice}", "怎麼辦：{advice}"),
}
