"""The card of a person, an official account or a group: what is known of it, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.errors import HongyanError, NotComplete
from hongyan.model.commands import FetchAvatar, MemberChange
from hongyan.model.contacts import ContactKind, Sex
from hongyan.model.display_text import clean, column
from hongyan.terminal.full.pictures.draw import Drawn, Mode, draw
from hongyan.terminal.full.screens.choices import choice_of
from hongyan.terminal.full.screens.dialogs import Ask, Choice, Choose, Confirm
from hongyan.terminal.full.screens.pages import Page, wrapped

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from rich.segment import Segment

    from hongyan.client.account import Chat
    from hongyan.model.contacts import Member
    from hongyan.terminal.full.context import ScreenContext

__all__ = ["ContactCard"]

Line = tuple[tuple[str, str], ...]
_PICTURE = (16, 8)  # cells


class ContactCard(Page["Chat | None"]):
    """Gives back the chat to write to, None where it is only closed."""

    def __init__(self, context: ScreenContext, chat: Chat) -> None:
        super().__init__(context, clean(chat.name, newline=" "))
        self._chat = chat
        self._result = ""
        self._members: list[Member] = []
        self._picture: list[list[Segment]] = []

    def hint(self) -> str:
        """Return what can be done with a person or a group."""
        return "group-hint" if self._chat.is_group else "card-hint"

    def begin(self) -> None:
        """Look for the members of a group, and for the picture."""
        super().begin()
        if self._chat.is_group:
            self.context.later(self._look_for_members())
        if self.context.painter.mode is not Mode.OFF and self._chat.contact.avatar:
            self.context.later(self._look_for_picture())

    async def _look_for_members(self) -> None:
        try:
            self._members = await self.context.account.groups.members(self._chat)
        except NotComplete:
            self._members = list(self._chat.contact.members or ())
        self.fill()

    async def _look_for_picture(self) -> None:
        import asyncio
        from pathlib import Path

        receipt = await self.context.account.do(FetchAvatar(chat=self._chat.key))
        row = await receipt.settled(20)
        if row.result and self.is_mounted:
            drawn = await asyncio.to_thread(draw, Path(row.result), *_PICTURE, (0, 0, 0))
            if isinstance(drawn, Drawn):
                self._picture = drawn.rows
                self.fill()

    def lines(self, width: int) -> Sequence[Line]:
        """Return the fields, then the members."""
        lines: list[Line] = [tuple(self._styled(row)) for row in self._picture]
        for key, value in self._fields():
            if value:
                first, *more = wrapped(value, max(width - 14, 10))
                lines.append(((column(self.say(f"field-{key}"), 14), "notice"), *first))
                lines += [((" " * 14, ""), *line) for line in more]
        if self._result:
            lines.append(((self._result, "me"),))
        if self._chat.is_group:
            lines += self._member_lines()
        return lines

    def _styled(self, row: list[Segment]) -> list[tuple[str, str]]:
        """Return a row of the picture as pieces; the palette knows their styles by name."""
        return [(segment.text, self.rows.named(segment.style)) for segment in row]

    def _member_lines(self) -> list[Line]:
        head = f"{self.say('field-members')} {len(self._members) or self._chat.contact.member_count}"
        lines: list[Line] = [((head, "title"),)]
        for member in self._members:
            called = self._called(member)
            names = (clean(name, newline=" ", tab=" ") for name in (member.shown, member.nickname))
            others = ", ".join(name for name in dict.fromkeys(names) if name != called)
            lines.append((("  ", ""), (called, f"nick:{member.name}"), (f"  {others}", "notice")))
        return lines

    def _called(self, member: Member) -> str:
        return clean(self.context.account.people.called(member), newline=" ", tab=" ")

    def _fields(self) -> list[tuple[str, str]]:
        contact, say = self._chat.contact, self.say
        state = self.context.roster.state(self._chat)
        flags = {
            "pinned": contact.pinned,
            "muted": self.context.roster.muted(self._chat),
            "archived": state.archived,
            "starred": contact.starred,
        }
        owner = next((self._called(m) for m in self._members if m.name == contact.owner), "")
        return [
            ("kind", say(f"kind-{contact.kind}")),
            ("name", contact.nickname),
            ("remark", contact.remark),
            ("alias", contact.alias),
            ("sex", say(f"sex-{contact.sex}") if contact.sex is not Sex.UNKNOWN else ""),
            ("place", " ".join(p for p in (contact.province, contact.city) if p)),
            ("signature", contact.signature),
            ("owner", owner),
            ("common", "、".join(self._common())),
            ("flags", "、".join(say(f"flag-{name}") for name, on in flags.items() if on)),
        ]

    def _common(self) -> list[str]:
        """Return the names of the groups that both of us are in, as far as their members are known."""
        if self._chat.is_group or self._chat.contact.kind is not ContactKind.FRIEND:
            return []
        try:
            groups = self.context.account.groups()
        except NotComplete:
            return []
        name = self._chat.contact.name
        return [group.name for group in groups if any(m.name == name for m in group.contact.members or ())][
            :10
        ]

    # -- what can be done

    def pressed(self, key: str) -> bool:
        """Write, change, look."""
        if key == "enter":
            self.dismiss(self._chat)
            return True
        action = (_GROUP if self._chat.is_group else _PERSON).get(key)
        if action is None:
            return super().pressed(key)
        self.context.ask(self._guarded(action(self)), f"card {key}")
        return True

    async def _guarded(self, work: Awaitable[None]) -> None:
        try:
            await work
        except HongyanError as problem:
            self._result = self.context.problem_text(problem)
        self._chat = self.context.account.chat(self._chat.key)
        self.fill()

    async def _pin(self) -> None:
        receipt = await self.context.account.pin(self._chat, on=not self._chat.contact.pinned)
        await receipt.accepted(20)

    async def _mute(self) -> None:
        muted = not self.context.roster.muted(self._chat)
        await self.context.account.local.change(self._chat, muted=muted)
        self.context.host.look_again()

    async def _archive(self) -> None:
        archived = not self.context.roster.state(self._chat).archived
        await self.context.account.local.change(self._chat, archived=archived)
        self.context.host.look_again()

    async def _remark(self) -> None:
        answer = await self.context.push(Ask(self.context, self.say("remark"), self._chat.contact.remark))
        if answer is not None:
            await (await self.context.account.people.set_remark(self._chat, answer)).accepted(20)

    async def _rename(self) -> None:
        answer = await self.context.push(Ask(self.context, self.say("new-name"), self._chat.contact.nickname))
        if answer:
            await (await self.context.account.groups.rename(self._chat, answer)).accepted(20)

    async def _invite(self) -> None:
        here = {member.name for member in self._members}
        friends = [
            c
            for c in self.context.account.contacts()
            if c.contact.kind is ContactKind.FRIEND and c.contact.name not in here
        ]
        chosen = await self.context.push(
            Choose(self.context, self.say("invite"), [choice_of(chat) for chat in friends], several=True)
        )
        if chosen:
            await self.context.account.groups.change_members(self._chat, chosen, MemberChange.INVITE)
            self._result = self.say("asked")

    async def _remove(self) -> None:
        choices = [
            Choice(m, self._called(m), "", (self._called(m), m.shown, m.nickname)) for m in self._members
        ]
        chosen = await self.context.push(Choose(self.context, self.say("remove"), choices, several=True))
        if not chosen:
            return
        who = "、".join(map(self._called, chosen))
        if await self.context.push(Confirm(self.context, self.say("remove-ask", who=who))):
            people = [await self.context.account.people.person(member) for member in chosen]
            await self.context.account.groups.change_members(self._chat, people, MemberChange.REMOVE)
            self._result = self.say("asked")

    async def _export(self) -> None:
        from hongyan.terminal.full.screens.calendar import export

        path = await export(self.context, self._chat)
        if path is not None:
            self._result = self.say("exported", path=clean(str(path)))


_PERSON: dict[str, Callable[[ContactCard], Awaitable[None]]] = {
    "p": ContactCard._pin,  # noqa: SLF001  # the table of the class's own methods
    "m": ContactCard._mute,  # noqa: SLF001  # as above
    "a": ContactCard._archive,  # noqa: SLF001  # as above
    "e": ContactCard._remark,  # noqa: SLF001  # as above
    "E": ContactCard._export,  # noqa: SLF001  # as above
}
_GROUP: dict[str, Callable[[ContactCard], Awaitable[None]]] = {
    **{key: action for key, action in _PERSON.items() if key != "e"},
    "n": ContactCard._rename,  # noqa: SLF001  # as above
    "i": ContactCard._invite,  # noqa: SLF001  # as above
    "d": ContactCard._remove,  # noqa: SLF001  # as above
}
