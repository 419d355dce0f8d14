"""The generated block of ``docs/settings.md``: every key of ``settings.toml`` with its values, default and meaning."""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Mapping
from typing import Any

import msgspec

from generate.blocks import table
from hongyan import Settings
from hongyan.terminal.full.strings.settings import SETTINGS

MEANINGS = {
    "profile": "Name of the profile: a local folder for one account.",
    "server": 'URL of an emulator, or "official".',
    "proxy": "HTTP proxy for all connections.",
    "ca": "PEM file with a certificate authority to trust as well.",
    "pace": "Limit the sending rate. `false` is allowed on an emulator only.",
    "home": "Folder of all profiles.",
    "transcript": "File to write requests and answers to, without secrets.",
    "grace": "Seconds a scheduled send may be late; after that it fails as `missed`.",
    "alert.command": "Program and arguments; it gets the notice as JSON on standard input.",
    "alert.webhook": "URL that the notice is posted to.",
    "alert.degraded_after": "Seconds without a proper answer before a notice is sent.",
    "alert.new_code": "Begin a new login when one ends, and send its QR code with the notice.",
    "media.when": "When a file of this kind is downloaded. `never` also applies to recalls.",
    "media.up_to": "Largest file for `always`, in MiB; 0 for no limit.",
    "archive.keep": "How long messages are kept: days, `forever`, or `off` (until every bot has read them).",
    "archive.recalled": "Whether recalled messages are kept.",
    "terminal.theme": "Color theme, built in or from `themes/`.",
    "terminal.language": "Language of the interface; empty: from the environment.",
    "terminal.keys": "Preset of key bindings.",
    "terminal.keymap": "Keys by action id; see [keys.md](keys.md).",
    "terminal.send_key": "Key that sends; Enter is then a line break.",
    "terminal.auto_focus": "Typing in the message list moves to the input box.",
    "terminal.read": "When a chat counts as read.",
    "terminal.sync_read": "Sync the read state to the phone.",
    "terminal.recalled": "How messages recalled by others are shown.",
    "terminal.emoji": "How emoji are shown.",
    "terminal.hold": "Send delay in seconds (0 to 60); Esc cancels.",
    "terminal.pictures": "How pictures are drawn.",
    "terminal.picture_size": "Columns and rows of pictures in the message list.",
    "terminal.times": "`dynamic` (09:12) or `iso`.",
    "terminal.list_width": "Columns of the chat list (12 to 80).",
    "terminal.mouse": "Use the mouse.",
    "terminal.notify.current": "What a notification shows for the open chat, by kind.",
    "terminal.notify.other": "The same for other chats while the terminal has the focus.",
    "terminal.notify.away": "The same while it has not.",
    "terminal.notify.by": "Notification methods, in order of preference.",
    "terminal.notify.bell": "Ring the bell.",
    "terminal.notify.quiet": "Quiet hours, such as `23:00-07:00`.",
    "terminal.notify.command": "Program and arguments to run for each notification.",
}


_DEFAULTS = {"archive.keep": '`"forever"`', "archive.recalled": '`"keep"`'}


def blocks() -> dict[str, str]:
    """Return the block of the keys."""
    return {"keys": "\n\n".join(_table("", Settings))}


def _table(path: str, kind: type[msgspec.Struct]) -> list[str]:
    """Return the table of one struct and of those inside it. KeyError for a key without a meaning."""
    inner: list[tuple[str, type[msgspec.Struct]]] = []
    rows = []
    hints = typing.get_type_hints(kind)
    for field in msgspec.structs.fields(kind):
        name = f"{path}.{field.encode_name}".lstrip(".")
        if found := _struct(hints[field.name]):
            inner.append((name, found))
        elif not _is_by_chat(hints[field.name]):
            rows.append(
                (
                    f"`{field.encode_name}`",
                    _type(hints[field.name]),
                    _DEFAULTS.get(name) or _default(field),
                    _meaning(name),
                )
            )
    title = f"### `[{path}]`" if path else "### At the top of the file"
    lines = [title, table(("Key", "Values", "Default", "Meaning"), rows)] if rows else []
    if path == "media":
        return [_media(inner)]
    for deeper, struct in inner:
        lines += _table(deeper, struct)
    return lines


def _media(inner: list[tuple[str, type[msgspec.Struct]]]) -> str:
    """Return the one table that all kinds of media share."""
    fields = msgspec.structs.fields(inner[0][1])
    hints = typing.get_type_hints(inner[0][1])
    rows = (
        (f"`{f.encode_name}`", _type(hints[f.name]), _default(f), MEANINGS[f"media.{f.name}"]) for f in fields
    )
    names = ", ".join(f"`{name.partition('.')[2]}`" for name, _ in inner)
    told = f'One table for each of {names}; also below `[media.chats."NAME"]`. Videos and files are `on-demand` by default.'
    return f"### `[media]`\n\n{told}\n\n{table(('Key', 'Values', 'Default', 'Meaning'), rows)}"


def _meaning(name: str) -> str:
    if name in MEANINGS:
        return MEANINGS[name]
    label = SETTINGS[name.removeprefix("terminal.")][1]
    return f"{label[:1].upper()}{label[1:]}."


def _struct(hint: Any) -> type[msgspec.Struct] | None:
    parts = (
        typing.get_args(hint)
        if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union
        else (hint,)
    )
    return next((p for p in parts if isinstance(p, type) and issubclass(p, msgspec.Struct)), None)


def _is_by_chat(hint: Any) -> bool:
    return typing.get_origin(hint) in {dict, Mapping} and _struct(typing.get_args(hint)[1]) is not None


def _type(hint: Any) -> str:
    arguments, origin = typing.get_args(hint), typing.get_origin(hint)
    if origin is typing.Literal:
        return ", ".join(f'`"{value}"`' for value in arguments)
    if isinstance(hint, type) and issubclass(hint, enum.StrEnum):
        return ", ".join(f'`"{value}"`' for value in hint)
    if isinstance(hint, types.UnionType) or origin is typing.Union:
        return " or ".join(_type(part) for part in arguments if part is not type(None))
    if origin in {tuple, list}:
        return f"list of {_type(arguments[0])}"
    if origin in {dict, Mapping}:
        return f"table of {_type(arguments[1])}"
    return _WORDS.get(hint, getattr(hint, "__name__", str(hint)))


_WORDS = {str: "text", int: "whole number", float: "number", bool: "`true`, `false`"}


def _default(field: msgspec.structs.FieldInfo) -> str:
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory
    if callable(value):
        value = value()
    if value in ("", (), {}, None):
        return "empty"
    return f"`{msgspec.json.encode(value).decode()}`"
