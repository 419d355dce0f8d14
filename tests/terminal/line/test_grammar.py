"""What typed lines mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.terminal.line.completion import quoted
from hongyan.terminal.line.grammar import (
    COMMANDS,
    FileForm,
    Line,
    Mistake,
    Nothing,
    Quit,
    SayHere,
    SendAll,
    SendLines,
    SendPath,
    SlashCommand,
    Target,
    TypedText,
    parse,
)

LAO_WANG = Target("老王")

MEANINGS: list[tuple[str, Line]] = [
    ("->老王:你好", TypedText(LAO_WANG, "你好")),
    ("->老王：你好", TypedText(LAO_WANG, "你好")),
    ("-> 老王 :你好", TypedText(LAO_WANG, "你好")),
    ("->老王:看 http://a.example:80/", TypedText(LAO_WANG, "看 http://a.example:80/")),
    ("->老王:：两个冒号", TypedText(LAO_WANG, "：两个冒号")),
    ('->"a:b":text', TypedText(Target("a:b"), "text")),
    ('->"他说\\"好\\"":text', TypedText(Target('他说"好"'), "text")),
    ("->#3:text", TypedText(Target(number=3), "text")),
    ("->＃3：text", TypedText(Target(number=3), "text")),
    ("->Perl 学习交流:晚上好", TypedText(Target("Perl 学习交流"), "晚上好")),
    ("->all:新年好", SendAll("新年好")),
    ('->"all":你好', TypedText(Target("all"), "你好")),
    ("m->老王:C:\\诗\\静夜思.txt", SendLines(LAO_WANG, "C:\\诗\\静夜思.txt")),
    ("f->老王:D:\\a b\\report.pdf", SendPath(LAO_WANG, "D:\\a b\\report.pdf", FileForm.FILE)),
    ("f->老王: '/home/me/a b.pdf' ", SendPath(LAO_WANG, "/home/me/a b.pdf", FileForm.FILE)),
    ("i->老王:~/a.png", SendPath(LAO_WANG, "~/a.png", FileForm.PICTURE)),
    ('e->老王:"a.gif"', SendPath(LAO_WANG, "a.gif", FileForm.STICKER)),
    ("quit", Quit()),
    ("  quit ", Quit()),
    ("/quit", Quit()),
    ("/exit", Quit()),
    ("", Nothing()),
    ("   ", Nothing()),
    ("明天几点？", SayHere("明天几点？")),
    ("  两个空格在前", SayHere("  两个空格在前")),
    ("quit now", SayHere("quit now")),
    ("a->b:c", SayHere("a->b:c")),
    ("\\/etc/hosts", SayHere("/etc/hosts")),
    ("\\->老王:这样写", SayHere("->老王:这样写")),
    ("\\quit", SayHere("quit")),
    ("\\o/", SayHere("\\o/")),
    ("line\\nbreak", SayHere("line\\nbreak")),
    ("->老王:a\\nb", TypedText(LAO_WANG, "a\\nb")),
    ("/chats", SlashCommand("chats")),
    ("/CHATS", SlashCommand("chats")),
    ("/open 老王", SlashCommand("open", LAO_WANG)),
    ("/open Perl 学习交流", SlashCommand("open", Target("Perl 学习交流"))),
    ('/open "a b"', SlashCommand("open", Target("a b"))),
    ("/open #2", SlashCommand("open", Target(number=2))),
    ("/close", SlashCommand("close")),
    ("/hist", SlashCommand("hist")),
    ("/hist 50", SlashCommand("hist", number=50)),
    ("/hist 老王", SlashCommand("hist", LAO_WANG)),
    ("/history Perl 学习交流 5", SlashCommand("hist", Target("Perl 学习交流"), number=5)),
    ("/search 雨伞 明天", SlashCommand("search", text="雨伞 明天")),
    ("/save 12", SlashCommand("save", id="12")),
    ("/save #12", SlashCommand("save", id="12")),
    ("/reply 12:好", SlashCommand("reply", id="12", text="好")),
    ("/forward 12:老王", SlashCommand("forward", id="12", text="老王")),
    ("/recall", SlashCommand("recall")),
    ("/recall 7100000000000000001", SlashCommand("recall", id="7100000000000000001")),
    ("/accept 1", SlashCommand("accept", number=1)),
    ("/remark 老王:王师傅", SlashCommand("remark", LAO_WANG, text="王师傅")),
    ("/remark 老王:", SlashCommand("remark", LAO_WANG)),
    ("/invite Perl 学习交流:老王,阿黄", SlashCommand("invite", Target("Perl 学习交流"), text="老王,阿黄")),
    ("/help open", SlashCommand("help", text="open")),
    ("/?", SlashCommand("help")),
    ("/members", SlashCommand("members")),
    ("->老王", Mistake("no-colon", "老王")),
    ("->:你好", Mistake("no-name", ":你好")),
    ("->老王:", Mistake("nothing-to-send", "老王")),
    ("f->老王:  ", Mistake("nothing-to-send", "老王")),
    ('->"老王:你好', Mistake("open-quote", '"老王:你好')),
    ("/etc/hosts", Mistake("no-command", "etc/hosts")),
    ("/open", Mistake("no-argument", "open")),
    ("/rename family:", Mistake("no-argument", "rename")),
    ("/remove family: ", Mistake("no-argument", "remove")),
    ("/remove family: , 、", Mistake("no-argument", "remove")),
    ("/invite family：", Mistake("no-argument", "invite")),
    ("/remark Anna:", SlashCommand("remark", Target("Anna"))),
    ("/close 老王", Mistake("needless-argument", "close")),
    ("/save 那张", Mistake("no-id", "那张")),
    ("/accept 老王", Mistake("no-number", "老王")),
    ("/reply 12:", Mistake("nothing-to-send", "12")),
    ("/reply 老王:好", Mistake("no-id", "老王")),
]


@pytest.mark.parametrize(("typed", "meant"), MEANINGS)
def test_a_line_means(typed: str, meant: Line) -> None:
    """Each kind of line, each way of writing it, each mistake."""
    assert parse(typed) == meant


def test_escapes_are_read_only_where_asked_for() -> None:
    r"""With escapes, ``\n`` and ``\t`` are what they stand for; anything else stays."""
    assert parse(r"->老王:a\nb\tc\\n\d", escapes=True) == TypedText(LAO_WANG, "a\nb\tc\\n\\d")
    assert parse(r"f->老王:C:\new\table.txt", escapes=True) == SendPath(
        LAO_WANG, r"C:\new\table.txt", FileForm.FILE
    )


@given(st.text())
def test_no_line_is_too_strange(typed: str) -> None:
    """Every line has a meaning, if only that of a mistake."""
    assert isinstance(parse(typed), Line)
    assert isinstance(parse(typed, escapes=True), Line)


@given(st.text(min_size=1).filter(lambda name: name.strip() and "\n" not in name and "\r" not in name))
def test_a_completed_name_is_read_back(name: str) -> None:
    """What Tab writes for a name finds that name again."""
    meant = parse(f"->{quoted(name)}:x")
    assert meant == TypedText(Target(name), "x")


def test_every_command_without_need_for_more_can_stand_alone() -> None:
    """A command whose shape has no obligatory part is an order by itself, any other says what is missing."""
    for name, shape in COMMANDS.items():
        alone = parse(f"/{name}")
        expected = (
            (SlashCommand(name), Quit())
            if not shape or shape.startswith("[")
            else (Mistake("no-argument", name),)
        )
        assert alone in expected
