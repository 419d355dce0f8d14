"""What the keys do with messages: moving among them, opening, answering, sending on, taking back, saving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.errors import UsageError
from hongyan.model.commands import ForwardMessage, SendCard, SendFile, SendSticker, SendText
from hongyan.model.events import MessageReceived
from hongyan.model.messages import Card as CardMessage
from hongyan.model.messages import (
    FavoriteRecord,
    FriendRequest,
    Location,
    Picture,
    Record,
    Sticker,
    SuggestedFriend,
    Video,
    Voice,
)
from hongyan.terminal.clean import clean
from hongyan.terminal.full.composer.favourites import Favourite, keep
from hongyan.terminal.full.messages.items import message_of
from hongyan.terminal.full.messages.links import links_in, map_link
from hongyan.terminal.full.messages.media_navigation import medium_of
from hongyan.terminal.full.screens.dialogs import Choice, Choose, Confirm
from hongyan.terminal.media import carries_file

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hongyan.client.account import Chat
    from hongyan.model.commands import Command
    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey
    from hongyan.terminal.full.main.main_screen import Main
    from hongyan.terminal.full.messages.items import Item
    from hongyan.terminal.full.messages.links import FoundLink

__all__ = ["MESSAGES"]

_RECALL_S: Final = 120


# -- moving


def _moves(name: str) -> Callable[[Main, int], Awaitable[None]]:
    async def move(main: Main, count: int) -> None:
        view = main.history.view
        match name:
            case "up" | "down":
                view.move(-count if name == "up" else count)
            case "page-up" | "page-down":
                view.page(-count if name == "page-up" else count)
            case "first":
                view.to_start()
            case "last":
                view.to_end()
            case "day-previous" | "day-next":
                for _ in range(count):
                    view.to_day(-1 if name == "day-previous" else 1)
        main.history.moved()

    return move


async def unread_line(main: Main, _: int) -> None:
    """Go to where the chat was unread when it was opened."""
    view = main.history.view
    if view.unread_from:
        view.to_seq(view.unread_from)
        main.history.moved()


async def to_entry(main: Main, _: int) -> None:
    """Go to the entry."""
    main.focus_pane("entry")


async def next_hit(main: Main, _: int) -> None:
    """Go to the next message that a search found."""
    _hit(main, 1)


async def previous_hit(main: Main, _: int) -> None:
    """Go to the message before that a search found."""
    _hit(main, -1)


def _hit(main: Main, step: int) -> None:
    item = main.history.selected
    if not main.state.hits:
        return
    seqs = sorted(main.state.hits)
    here = item.seq if item is not None else seqs[0]
    later = [seq for seq in seqs if (seq > here if step > 0 else seq < here)]
    target = (later[0] if step > 0 else later[-1]) if later else (seqs[0] if step > 0 else seqs[-1])
    main.history.view.to_seq(target)
    main.history.moved()


async def find(main: Main, _: int) -> None:
    """Search this chat."""
    from hongyan.terminal.full.actions.app import search_chat

    await search_chat(main, 1)


async def next_unread(main: Main, _: int) -> None:
    """Open the next unread chat."""
    from hongyan.terminal.full.actions.chats import next_unread as handler

    await handler(main, 1)


# -- looking


def _item(main: Main) -> Item | None:
    if main.history.selected is None:
        main.history.view.move(-1)
        main.history.moved()
    return main.history.selected


async def open_(main: Main, _: int) -> None:
    """Open what a message holds: its quoted message, picture, card, place, link; unfold a record; send a failed one again."""
    item = _item(main)
    if item is None:
        return
    if item.state in {"failed", "unconfirmed"}:
        await retry(main, 1)
        return
    message = message_of(item.row)
    opener = _OPENED.get(type(message))
    own = medium_of(item.row) if message is None else None
    if own is not None:
        await (_view if own.is_drawn else open_file)(main, item)
    elif opener is not None:
        await opener(main, item)
    elif item.quote is not None and item.quote.id and not links_in(item):
        _to_quoted(main, item)
    elif message is not None and carries_file(message):
        await open_file(main, item)
    else:
        await _open_links(main, item, sole=True)


def _to_quoted(main: Main, item: Item) -> None:
    assert item.quote is not None
    row = main.context.account.message(item.quote.id)
    if row is None or main.chat is None or row.chat != main.chat.key:
        main.context.tell(main.context.say("nothing-here"))
        return
    main.history.view.to_seq(row.seq)
    main.history.moved()


async def _fold(main: Main, item: Item) -> None:
    main.context.items.unfolded ^= {item.seq}
    _make_again(main, item)


def _make_again(main: Main, item: Item) -> None:
    assert main.history.window is not None
    main.history.window.make_again({item.seq})
    main.history.view.forget()
    main.history.news()


async def _show_card(main: Main, item: Item) -> None:
    from hongyan.model.contacts import Member

    message = message_of(item.row)
    assert isinstance(message, CardMessage)  # the table below says so
    await main.show_member(Member(name=message.card_name, nickname=message.nickname))


async def _play(main: Main, _: Item) -> None:
    await play(main, 1)


async def _answer_request(main: Main, _: Item) -> None:
    from hongyan.terminal.full.actions.app import requests

    await requests(main, 1)


async def _open_map(main: Main, item: Item) -> None:
    message = message_of(item.row)
    assert isinstance(message, Location)  # the table below says so
    await _open_link(main, map_link(message))


async def _view(main: Main, item: Item) -> None:
    from hongyan.terminal.full.screens.viewer import Viewer

    if main.chat is None or item.row is None or medium_of(item.row) is None:
        main.context.tell(main.context.say("nothing-here"))
        return
    forward_it = await main.context.push(Viewer(main.context, main.chat, item.row))
    if forward_it is not None:
        await _forward_rows(main, [forward_it])


async def links(main: Main, _: int) -> None:
    """Choose among the links of a message."""
    item = _item(main)
    if item is not None:
        await _open_links(main, item, sole=False)


async def _open_links(main: Main, item: Item, *, sole: bool) -> None:
    found = links_in(item)
    if not found:
        main.context.tell(main.context.say("no-links"))
        return
    if len(found) == 1 and sole:
        await _open_link(main, found[0])
        return
    choices = [Choice(link, link.host, link.shown, (link.host, link.shown)) for link in found]
    chosen = await main.context.push(Choose(main.context, main.context.say("links"), choices))
    if chosen:
        await _open_link(main, chosen[0])


async def _open_link(main: Main, link: FoundLink) -> None:
    from hongyan.terminal.full.desktop.opening import open_outside

    question = main.context.say("link-ask", host=link.host, url=link.shown)
    if await main.context.push(Confirm(main.context, question)) and not await open_outside(link.url):
        main.app.copy_to_clipboard(link.url)
        main.context.tell(f"{main.context.say('copied')}: {link.shown}")


async def details(main: Main, _: int) -> None:
    """Show everything about a message; one that was taken back is shown again."""
    from hongyan.terminal.full.screens.details import Details

    item = _item(main)
    if item is None:
        return
    if item.recalled and main.context.settings.recalled == "hide":
        main.context.items.shown_again ^= {item.seq}
        _make_again(main, item)
        return
    await main.context.push(Details(main.context, item))


async def raw(main: Main, _: int) -> None:
    """Show the raw data of a message."""
    from hongyan.terminal.full.screens.details import Details

    if (item := _item(main)) is not None:
        await main.context.push(Details(main.context, item, raw=True))


# -- answering and sending on


async def reply(main: Main, _: int) -> None:
    """Answer a message, quoting it."""
    item = _item(main)
    if item is not None and item.side != "middle":
        main.composer.answer(item)
        main.focus_pane("entry")


async def reply_privately(main: Main, _: int) -> None:
    """Answer the writer alone."""
    item = _item(main)
    if item is None or main.chat is None or not main.chat.is_group or not item.row or item.side != "other":
        main.context.tell(main.context.say("no-private"))
        return
    message = message_of(item.row)
    member = main.context.account.member(main.chat, message.sender) if message is not None else None
    person = main.context.account.writer(item.row, member)
    if not person.key or not person.contact.in_contacts:
        main.context.tell(main.context.say("no-private"))
        return
    main.open_chat(person)
    main.composer.answer(item)


async def forward(main: Main, _: int) -> None:
    """Send the marked messages, or the selected one, on to others."""
    _item(main)
    await _forward(main, main.history.chosen())


async def _forward_rows(main: Main, rows: list[Recorded]) -> None:
    await _forward(main, main.context.items.items(rows))


async def _forward(main: Main, items: list[Item]) -> None:
    from hongyan.terminal.full.screens.choices import choice_of, everybody

    if not items:
        return
    chats = await main.context.push(
        Choose(
            main.context,
            main.context.say("forward-to"),
            [choice_of(c) for c in everybody(main.context.account)],
            several=True,
        )
    )
    if chats:
        await _send_on(main, items, chats)
        main.history.marked.clear()
        main.history.refresh()


async def _send_on(main: Main, items: list[Item], chats: list[Chat]) -> None:
    count = 0
    for chat in chats:
        for item in items:
            command = _handed_on(item, chat.key)
            if command is None:
                main.context.tell(main.context.say("not-forwardable"), error=True)
                continue
            await main.context.account.do(command)
            count += 1
    main.take_in([])
    main.context.tell(main.context.say("forwarded", count=count))


def _handed_on(item: Item, chat: ChatKey) -> Command | None:
    """Return the command that sends an item on; None for what cannot be sent on."""
    row = item.row
    if row is not None and isinstance(row.event, MessageReceived) and item.side != "middle":
        return ForwardMessage(chat=chat, seq=row.seq)
    sent = item.command_row.command if item.command_row is not None else None
    match sent:
        case SendText(text=text):
            return SendText(chat=chat, text=text)
        case SendFile(path=path, name=name, size=size, md5=md5, form=form):
            return SendFile(chat=chat, path=path, name=name, size=size, md5=md5, form=form)
        case SendSticker(md5=md5):
            return SendSticker(chat=chat, md5=md5)
        case SendCard(person=person):
            return SendCard(chat=chat, person=person)
        case ForwardMessage(seq=seq):
            return ForwardMessage(chat=chat, seq=seq)
        case _:
            return None


async def mark(main: Main, _: int) -> None:
    """Mark the selected message, or no longer."""
    if _item(main) is None:
        return
    main.history.toggle_mark()
    main.context.marked = main.history.chosen() if main.history.marked else []
    main.context.tell(main.context.say("marked", count=len(main.history.marked)))


async def paste_marked(main: Main, _: int) -> None:
    """Send the messages that were marked, in whatever chat, to this one."""
    if main.chat is not None and main.context.marked:
        marked, main.context.marked = main.context.marked, []  # a key that repeats sends them once
        await _send_on(main, marked, [main.chat])


async def copy(main: Main, _: int) -> None:
    """Copy the text of the marked messages, or of the selected one."""
    _item(main)
    items = main.history.chosen()
    if items:
        main.app.copy_to_clipboard("\n".join(item.text for item in items))
        main.context.tell(main.context.say("copied"))


# -- taking back


async def recall(main: Main, _: int) -> None:
    """Take back an own message, within two minutes."""
    item = _item(main)
    if item is None or main.chat is None:
        return
    if item.side != "me" or item.state not in {"sent", "pending"}:
        main.context.tell(main.context.say("not-own"))
        return
    if item.command is not None and item.state == "pending":
        await main.context.account.drop(item.command)
        main.take_in([])
        return
    if not item.id:
        main.context.tell(main.context.say("recall-unknown"))
        return
    left = round(
        _RECALL_S - (main.context.clock.now() - item.at)
    )  # as far as this machine's clock was not set since
    asked = (
        main.context.say("recall-ask", seconds=left)
        if 0 < left <= _RECALL_S
        else main.context.say("recall-late")
    )
    if await main.context.push(Confirm(main.context, asked)):
        await main.context.account.recall(main.chat, item.id)


async def hide(main: Main, _: int) -> None:
    """Hide messages at this machine; the archive keeps them."""
    _item(main)
    items = [item for item in main.history.chosen() if item.row is not None]
    if not items or main.history.window is None:
        return
    if await main.context.push(Confirm(main.context, main.context.say("hide-ask", count=len(items)))):
        for item in items:
            assert item.row is not None
            await main.context.account.hide(item.row)
        main.history.marked.clear()
        main.history.view.select(None)
        main.history.window.make_again({item.seq for item in items})
        main.history.news()


async def retry(main: Main, _: int) -> None:
    """Send a message again that failed or of which nobody knows."""
    item = _item(main)
    row = item.command_row if item is not None else None
    if row is None or not row.outcome.went_wrong:
        main.context.tell(main.context.say("not-failed"))
        return
    await main.context.account.retry(row.id)
    if item is not None and item.row is not None:
        await main.context.account.hide(item.row)
        if main.history.window is not None:
            main.history.window.make_again({item.seq})
    main.take_in([])
    main.history.news()
    main.context.tell(main.context.say("again"))


# -- files and voices


async def save(main: Main, _: int) -> None:
    """Save what the marked messages carry, or the selected one, into the folder for files."""
    from hongyan.terminal.full.screens.saving import save_row

    _item(main)
    for item in main.history.chosen():
        if item.row is None or not _has_file(item):
            main.context.tell(main.context.say("nothing-to-save"))
            continue
        main.context.tell(main.context.say("saving"))
        path = await save_row(main.context, item.row)
        main.context.tell(main.context.say("saved", path=clean(str(path))))


def _has_file(item: Item) -> bool:
    message = message_of(item.row)
    return medium_of(item.row) is not None or (message is not None and carries_file(message))


async def save_as(main: Main, _: int) -> None:
    """Save what a message carries at a path that one types."""
    from hongyan.terminal.full.screens.saving import save_copy

    item = _item(main)
    if item is None or item.row is None or not _has_file(item):
        main.context.tell(main.context.say("nothing-to-save"))
        return
    await save_copy(main.context, item.row)


async def open_file(main: Main, item: Item) -> None:
    """Fetch a file and open it outside; what may run programs is asked about."""
    from hongyan.terminal.full.screens.saving import open_row

    assert item.row is not None
    await open_row(main.context, item.row)


async def play(main: Main, _: int) -> None:
    """Play a voice message."""
    item = _item(main)
    if item is None or item.row is None or not isinstance(message_of(item.row), Voice | Video):
        main.context.tell(main.context.say("nothing-here"))
        return
    path = await main.context.account.fetch(item.row)
    if await main.context.player.play(path):
        main.context.tell(main.context.say("playing", speed=main.context.player.speed))
    else:
        main.context.tell(main.context.say("no-player"))


def _speed(by: float) -> Callable[[Main, int], Awaitable[None]]:
    async def change(main: Main, _: int) -> None:
        speed = await main.context.player.change_speed(by)
        main.context.tell(main.context.say("playing", speed=speed))

    return change


async def favourite(main: Main, _: int) -> None:
    """Keep a sticker, to be sent again from the picker of faces."""
    item = _item(main)
    message = message_of(item.row) if item is not None else None
    if not isinstance(message, Sticker) or not message.md5:
        main.context.tell(main.context.say("not-sticker"))
        return
    try:
        keep(main.context.account.folder, Favourite(message.md5, clean(message.caption, newline=" ")))
    except OSError as error:
        raise UsageError(f"the sticker cannot be kept: {error.strerror or error}") from error
    main.context.tell(main.context.say("sticker-kept"))


async def pipe(main: Main, _: int) -> None:
    """Give the text of messages to a command, and show what it says."""
    from hongyan.terminal.full.desktop.opening import piped
    from hongyan.terminal.full.screens.details import Shown
    from hongyan.terminal.full.screens.dialogs import Ask

    _item(main)
    items = main.history.chosen()
    command = await main.context.push(Ask(main.context, main.context.say("pipe"))) if items else None
    if command:
        output = await piped(command, "\n".join(item.text for item in items))
        await main.context.push(Shown(main.context, command, output))


_OPENED: Final[dict[type, Callable[[Main, Item], Awaitable[None]]]] = {
    **dict.fromkeys((Picture, Video, Sticker), _view),
    **dict.fromkeys((Record, FavoriteRecord), _fold),
    **dict.fromkeys((FriendRequest, SuggestedFriend), _answer_request),
    Voice: _play,
    CardMessage: _show_card,
    Location: _open_map,
}
_MOVES: Final = ("up", "down", "page-up", "page-down", "first", "last", "day-previous", "day-next")

MESSAGES: Final = {
    **{f"messages.{name}": _moves(name) for name in _MOVES},
    "messages.unread-line": unread_line,
    "messages.open": open_,
    "messages.links": links,
    "messages.reply": reply,
    "messages.reply-privately": reply_privately,
    "messages.forward": forward,
    "messages.mark": mark,
    "messages.copy": copy,
    "messages.paste-marked": paste_marked,
    "messages.recall": recall,
    "messages.hide": hide,
    "messages.retry": retry,
    "messages.save": save,
    "messages.save-as": save_as,
    "messages.play": play,
    "messages.faster": _speed(0.25),
    "messages.slower": _speed(-0.25),
    "messages.details": details,
    "messages.raw": raw,
    "messages.pipe": pipe,
    "messages.favourite": favourite,
    "messages.next-unread": next_unread,
    "messages.to-entry": to_entry,
    "messages.next-hit": next_hit,
    "messages.previous-hit": previous_hit,
    "messages.find": find,
}
