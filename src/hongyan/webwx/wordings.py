"""The service's sentences about what happened: their forms in Chinese (both scripts) and English; no events here.

Each row is a meaning and a form of ``sentences.Form``. The order decides: what is only asked for or hinted at stands before
what happened, "you" before any name. The wordings come from captures between 2016 and 2024 and from the patterns of
puppet-wechat, padlocal, vbot, openwechat, itchat and efb-wechat-slave.
"""

from __future__ import annotations

from typing import Final

from hongyan.webwx.sentences import CLOSE, OPEN

__all__ = ["CHINESE", "ENGLISH"]

_NO_QUOTES: Final = '[^"“”„「」『』＂\\n]'
_REST: Final = r"[^\n]{0,160}"

_GROUP: Final = "(?:群聊|群组聊天|群組聊天|聊天群组|聊天群組|群組|群组|群)"
_INVITE: Final = r"(?:已|刚刚|剛剛)?(?:邀请|邀請)了?"
_INTO: Final = rf"(?:加入|进入|進入)(?:了|到)?\s?(?:此|该|該|本)?{_GROUP}"
_QR: Final = r"(?:群|群聊|群組)?\s?(?:二维码|二維碼|行动条码|行動條碼|QR ?code|QR ?[碼码])\s?"
_BY: Final = "(?:通过|通過|透过|透過|经由|經由)"
_SCAN: Final = rf"{_BY}?\s?(?:扫描|掃描|扫|掃)了?\s?"
_SHARED: Final = "(?:所?(?:分享|共享|发送|發送)的|的)"
_WISH: Final = r"(?:想|想要|请求|請求|申请|申請|希望)\s?"
_REQUEST: Final = "(?:请求|請求|申请|申請|邀请|邀請)"
_STOP: Final = r"[。.!！]?(?:\s{1,4}(?:撤销|撤銷|撤回|Revoke|Undo))?"
_END: Final = rf"(?:[，,。]\s?(?:请|請){_NO_QUOTES}{{1,60}})?{_STOP}"
_MEMBERS: Final = rf"[，,。.]\s?(?:{_NO_QUOTES[:-1]}：:]){{0,24}}[：:]\s?"
_OUT: Final = rf"(?:移出|踢出|移除出?)了?\s?{_GROUP}{_STOP}"
_TOPIC: Final = "(?:群名|群聊名称|群聊名稱|群組名稱|群组名称|群名稱|群名称)"
_TO: Final = r"(?:为|為|成|改为|改為|修改为|修改為|变更为|變更為|更改为|更改為)\s?"
_PAT: Final = r"\s?(?:拍了拍|轻拍了?|輕拍了?|戳了戳)\s?"

CHINESE: Final[tuple[tuple[str, str], ...]] = (
    (
        "asked-to-invite",
        rf"<who>{_WISH}(?:邀请|邀請)<whom>(?:加入|进入|進入|进|進)(?:了|到)?\s?{_GROUP}{_REST}",
    ),
    ("asked-to-invite", rf"<who>(?:邀请|邀請)<whom>{_INTO}的?{_REQUEST}{_REST}"),
    ("asked-to-join", rf"<who>{_WISH}{_INTO}{_REST}"),
    ("asked-to-join", rf"<who>已?{_SCAN}<by>{_SHARED}{_QR}{_WISH}{_INTO}{_REST}"),
    ("asked-to-join", rf"<who>已?{_SCAN}{_QR}{_WISH}{_INTO}{_REST}"),
    ("asked-to-join", rf"<who>{_WISH}{_BY}{_NO_QUOTES}{{1,60}}{_INTO}{_REST}"),
    (
        "invitation-sent",
        rf"{_NO_QUOTES}{{0,80}}(?:邀请|邀請)已?(?:经|經)?(?:发出|發出|发送|發送|送出|寄出){_NO_QUOTES}{{0,80}}",
    ),
    (
        "invitation-sent",
        rf"{_NO_QUOTES}{{0,80}}(?:邀请|邀請)已?(?:经|經)?(?:发出|發出|发送|發送|送出|寄出)(?:给|給|至|到)<whom>(?:[，,。]{_NO_QUOTES}{{0,60}})?",
    ),
    (
        "setting-on",
        rf"<who>已?(?:启用|啟用|开启|開啟|打开|打開|启动|啟動)了?\s?[{OPEN}]<name>[{CLOSE}]{_REST}",
    ),
    ("setting-off", rf"<who>已?(?:停用|关闭|關閉|取消|禁用)了?\s?[{OPEN}]<name>[{CLOSE}]{_REST}"),
    ("setting-off", rf"<who>已?(?:恢复|恢復)了?\s?<name>(?<=方式){_STOP}"),
    (
        "hint",
        rf"<who>(?:与|與|和|跟)群(?:聊|組)?(?:里|裡|裏|内|內)?的?(?:其他|其它)?(?:人|成员|成員){_NO_QUOTES}{{0,20}}(?:朋友|好友){_REST}",
    ),
    ("hint", rf"如果陌生人主(?:动|動)添加[你您]{_REST}"),
    ("joined-me", rf"<who>{_INVITE}[你您]\s?[和与與及]<with>{_INTO}{_MEMBERS}<others>"),
    ("joined-me", rf"<who>{_INVITE}[你您]\s?[和与與及]<with>{_INTO}{_END}"),
    ("joined-me", rf"<who>{_INVITE}[你您]{_INTO}{_MEMBERS}<others>"),
    ("joined-me", rf"<who>{_INVITE}[你您]{_INTO}{_END}"),
    ("joined", rf"<who>{_INVITE}<whom>{_INTO}{_END}"),
    ("joined-by", rf"<who>已?{_BY}<by>的?(?:邀请|邀請)(?:链接|連結|鏈接)?{_INTO}{_STOP}"),
    ("scanned-myself", rf"[你您]已?{_SCAN}{_QR}{_INTO}{_MEMBERS}<others>"),
    ("scanned-myself", rf"[你您]已?{_SCAN}{_QR}{_INTO}{_STOP}"),
    ("scanned-myself", rf"[你您]已?{_SCAN}<by>{_SHARED}{_QR}{_INTO}{_MEMBERS}<others>"),
    ("scanned-myself", rf"[你您]已?{_SCAN}<by>{_SHARED}{_QR}{_INTO}{_STOP}"),
    ("came-myself", rf"[你您]已?{_INTO}{_MEMBERS}<others>"),
    ("came-myself", rf"[你您]已?{_INTO}{_STOP}"),
    ("scanned", rf"<who>已?{_SCAN}{_QR}{_INTO}{_STOP}"),
    ("scanned", rf"<who>已?{_SCAN}<by>{_SHARED}{_QR}{_INTO}{_STOP}"),
    ("scanned", rf"<who>已?{_BY}\s?(?:扫描|掃描)?{_QR}{_INTO}{_STOP}"),
    ("scanned", rf"<who>已?{_BY}<by>{_SHARED}{_QR}{_INTO}{_STOP}"),
    ("came", rf"<who>已?(?:加入|进入|進入)了{_GROUP}{_STOP}"),
    ("removed-me", rf"[你您]已?被<by>{_OUT}"),
    ("removed", rf"<whom>已?被<by>{_OUT}"),
    ("removed", rf"<who>已?[将將把]<whom>{_OUT}"),
    ("left", rf"<who>已?(?:经|經)?(?:退出|离开|離開)了?\s?(?:此|该|該|本)?{_GROUP}{_STOP}"),
    ("renamed", rf"<who>已?(?:修改|更改|变更|變更|将|將|把)了?\s?{_TOPIC}{_TO}<name>"),
    ("owner", rf"<who>已?(?:成为|成為)了?(?:新的?)?(?:群主|群組管理者|群管理員){_STOP}"),
    (
        "owner-given",
        rf"<who>已?[将將把]?(?:群主|管理員|群主管理权|群主權限)(?:权限|身份)?(?:转让|轉讓|移交|转移|轉移)(?:给|給)了?<target>{_STOP}",
    ),
    ("owner-me", r"グループマネージャーになりました。?"),
    ("added", r"[你您]已(?:添加|新增|加入)了?<nick>[，,]\s?(?:现在|現在|以上)[^，,\n]{0,40}"),
    (
        "added-me",
        rf"<nick>(?:刚刚|剛剛|刚|剛)[把将將][你您](?:添加到|加到|新增至|加入)(?:通讯录|通訊錄){_REST}",
    ),
    ("no-friend", rf"<nick>(?:开启|開啟|启用|啟用)了?(?:朋友|好友)(?:验证|驗證){_REST}"),
    ("blocked", rf"(?:消息|訊息)已(?:发出|發出|传送|傳送)[，,]但被(?:对方|對方)拒收{_REST}"),
    ("too-fast", rf"(?:发送消息|發送訊息|傳送訊息|操作|发送|發送|傳送)(?:过于|過於|太)(?:频繁|頻繁){_REST}"),
    ("packet-received", rf"收到(?:红包|紅包){_REST}"),
    ("packet-sent", rf"(?:发出|發出)(?:红包|紅包){_REST}"),
    (
        "packet-taken",
        rf"<who>(?:领取|領取)了<sender>(?:发的|發的|的)(?:红包|紅包)(?:[，,]{_NO_QUOTES}{{0,60}})?{_STOP}",
    ),
    ("live-location-ended", r"位置共享已(?:经|經)?(?:结束|結束)[^\n]{0,40}"),
    ("nudged", rf"<who>{_PAT}[{OPEN}]<target>[{CLOSE}]{_NO_QUOTES}{{0,40}}"),
    ("nudged-me", rf"<who>{_PAT}[我你您]{_NO_QUOTES}{{0,40}}"),
    ("nudged-oneself", rf"<who>{_PAT}自己{_NO_QUOTES}{{0,40}}"),
    ("nudged", rf"<who>{_PAT}<target>"),
)

_EN_GROUP: Final = r"(?:(?:a|the|this) )?group(?: ?chat)?"
_HAVE: Final = r"(?:['’]ve| have| has)?\s?"
_EN_STOP: Final = r"[.!]?"
_EN_END: Final = rf"[.!]?(?:\s{{1,2}}(?:please|note|be ){_NO_QUOTES}{{1,120}})?(?:\s{{1,4}}(?:Revoke|Undo))?"
_EN_LIST: Final = rf"\.? (?:{_NO_QUOTES[:-1]}：:]){{0,40}}[:：]"
_EN_JOINED: Final = rf"joined {_EN_GROUP} (?:via|by|through|using)(?: scanning)? "
_EN_QR: Final = r"(?:the |a |this )?(?:group )?QR ?code"
_EN_WISH: Final = r"(?:wants?|would like|wishes|requests?|applie[sd]|(?:is|are) (?:asking|requesting|applying)|ha(?:s|ve) (?:asked|requested|applied)|asked|requested)"

ENGLISH: Final[tuple[tuple[str, str], ...]] = (
    ("asked-to-invite", rf"<who> ?{_EN_WISH} to invite <whom>\s?(?:to|into) (?:join )?{_EN_GROUP}{_REST}"),
    (
        "asked-to-invite",
        rf"(?:your|the) (?:request|invitation) to invite <whom>\s?(?:to|into) (?:join )?{_EN_GROUP}{_REST}",
    ),
    ("asked-to-join", rf"<who> ?{_EN_WISH} to join {_EN_GROUP}{_REST}"),
    (
        "invitation-sent",
        rf"{_NO_QUOTES}{{0,120}}invitations? (?:(?:has|have) been |was |were |is )?sent{_NO_QUOTES}{{0,120}}",
    ),
    ("setting-on", rf"<who>{_HAVE}(?:enabled|turned on) [{OPEN}]<name>[{CLOSE}]{_REST}"),
    ("setting-off", rf"<who>{_HAVE}(?:disabled|turned off) [{OPEN}]<name>[{CLOSE}]{_REST}"),
    (
        "hint",
        rf"(?:note: ?)?<who> ?(?:is|are)(?: not|n['’]t) (?:friends?|an? {_NO_QUOTES}{{1,20}}|{_NO_QUOTES}{{1,12}}contacts) (?:with|of) {_REST}",
    ),
    ("joined-me", rf"<who>{_HAVE}invited you and <with>\s?to (?:join )?{_EN_GROUP}{_EN_END}"),
    ("joined-me", rf"<who>{_HAVE}invited you to (?:join )?{_EN_GROUP} with:?<others>"),
    ("joined-me", rf"<who>{_HAVE}invited you to (?:join )?{_EN_GROUP}{_EN_END}"),
    ("joined", rf"<who>{_HAVE}invited <whom>\s?to (?:join )?{_EN_GROUP}{_EN_END}"),
    ("scanned-myself", rf"You{_HAVE}{_EN_JOINED}{_EN_QR}{_EN_LIST}<others>"),
    ("scanned-myself", rf"You{_HAVE}{_EN_JOINED}{_EN_QR}{_EN_STOP}"),
    ("scanned-myself", rf"You{_HAVE}{_EN_JOINED}{_EN_QR} shared by <by>{_EN_STOP}"),
    ("came-myself", rf"You{_HAVE}joined {_EN_GROUP}{_EN_LIST}<others>"),
    ("came-myself", rf"You{_HAVE}joined {_EN_GROUP}{_EN_STOP}"),
    ("scanned", rf"<who>{_HAVE}{_EN_JOINED}{_EN_QR} shared by <by>{_EN_STOP}"),
    ("scanned-mine", rf"<who>{_HAVE}{_EN_JOINED}{_EN_QR} (?:that )?you(?:['’]ve)? shared{_EN_STOP}"),
    ("scanned-mine", rf"<who>{_HAVE}{_EN_JOINED}your (?:shared )?QR ?code{_EN_STOP}"),
    ("scanned", rf"<who>{_HAVE}{_EN_JOINED}{_EN_QR}{_EN_STOP}"),
    ("scanned", rf"<who>{_HAVE}{_EN_JOINED}(?:the )?<by>(?:['’]s)?\s?(?:shared )?QR ?code{_EN_STOP}"),
    ("joined-me", rf"You(?: were|['’]ve been| have been) invited to (?:join )?{_EN_GROUP} by <who>{_EN_END}"),
    (
        "joined",
        rf"<whom> ?(?:was|were|has been|have been) invited to (?:join )?{_EN_GROUP} by <who>{_EN_END}",
    ),
    ("came", rf"<who>{_HAVE}joined {_EN_GROUP}{_EN_STOP}"),
    (
        "owner-given",
        rf"<who>{_HAVE}(?:transferred|handed over) (?:the )?group ownership to <target>{_EN_STOP}",
    ),
    ("removed-me", rf"You(?: were|['’]ve been| have been) removed from {_EN_GROUP}(?: by)?<by>{_EN_STOP}"),
    ("removed", rf"<whom> ?(?:was|were|has been|have been) removed from {_EN_GROUP}(?: by)?<by>{_EN_STOP}"),
    ("removed", rf"<who>{_HAVE}removed <whom>\s?from {_EN_GROUP}{_EN_STOP}"),
    ("left", rf"<who>{_HAVE}left {_EN_GROUP}{_EN_STOP}"),
    ("renamed", rf"<who>{_HAVE}changed {_EN_GROUP} name to<name>"),
    ("owner", rf"<who>{_HAVE}(?:become|became|are now|is now) the (?:new )?(?:group )?owner{_REST}"),
    ("added", rf"You{_HAVE}added <nick> ?as your (?:WeChat|Weixin) contact{_REST}"),
    ("added-me", rf"<nick> just added you to (?:his/her|his|her|their) contacts?{_REST}"),
    ("no-friend", rf"<nick> ?has enabled (?:Friend Confirmation|friend verification){_REST}"),
    ("blocked", rf"(?:the )?message (?:is |was )?(?:successfully )?sent,? but (?:was )?rejected{_REST}"),
    ("too-fast", rf"messages?(?: are| were)? sent too (?:frequently|often|fast){_REST}"),
    (
        "too-fast",
        r"you(?: are|['’]re) (?:sending|doing) [^\n]{1,40} too (?:fast|often|frequently)[^\n]{0,160}",
    ),
    ("too-fast", rf"(?:sending (?:messages )?too (?:frequently|often|fast)|operation too frequent){_REST}"),
    ("packet-received", rf"Red packet received{_REST}"),
    ("packet-sent", rf"Red packet sent{_REST}"),
    ("packet-taken", rf"<who>{_HAVE}opened <sender>(?:['’]s)? red packet{_EN_STOP}"),
    ("live-location-ended", r"location sharing (?:has )?ended[^\n]{0,40}"),
    ("nudged", rf"<who> ?(?:tickled|nudged|patted) [{OPEN}]<target>[{CLOSE}]{_NO_QUOTES}{{0,40}}"),
    (
        "nudged-me",
        rf"<who> ?(?:tickled|nudged|patted) (?:me|you)(?:['’]s?)?(?: {_NO_QUOTES}{{0,40}})?{_EN_STOP}",
    ),
    ("nudged-oneself", rf"<who> ?(?:tickled|nudged|patted) (?:him|her|your|my|them)sel(?:f|ves){_EN_STOP}"),
    ("nudged", rf"<who> ?(?:tickled|nudged|patted) <target>{_EN_STOP}"),
)
