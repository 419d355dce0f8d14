"""What needs no screen: lines, keys, finding, times, colours, columns, settings, calls, links."""

from __future__ import annotations

import itertools
import os
import sys
import tomllib
from datetime import datetime
from pathlib import Path

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.color import Color

from hongyan.errors import UsageError
from hongyan.model.messages import MESSAGE_KINDS, Location
from hongyan.terminal.clean import cells, clean
from hongyan.terminal.full.chats.fuzzy import Finder
from hongyan.terminal.full.composer.completion import asked_for
from hongyan.terminal.full.composer.emoji import find_faces
from hongyan.terminal.full.composer.entry import paths_in
from hongyan.terminal.full.desktop.notify import Notification, Notifier, decide, escape_for, is_quiet, told
from hongyan.terminal.full.desktop.opening import is_dangerous, piped
from hongyan.terminal.full.keys.default_keys import ACTIONS, BY_ID
from hongyan.terminal.full.keys.keymap import PRESETS, KeyMap, Sequences, load_keys
from hongyan.terminal.full.keys.keynames import written
from hongyan.terminal.full.messages.emoticon_text import with_emoji
from hongyan.terminal.full.messages.links import link_of, map_link
from hongyan.terminal.full.messages.wrap import graphemes, wrap
from hongyan.terminal.full.settings.settings import NotifySettings, TerminalSettings
from hongyan.terminal.full.settings.settings_file import change
from hongyan.terminal.full.settings.themes import built_in, chosen, contrast, palette_of, read_theme
from hongyan.terminal.full.strings import dates
from hongyan.terminal.full.strings.dialogs import DIALOGS
from hongyan.terminal.full.strings.history import HISTORY
from hongyan.terminal.full.strings.main import MAIN
from hongyan.terminal.full.tty.column_sync import exact
from hongyan.terminal.strings.language import Language

PIECES = (
    *(
        "你",
        "好",
        "，",
        "。",
        "「",
        "」",
        "（",
        "）",
        "…",
        "—",
        "a",
        "word",
        " ",
        "  ",
        "12",
        "%",
        "\n",
        "한",
        "ก็",
        "é",
    ),
    *("👨‍👩‍👧", "👍🏽", "🇨🇳", "❤️", "🏳️‍🌈", "e\u0301", "http://a.example/x?y=1", "、", "！", "ｱ", "𠀀"),
)
texts = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


# -- lines


@given(texts, st.integers(2, 40))
def test_no_character_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    """Lines joined are the text; only blanks at which a line was broken may hang over."""
    text = clean(text, newline="\n")
    lines = wrap(text, width)
    assert "".join(lines) == text.replace("\n", "")
    assert all(cells(line.rstrip(" ")) <= width for line in lines)


@given(st.text(max_size=200), st.integers(2, 30))
def test_any_text_keeps_the_width(text: str, width: int) -> None:
    """Whatever Unicode has, once it is clean."""
    lines = wrap(clean(text, newline="\n"), width)
    assert all(cells(line.rstrip(" ")) <= width for line in lines)


units = st.tuples(
    st.sampled_from(["", "「", "（", "“"]),
    st.sampled_from("你好大雁南飞a1"),
    st.sampled_from(["", "，", "。」", "）", "……"]),
)


@given(st.lists(units, max_size=40), st.integers(12, 40))
def test_marks_stand_where_they_may(parts: list[tuple[str, str, str]], width: int) -> None:
    """No line begins with a closing mark or ends with an opening one, as long as what holds together fits on a line."""
    text = "".join(
        f"{opening}{char}{closing}" for opening, char, closing in parts if char not in "a1" or closing
    )
    for before, after in itertools.pairwise(wrap(text, width)):
        assert after[0] not in "，。」）…"
        assert before[-1] not in "「（“"


def test_words_and_links_stay_whole_where_they_fit() -> None:
    """And Chinese breaks anywhere else."""
    assert wrap("看 http://a.example/long/path 吧", 26) == ["看 ", "http://a.example/long/path ", "吧"]
    assert wrap("hello wide world", 11) == ["hello wide ", "world"]
    assert wrap("他说：「好」。走了", 8) == ["他说：", "「好」。", "走了"]
    assert wrap("", 5) == [""]
    assert wrap("a\n\nb", 5) == ["a", "", "b"]


def test_a_character_is_what_a_person_calls_one() -> None:
    """Families, flags and letters with marks are one each."""
    assert graphemes("a👨‍👩‍👧e\u0301🇨🇳好") == ["a", "👨‍👩‍👧", "e\u0301", "🇨🇳", "好"]


@pytest.mark.skipif(
    not (Path(os.environ.get("HONGYAN_SHARED", "../shared")) / "corpus").is_dir(),
    reason="the captured payloads are kept outside the project",
)
def test_real_texts_keep_the_width() -> None:
    """Every text of the captured payloads, at five widths."""
    folder = Path(os.environ.get("HONGYAN_SHARED", "../shared")) / "corpus"
    count = 0
    for file in folder.rglob("*.json"):
        for line in file.read_text("utf-8", "replace").splitlines()[:2000]:
            text = clean(line[:500], newline="\n")
            for width in (2, 7, 20, 41, 80):
                lines = wrap(text, width)
                assert "".join(lines) == text.replace("\n", "")
                assert all(cells(part.rstrip(" ")) <= width for part in lines)
            count += 1
    assert count


# -- columns


@pytest.mark.parametrize(
    "text", ["旗手🏳️‍🌈", "⛰️", "👨‍👩‍👧", "👍🏽", "🇨🇳", "❤️", "“好”…", "a🤖", "①·●", "1️⃣", "한"]
)
def test_what_follows_stands_in_its_column(text: str) -> None:
    """In a terminal with other ideas of widths, and nothing old shines through."""
    screen = pyte.Screen(40, 2)
    pyte.Stream(screen).feed(exact(f"\x1b[1;1H{'X' * 30}\x1b[1;1H\x1b[1m{text}\x1b[0m│"))
    row = screen.buffer[0]
    assert [x for x in range(40) if row[x].data == "│"] == [cells(text)]
    assert not any(row[x].data == "X" for x in range(cells(text)))


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=50))
def test_plain_output_is_left_alone(text: str) -> None:
    """Byte for byte."""
    assert exact(f"\x1b[2;3H{text}\x1b[0m") == f"\x1b[2;3H{text}\x1b[0m"


# -- keys


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_have_no_conflicts(preset: str) -> None:
    """And every key that an action needs can be sent by a plain terminal."""
    assert load_keys(TerminalSettings(keys=preset)).conflicts() == []  # type: ignore[arg-type]  # its values are those


def test_conflicts_are_found() -> None:
    """Twice in a context, shadowed from everywhere, hidden by a sequence, not to be sent."""
    keys = KeyMap(
        {"messages.copy": "r", "list.pin": "ctrl+k", "messages.hide": "g g", "entry.newline": "ctrl+enter"}
    )
    found = {(c.kind, c.key) for c in keys.conflicts()}
    assert {("twice", "r"), ("shadowed", "ctrl+k"), ("twice", "g"), ("unsendable", "ctrl+enter")} <= found


@pytest.mark.parametrize(
    ("keymap", "told"),
    [
        ({"chat.nxt-unread": "a"}, "Did you mean chat.next-unread?"),
        ({"app.quit": "ctrl+escap"}, "Did you mean ctrl+escape?"),
        ({"app.quit": "hyper+q"}, "hongyan keys --probe"),
    ],
)
def test_a_wrong_key_map_is_refused_with_the_nearest(keymap: dict[str, str], told: str) -> None:
    """For actions and for keys."""
    with pytest.raises(UsageError) as caught:
        load_keys(TerminalSettings(keymap=keymap))
    assert told in caught.value.advice


def test_sequences_and_counts_are_followed() -> None:
    """A number before, a sequence after its beginning, a wrong second key is looked at by itself."""
    keys = Sequences(KeyMap({"messages.recall": "d d", "messages.hide": ""}), "messages")
    assert [keys.feed(k) for k in "12j"] == [None, None, ("messages.down", 12)]
    assert [keys.feed(k) for k in "dd"] == [None, ("messages.recall", 1)]
    assert [keys.feed(k) for k in "dy"] == [None, ("messages.copy", 1)]
    assert keys.feed("d") is None
    assert keys.pending == "d"


def test_keys_are_written_as_people_write_them() -> None:
    """Modifiers, signs, sequences."""
    assert [written(k) for k in ("ctrl+k", "alt+full_stop", "question_mark", "d d", "f1", "pageup", "G")] == [
        *("Ctrl+K", "Alt+.", "?", "d d", "F1", "PgUp", "G"),
    ]


def test_every_action_is_told_in_three_languages() -> None:
    """No id twice; a taken away key is no key."""
    assert len(BY_ID) == len(ACTIONS)
    assert all(action.told(language) for action in ACTIONS for language in Language)
    assert load_keys(TerminalSettings(keymap={"app.quit": ""})).list_of("app.quit") == []


@pytest.mark.parametrize("table", [MAIN, HISTORY, DIALOGS])
def test_every_sentence_has_the_same_gaps_in_each_language(table: dict[str, tuple[str, ...]]) -> None:
    """So that none fails when it is told."""
    import string

    for key, sentences in table.items():
        assert len(sentences) == 3, key
        gaps = [{f for _, f, _, _ in string.Formatter().parse(s) if f is not None} for s in sentences]
        assert gaps[0] == gaps[1] == gaps[2], key


# -- finding


def test_people_are_found_as_they_are_typed() -> None:
    """Whole names first, then beginnings, parts, pinyin, and letters that stand apart."""
    finder = Finder(
        [
            ("壮", ["李大壮"], ["ldz", "lidazhuang"]),
            ("李", ["李"], ["l", "li"]),
            ("ldzx", ["ldzx"], []),
            ("王", ["老王", "隔壁老王"], ["lw", "laowang"]),
        ]
    )
    assert [hit.item for hit in finder.find("李")] == ["李", "壮"]
    assert [hit.item for hit in finder.find("ldz")] == ["ldzx", "壮"]
    assert [hit.item for hit in finder.find("lidazhuang")] == ["壮"]
    assert finder.find("大壮")[0].at == (1, 2)
    assert [hit.item for hit in finder.find("ｌｗ")] == ["王"]
    assert [hit.item for hit in finder.find("lda")] == ["壮"]
    assert finder.find("nobody") == []
    assert [hit.item for hit in finder.find("")] == ["壮", "李", "ldzx", "王"]


@given(st.lists(st.text(max_size=12), max_size=20), st.text(max_size=6))
def test_finding_never_fails_and_marks_what_it_found(names: list[str], query: str) -> None:
    """For any names; narrowing gives what a fresh look gives."""
    finder = Finder((name, [name], []) for name in names)
    for end in range(len(query) + 1):
        hits = finder.find(query[:end])
        again = Finder((name, [name], []) for name in names).find(query[:end])
        assert [hit.item for hit in hits] == [hit.item for hit in again]
        assert all(0 <= at < len(hit.item) for hit in hits for at in hit.at)


def test_faces_are_known_by_names_and_pinyin() -> None:
    """And shown as the settings say."""
    assert find_faces("weixiao")[0].text == "[微笑]"
    assert find_faces("饺子")[0].text == "🥟"
    assert with_emoji("[微笑]好[不是]", "unicode") == "🙂好[不是]"
    assert with_emoji("[微笑]好", "both") == "[微笑]🙂好"
    assert with_emoji("[微笑]好", "text") == "[微笑]好"


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        ("@老", ("mention", "老", 2)),
        ("找 ＠", ("mention", "", 1)),
        ("a@b.c", None),
        ("[微", ("face", "微", 2)),
        (":smi", ("emoji", "smi", 4)),
        ("好:smi", ("emoji", "smi", 4)),
        ("12:30", None),
        ("a:b", None),
        ("他说：好", None),
        ("/sea", ("command", "sea", 4)),
        ("a/b", None),
    ],
)
def test_only_what_asks_for_it_is_completed(before: str, asked: tuple[str, str, int] | None) -> None:
    """Times, addresses and Chinese colons ask for nothing."""
    assert asked_for(before) == asked


def test_pasted_paths_are_told_from_text(tmp_path: Path) -> None:
    """Quoted, escaped, as addresses; what is not there is text."""
    file = tmp_path / "a b.txt"
    file.write_text("x", "utf-8")
    escaped = str(file).replace(" ", "\\ ")
    for pasted in (f"'{file}'", escaped, f"file://{str(file).replace(' ', '%20')}", f"{escaped} '{file}'\n"):
        assert set(paths_in(pasted)) == {file}, pasted
    assert paths_in(str(tmp_path / "nothing")) == []
    assert paths_in("see /etc/hosts for more") == []
    assert paths_in("'unfinished") == []


# -- times

BASE = datetime(2026, 3, 8, 12, 0).astimezone().timestamp()
DAY = 86_400


@pytest.mark.parametrize(
    ("ago", "zh", "tw", "en"),
    [
        (0, "12:00", "12:00", "12:00"),
        (1, "昨天", "昨天", "Yesterday"),
        (3, "周四", "週四", "Thu"),
        (20, "2-16", "2-16", "2-16"),
        (100, "2025-11-28", "2025-11-28", "2025-11-28"),
    ],
)
def test_a_list_has_short_times(ago: int, zh: str, tw: str, en: str) -> None:
    """In each language."""
    assert [
        dates.list_time(BASE - ago * DAY, BASE, language)
        for language in (Language.ZH, Language.ZH_TW, Language.EN)
    ] == [zh, tw, en]


def test_days_and_clocks_are_told() -> None:
    """Near days by name, far ones with the year."""
    assert dates.day_line(BASE, BASE, Language.ZH) == "今天 · 3月8日 星期日"
    assert dates.day_line(BASE - 2 * DAY, BASE, Language.EN) == "Friday, 6 March"
    assert dates.day_line(BASE - 365 * DAY, BASE, Language.ZH_TW) == "2025年3月8日 星期六"
    assert dates.clock(BASE, BASE, "dynamic") == "12:00"
    assert dates.clock(BASE - 365 * DAY, BASE, "dynamic") == "2025-03-08 12:00"
    assert dates.clock(BASE, BASE, "iso") == "2026-03-08 12:00:00"


# -- colours


@pytest.mark.parametrize("name", built_in())
def test_everything_can_be_read(name: str) -> None:
    """On its background at 4.5 to 1, 7 in high contrast, 3 where it is selected; names of people too."""
    palette = palette_of(built_in()[name])
    if palette.background is None:
        assert all(style.color is None and style.bgcolor is None for style in palette.styles.values())
        return
    least = 7.0 if name == "high-contrast" else 4.5
    selected = palette.styles["selected"].bgcolor
    assert selected is not None
    for style in (*palette.styles.values(), *palette.nicks):
        if style.color is None:
            continue
        ink = Color(*style.color.get_truecolor())
        assert style.bgcolor is not None
        behind = Color(*style.bgcolor.get_truecolor())
        assert contrast(ink, behind) >= least - 0.01
        if behind == palette.background:
            assert contrast(ink, Color(*selected.get_truecolor())) >= 3


def test_the_theme_is_chosen_by_what_the_terminal_can() -> None:
    """NO_COLOR and dumb terminals get none; an unknown one is refused with those that there are."""
    themes = built_in()
    assert chosen("gruvbox", {}, themes) == "gruvbox"
    assert chosen("gruvbox", {"NO_COLOR": "1"}, themes) == "mono"
    assert chosen("gruvbox", {"TERM": "dumb"}, themes) == "mono"
    with pytest.raises(UsageError) as caught:
        chosen("nothing", {}, themes)
    assert "solarized" in caught.value.advice


def test_own_themes_are_read_and_wrong_ones_named(tmp_path: Path) -> None:
    """By the name of the file; what is wrong in it is told."""
    good, bad, worse = tmp_path / "mine.toml", tmp_path / "bad.toml", tmp_path / "worse.toml"
    good.write_text('primary = "#112233"\ndark = false\n', "utf-8")
    bad.write_text('primary = "#112233"\ncolour = "red"\n', "utf-8")
    worse.write_text('primary = "nocolour"\n', "utf-8")
    assert palette_of(read_theme(good)).background is not None
    with pytest.raises(UsageError, match="no colour 'colour'"):
        read_theme(bad)
    with pytest.raises(UsageError, match="'nocolour' is no colour for primary"):
        read_theme(worse)


# -- settings


def test_settings_keep_their_comments_and_order(tmp_path: Path) -> None:
    """A table is made where it is missing; the file is its owner's; a broken one is left alone."""
    path = tmp_path / "d" / "settings.toml"
    change(path, {"terminal.theme": "mono"})
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text(
        '# top\nserver = "official" # risky\n\n[terminal] # looks\ntheme = "mono" # plain\n', "utf-8"
    )
    change(
        path,
        {
            "terminal.theme": "gruvbox",
            "terminal.keymap.chat.next-unread": "f11",
            "terminal.notify.bell": False,
        },
    )
    text = path.read_text("utf-8")
    assert all(comment in text for comment in ("# top", "# risky", "# looks", "# plain"))
    read = tomllib.loads(text)
    assert read["terminal"]["keymap"] == {"chat.next-unread": "f11"}
    assert (read["terminal"]["theme"], read["terminal"]["notify"]["bell"]) == ("gruvbox", False)
    change(path, {"terminal.keymap.chat.next-unread": None})
    assert tomllib.loads(path.read_text("utf-8"))["terminal"]["keymap"] == {}
    path.write_text("broken = = 1", "utf-8")
    with pytest.raises(UsageError):
        change(path, {"terminal.theme": "mono"})
    assert path.read_text("utf-8") == "broken = = 1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"hold": 61.0},
        {"picture_size": (1, 1)},
        {"list_width": 5},
        {"notify": NotifySettings},
        {"notify": "quiet"},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    """With what would be right."""
    if wrong == {"notify": NotifySettings}:
        with pytest.raises(UsageError):
            NotifySettings(away={"strangers": "full"})
    elif wrong == {"notify": "quiet"}:
        with pytest.raises(UsageError):
            NotifySettings(quiet="23-7")
    else:
        with pytest.raises(UsageError):
            TerminalSettings(**wrong)  # type: ignore[arg-type]  # wrong on purpose


# -- calls


def at(clock: str) -> datetime:
    """Return a time of a day."""
    return datetime.fromisoformat(f"2026-03-08T{clock}").astimezone()


@pytest.mark.parametrize(
    ("hours", "clock", "quiet"),
    [
        ("23:00-07:00", "23:30", True),
        ("23:00-07:00", "06:59", True),
        ("23:00-07:00", "07:00", False),
        ("12:00-13:00", "12:30", True),
        ("12:00-13:00", "13:00", False),
        ("", "03:00", False),
    ],
)
def test_quiet_hours_go_over_midnight(hours: str, clock: str, quiet: bool) -> None:
    """The end is no more within them."""
    assert is_quiet(hours, at(clock)) is quiet


def test_the_matrix_has_defaults_and_own_levels() -> None:
    """Nothing of the chat one looks at; in full while one is away; as one says otherwise."""
    plain = NotifySettings()
    assert decide(plain, "current", "private") == "none"
    assert decide(plain, "other", "mention") == "sender"
    assert decide(plain, "away", "private") == "full"
    assert decide(plain, "away", "muted") == "none"
    assert decide(NotifySettings(away={"muted": "count"}), "away", "muted") == "count"


CALL = Notification("private", "k", "老王", "老王", "你好\n\x1b]0;x\x07", 3)


def test_a_call_tells_as_much_as_its_level() -> None:
    """And holds no line end and no sequence, whatever was written."""
    assert told(CALL, "count", Language.ZH) == ("微信", "3 条新消息")
    assert told(CALL, "sender", Language.EN) == ("老王", "a message of 老王")
    title, text = told(CALL, "full", Language.ZH)
    assert text.startswith("你好 ")
    assert "\x1b" not in title + text


@pytest.mark.parametrize(
    ("environment", "begin"),
    [
        ({"KITTY_WINDOW_ID": "1"}, "\x1b]99;"),
        ({"TERM_PROGRAM": "iTerm.app"}, "\x1b]9;"),
        ({"VTE_VERSION": "7000"}, "\x1b]777;notify;"),
        ({"TERM_PROGRAM": "iTerm.app", "TMUX": "x"}, "\x1bPtmux;\x1b\x1b]9;"),
        ({"TERM": "xterm"}, ""),
    ],
)
def test_each_terminal_is_spoken_to_in_its_way(environment: dict[str, str], begin: str) -> None:
    """One that is not known is left alone."""
    sequence = escape_for("a;b", "c\x1bd", environment)
    assert sequence.startswith(begin)
    assert bool(sequence) == bool(begin)
    assert "a；b" in sequence or not begin


async def test_a_chat_is_called_for_once_in_five_seconds_and_a_hook_hears_what_it_may(tmp_path: Path) -> None:
    """By the level; texts never become a part of a command; a broken hook is told once."""
    clock = [0.0]
    rung: list[int] = []
    wrote: list[str] = []
    failed: list[str] = []
    out = tmp_path / "out"
    hook = (
        sys.executable,
        "-c",
        f"import os; open({str(out)!r}, 'a').write(os.environ.get('HONGYAN_TEXT', '-') + '|' + os.environ['HONGYAN_KIND'])",
    )
    caller = Notifier(
        NotifySettings(by=("osc",), command=hook),
        Language.ZH,
        write=wrote.append,
        ring=lambda: rung.append(1),
        failed=failed.append,
        environment={"TERM_PROGRAM": "WezTerm"},
        monotonic=lambda: clock[0],
    )
    evil = CALL._replace(text="$(touch x); `id`")
    assert len(await caller.call([("away", evil), ("current", evil)], at("12:00"))) == 1
    assert await caller.call([("away", evil)], at("12:00")) == []
    clock[0] = 6.0
    assert [level for level, _ in await caller.call([("other", evil)], at("12:00"))] == ["sender"]
    assert out.read_text("utf-8") == "$(touch x); `id`|private-|private"
    assert len(rung) == len(wrote) == 2
    caller.settings = NotifySettings(by=(), command=("/nonexistent/hook",), bell=False)
    for _ in range(2):
        clock[0] += 10
        await caller.call([("away", evil)], at("12:00"))
    assert failed == ["/nonexistent/hook"]
    assert len(rung) == 2


# -- links and files


def test_links_are_told_by_the_host_they_ask() -> None:
    """Only of the web; places get a map."""
    link = link_of("http://аррӏе.com/\x1b[0m")
    assert link is not None
    assert link.host.startswith("xn--")
    assert "\x1b" not in link.shown
    assert [link_of(url) for url in ("javascript:x", "file:///etc", "ftp://a", "http://")] == [None] * 4
    assert map_link(Location(label="x", latitude=1.0, longitude=2.0)).host == "apis.map.qq.com"


@pytest.mark.parametrize(
    ("name", "is_one"), [("a.EXE", True), ("a.tar.sh", True), ("a.sh.txt", True), ("a.pdf", False)]
)
def test_files_that_may_run_are_known(name: str, is_one: bool) -> None:
    """Whatever stands behind."""
    assert is_dangerous(name) is is_one


async def test_a_pipe_tells_the_exit_code() -> None:
    """And what was written to either stream."""
    assert await piped("cat", "好") == "好"
    assert "(exit code 3)" in await piped("exit 3", "x")


def test_every_kind_has_lines() -> None:
    """Also where nothing is told in it."""
    from hongyan.terminal.full.messages.cards import body_of

    for kind in MESSAGE_KINDS.values():
        for language in Language:
            rows = body_of(kind(), language)  # type: ignore[arg-type]  # every kind is one of the union
            assert rows
            assert all("\n" not in row.text for row in rows)
