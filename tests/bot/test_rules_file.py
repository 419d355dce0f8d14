"""Rules as they are written: what a file can get wrong, and what it must not reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from hongyan.bot.rules_file import _ANSWERED, load_rules, parse_rules
from hongyan.errors import UsageError
from hongyan.model.messages import MESSAGE_KINDS

WRONG = [
    ("[[rule]\n", ":1: this is not TOML", "'single quotes'"),
    ("", ":1: rule: there are no rules", "[[rule]]"),
    ("schema = 2\n[[rule]]\nanswer = 'x'", ":1: schema: ", "schema = 1"),
    ("seed = 'x'\n[[rule]]\nanswer = 'x'", ":1: seed: ", "seed = 7"),
    ("rules = 1\n[[rule]]\nanswer = 'x'", ":1: rules: there is no such key", "mean rule?"),
    ("[[rule]]\nanswer = 'x'\n[[rule]]\n\nanswr = 'x'", ":5: rule 2, answr: ", "Did you mean answer?"),
    ("[[rule]]\npattern = 'x'", ":1: rule 1, answer: a rule has either", 'answer = "…"'),
    ("[[rule]]\nanswer = 'x'\nfile = 'y'", ":3: rule 1, file: a rule has either", "answer"),
    ("[[rule]]\nanswer = ' '", ":2: rule 1, answer: an answer is empty", "answer"),
    ("[[rule]]\nanswer = []", ":2: rule 1, answer: an answer is empty", "answer"),
    ("[[rule]]\nanswer = 5", ":2: rule 1, answer: 5 is not a text", "list"),
    ("[[rule]]\nanswer = 'x {nam}'", ":2: rule 1, answer: nothing fills {nam}", "{sender}"),
    ("[[rule]]\npattern = '(a)'\nanswer = '{2}'", ":3: rule 1, answer: nothing fills {2}", "{1}"),
    ("[[rule]]\nanswer = 'x'\npattern = '('", ":3: rule 1, pattern: ", "\\"),
    ("[[rule]]\nanswer = 'x'\npattern = 1", ":3: rule 1, pattern: ", "pattern ="),
    ("[[rule]]\nanswer = 'x'\nkind = 'txt'", ":3: rule 1, kind: 'txt' is not a kind", "text, quote"),
    ("[[rule]]\nanswer = 'x'\nkind = 'notice'", ":3: rule 1, kind: 'notice' is never answered", "text"),
    ("[[rule]]\nanswer = 'x'\nin = 'groups'", ":3: rule 1, in: 'groups' is none of", "group"),
    ("[[rule]]\nanswer = 'x'\npick = 'best'", ":3: rule 1, pick: ", "turn"),
    ("[[rule]]\nanswer = 'x'\nmention = 'yes'", ":3: rule 1, mention: ", "without quotes"),
    ("[[rule]]\nanswer = 'x'\nstop = 1", ":3: rule 1, stop: ", "true or false"),
    ("[[rule]]\nanswer = 'x'\npriority = '1'", ":3: rule 1, priority: ", "priority = 10"),
    ("[[rule]]\nanswer = 'x'\ncooldown = '5 minutes'", ":3: rule 1, cooldown: ", '"10m"'),
    ("[[rule]]\nanswer = 'x'\ncooldown = -1", ":3: rule 1, cooldown: ", '"10m"'),
    ("[[rule]]\nanswer = 'x'\nquiet = '25:00-07:00'", ":3: rule 1, quiet: ", "23:00-07:00"),
    (
        "[[rule]]\nanswer = 'x'\nquiet = '07:00-07:00'",
        ":3: rule 1, quiet: '07:00-07:00' ends where it begins",
        "00:00-24:00",
    ),
    ("[[rule]]\nanswer = 'x'\nquiet = 'night'", ":3: rule 1, quiet: ", "23:00-07:00"),
    ("[[rule]]\nanswer = 'x'\nwho = []", ":3: rule 1, who: no one", "everyone"),
    ("[[rule]]\nanswer = 'x'\nwho = 5", ":3: rule 1, who: 5 is not a text", "list"),
    ("[[rule]]\nfile = 'nothing.pdf'", ":2: rule 1, file: there is no file", "folder of the rules file"),
    (
        "[[rule]]\nanswer='x'\nname='n'\n[[rule]]\nanswer='y'\nname='n'",
        ":6: rule 2, name: two rules",
        "another",
    ),
]


@pytest.mark.parametrize(("source", "problem", "advice"), WRONG)
def test_a_mistake_is_told_with_its_line_and_what_to_write(source: str, problem: str, advice: str) -> None:
    """File, line, key, and what to write instead."""
    with pytest.raises(UsageError) as raised:
        parse_rules(source, "my.toml", Path("/nowhere"))
    assert str(raised.value).startswith(f"my.toml{problem}")
    assert advice in raised.value.advice


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None) -> None:
    """Missing, or not text."""
    path = tmp_path / "rules.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=str(path)):
        load_rules(path)


def test_every_kind_that_people_write_can_be_answered() -> None:
    """The list in the errors holds tags of the model."""
    assert set(_ANSWERED) <= set(MESSAGE_KINDS)


@pytest.mark.parametrize(
    "way", ["../secret.txt", "{outside}/secret.txt", "link.txt", "folder/secret.txt", "\x00"]
)
def test_no_file_outside_of_the_rules_own_folder_is_sent(tmp_path: Path, way: str) -> None:
    inside, outside = tmp_path / "rules", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    for place in (outside, tmp_path):
        (place / "secret.txt").write_text("secret")
    (inside / "link.txt").symlink_to(outside / "secret.txt")
    (inside / "folder").symlink_to(outside)
    file = way.format(outside=outside).replace("\x00", "\\u0000")
    with pytest.raises(UsageError, match=r"outside of the folder|not a path"):
        parse_rules(f'[[rule]]\nfile = "{file}"', "rules.toml", inside)


def test_a_pattern_nested_too_deeply_is_told_with_its_line() -> None:
    nested = "(" * 20000 + ")" * 20000
    with pytest.raises(UsageError, match=":2: rule 1, pattern"):
        parse_rules(f"[[rule]]\npattern = '{nested}'\nanswer = 'x'", "rules.toml", Path())
