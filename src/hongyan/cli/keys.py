"""``hongyan keys``: the keys of the full screen as they are in force, what is wrong with them, and what a key is called."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from hongyan.cli.options import Options, reporting, settings_of
from hongyan.terminal.clean import pad
from hongyan.terminal.full.actions import ACTIONS, CONTEXTS
from hongyan.terminal.full.keymap import PRESETS, load_keys, written
from hongyan.terminal.full.words_dialogs import DIALOGS
from hongyan.terminal.words import Language, language_of, say

if TYPE_CHECKING:
    from hongyan.terminal.full.keymap import KeyMap

__all__ = ["keys"]


@click.command()
@click.option("--preset", type=click.Choice(list(PRESETS)), help="Look at a preset instead of the settings.")
@click.option("--check", is_flag=True, help="Report conflicts; the exit code is 2 where there are any.")
@click.option("--probe", is_flag=True, help="Tell the name of each key that is pressed.")
@click.option("--lang", type=click.Choice([language.value for language in Language]), help="Language.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def keys(*, preset: str | None, check: bool, probe: bool, lang: str | None, as_json: bool) -> int:
    """Show which key does what in the full screen, and check it.

    Keys are changed in the settings, by the ids that this prints: [terminal.keymap], "chat.next-unread" = "alt+a".
    """

    def work() -> int:
        settings = settings_of(Options()).terminal
        if preset is not None:
            settings = replace(settings, keys=preset, keymap={})
        keymap = load_keys(settings)
        language = (
            Language(lang) if lang else Language(settings.language) if settings.language else language_of()
        )
        if probe:
            return _probe(keymap, language)
        if check:
            return _check(keymap, as_json=as_json)
        _print(keymap, language, as_json=as_json)
        return 0

    return reporting(Options(as_json=as_json), work)


def _print(keymap: KeyMap, language: Language, *, as_json: bool) -> None:
    for context in CONTEXTS:
        actions = [action for action in ACTIONS if action.context == context]
        if as_json:
            for action in actions:
                told = {
                    "id": action.id,
                    "context": context,
                    "keys": keymap.list_of(action.id),
                    "does": action.told(language),
                }
                click.echo(json.dumps({"schema": 1, **told}, ensure_ascii=False))
            continue
        click.echo(say(DIALOGS, f"context-{context}", language))
        for action in actions:
            shown = "  ".join(map(written, keymap.list_of(action.id)))
            click.echo(f"  {pad(shown, 22)} {pad(action.id, 26)} {action.told(language)}")


def _check(keymap: KeyMap, *, as_json: bool) -> int:
    conflicts = keymap.conflicts()
    for conflict in conflicts:
        if as_json:
            click.echo(json.dumps({"schema": 1, **conflict._asdict()}))
        else:
            click.echo(
                f"{_KINDS[conflict.kind]}: {written(conflict.key)} ({conflict.context}): {', '.join(conflict.ids)}"
            )
    if not conflicts and not as_json:
        click.echo("no conflicts")
    return 2 if conflicts else 0


_KINDS = {
    "twice": "does two things",
    "shadowed": "does something else everywhere",
    "unsendable": "cannot be sent by plain terminals, and is the only key",
}


def _probe(keymap: KeyMap, language: Language) -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("--probe needs a terminal.")
    from hongyan.terminal.full.probe import Probe

    return Probe(keymap, language).run() or 0
