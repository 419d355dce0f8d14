"""Rules as values: who fits, what is answered, and what a file can get wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hongyan.bot.rules import Heard, Quiet, filled
from hongyan.bot.rules_file import load_rules, parse_rules
from hongyan.errors import UsageError

NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


def _heard(text: str = "hello", sender: str = "Alice", group: str = "", **more: Any) -> Heard:
    values: dict[str, Any] = {
        "chat": group or sender,
        "chat_name": group or sender,
        "sender_name": sender,
        "sender_names": frozenset({sender.casefold()}),
        "in_group": bool(group),
        "group_names": frozenset({group.casefold()} if group else ()),
        "kind": "text",
        "text": text,
        "plain": text,
    }
    return Heard(**(values | more))


def _answers(rules: str, heard: Heard, now: datetime = NOON) -> list[Any]:
    return [a.content for a in parse_rules(rules, "rules.toml", Path()).answers(heard, now)]


@pytest.mark.parametrize(
    ("rule", "heard", "answered"),
    [
        ("", _heard(), True),
        ("pattern = '^hel'", _heard(), True),
        ("pattern = '^el'", _heard(), False),
        ('who = "alice"', _heard(), True),
        ('who = ["Bob", "ALICE"]', _heard(), True),
        ('who = "Bob"', _heard(), False),
        ('who = "Alice"', _heard(group="Home"), True),
        ('who = "group:Home"', _heard(group="Home"), True),
        ('who = "group:Work"', _heard(group="Home"), False),
        ('who = "group:*"', _heard(group="Home"), True),
        ('who = "group:*"', _heard(), False),
        ('who = "group:Alice"', _heard(), False),
        ('in = "private"', _heard(group="Home"), False),
        ('in = "private"', _heard(), True),
        ('in = "group"', _heard(), False),
        ('in = "group"', _heard(in_group=True, group_names=frozenset()), True),
        ("mention = true", _heard(group="Home"), False),
        ("mention = true", _heard(group="Home", mentioned=True), True),
        ("mention = true", _heard(), True),
        ('kind = "picture"', _heard(), False),
        ('kind = ["picture", "text"]', _heard(), True),
        ('kind = "*"', _heard(kind="voice"), True),
        ('quiet = "11:00-13:00"', _heard(), False),
        ('quiet = ["22:00-07:00", "13:00-14:00"]', _heard(), True),
    ],
)
def test_who_and_what_a_rule_fits(rule: str, heard: Heard, answered: bool) -> None:
    """Each key narrows a rule down."""
    assert _answers(f'[[rule]]\nanswer = "yes"\n{rule}', heard) == ["yes"] * answered


def test_captures_and_names_fill_the_answer() -> None:
    """By number, by name, and what is always known; two braces are one."""
    rules = """[[rule]]
    pattern = '(?i)my name is (?P<name>\\w+)(!)?'
    answer = "{name} {1} {2} {0} {sender} {chat} {{name}}"
    """
    answers = _answers(rules, _heard("My name is Zoe", group="Home"))
    assert answers == ["Zoe Zoe  My name is Zoe Alice Home {name}"]


def test_an_answer_reaches_nothing_but_its_fields() -> None:
    """What people write is put in as it is, braces and all."""
    assert filled("{text} {0.__class__} {x!r}", {"text": "{sender}"}) == "{sender} {0.__class__} {x!r}"


def test_rules_are_tried_by_priority_and_stop() -> None:
    """The first answer ends the search, unless its rule says otherwise."""
    rules = """
    [[rule]]
    answer = "last"
    [[rule]]
    priority = 5
    stop = false
    answer = "first"
    [[rule]]
    priority = 1
    answer = "second"
    """
    assert _answers(rules, _heard()) == ["first", "second"]


def test_a_cool_down_is_kept_per_chat_and_lets_other_rules_answer() -> None:
    """A rule that has just answered here is passed over here, and only here."""
    rules = parse_rules(
        '[[rule]]\ncooldown = "1m"\nanswer = "a"\n[[rule]]\npriority = -1\nanswer = "b"', "r", Path()
    )

    def at(seconds: float, chat: str = "x") -> list[Any]:
        moment = NOON + timedelta(seconds=seconds)
        return [a.content for a in rules.answers(_heard(chat=chat), moment)]

    assert [at(0), at(59), at(30, "y"), at(60), at(61)] == [["a"], ["b"], ["a"], ["a"], ["b"]]


def test_the_longest_silent_chats_are_forgotten_first() -> None:
    """Cool-downs of very many chats are bounded, and a chat that was answered again counts as new."""
    rules = parse_rules('[[rule]]\ncooldown = 5\nanswer = "a"', "r", Path())
    rules.answers(_heard(chat="kept"), NOON)
    for n in range(4095):
        rules.answers(_heard(chat=str(n)), NOON)
    later = NOON + timedelta(seconds=5)
    for chat in ("kept", "one", "two"):
        rules.answers(_heard(chat=chat), later)
    assert rules.answers(_heard(chat="kept"), later) == []
    assert len(rules._memory["rule 1"].answered) == 4096


def test_answers_come_in_turn_or_at_random_by_the_seed() -> None:
    """A seed makes the same picks every time."""
    rules = 'seed = 5\n[[rule]]\npick = "{}"\nanswer = ["a", "b", "c"]'

    def nine(pick: str) -> str:
        ruleset = parse_rules(rules.replace("{}", pick), "r", Path())
        return "".join(str(ruleset.answers(_heard(), NOON)[0].content) for _ in range(9))

    assert nine("turn") == "abcabcabc"
    assert nine("random") == nine("random") != nine("turn")


def test_a_file_can_be_the_answer(tmp_path: Path) -> None:
    """Its path is taken from the folder of the rules."""
    (tmp_path / "menu.txt").write_text("soup")
    (tmp_path / "rules.toml").write_text(
        '\ufeff[[rule]]\nfile = "menu.txt"', "utf-8"
    )  # as Windows editors do
    answers = load_rules(tmp_path / "rules.toml").answers(_heard(), NOON)
    assert [a.content for a in answers] == [tmp_path / "menu.txt"]


@pytest.mark.parametrize(
    ("span", "clock", "quiet"),
    [
        ("23:00-07:00", "23:00", True),
        ("00:00-24:00", "12:00", True),
        ("23:00-07:00", "06:59", True),
        ("23:00-07:00", "07:00", False),
        ("12:00-13:00", "12:59", True),
        ("12:00-13:00", "13:00", False),
        ("00:00-24:00", "15:00", True),
    ],
)
def test_quiet_hours_may_run_over_midnight(span: str, clock: str, quiet: bool) -> None:
    """The end does not belong to them."""
    now = datetime.fromisoformat(f"2024-05-01T{clock}:00+00:00")
    assert _answers(f'[[rule]]\nanswer = "x"\nquiet = "{span}"', _heard(), now) == ([] if quiet else ["x"])
    assert Quiet(now.time(), now.time()).covers(now.time())


def test_the_default_rules_answer_sparingly() -> None:
    """Ping, away in private, away when mentioned; nothing else."""
    rules = load_rules(None)

    def rule(heard: Heard) -> list[str]:
        return [a.rule for a in rules.answers(heard, NOON)]

    assert rule(_heard("PING ")) == ["ping"]
    assert rule(_heard("are you there?")) == ["away, in private"]
    assert rule(_heard("still there?")) == []
    assert rule(_heard("chatter", group="Home")) == []
    assert rule(_heard("you?", group="Home", mentioned=True)) == ["away, mentioned in a group"]


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
    ("[[rule]]\nanswer = 'x'\nwho = []", ":3: rule 1, who: nobody", "everybody"),
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
    from hongyan.bot.rules_file import _ANSWERED
    from hongyan.model.messages import MESSAGE_KINDS

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
