"""Rules as values: who fits, and what is answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hongyan.bot.rules import Heard, Quiet, filled
from hongyan.bot.rules_file import load_rules, parse_rules

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
