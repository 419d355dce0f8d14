"""The table of commands: the module of each and its line of help; a command's module is imported when it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import click

__all__ = ["COMMANDS", "GROUPS", "load"]

GROUPS: Final[dict[str, str]] = {
    "Start": "demo login logout doctor",
    "Messages": "chat send outbox recall history search",
    "Contacts": "chats contacts groups members people",
    "Chat history": "archive export import forget",
    "Bots and emulator": "bot emulate say",
    "Tools": "keys completion decode explain",
}
"""Headings of the help, with the commands below each."""

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("hongyan.cli.demo:demo", "Try Hongyan on the emulator; no account needed."),
    "login": ("hongyan.cli.login:login", "Log in by scanning a QR code."),
    "logout": ("hongyan.cli.login:logout", "Log out of a profile."),
    "chat": ("hongyan.cli.chat:chat", "Chat in the terminal."),
    "bot": ("hongyan.cli.bot:bot", "Run a bot: hongyan bot MODULE:APP."),
    "send": ("hongyan.cli.send:send", "Send a text or a file and print the result."),
    "outbox": ("hongyan.cli.outbox:outbox", "List, retry or drop unsent messages."),
    "recall": ("hongyan.cli.recall:recall", "Recall one of your messages."),
    "chats": ("hongyan.cli.lists:chats", "List chats, latest first."),
    "contacts": ("hongyan.cli.lists:contacts", "List friends and official accounts."),
    "groups": ("hongyan.cli.lists:groups", "List groups."),
    "members": ("hongyan.cli.lists:members", "List the members of a group."),
    "people": ("hongyan.cli.people:people", "Match contacts with those of an earlier login."),
    "archive": ("hongyan.cli.retention:archive", "Show or apply the rules for how long messages are kept."),
    "history": ("hongyan.cli.archive:history", "Print the messages of a chat."),
    "search": ("hongyan.cli.archive:search", "Search messages."),
    "export": (
        "hongyan.cli.export_import:export",
        "Export chat history as JSON Lines, Markdown, HTML or mbox.",
    ),
    "import": ("hongyan.cli.export_import:import_", "Import an export."),
    "forget": ("hongyan.cli.forget:forget", "Delete a profile from this machine."),
    "emulate": ("hongyan.cli.emulate:emulate", "Run the emulator of the service."),
    "say": ("hongyan.cli.say:say", "Write as a person of a running emulator."),
    "decode": ("hongyan.cli.decode:decode", "Decode raw payloads to JSON."),
    "explain": ("hongyan.cli.explain:explain", "Explain an error code."),
    "keys": ("hongyan.cli.keys:keys", "List, check or probe key bindings."),
    "completion": ("hongyan.cli.completion:completion", "Complete commands and options in bash, zsh, fish."),
    "doctor": ("hongyan.cli.doctor:doctor", "Check this machine and profile for problems."),
}


def load(name: str) -> click.Command:
    """Import the command called ``name`` (a key of ``COMMANDS``)."""
    from importlib import import_module

    module, _, attribute = COMMANDS[name][0].partition(":")
    command: click.Command = getattr(import_module(module), attribute)
    return command
