"""What the keys of the list of chats do, and moving between chats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.model.contacts import ContactKind
from hongyan.terminal.full.screens.choices import choice_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hongyan.terminal.full.main.main_screen import Main

__all__ = ["CHATS"]


async def open_(main: Main, _: int) -> None:
    """Open the selected chat."""
    if (chat := main.chats.selected()) is not None:
        main.open_chat(chat)


async def nth(main: Main, number: int) -> None:
    """Open the chat at a place of the list."""
    if number <= len(main.context.roster.chats):
        main.open_chat(main.context.roster.chats[number - 1])


def _step(main: Main, by: int) -> None:
    chats = main.context.roster.chats
    if not chats:
        return
    at = main.context.roster.index_of(main.chat.key) if main.chat is not None else None
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
    chat = main.context.roster.next_unread(main.chat.key if main.chat is not None else None, step)
    if chat is None:
        main.context.tell(main.context.say("no-unread"))
    else:
        main.open_chat(chat, focus="messages")


async def pin(main: Main, _: int) -> None:
    """Keep the selected chat at the top, on the phone too, or no longer."""
    if (chat := main.chats.selected()) is not None:
        on = not chat.contact.pinned
        await main.context.account.pin(chat, on=on)
        main.context.tell(main.context.say("pinned" if on else "unpinned"))


async def mute(main: Main, _: int) -> None:
    """Mute the selected chat, or no longer."""
    if (chat := main.chats.selected()) is not None:
        muted = not main.context.roster.muted(chat)
        await main.context.account.local.change(chat, muted=muted)
        main.take_in([])
        main.context.tell(main.context.say("muted" if muted else "unmuted"))


async def archive(main: Main, _: int) -> None:
    """Put the selected chat away until something new comes, or bring it back."""
    if (chat := main.chats.selected()) is not None:
        archived = not main.context.roster.state(chat).archived
        await main.context.account.local.change(chat, archived=archived)
        main.take_in([])
        main.context.tell(main.context.say("archived" if archived else "unarchived"))


async def toggle_read(main: Main, _: int) -> None:
    """Count the selected chat as unread, or as read."""
    if (chat := main.chats.selected()) is None:
        return
    if main.context.roster.state(chat).unread:
        await main.context.account.local.mark_seen(chat)
        if main.context.settings.sync_read:
            await main.context.account.mark_read(chat)
    else:
        await main.context.account.local.mark_unread(chat)
    main.take_in([])


async def close(main: Main, _: int) -> None:
    """Take the selected chat out of the list until something new comes."""
    if (chat := main.chats.selected()) is not None:
        main.context.roster.close(chat)
        main.take_in([])


async def contacts(main: Main, _: int) -> None:
    """Show the friends."""
    main.chats.show_tab(1)


async def new_group(main: Main, _: int) -> None:
    """Ask for a group of some friends."""
    from hongyan.terminal.full.screens.dialogs import Choose

    friends = [chat for chat in main.context.account.contacts() if chat.contact.kind is ContactKind.FRIEND]
    chosen = await main.context.push(
        Choose(
            main.context, main.context.say("group-name"), [choice_of(chat) for chat in friends], several=True
        )
    )
    if chosen is None:
        return
    if len(chosen) < 2:
        main.context.tell(main.context.say("too-few"))
        return
    await main.context.account.groups.create(chosen)
    main.context.tell(main.context.say("created"))


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
        main.chats.show_tab(number)

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
