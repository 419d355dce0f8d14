"""``hongyan keys``: the active keys of the full screen, their conflicts, and the names of keys."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, get_args, get_type_hints

import click
import msgspec

from hongyan.errors import UsageError
from hongyan.model.display_text import clean, pad
from hongyan.settings import usable_settings
from hongyan.terminal.full.keys.conflict_text import conflict_text
from hongyan.terminal.full.keys.default_keys import ACTIONS, CONTEXTS
from hongyan.terminal.full.keys.keymap import checked_keys
from hongyan.terminal.full.keys.keynames import written
from hongyan.terminal.full.settings.settings import TerminalSettings
from hongyan.terminal.full.strings.keys import KEYS
from hongyan.terminal.strings.language import Language, language_of, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from hongyan.terminal.full.keys.keymap import KeyMap

__all__ = ["keys"]

_PRESETS = get_args(get_type_hints(TerminalSettings)["keys"])


@click.command()
@click.option("--preset", type=click.Choice(_PRESETS), help="Show a preset instead of the current bindings.")
@click.option("--check", is_flag=True, help="Report conflicts and unknown actions; exit code 2 on errors.")
@click.option("--probe", is_flag=True, help="Print the name of each key that you press, and what it does.")
@click.option(
    "--lang", type=click.Choice([language.value for language in Language]), help="Language of the output."
)
@click.option("--json", "-j", "as_json", is_flag=True, help="Print JSON, one value a line.")
def keys(preset: str | None, lang: str | None, *, check: bool, probe: bool, as_json: bool) -> int:
    """List the keys of the full screen, by where they act.

    Change keys in settings.toml: terminal.keys names a preset, and the table terminal.keymap sets keys by
    the action names printed here.
    """
    if check and probe:
        raise UsageError("--check and --probe do not go together", "Give one of them.")
    settings, wrong = (msgspec.convert({"keys": preset}, TerminalSettings), []) if preset else _in_force()
    chosen = lang or settings.language
    language = Language(chosen) if chosen else language_of()
    keymap, problems = checked_keys(settings)
    wrong += [f"{problem}. {problem.advice}" for problem in problems]
    if check:
        return _check(keymap, wrong, language, as_json=as_json)
    for sentence in wrong:
        sys.stderr.write(f"hongyan: {clean(sentence, newline=' ')}\n")
    if probe:
        return _probe(keymap, language)
    for line in _as_json(keymap, language) if as_json else _sheet(keymap, language):
        click.echo(line)
    return 0


def _in_force() -> tuple[TerminalSettings, list[str]]:
    settings, wrong = usable_settings()
    return settings.terminal, wrong


def _sheet(keymap: KeyMap, language: Language) -> Iterator[str]:
    for number, context in enumerate(CONTEXTS):
        yield ("\n" if number else "") + say(KEYS, context, language)
        for action in ACTIONS:
            if action.context == context:
                shown = "  ".join(map(written, keymap.list_of(action.id))) or say(KEYS, "no-key", language)
                yield f"  {pad(shown, 26)} {pad(action.label(language), 38)} {action.id}"


def _as_json(keymap: KeyMap, language: Language) -> Iterator[str]:
    for action in ACTIONS:
        values = {
            "schema": 1,
            "id": action.id,
            "context": action.context,
            "keys": keymap.list_of(action.id),
            "does": action.label(language),
        }
        yield json.dumps(values, ensure_ascii=False)


def _check(keymap: KeyMap, wrong: list[str], language: Language, *, as_json: bool) -> int:
    """Report problems, worst first; 2 on errors, not on warnings alone."""
    found: list[dict[str, Any]] = [{"grave": True, "kind": "settings", "message": lines} for lines in wrong]
    for conflict in sorted(keymap.conflicts(), key=lambda c: not c.grave):
        lines = conflict_text(conflict, language)
        found.append({"grave": conflict.grave, **conflict._asdict(), "message": lines})
    for finding in found:
        if as_json:
            click.echo(json.dumps({"schema": 1, **finding}, ensure_ascii=False))
        else:
            mark = say(KEYS, "mistake" if finding["grave"] else "warning", language)
            click.echo(f"{mark}: {clean(finding['message'], newline=' ')}")
    if not found and not as_json:
        click.echo(say(KEYS, "checked", language))
    return 2 if any(finding["grave"] for finding in found) else 0


def _probe(keymap: KeyMap, language: Language) -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "keys are pressed on a terminal, and this is not a terminal", "Run it in a terminal."
        )
    from hongyan.cli.full import prepare_terminal

    prepare_terminal()
    from hongyan.terminal.full.tty.probe import Probe

    for line in Probe(keymap, language).run(mouse=False) or ():
        click.echo(line)
    return 0
