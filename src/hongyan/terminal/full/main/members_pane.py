"""The pane on the right: the members of the open group, its owner first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.message import Message

from hongyan.model.display_text import clean, fit
from hongyan.terminal.full.chats.rowlist import RowList
from hongyan.terminal.full.main.bars import TextBar

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from hongyan.client.account import Chat
    from hongyan.model.contacts import Member
    from hongyan.terminal.full.context import ScreenContext

__all__ = ["MembersPane"]

Piece = tuple[str, str]


class MembersPane(Vertical):
    """The members of one chat, none for a chat that is not a group."""

    DEFAULT_CSS = "MembersPane { width: 20; } MembersPane RowList { height: 1fr; }"

    class Chosen(Message):
        """A member was chosen."""

        def __init__(self, member: Member) -> None:
            super().__init__()
            self.member = member

    def __init__(self, context: ScreenContext) -> None:
        super().__init__(id="members-pane")
        self.context = context
        self._chat: Chat | None = None
        self._members: list[Member] = []
        self.rows = RowList(self._draw, context.palette, id="members")

    def compose(self) -> ComposeResult:
        """Put title and list together."""
        yield TextBar(self.context.palette, self._title, id="members-title")
        yield self.rows

    def show(self, chat: Chat | None) -> None:
        """Show the members of a chat."""
        self._chat = chat
        members = _members_of(chat)
        owner = chat.contact.owner if chat is not None else ""
        self._members = sorted(members, key=lambda member: member.name != owner)
        self.rows.reset(len(self._members))

    def show_again(self, chat: Chat | None) -> None:
        """Show the members of a chat as it is by now, where their number has changed."""
        self._chat = chat
        if len(_members_of(chat)) != len(self._members):
            self.show(chat)

    def _title(self, _: int) -> list[Piece]:
        count = self._chat.contact.member_count if self._chat is not None else 0
        return [(" " + self.context.say("members", count=count or len(self._members)), "title")]

    def _draw(self, index: int, width: int) -> list[list[Piece]]:
        member = self._members[index]
        assert self._chat is not None
        name = clean(self.context.account.people.called(member), newline=" ", tab=" ")
        mark = ""
        if member.name == self._chat.contact.owner:
            mark = f" {self.context.say('owner-mark')}"
        if member.name == self.context.account.me.contact.name:
            mark = f" {self.context.say('me-mark')}"
        return [[(" ", ""), (fit(name, max(width - 8, 4)), f"nick:{member.name}"), (mark, "notice")]]

    def pressed(self, key: str) -> bool:
        """Run the action of a key among the members; return whether it has one."""
        moves = {"up": -1, "k": -1, "down": 1, "j": 1}
        if key in moves:
            self.rows.move(moves[key])
        elif key in {"pageup", "pagedown"}:
            self.rows.page(-1 if key == "pageup" else 1)
        elif key == "enter":
            self.rows.choose()
        else:
            return False
        return True

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Report which member was chosen."""
        event.stop()
        if 0 <= event.index < len(self._members):
            self.post_message(self.Chosen(self._members[event.index]))


def _members_of(chat: Chat | None) -> list[Member]:
    return list(chat.contact.members or ()) if chat is not None and chat.is_group else []
