"""What the keys do that act anywhere: panes, screens, looks, leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hongyan.terminal.full.main.main_screen import Main

__all__ = ["APP"]


async def go_to(main: Main, _: int) -> None:
    """Go to a chat, or carry out a command."""
    await _go(main, "")


async def palette(main: Main, _: int) -> None:
    """Carry out a command that is looked for by its words."""
    await _go(main, ">")


async def _go(main: Main, typed: str) -> None:
    from hongyan.terminal.full.screens.chat_switcher import ChatSwitcher

    chosen = await main.context.push(ChatSwitcher(main.context, typed))
    if isinstance(chosen, str):
        main.perform(chosen)
    elif chosen is not None:
        main.open_chat(chosen)


async def jump(main: Main, _: int) -> None:
    """Go to a pane by its letter."""
    from hongyan.terminal.full.screens.pane_jump import PaneJump

    pane = await main.context.push(PaneJump(main.context, main.panes()))
    if pane is not None:
        main.focus_pane(pane)


async def next_pane(main: Main, _: int) -> None:
    """Go to the next pane."""
    _cycle(main, 1)


async def previous_pane(main: Main, _: int) -> None:
    """Go to the pane before."""
    _cycle(main, -1)


def _cycle(main: Main, step: int) -> None:
    panes = main.panes()
    if not panes:  # no chat is open, and the list is hidden
        return
    at = panes.index(main.pane) if main.pane in panes else 0
    main.focus_pane(panes[(at + step) % len(panes)])


async def help_(main: Main, _: int) -> None:
    """Show what can be done in the current place."""
    from hongyan.terminal.full.screens.help import Help

    pane = main.pane
    await main.context.push(Help(main.context, {"members": "list"}.get(pane, pane)))


async def key_sheet(main: Main, _: int) -> None:
    """Show all keys."""
    from hongyan.terminal.full.screens.help import KeySheet

    await main.context.push(KeySheet(main.context))


async def members(main: Main, _: int) -> None:
    """Show the members of the group, or no longer."""
    if main.chat is None or not main.chat.is_group:
        main.context.tell(main.context.say("not-group" if main.chat is not None else "not-open"))
        return
    main.toggle_members()


async def card(main: Main, _: int) -> None:
    """Show what is known of the open chat, or of the selected one."""
    from hongyan.terminal.full.screens.card import ContactCard

    chat = main.chat or main.chats.selected()
    if chat is None:
        main.context.tell(main.context.say("not-open"))
        return
    wanted = await main.context.push(ContactCard(main.context, chat))
    if wanted is not None:
        main.open_chat(wanted)


async def accounts(main: Main, _: int) -> None:
    """Switch to another account."""
    from hongyan.terminal.full.screens.accounts import Accounts

    profile = await main.context.push(Accounts(main.context))
    if profile is not None:
        main.context.host.leave(switch_to=profile)


async def search_chat(main: Main, _: int) -> None:
    """Search the open chat."""
    await _search(main, everywhere=main.chat is None)


async def search_all(main: Main, _: int) -> None:
    """Search everything."""
    await _search(main, everywhere=True)


async def _search(main: Main, *, everywhere: bool) -> None:
    from hongyan.terminal.full.screens.search import SearchDialog

    found = await main.context.push(SearchDialog(main.context, None if everywhere else main.chat))
    if found is not None:
        main.open_chat(main.context.account.chat(found.row.chat), at=found.row.seq, focus="messages")
        main.state.hits = found.others


async def mentions(main: Main, _: int) -> None:
    """Go to a message that mentions me and was not read."""
    from hongyan.terminal.full.screens.search import Mentions

    found = await main.context.push(Mentions(main.context))
    if found is not None:
        main.open_chat(main.context.account.chat(found.row.chat), at=found.row.seq, focus="messages")


async def outbox(main: Main, _: int) -> None:
    """Show what waits to be sent, and what failed."""
    from hongyan.terminal.full.screens.outbox import OutboxPage

    text = await main.context.push(OutboxPage(main.context))
    if text is not None:
        main.entry.set_text(text)
        main.focus_pane("entry")
    main.take_in([])


async def requests(main: Main, _: int) -> None:
    """Show the friend requests."""
    from hongyan.terminal.full.screens.requests import Requests

    await main.context.push(Requests(main.context))


async def log(main: Main, _: int) -> None:
    """Show what happened to the program."""
    from hongyan.terminal.full.screens.log import Log

    await main.context.push(Log(main.context))


async def stats(main: Main, _: int) -> None:
    """Show figures of the account."""
    from hongyan.terminal.full.screens.log import Stats

    await main.context.push(Stats(main.context))


async def archive(main: Main, _: int) -> None:
    """Show on which days the chat has messages, go to one, or export."""
    from hongyan.terminal.full.screens.calendar import Calendar

    chat = main.chat or main.chats.selected()
    if chat is None:
        main.context.tell(main.context.say("not-open"))
        return
    seq = await main.context.push(Calendar(main.context, chat))
    if seq is not None:
        main.open_chat(chat, at=seq, focus="messages")


async def settings(main: Main, _: int) -> None:
    """Change how the program looks and behaves."""
    from hongyan.terminal.full.screens.settings_screen import SettingsScreen

    await main.context.push(SettingsScreen(main.context))


async def keys(main: Main, _: int) -> None:
    """Change which key does what."""
    from hongyan.terminal.full.screens.settings_screen import KeysScreen

    await main.context.push(KeysScreen(main.context))


async def redraw(main: Main, _: int) -> None:
    """Draw the whole screen anew."""
    main.gallery.again(main.history)
    main.history.relayout()
    main.app.refresh(layout=True)


async def toggle_list(main: Main, _: int) -> None:
    """Show the list of chats, or no longer."""
    main.toggle_list()


async def narrower(main: Main, count: int) -> None:
    """Give the list fewer columns."""
    main.set_list_width(main.context.settings.list_width + -2 * count)


async def wider(main: Main, count: int) -> None:
    """Give the list more columns."""
    main.set_list_width(main.context.settings.list_width + 2 * count)


async def commands(main: Main, _: int) -> None:
    """Let single letters be commands, or no longer."""
    main.turn_commands()


async def suspend(main: Main, _: int) -> None:
    """Stop until the shell calls the program to the front again."""
    main.context.host.pause()


async def quit_(main: Main, _: int) -> None:
    """Leave; what is not sent is asked about once."""
    context = main.context
    waiting = [row.id for row in context.account.outbox(20) if row.open and row.command.is_message]
    unsent = (main.entry.text.strip(), tuple(map(str, main.composer.attached)), tuple(waiting))
    if any(unsent) and not context.host.asked_to_leave(unsent):
        asked = "unsent-ask" if context.place.lasts else "unsent-ask-demo"
        context.tell(context.say(asked, key=context.keys.shown("app.quit")))
        return
    main.context.host.leave()


APP: Final = {
    "app.help": help_,
    "app.key-sheet": key_sheet,
    "chat.go-to": go_to,
    "app.palette": palette,
    "app.jump": jump,
    "chat.mentions": mentions,
    "pane.next": next_pane,
    "pane.previous": previous_pane,
    "app.members": members,
    "app.accounts": accounts,
    "app.card": card,
    "app.outbox": outbox,
    "app.settings": settings,
    "app.log": log,
    "app.keys": keys,
    "app.stats": stats,
    "app.requests": requests,
    "app.archive": archive,
    "search.chat": search_chat,
    "search.all": search_all,
    "app.redraw": redraw,
    "app.toggle-list": toggle_list,
    "app.list-narrower": narrower,
    "app.list-wider": wider,
    "app.commands": commands,
    "app.suspend": suspend,
    "app.quit": quit_,
}
