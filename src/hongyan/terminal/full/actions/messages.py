"""What the keys do with messages: moving among them, answering, sending on, recalling, hiding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.model.commands import ForwardMessage, SendCard, SendFile, SendSticker, SendText
from hongyan.model.events import MessageReceived
from hongyan.terminal.full.actions.selection import selected_item
from hongyan.terminal.full.messages.items import message_of
from hongyan.terminal.full.screens.dialogs import Choose, Confirm

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hongyan.client.account import Chat
    from hongyan.model.commands import Command
    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey
    from hongyan.terminal.full.main.main_screen import Main
    from hongyan.terminal.full.messages.items import Item

__all__ = ["MESSAGES", "forward_rows", "retry"]

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


# -- answering and sending on


async def reply(main: Main, _: int) -> None:
    """Answer a message, quoting it."""
    item = selected_item(main)
    if item is not None and item.side != "middle":
        main.composer.answer(item)
        main.focus_pane("entry")


async def reply_privately(main: Main, _: int) -> None:
    """Answer the writer alone."""
    item = selected_item(main)
    if item is None or main.chat is None or not main.chat.is_group or not item.row or item.side != "other":
        main.context.tell(main.context.say("no-private"))
        return
    message = message_of(item.row)
    member = main.context.account.groups.member(main.chat, message.sender) if message is not None else None
    person = main.context.account.people.writer(item.row, member)
    if not person.key or not person.contact.in_contacts:
        main.context.tell(main.context.say("no-private"))
        return
    main.open_chat(person)
    main.composer.answer(item)


async def forward(main: Main, _: int) -> None:
    """Send the marked messages, or the selected one, on to others."""
    selected_item(main)
    await _forward(main, main.history.chosen())


async def forward_rows(main: Main, rows: list[Recorded]) -> None:
    """Send rows of the journal on to others."""
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
    """Return the command that sends an item on; None for what cannot be forwarded."""
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
    if selected_item(main) is None:
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
    selected_item(main)
    items = main.history.chosen()
    if items:
        main.app.copy_to_clipboard("\n".join(item.text for item in items))
        main.context.tell(main.context.say("copied"))


# -- recalling and hiding


async def recall(main: Main, _: int) -> None:
    """Recall a message of this account, within two minutes."""
    item = selected_item(main)
    if item is None or main.chat is None:
        return
    if item.side != "me" or item.state not in {"sent", "pending"}:
        main.context.tell(main.context.say("not-own"))
        return
    if item.command is not None and item.state == "pending":
        await main.context.account.outbox.drop(item.command)
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
    selected_item(main)
    items = [item for item in main.history.chosen() if item.row is not None]
    if not items or main.history.window is None:
        return
    if await main.context.push(Confirm(main.context, main.context.say("hide-ask", count=len(items)))):
        for item in items:
            assert item.row is not None
            await main.context.account.local.hide(item.row)
        main.history.marked.clear()
        main.history.view.select(None)
        main.history.window.make_again({item.seq for item in items})
        main.history.news()


async def retry(main: Main, _: int) -> None:
    """Send a message again that failed or is unconfirmed."""
    item = selected_item(main)
    row = item.command_row if item is not None else None
    if row is None or not row.outcome.went_wrong:
        main.context.tell(main.context.say("not-failed"))
        return
    await main.context.account.outbox.retry(row.id)
    if item is not None and item.row is not None:
        await main.context.account.local.hide(item.row)
        if main.history.window is not None:
            main.history.window.make_again({item.seq})
    main.take_in([])
    main.history.news()
    main.context.tell(main.context.say("again"))


_MOVES: Final = ("up", "down", "page-up", "page-down", "first", "last", "day-previous", "day-next")

MESSAGES: Final = {
    **{f"messages.{name}": _moves(name) for name in _MOVES},
    "messages.unread-line": unread_line,
    "messages.reply": reply,
    "messages.reply-privately": reply_privately,
    "messages.forward": forward,
    "messages.mark": mark,
    "messages.copy": copy,
    "messages.paste-marked": paste_marked,
    "messages.recall": recall,
    "messages.hide": hide,
    "messages.retry": retry,
    "messages.next-unread": next_unread,
    "messages.to-entry": to_entry,
    "messages.next-hit": next_hit,
    "messages.previous-hit": previous_hit,
    "messages.find": find,
}
