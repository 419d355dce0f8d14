"""What the keys of the list of chats do, and moving between chats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.model.commands import CreateGroup, MarkRead, Pin
from hongyan.model.contacts import ContactKind
from hongyan.terminal.clean import clean
from hongyan.terminal.full.screens.dialogs import Choice, Menu

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from hongyan.client.account import Chat
    from hongyan.model.contacts import Member
    from hongyan.terminal.full.main.main_screen import Main

__all__ = ["CHATS", "choice_of", "pick", "show_member"]


async def open_(main: Main, _: int) -> None:
    """Open the selected chat."""
    if (chat := main.selected_chat()) is not None:
        main.open_chat(chat)


async def nth(main: Main, number: int) -> None:
    """Open the chat at a place of the list."""
    if number <= len(main.roster.chats):
        main.open_chat(main.roster.chats[number - 1])


def _step(main: Main, by: int) -> None:
    chats = main.roster.chats
    if not chats:
        return
    at = main.roster.index_of(main.chat.key) if main.chat is not None else None
    at = (-1 if by > 0 else 0) if at is None else at
    main.open_chat(chats[(at + by) % len(chats)])


async def next_(main: Main, count: int) -> None:
    """Open the chat below."""
    _step(main, count)


async def previous(main: Main, count: int) -> None:
    """Open the chat above."""
    _step(main, -count)


async def next_unread(main: Main, _: int) -> None:
    """Open an unread chat, one that mentions me first."""
    _unread(main, 1)


async def previous_unread(main: Main, _: int) -> None:
    """Open the unread chat that waits longest."""
    _unread(main, -1)


def _unread(main: Main, step: int) -> None:
    chat = main.roster.next_unread(main.chat.key if main.chat is not None else None, step)
    if chat is None:
        main.terminal.tell(main.say("no-unread"))
    else:
        main.open_chat(chat, focus="messages")


async def pin(main: Main, _: int) -> None:
    """Keep the selected chat at the top, on the phone too, or no longer."""
    if (chat := main.selected_chat()) is not None:
        on = not chat.contact.pinned
        await main.account.do(Pin(chat=chat.key, on=on))
        main.terminal.tell(main.say("pinned" if on else "unpinned"))


async def mute(main: Main, _: int) -> None:
    """Call nobody for the selected chat, or call again."""
    if (chat := main.selected_chat()) is not None:
        muted = not main.roster.muted(chat)
        await main.account.set_local(chat, muted=muted)
        main.take_in([])
        main.terminal.tell(main.say("muted" if muted else "unmuted"))


async def archive(main: Main, _: int) -> None:
    """Put the selected chat away until something new comes, or bring it back."""
    if (chat := main.selected_chat()) is not None:
        archived = not main.roster.state(chat).archived
        await main.account.set_local(chat, archived=archived)
        main.take_in([])
        main.terminal.tell(main.say("archived" if archived else "unarchived"))


async def toggle_read(main: Main, _: int) -> None:
    """Count the selected chat as unread, or as read."""
    if (chat := main.selected_chat()) is None:
        return
    if main.roster.state(chat).unread:
        await main.account.mark_seen(chat)
        if main.terminal.settings.sync_read:
            await main.account.do(MarkRead(chat=chat.key))
    else:
        await main.account.mark_unread(chat)
    main.take_in([])


async def close(main: Main, _: int) -> None:
    """Take the selected chat out of the list until something new comes."""
    if (chat := main.selected_chat()) is not None:
        main.roster.close(chat)
        main.take_in([])


async def contacts(main: Main, _: int) -> None:
    """Show the friends."""
    main.show_tab(1)


async def new_group(main: Main, _: int) -> None:
    """Ask for a group of some friends."""
    from hongyan.terminal.full.screens.dialogs import Choose

    friends = [chat for chat in main.account.contacts() if chat.contact.kind is ContactKind.FRIEND]
    chosen = await main.terminal.push_screen_wait(
        Choose(main.terminal, main.say("group-name"), [choice_of(chat) for chat in friends], several=True)
    )
    if chosen is None:
        return
    if len(chosen) < 2:
        main.terminal.tell(main.say("too-few"))
        return
    await main.account.do(CreateGroup(members=tuple(chat.key for chat in chosen)))
    main.terminal.tell(main.say("created"))


def choice_of(chat: Chat) -> Choice[Chat]:
    """Return a chat as something that can be chosen in a dialog."""
    from hongyan.terminal.full.chats.fuzzy import keys_of

    names, pinyin = keys_of(chat.contact)
    contact = chat.contact
    more = contact.nickname if contact.remark and contact.nickname != contact.remark else contact.alias
    return Choice(chat, clean(chat.name, newline=" "), clean(more, newline=" "), names, pinyin)


async def show_member(main: Main, member: Member) -> None:
    """Show the card of a member of the open group."""
    from hongyan.terminal.full.screens.card import ContactCard

    person = await main.account.person(member)
    wanted = await main.terminal.push_screen_wait(ContactCard(main.terminal, person))
    if wanted is not None:
        main.open_chat(wanted)


async def pick(main: Main, actions: Sequence[str], x: int, y: int) -> None:
    """Let a person choose one of some actions at a place of the screen, and do it."""
    from hongyan.terminal.full.actions.registry import perform_action

    chosen = await main.terminal.push_screen_wait(Menu(main.terminal, actions, x, y))
    if chosen is not None:
        await perform_action(main, chosen, 1)


def _moves(name: str) -> Callable[[Main, int], Awaitable[None]]:
    async def move(main: Main, count: int) -> None:
        rows = main.list
        step = {"up": -count, "down": count}
        if name in step:
            rows.move(step[name])
        elif name in {"page-up", "page-down"}:
            rows.page(-count if name == "page-up" else count)
        else:
            rows.select(0 if name == "first" else rows.count - 1)

    return move


def _tab(number: int) -> Callable[[Main, int], Awaitable[None]]:
    async def show(main: Main, _: int) -> None:
        main.show_tab(number)

    return show


def _nth(number: int) -> Callable[[Main, int], Awaitable[None]]:
    async def open_nth(main: Main, _: int) -> None:
        await nth(main, number)

    return open_nth


CHATS: Final = {
    **{f"list.{name}": _moves(name) for name in ("up", "down", "page-up", "page-down", "first", "last")},
    **{f"list.tab-{number}": _tab(number - 1) for number in range(1, 6)},
    **{f"chat.{number}": _nth(number) for number in range(1, 10)},
    "list.open": open_,
    "list.pin": pin,
    "list.mute": mute,
    "list.archive": archive,
    "list.toggle-read": toggle_read,
    "list.close": close,
    "list.contacts": contacts,
    "list.new-group": new_group,
    "list.next-unread": next_unread,
    "chat.next": next_,
    "chat.previous": previous,
    "chat.next-unread": next_unread,
    "chat.previous-unread": previous_unread,
}
