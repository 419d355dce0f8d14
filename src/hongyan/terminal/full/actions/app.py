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
    from hongyan.terminal.full.actions.registry import perform_action
    from hongyan.terminal.full.screens.chat_switcher import ChatSwitcher

    chosen = await main.terminal.push_screen_wait(ChatSwitcher(main.terminal, typed))
    if isinstance(chosen, str):
        await perform_action(main, chosen, 1)
    elif chosen is not None:
        main.open_chat(chosen)


async def jump(main: Main, _: int) -> None:
    """Go to a pane by its letter."""
    from hongyan.terminal.full.screens.pane_jump import PaneJump

    pane = await main.terminal.push_screen_wait(PaneJump(main.terminal, main.panes()))
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
    """Tell what can be done where one is."""
    from hongyan.terminal.full.screens.help import Help

    pane = main.pane
    await main.terminal.push_screen_wait(Help(main.terminal, {"members": "list"}.get(pane, pane)))


async def key_sheet(main: Main, _: int) -> None:
    """Show all keys."""
    from hongyan.terminal.full.screens.help import KeySheet

    await main.terminal.push_screen_wait(KeySheet(main.terminal))


async def members(main: Main, _: int) -> None:
    """Show the members of the group, or no longer."""
    if main.chat is None or not main.chat.is_group:
        main.terminal.tell(main.say("not-group" if main.chat is not None else "not-open"))
        return
    main.toggle_members()


async def card(main: Main, _: int) -> None:
    """Show what is known of the open chat, or of the selected one."""
    from hongyan.terminal.full.screens.card import ContactCard

    chat = main.chat or main.selected_chat()
    if chat is None:
        main.terminal.tell(main.say("not-open"))
        return
    wanted = await main.terminal.push_screen_wait(ContactCard(main.terminal, chat))
    if wanted is not None:
        main.open_chat(wanted)


async def accounts(main: Main, _: int) -> None:
    """Switch to another account."""
    from hongyan.terminal.full.screens.accounts import Accounts

    profile = await main.terminal.push_screen_wait(Accounts(main.terminal))
    if profile is not None:
        main.terminal.leave(switch_to=profile)


async def search_chat(main: Main, _: int) -> None:
    """Search the open chat."""
    await _search(main, everywhere=main.chat is None)


async def search_all(main: Main, _: int) -> None:
    """Search everything."""
    await _search(main, everywhere=True)


async def _search(main: Main, *, everywhere: bool) -> None:
    from hongyan.terminal.full.screens.search import SearchDialog

    found = await main.terminal.push_screen_wait(
        SearchDialog(main.terminal, None if everywhere else main.chat)
    )
    if found is not None:
        main.open_chat(main.account.chat(found.row.chat), at=found.row.seq, focus="messages")
        main.hits = found.others


async def mentions(main: Main, _: int) -> None:
    """Go to a message that mentions me and was not read."""
    from hongyan.terminal.full.screens.search import Mentions

    found = await main.terminal.push_screen_wait(Mentions(main.terminal))
    if found is not None:
        main.open_chat(main.account.chat(found.row.chat), at=found.row.seq, focus="messages")


async def outbox(main: Main, _: int) -> None:
    """Show what waits to be sent, and what failed."""
    from hongyan.terminal.full.screens.outbox import OutboxPage

    text = await main.terminal.push_screen_wait(OutboxPage(main.terminal))
    if text is not None:
        main.entry.set_text(text)
        main.focus_pane("entry")
    main.take_in([])


async def requests(main: Main, _: int) -> None:
    """Show the friend requests."""
    from hongyan.terminal.full.screens.requests import Requests

    await main.terminal.push_screen_wait(Requests(main.terminal))


async def log(main: Main, _: int) -> None:
    """Show what happened to the program."""
    from hongyan.terminal.full.screens.log import Log

    await main.terminal.push_screen_wait(Log(main.terminal))


async def stats(main: Main, _: int) -> None:
    """Show figures of the account."""
    from hongyan.terminal.full.screens.log import Stats

    await main.terminal.push_screen_wait(Stats(main.terminal))


async def archive(main: Main, _: int) -> None:
    """Show on which days the chat has messages, go to one, or export."""
    from hongyan.terminal.full.screens.calendar import Calendar

    chat = main.chat or main.selected_chat()
    if chat is None:
        main.terminal.tell(main.say("not-open"))
        return
    seq = await main.terminal.push_screen_wait(Calendar(main.terminal, chat))
    if seq is not None:
        main.open_chat(chat, at=seq, focus="messages")


async def settings(main: Main, _: int) -> None:
    """Change how the program looks and behaves."""
    from hongyan.terminal.full.screens.settings_screen import SettingsScreen

    await main.terminal.push_screen_wait(SettingsScreen(main.terminal))


async def keys(main: Main, _: int) -> None:
    """Change which key does what."""
    from hongyan.terminal.full.screens.settings_screen import KeysScreen

    await main.terminal.push_screen_wait(KeysScreen(main.terminal))


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
    main.widen_list(-2 * count)


async def wider(main: Main, count: int) -> None:
    """Give the list more columns."""
    main.widen_list(2 * count)


async def commands(main: Main, _: int) -> None:
    """Let single letters be commands, or no longer."""
    main.turn_commands()


async def suspend(main: Main, _: int) -> None:
    """Stop until the shell calls the program to the front again."""
    main.terminal.pause()


async def quit_(main: Main, _: int) -> None:
    """Leave; what is not sent is asked about once."""
    waiting = [row.id for row in main.account.outbox(20) if row.open and row.command.is_message]
    written = main.entry.text.strip()
    unsent = (written, tuple(map(str, main.attached)), tuple(waiting))
    if any(unsent) and not main.terminal.asked_to_leave(unsent):
        asked = "unsent-ask" if main.terminal.place.lasts else "unsent-ask-demo"
        main.terminal.tell(main.say(asked, key=main.terminal.keys.shown("app.quit")))
        return
    main.terminal.leave()


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
