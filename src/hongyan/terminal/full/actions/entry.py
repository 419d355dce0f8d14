"""The actions of the entry beyond editing: sending, holding back, emoticons, files, the editor."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from hongyan.errors import UsageError
from hongyan.model.display_text import clean
from hongyan.model.quoting import with_quote
from hongyan.terminal.full.composer.entry import paths_in
from hongyan.terminal.full.keys.typed_commands import action_of
from hongyan.terminal.full.main.reading import count_as_read
from hongyan.terminal.full.screens.dialogs import Confirm

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from hongyan.client.account import Chat
    from hongyan.terminal.full.main.main_screen import Main

__all__ = ["ENTRY", "submit"]

_MANY: Final = 500  # members, from which on one is asked twice
_QUOTED_AT_MOST: Final = 200  # characters of the quoted text


async def submit(main: Main, text: str) -> None:
    """Send what was written, or carry out the command that it is; what cannot be sent stays in the entry."""
    if main.chat is None:
        main.context.tell(main.context.say("not-open"))
        return
    name = text[1:].split(" ", 1)[0] if text.startswith("/") else ""
    if name and "\n" not in text:
        await _command(main, name, text)
        return
    if await _is_meant(main, main.chat):
        await _send(main, main.chat, text)


async def _send(main: Main, chat: Chat, text: str) -> None:
    entry, attached, at = main.entry, list(main.composer.attached), _hold_until(main)
    content = _with_reply(main, text.removeprefix("\\") if text.startswith("\\/") else text)
    entry.set_text("")  # before anything is waited for: a key that repeats finds nothing more to send
    main.composer.drop_reply()
    try:
        await main.context.account.send(chat, content, at=at)
        while attached:
            await main.context.account.send(chat, attached[0], at=at)
            del attached[0]
    except BaseException:
        _give_back(main, chat, text, attached)
        raise
    entry.remember(text)
    await main.context.account.local.keep_draft(chat, "")
    if main.context.settings.read != "never":
        count_as_read(main.context, chat)
    main.history.view.to_end()
    main.take_in([])


def _with_reply(main: Main, text: str) -> str:
    """Return a text with the quotation of what it answers, where it answers something."""
    quoting = main.composer.quoting
    if quoting is None:
        return text
    return with_quote(quoting.who, " ".join(row.text for row in quoting.body)[:_QUOTED_AT_MOST], text)


def _give_back(main: Main, chat: Chat, text: str, attached: list[Path]) -> None:
    """Put what could not be sent back into the entry, where it is still the same chat's and empty."""
    if main.chat is not None and main.chat.key == chat.key and not main.entry.text:
        main.entry.set_text(text)
        main.composer.attached = attached
        main.composer.show_reply()


def _hold_until(main: Main) -> float | None:
    hold = main.context.settings.hold
    return main.context.clock.now() + hold if hold else None


async def _is_meant(main: Main, chat: Chat) -> bool:
    """Ask twice before something goes to very many."""
    count = chat.contact.member_count
    if not chat.is_group or count < _MANY:
        return True
    for question in ("many-members", "many-again"):
        if not await main.context.push(Confirm(main.context, main.context.say(question, count=count))):
            return False
    return True


async def _command(main: Main, name: str, text: str) -> None:
    """Carry out a command that was typed: an action's id without its context, as in ``/recall``."""
    action = action_of(name)
    if action is None:
        main.context.tell(main.context.say("no-command", name=f"/{clean(name)}"), error=True)
        return
    main.entry.remember(text)
    main.entry.set_text("")
    main.perform(action)


async def send(main: Main, _: int) -> None:
    """Send what is written, also where only files go."""
    if main.entry.text.strip():
        await submit(main, main.entry.text)
    elif main.composer.attached and main.chat is not None:
        chat, attached = main.chat, list(main.composer.attached)
        main.composer.drop_reply()
        for path in attached:
            await main.context.account.send(chat, path, at=_hold_until(main))
        await main.context.account.local.keep_draft(chat, "")
        main.take_in([])


async def newline(main: Main, _: int) -> None:
    """Begin a new line."""
    main.entry.newline()


async def leave(main: Main, _: int) -> None:
    """Cancel a held message, else drop the reply, else leave the entry."""
    if main.chat is not None and main.context.settings.hold:
        held = [
            row
            for row in main.context.account.outbox.pending(main.chat)
            if (row.due_at or 0) > main.context.clock.now()
        ]
        if held:
            row = await main.context.account.outbox.drop(held[-1].id)
            main.entry.set_text(getattr(row.command, "text", "") or main.entry.text)
            main.context.tell(main.context.say("held-back"))
            main.take_in([])
            return
    if main.composer.quoting is not None or main.composer.attached:
        main.composer.drop_reply()
        return
    main.focus_pane("messages" if main.chat is not None and not main.has_class("-narrow") else "list")


async def select_last(main: Main, _: int) -> None:
    """Select the newest message."""
    if main.chat is not None:
        main.focus_pane("messages")
        main.history.view.move(-1)
        main.history.moved()


async def faces(main: Main, _: int) -> None:
    """Let a person choose a face or an emoji."""
    from hongyan.terminal.full.composer.picker import STICKER, EmojiPicker

    chosen = await main.context.push(EmojiPicker(main.context))
    if chosen and chosen.startswith(STICKER):
        if main.chat is not None:
            await main.context.account.send_sticker(main.chat, chosen.removeprefix(STICKER))
            main.take_in([])
    elif chosen:
        main.entry.put(chosen)


async def file(main: Main, _: int) -> None:
    """Let a person choose a file to go with what is written."""
    from hongyan.terminal.full.composer.picker import FilePicker

    chosen = await main.context.push(FilePicker(main.context))
    if chosen is not None:
        attach(main, [chosen])


def attach(main: Main, paths: list[Path]) -> None:
    """Let files go with what is written; UsageError for one that is not there."""
    for path in paths:
        if not os.path.isfile(path):  # noqa: PTH113  # no error for any path
            raise UsageError(main.context.say("no-file", path=clean(str(path))))
    main.composer.attach(paths)
    main.drafts.begin_save()


async def paste(main: Main, _: int) -> None:
    """Write what is in this program's clipboard, or attach the files that it names."""
    text = main.app.clipboard
    if files := paths_in(text):
        attach(main, files)
    else:
        main.entry.put(text)


async def editor(main: Main, _: int) -> None:
    """Write in the person's own editor."""
    from hongyan.terminal.full.composer.editor import edited

    with main.app.suspend():
        text = await edited(main.entry.text)
    main.entry.set_text(text)


def _edit(action: str) -> Callable[[Main, int], Awaitable[None]]:
    async def handler(main: Main, _: int) -> None:
        main.entry.do(action)

    return handler


_EDITING: Final = (
    *(
        "earlier",
        "later",
        "undo",
        "redo",
        "line-start",
        "line-end",
        "kill-line-start",
        "kill-line-end",
        "kill-word",
    ),
    *("kill-word-right", "word-left", "word-right"),
)

ENTRY: Final = {
    **{f"entry.{name}": _edit(f"entry.{name}") for name in _EDITING},
    "entry.send": send,
    "entry.newline": newline,
    "entry.leave": leave,
    "entry.select-last": select_last,
    "entry.faces": faces,
    "entry.file": file,
    "entry.paste": paste,
    "entry.editor": editor,
}
