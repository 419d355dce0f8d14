"""Every other screen: opened by its key, used, closed by Esc; at three sizes and in three languages none breaks."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from textual import events

from hongyan.model.commands import (
    AcceptFriend,
    ChangeMembers,
    CreateGroup,
    MemberChange,
    RenameGroup,
    SendSticker,
    SetRemark,
)
from hongyan.terminal.clean import cells
from hongyan.terminal.full.screens.dialogs import Dialog

from ..conftest import NOW, kinds, seen, shown, until, write

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from hongyan.terminal.full.app import FullScreen

    from ..conftest import Stage

SCREENS = {
    "f1": "app.help",
    "question_mark": "app.key-sheet",
    "ctrl+k": "chat.go-to",
    "ctrl+p": "app.palette",
    "ctrl+o": "app.jump",
    "alt+m": "chat.mentions",
    "f3": "app.accounts",
    "f5": "app.card",
    "f7": "app.outbox",
    "f8": "app.context.settings",
    "f9": "app.log",
    "f10": "app.keys",
    "f12": "app.stats",
    "ctrl+g": "app.requests",
    "alt+c": "app.archive",
    "ctrl+f": "search.chat",
    "alt+s": "search.all",
}


async def opened(stage: Stage, app: FullScreen, pilot: Pilot[int], called: str = "Perl 学习交流") -> None:
    """Open a chat with the keys going to its messages."""
    await pilot.pause()
    app.main.open_chat(stage.account.find(called), focus="messages")
    await until(pilot, lambda: app.main.pane == "messages")


@pytest.mark.parametrize("language", ["zh", "zh-TW", "en"])
@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 12)])
async def test_every_screen_opens_fits_and_closes(stage: Stage, size: tuple[int, int], language: str) -> None:
    """No line is wider or narrower than the screen, and Esc leads back."""
    await stage.came(*kinds(stage), stage.text("@小灰\u2005在吗", chat="@@p", sender="@w"))
    app = stage.screen(language=language, theme="wechat-light")
    async with app.run_test(notifications=True, size=size) as pilot:
        await opened(stage, app, pilot)
        for key in (*SCREENS, "full_stop"):
            await pilot.press(key)
            await until(pilot, lambda: app.screen is not app.main)
            await pilot.pause(0.05)
            assert {cells(line) for line in shown(app)} == {size[0]}, key
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is app.main)


async def test_a_chat_is_found_by_initials(stage: Stage) -> None:
    """And a command behind the sign for them."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        await pilot.press("ctrl+k")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await write(pilot, "ldz")
        await until(pilot, lambda: seen(app, "李大壮") and not seen(app, "阿黄"))
        await pilot.press("enter")
        await until(pilot, lambda: app.main.chat is not None and app.main.chat.name == "李大壮")
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await write(pilot, "统计")
        await until(pilot, lambda: seen(app, "app.stats"))
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "持有登录的进程"))


async def test_a_search_leads_to_its_hits(stage: Stage) -> None:
    """With filters and patterns; what cannot be understood is told."""
    await stage.came(
        *(stage.text(f"第{n}次见面", at=NOW + n) for n in range(150)), stage.text("见面吗", chat="@h")
    )
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot, "老王")
        await pilot.press("alt+s")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await write(pilot, "见面 in:阿黄")
        await until(pilot, lambda: seen(app, "找到 1 条"))
        await pilot.press("ctrl+u")
        await write(pilot, "before:gestern")
        await until(pilot, lambda: seen(app, "看不懂：gestern"))
        await pilot.press("ctrl+u", "tab")
        await write(pilot, "第1?[0-4]次")
        await until(pilot, lambda: seen(app, "找到 10 条"))
        await pilot.press("tab", "ctrl+u")
        await write(pilot, "第7次")
        await until(pilot, lambda: seen(app, "找到 1 条"))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main and app.main.history.selected is not None)
        assert app.main.history.selected is not None
        assert app.main.history.selected.text == "第7次见面"
        await pilot.press("slash")
        await write(pilot, "见面")
        await until(pilot, lambda: seen(app, "找到 150 条"))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main)
        await pilot.press("N")
        await until(
            pilot,
            lambda: app.main.history.selected is not None and app.main.history.selected.text == "第148次见面",
        )
        await pilot.press("n")
        await until(
            pilot,
            lambda: app.main.history.selected is not None and app.main.history.selected.text == "第149次见面",
        )


async def test_requests_are_answered(stage: Stage) -> None:
    """Accepted with a remark; one that is ignored is gone from the screen alone."""
    await stage.came(kinds(stage, "@w")[-1])
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.press("ctrl+g")
        await until(pilot, lambda: seen(app, "柳杨") and seen(app, "你好"))
        await pilot.press("r")
        await until(pilot, lambda: seen(app, "备注名"))
        await pilot.press("ctrl+u")
        await write(pilot, "小柳")
        await pilot.press("enter")
        await until(
            pilot, lambda: any(isinstance(c, SetRemark) and c.remark == "小柳" for c in stage.carried)
        )
        assert any(isinstance(c, AcceptFriend) for c in stage.carried)
        await until(pilot, lambda: seen(app, "已接受"))
        await pilot.press("x")
        await until(pilot, lambda: seen(app, "没有好友请求"))


async def test_the_outbox_drops_edits_and_repeats(stage: Stage) -> None:
    """What waits can be dropped or taken back into the entry; what failed goes again."""
    app = stage.screen()
    stage.holds = True
    old = stage.account.find("老王")
    await stage.account.send(old, "丢掉这个")
    await stage.account.send(old, "改一改这个")
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot, "老王")
        await pilot.press("f7")
        await until(pilot, lambda: seen(app, "发件箱") and seen(app, "丢掉这个") and seen(app, "改一改这个"))
        await pilot.press("down", "d")
        await until(pilot, lambda: len(stage.account.pending(old)) == 1)
        await pilot.press("up", "e")
        await until(pilot, lambda: app.main.entry.text == "改一改这个")
        assert not stage.account.pending(old)


async def test_a_key_that_repeats_on_a_page_asks_once(stage: Stage) -> None:
    """The outbox sends a failed one once more; the page of requests accepts once."""
    stage.refuses = True
    old = stage.account.find("老王")
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot, "老王")
        await stage.account.send(old, "一次就好")
        await pilot.press("f7")
        await until(pilot, lambda: seen(app, "发件箱") and seen(app, "没有发出"))
        stage.refuses = False
        stage.carried.clear()
        for _ in range(5):
            app.post_message(events.Key("t", "t"))
        await until(pilot, lambda: seen(app, "没有在等") or bool(stage.carried))
        await pilot.pause(0.1)
        assert len(stage.carried) == 1


async def test_a_group_is_managed_from_its_card(stage: Stage) -> None:
    """Renamed, people invited and removed; members are listed."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("f5")
        await until(pilot, lambda: seen(app, "灰老师") and seen(app, "群主"))
        await pilot.press("n")
        await until(pilot, lambda: seen(app, "新的群名"))
        await pilot.press("ctrl+u")
        await write(pilot, "Raku 学习")
        await pilot.press("enter")
        await until(
            pilot, lambda: any(isinstance(c, RenameGroup) and c.topic == "Raku 学习" for c in stage.carried)
        )
        await pilot.press("i")
        await until(pilot, lambda: seen(app, "邀请谁"))
        await write(pilot, "ldz")
        await pilot.press("enter")
        await until(
            pilot,
            lambda: any(
                isinstance(c, ChangeMembers) and c.change is MemberChange.INVITE for c in stage.carried
            ),
        )
        await pilot.press("d")
        await until(pilot, lambda: seen(app, "移出谁"))
        await write(pilot, "灰老师")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "把 灰老师 移出群？"))
        await pilot.press("y")
        await until(
            pilot,
            lambda: any(
                isinstance(c, ChangeMembers) and c.change is MemberChange.REMOVE for c in stage.carried
            ),
        )


async def test_a_new_group_needs_two_friends(stage: Stage) -> None:
    """Marked by Space in the list."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        await pilot.press("N")
        await until(pilot, lambda: seen(app, "新群：选择成员"))
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "建群至少要两位好友"))
        await pilot.press("N")
        await until(pilot, lambda: seen(app, "新群：选择成员"))
        await until(pilot, lambda: app.screen.focused is not None)
        await pilot.press("space", "down", "space", "enter")
        await until(
            pilot, lambda: any(isinstance(c, CreateGroup) and len(c.members) == 2 for c in stage.carried)
        )


async def test_settings_count_at_once_and_are_kept_with_comments(stage: Stage) -> None:
    """The theme by choice, a switch by Enter, a wrong value is not taken."""
    file = stage.folder / "settings.toml"
    file.write_text('# mine\nprofile = "default"  # stays\n', "utf-8")
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: seen(app, "设置"))
        await write(pilot, "theme")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "solarized"))
        await write(pilot, "gruv")
        await pilot.press("enter")
        await until(
            pilot, lambda: app.theme == "gruvbox" and app.context.palette.styles["me"].color is not None
        )
        await pilot.press("ctrl+u")
        await write(pilot, "hold")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "hold 的新值"))
        await pilot.press("ctrl+u")
        await write(pilot, "99")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "不能用：hold is out of range"))
        await pilot.press("ctrl+u")
        await write(pilot, "sync_read")
        await pilot.press("enter")
        await until(pilot, lambda: app.context.settings.sync_read is False)
    text = file.read_text("utf-8")
    assert text.startswith("# mine\n")
    assert "# stays" in text
    assert tomllib.loads(text)["terminal"] == {"theme": "gruvbox", "sync_read": False}


async def test_a_key_is_changed_on_the_screen(stage: Stage) -> None:
    """It counts at once; one that is taken is refused with the action that has it."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.press("f10")
        await until(pilot, lambda: seen(app, "按键"))
        await write(pilot, "app.stats")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "按下新的键"))
        await pilot.press("f9")
        await until(pilot, lambda: seen(app, "F9 已用于：日志"))
        await pilot.press("enter", "ctrl+r")
        await until(pilot, lambda: seen(app, "Ctrl+R"))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: seen(app, "持有登录的进程"))
    kept = tomllib.loads((stage.folder / "settings.toml").read_text("utf-8"))
    assert kept["terminal"]["keymap"] == {"app.stats": "ctrl+r"}


async def test_a_day_is_reached_by_the_calendar(stage: Stage) -> None:
    """And counted there."""
    for day in (40, 10, 0):
        at = NOW - day * 86_400
        await stage.came(*(stage.text(f"{day}天前 {n}", at=at) for n in range(30)), at=at)
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot, "老王")
        await pilot.press("alt+c")
        await until(pilot, lambda: seen(app, "：30 条"))
        await pilot.press("up", "up")
        await until(pilot, lambda: seen(app, "2026-01-27：30 条"))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main and seen(app, "40天前 0"))


async def test_faces_are_picked_by_pinyin(stage: Stage) -> None:
    """From the grid, from behind a bracket; a time of day opens nothing."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        app.main.open_chat(stage.account.find("老王"))
        await until(pilot, lambda: app.main.pane == "entry")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await write(pilot, "weixiao")
        await until(pilot, lambda: seen(app, "微笑 Smile"))
        await pilot.press("enter")
        await until(pilot, lambda: app.main.entry.text == "[微笑]")
        await write(pilot, "[cg")
        await until(pilot, lambda: app.main.completion.is_open and seen(app, "吃瓜"))
        await pilot.press("tab")
        await until(pilot, lambda: app.main.entry.text == "[微笑][吃瓜]")
        await write(pilot, " 12:30 a:b 说：好")
        assert not app.main.completion.is_open


@pytest.mark.parametrize("typed", ["@老王", "@lw", "@laowang", "@隔壁"])
async def test_members_are_called_as_i_know_them(stage: Stage, typed: str) -> None:
    """My remark stands in the pane, on the card and behind @, as in the history; what is sent has the group's name."""
    app = stage.screen()
    async with app.run_test(size=(140, 40)) as pilot:
        await opened(stage, app, pilot)
        await until(pilot, lambda: seen(app, "老王 群主"))
        await pilot.press("f5")
        await until(pilot, lambda: seen(app, "老王  隔壁老王"))
        await pilot.press("escape")
        app.main.entry.focus()
        await write(pilot, typed)
        await until(pilot, lambda: app.main.completion.is_open)
        await pilot.press("enter")
        await until(pilot, lambda: app.main.entry.text == "@隔壁老王\u2005")


async def test_members_are_mentioned_as_wechat_does(stage: Stage) -> None:
    """By part of a name, with the blank that phones look for behind it."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        app.main.open_chat(stage.account.find("Perl 学习交流"))
        await until(pilot, lambda: app.main.pane == "entry")
        await write(pilot, "@灰老")
        await until(pilot, lambda: app.main.completion.is_open)
        await pilot.press("enter")
        await until(pilot, lambda: app.main.entry.text == "@灰老师\u2005")
        await write(pilot, "@")
        await until(pilot, lambda: app.main.completion.is_open)
        await pilot.press("escape")
        await until(pilot, lambda: not app.main.completion.is_open)
        assert app.main.pane == "entry"


async def test_a_file_is_picked_from_a_folder(stage: Stage) -> None:
    """By typing where it is."""
    (stage.folder / "里").mkdir()
    (stage.folder / "里" / "报告.pdf").write_bytes(b"x" * 2000)
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        app.main.open_chat(stage.account.find("老王"))
        await until(pilot, lambda: app.main.pane == "entry")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await write(pilot, f"{stage.folder}/里/报")
        await until(pilot, lambda: seen(app, "报告.pdf") and seen(app, "2 KB"))
        await pilot.press("down", "enter")
        await until(pilot, lambda: seen(app, "附件：报告.pdf"))
        await pilot.press("escape")
        await until(pilot, lambda: not seen(app, "附件："))


async def test_menus_open_at_the_mouse(stage: Stage) -> None:
    """On a chat and on a message, by the right button; the action's own key works in them."""
    await stage.came(stage.text("点我"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        await pilot.mouse_down("#list", offset=(3, 0), button=3)
        await until(pilot, lambda: seen(app, "免打扰或取消"))
        await pilot.press("M")
        await until(pilot, lambda: app.screen is app.main and seen(app, "🔕 老王"))
        await opened(stage, app, pilot, "老王")
        await pilot.mouse_down("#history", offset=(5, app.main.history.size.height - 1), button=3)
        await until(pilot, lambda: seen(app, "引用回复"))
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == "点我")


async def test_the_log_keeps_what_was_told(stage: Stage) -> None:
    """Errors and toasts, newest first."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        app.context.tell("第一件事")
        app.context.tell("坏了", error=True)
        await pilot.press("f9")
        await until(pilot, lambda: seen(app, "第一件事") and seen(app, "坏了"))
        lines = shown(app)
        first = next(i for i, line in enumerate(lines) if "坏了" in line)
        assert any("第一件事" in line for line in lines[first:])


async def test_a_favourite_sticker_is_sent_from_the_picker(stage: Stage) -> None:
    """Kept by a key on a received one, there at the next start, and sent by itself."""
    await stage.came(next(m for m in kinds(stage, "@w") if m.kind == "sticker"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot, "老王")
        await pilot.press("asterisk")
        await until(pilot, lambda: seen(app, "已收藏表情"))
    again = stage.screen()
    async with again.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, again, pilot, "阿黄")
        await pilot.press("i", "ctrl+s")
        await until(pilot, lambda: seen(again, "★ 00000000"))
        await pilot.press("enter")
        await until(
            pilot, lambda: any(isinstance(c, SendSticker) and c.md5 == "0" * 32 for c in stage.carried)
        )
        assert again.main.entry.text == ""


async def test_an_own_theme_counts_as_it_is_saved(stage: Stage) -> None:
    """While the program runs; one that is wrong is told and changes nothing."""
    folder = stage.folder / "themes"
    folder.mkdir()
    (folder / "mine.toml").write_text('primary = "#ff0000"\n', "utf-8")
    app = stage.screen(theme="mine")
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()

        def ink() -> tuple[int, ...]:
            color = app.context.palette.styles["me"].color
            return tuple(color.get_truecolor()) if color is not None else ()

        before = ink()
        (folder / "mine.toml").write_text('primary = "#00ff00"\n', "utf-8")
        await until(pilot, lambda: ink() not in {before, ()} and ink()[1] == 255)
        (folder / "other.toml").write_text('primary = "nocolour"\n', "utf-8")
        await until(pilot, lambda: seen(app, "other.toml: 'nocolour' is no"))
        assert app.theme == "mine"
