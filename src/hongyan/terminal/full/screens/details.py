"""Everything that is known of one message: kind, people, times, numbers, the text before a recall, and the raw data."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from lxml import etree

from hongyan.model.display_text import clean
from hongyan.model.messages import Recall, Unknown, Unparsed
from hongyan.model.times import local
from hongyan.terminal.full.messages.items import message_of
from hongyan.terminal.full.screens.pages import Page, Shown, wrapped
from hongyan.terminal.seen import seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.terminal.full.context import ScreenContext
    from hongyan.terminal.full.messages.items import Item

__all__ = ["Details", "Shown", "pretty"]

Line = tuple[tuple[str, str], ...]
_LONGEST = 200_000  # characters of raw data that are shown


class Details(Page[None]):
    """The details of an item; ``raw`` begins with the bytes it was read from."""

    HINT: ClassVar[str] = "details-hint"

    def __init__(self, context: ScreenContext, item: Item, *, raw: bool = False) -> None:
        super().__init__(context, "")
        self._item = item
        self._raw = raw
        self._title = self.say("raw" if raw else "details")

    def pressed(self, key: str) -> bool:
        """Turn to the raw data and back."""
        if key == "x":
            self._raw = not self._raw
            self.fill()
            return True
        return super().pressed(key)

    def lines(self, width: int) -> Sequence[Line]:
        """Return the fields, or the raw data."""
        return wrapped(self._raw_text(), width) if self._raw else self._fields(width)

    def _fields(self, width: int) -> list[Line]:
        item = self._item
        fields = [
            ("field-kind", item.kind),
            ("field-from", item.who),
            ("field-chat", self._chat()),
            ("field-sent", _when(item.at)),
            ("field-received", _when(item.row.received_at) if item.row is not None else ""),
            ("field-number", item.id),
            ("field-row", str(item.seq or "")),
            ("field-state", item.note or item.state),
            ("field-file", str(item.file or "")),
        ]
        lines: list[Line] = [
            ((f"{self.say(key)}: ", "notice"), (clean(value, newline=" "), ""))
            for key, value in fields
            if value
        ]
        lines.append(((f"{self.say('field-text')}:", "notice"),))
        lines += wrapped(item.text, width)
        if kept := self._kept():
            lines.append(((f"{self.say('field-kept')}:", "notice"),))
            lines += wrapped(kept, width, "recalled")
        return lines

    def _chat(self) -> str:
        row = self._item.row
        return self.context.account.chat(row.chat).name if row is not None and row.chat else ""

    def _kept(self) -> str:
        """Return the text of a recalled message."""
        row = self._item.row
        message = message_of(row)
        if row is not None and isinstance(message, Recall):
            found = seen(self.context.account, row)
            original = found.original if found is not None else None
            if original is not None:
                from hongyan.model.summary import line

                return line(original, str(self.context.language))  # type: ignore[arg-type]  # the languages' values are the literal's
        return ""

    def _raw_text(self) -> str:
        row = self._item.row
        data = self.context.account.archive.raw(row) if row is not None else b""
        message = message_of(row)
        if not data and isinstance(message, Unknown | Unparsed):
            data = message.raw
        return pretty(data.decode("utf-8", "replace"))[:_LONGEST] or "-"


def pretty(raw: str) -> str:
    """Return raw data with the XML in it indented, where it can be read; anything else as it is."""
    import json

    try:
        values = json.loads(raw)
    except ValueError:
        return raw
    content = values.get("Content") if isinstance(values, dict) else None
    indented = json.dumps(values, ensure_ascii=False, indent=1)
    if not isinstance(content, str) or "<" not in content.replace("&lt;", "<"):
        return indented
    import html

    text = html.unescape(content).replace("<br/>", "\n")
    at = text.find("<")
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(text[at:].encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return indented
    if root is None:
        return indented
    etree.indent(root)
    return f"{indented}\n\n{text[:at]}{etree.tostring(root, encoding='unicode')}"


def _when(at: float) -> str:
    return f"{local(at):%Y-%m-%d %H:%M:%S %z}"
