"""The table of commands: where each is and its line of help; a command's module is imported when it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import click

__all__ = ["COMMANDS", "load"]

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("hongyan.cli.demo:demo", "Try everything on the emulator, without an account."),
    "login": ("hongyan.cli.login:login", "Log in by scanning a QR code."),
    "logout": ("hongyan.cli.login:logout", "End the login of a profile."),
    "chat": ("hongyan.cli.chat:chat", "Chat in the terminal."),
    "bot": ("hongyan.cli.bot:bot", "Run a bot: hongyan bot MODULE:APP."),
    "send": ("hongyan.cli.send:send", "Send one text or file and say what became of it."),
    "outbox": ("hongyan.cli.outbox:outbox", "List what waits or failed; send it again or drop it."),
    "recall": ("hongyan.cli.recall:recall", "Take back an own message."),
    "chats": ("hongyan.cli.lists:chats", "List chats, latest first."),
    "contacts": ("hongyan.cli.lists:contacts", "List friends and accounts."),
    "groups": ("hongyan.cli.lists:groups", "List groups."),
    "members": ("hongyan.cli.lists:members", "List the members of a group."),
    "people": ("hongyan.cli.people:people", "Say who is who after a new login."),
    "archive": ("hongyan.cli.retention:archive", "Show and apply what is kept of each chat."),
    "history": ("hongyan.cli.archive:history", "Print the messages of a chat."),
    "search": ("hongyan.cli.archive:search", "Find messages by what they say."),
    "export": (
        "hongyan.cli.export_import:export",
        "Write the archive as JSON Lines, Markdown, HTML or mbox.",
    ),
    "import": ("hongyan.cli.export_import:import_", "Read an export back."),
    "forget": ("hongyan.cli.forget:forget", "Delete a profile from this machine."),
    "emulate": ("hongyan.cli.emulate:emulate", "Run the emulator of the service."),
    "say": ("hongyan.cli.say:say", "Write as somebody of a running emulator."),
    "decode": ("hongyan.cli.decode:decode", "Read raw payloads and print our events as JSON."),
    "explain": ("hongyan.cli.explain:explain", "Say what a code of the service means."),
    "keys": ("hongyan.cli.keys:keys", "List the keys of the full screen, check or probe them."),
    "completion": ("hongyan.cli.completion:completion", "Complete commands and options in bash, zsh, fish."),
    "doctor": ("hongyan.cli.doctor:doctor", "Look for what is wrong with this machine or profile."),
}


def load(name: str) -> click.Command:
    """Import the command called ``name`` (a key of ``COMMANDS``)."""
    from importlib import import_module

    module, _, attribute = COMMANDS[name][0].partition(":")
    command: click.Command = getattr(import_module(module), attribute)
    return command
