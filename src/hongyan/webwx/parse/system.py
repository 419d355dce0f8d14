"""Messages of the service: sentences (10000), commands (10002) and actions on the phone (51)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from hongyan.model.ids import MsgId, TransientName
from hongyan.model.messages import (
    Announcement,
    AnyMessage,
    GroupChange,
    GroupJoined,
    GroupTodo,
    Notice,
    NoticeEvent,
    Pat,
    PaymentNotice,
    Recall,
    StatusNotice,
)
from hongyan.webwx.markup import plain
from hongyan.webwx.notices import read_notice, recaller
from hongyan.webwx.parse.texts import parse_unknown
from hongyan.webwx.parse.values import moment, number
from hongyan.webwx.parse.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.webwx.parse.envelope import Envelope
    from hongyan.webwx.xml import Document, Node

__all__ = ["COMMANDS", "parse_command", "parse_sentence", "parse_status"]

_SLOT: Final = re.compile(r"\$(\w{1,64})\$")
_LONGEST_TEMPLATE: Final = 1024  # characters; with the next number the bound of what a template can grow to
_LONGEST_FILLING: Final = 4096
_FIRST_STAND_IN: Final = 0xF0000  # of a private plane: no name holds these characters


def _notice(e: Envelope, text: str) -> Notice:
    return Notice(**e.head, text=text, plain=plain(text), event=read_notice(text))


def parse_sentence(e: Envelope) -> AnyMessage:
    """Read type 10000; some servers send commands under this number as well."""
    if "sysmsg" in e.content and "<" in e.text:
        return parse_command(e)
    return _notice(e, e.text)


def parse_command(e: Envelope) -> AnyMessage:
    """Read type 10002: by the type of ``<sysmsg>``; a plain sentence under this number is a notice."""
    document = e.document
    if document is None:
        return _notice(e, e.text)
    command = document.attribute_of("sysmsg", "type") or _named(document)
    reader = COMMANDS.get(command)
    read = reader(e, document, command) if reader else _other(e, document)
    silent = isinstance(read, PaymentNotice | Announcement | GroupTodo) and not (
        read.text or getattr(read, "title", "")
    )
    return _other(e, document) if silent and words_of(document) else read


def _named(document: Document) -> str:
    """Return the command whose element is present, for a ``<sysmsg>`` whose type is damaged."""
    return next((name for name in COMMANDS if f"<{name}" in document.source), "")


def _other(e: Envelope, document: Document) -> AnyMessage:
    """Return the sentence of a command that has one, else keep the message as it is."""
    for path in (".//plain", ".//text", ".//content", ".//template", ".//msg"):
        if text := document.text(path).strip():
            return _with_the_rest(_notice(e, text), document)
    return parse_unknown(e)


def _with_the_rest(notice: Notice, document: Document) -> Notice:
    """Add the texts of an undocumented command, each with the name of its element."""
    rest = [f"{name}: {text}" for name, text in words_of(document, (notice.text, notice.plain))]
    if not rest:
        return notice
    return replace(notice, text="\n".join([notice.text, *rest]), plain=" · ".join([notice.plain, *rest]))


def _parse_recall(e: Envelope, document: Document, _command: str) -> AnyMessage:
    """The web puts the long number in ``msgid``, other transports in ``newmsgid`` beside the phone's own."""
    long, short = document.text(".//revokemsg/newmsgid").strip(), document.text(".//revokemsg/msgid").strip()
    old = document.text(".//revokemsg/oldmsgid").strip()
    notice = (document.text(".//revokemsg/replacemsg") or document.text(".//revokemsg/content")).strip()
    return Recall(
        **e.head,
        recalled=MsgId(long or short),
        by=recaller(notice),
        notice=notice,
        local_id=old or (short if long else ""),
        session_id=document.text(".//revokemsg/session").strip(),
    )


def _parse_own_change(e: Envelope, document: Document, command: str) -> AnyMessage:
    """``delchatroommember``: the people this account invited, or who joined by its code, with ids to undo it."""
    text = (document.text(".//text") or document.text(".//plain")).strip()
    ids = tuple(n.text().strip() for n in document.all(".//link/memberlist/username"))
    event = read_notice(text, ids=ids)
    return GroupChange(
        **e.head,
        command=command,
        scene=document.text(".//link/scene").strip(),
        text=text,
        member_ids=ids,
        members=event.joined if ids and isinstance(event, GroupJoined) else (),
        event=event,
    )


def _parse_template(e: Envelope, document: Document, command: str) -> AnyMessage:
    """``sysmsgtemplate``: a sentence with ``$names$`` in it and a list of links that fill them."""
    template = document.text(".//content_template/template")
    links = {n.attribute("name"): n for n in document.all(".//link_list/link")}
    filled = {name: _filling(link)[:_LONGEST_FILLING] for name, link in links.items()}
    fillable = template if len(template) <= _LONGEST_TEMPLATE else ""
    text = _SLOT.sub(lambda m: filled.get(m[1], m[0]), fillable).replace("$revoke$", "").strip()
    text = text or document.text(".//content_template/plain").strip()
    everyone = [p for link in links.values() for p in _people(link) if p[0]]
    return GroupChange(
        **e.head,
        command=command,
        template=template,
        text=text,
        member_ids=tuple(p for p, _ in everyone),
        members=tuple(nick for _, nick in everyone),
        event=_event_of_template(fillable, links, filled) if fillable.strip() else read_notice(text),
    )


def _event_of_template(template: str, links: dict[str, Node], filled: dict[str, str]) -> NoticeEvent | None:
    """Read the sentence with a stand-in for each link: then no name can be read as words of the sentence."""
    stand_ins = {name: chr(_FIRST_STAND_IN + n) for n, name in enumerate(links) if filled[name]}
    sentence = _SLOT.sub(lambda m: stand_ins.get(m[1], filled.get(m[1], m[0])), template)
    people = {name: tuple(nick for _, nick in _people(link)) for name, link in links.items()}
    names = {mark: people[name] or (filled[name],) for name, mark in stand_ins.items()}
    return read_notice(sentence, names)


def _people(link: Node) -> list[tuple[str, str]]:
    return [
        (m.text("username").strip(), m.text("nickname"))
        for m in link.all("memberlist/member")
        if m.text("nickname")
    ]


def _filling(link: Node) -> str:
    """Return the stand-in of a link: its people, its title, or nothing for a hidden one."""
    if link.attribute("hidden") == "1" or link.attribute("type") == "link_revoke":
        return ""
    people = _people(link)
    if not people:
        return link.text("title") or link.text("plain")
    return (link.text("separator") or "、").join(nick for _, nick in people)


def _parse_pat(e: Envelope, document: Document, _command: str) -> AnyMessage:
    template = document.text(".//pat/template").strip()
    by, target = document.text(".//pat/fromusername").strip(), document.text(".//pat/pattedusername").strip()
    return Pat(
        **e.head,
        from_id=by,
        target_id=target,
        chat_id=document.text(".//pat/chatusername").strip(),
        template=template,
        suffix=document.text(".//pat/patsuffix").strip(),
        text=re.sub(r"\$\{([^{}]*)\}", r"\1", template),
    )


def _parse_payment(e: Envelope, document: Document, command: str) -> AnyMessage:
    text = document.text(".//content") or document.text(".//Content") or document.text(".//systip")
    return PaymentNotice(
        **e.head,
        command=command,
        text=plain(text),
        pay_type=number(document.text(".//PayMsgType") or document.text(".//paymsgtype")),
        transfer_id=(document.text(".//transferid") or document.text(".//outtradeno")).strip(),
    )


def _parse_announcement(e: Envelope, document: Document, command: str) -> AnyMessage:
    path = f".//{command}/content"
    inner = document.text(f".//{command}/xmlcontent")
    edited = re.search(r"<edittime>\s*(\d{1,12})\s*</edittime>", inner)
    return Announcement(
        **e.head,
        text=document.text(path).strip(),
        command=command,
        announcement_id=document.text(f".//{command}/announcement_id").strip(),
        edited_at=moment(edited[1]) if edited else 0,
    )


def _parse_todo(e: Envelope, document: Document, command: str) -> AnyMessage:
    template = document.text(".//todo/template").strip()
    return GroupTodo(
        **e.head,
        title=document.text(".//todo/title").strip(),
        text=re.sub(r"\$\{([^{}]*)\}", r"\1", template),
        command=command,
        operator=document.text(".//todo/oper").strip() or document.text(".//todo/creator").strip(),
        related=MsgId(document.text(".//todo/related_msgid").strip()),
    )


COMMANDS: Final[dict[str, Callable[[Envelope, Document, str], AnyMessage]]] = {
    "revokemsg": _parse_recall,
    "delchatroommember": _parse_own_change,
    "sysmsgtemplate": _parse_template,
    "pat": _parse_pat,
    "paymsg": _parse_payment,
    "mmchatroombarannouncememt": _parse_announcement,
    "mmchatroombarannouncement": _parse_announcement,
    "roomtoolstips": _parse_todo,
}
"""The type of ``<sysmsg>`` -> what reads it; the service itself misspells ``announcememt``."""


def parse_status(e: Envelope) -> AnyMessage:
    """Read type 51; the two lists belong together, name by name, only where they are equally long."""
    document = e.document
    ids = _listed(document.text(".//op/username") if document else "")
    names = tuple(TransientName(n) for n in _listed(e.wire.status_notify_user_name))
    return StatusNotice(
        **e.head,
        code=e.wire.status_notify_code,
        op_id=document.attribute_of("op", "id") if document else "",
        ids=ids,
        names=names,
        pairs=tuple(zip(ids, names, strict=True)) if len(ids) == len(names) else (),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(n for n in text.strip().split(",") if n)
