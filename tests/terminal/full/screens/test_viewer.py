"""The viewer: everything of a chat that can be looked at, one after the other, on large and small screens."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from hongyan.model.ids import MsgId, Seq
from hongyan.model.media_files import MediaFile, Verified
from hongyan.model.messages import File, Picture, Video
from hongyan.terminal.full.desktop import opening
from hongyan.terminal.full.pictures.draw import Mode
from hongyan.terminal.full.screens.viewer import Viewer

from ..conftest import NOW, name, seen, shown, until

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from textual.pilot import Pilot

    from hongyan.terminal.full.app import FullScreen

    from ..conftest import Stage


async def kept(stage: Stage, seq: int, content: str, *, size: str = "full") -> None:
    """Let the file of a row be there: a picture of this colour, or this text."""
    path = stage.folder / "media" / f"{seq}-{size}.png"
    if content.startswith("text:"):
        path.write_text(content, "utf-8")
    else:
        Image.new("RGB", (64, 48), content).save(path)
    await stage.store.archive.keep_file(
        MediaFile(
            seq=Seq(seq),
            size=size,
            path=path.name,
            bytes=path.stat().st_size,
            md5="",
            sha256="",
            verified=Verified.LENGTH,
            kept_at=NOW,
        )
    )


async def media(stage: Stage) -> None:
    """Let a picture, a film, a text, a program and an own picture stand in a chat."""
    here = {"chat": name("@w"), "sender": name("@w"), "created_at": int(NOW)}
    await stage.came(Picture(id=MsgId("7001"), thumb_size=(64, 48), **here))  # type: ignore[arg-type]  # as above
    await stage.came(Video(id=MsgId("7002"), size=9_000_000, duration_s=6, **here))  # type: ignore[arg-type]  # as above
    await stage.came(stage.text("然后呢？"))
    await stage.came(File(id=MsgId("7003"), name="更新 \x1b[2J.exe", size=2000, **here))  # type: ignore[arg-type]  # as above
    await kept(stage, 1, "red")
    await kept(stage, 2, "green", size="thumbnail")
    await kept(stage, 4, "text:MZ")
    own = stage.folder / "猫.png"
    Image.new("RGB", (300, 200), "blue").save(own)
    await (await stage.account.send(stage.account.find("老王"), own)).accepted()


def looking(stage: Stage, *, size: tuple[int, int], mode: Mode) -> AbstractAsyncContextManager[Pilot[int]]:
    """Run the program on a screen of a size, drawing in a mode."""
    app = stage.screen(pictures="auto")
    app.context.painter.mode = mode
    app.main.history.relayout(app.main.conversation.bubble_layout())
    return app.run_test(notifications=True, size=size)


def whole(app: FullScreen, text: str) -> bool:
    """Whether a text stands on the screen, over the ends of its lines."""
    return text in "".join(line.strip() for line in shown(app))


async def opened(stage: Stage, pilot: Pilot[int], seq: int) -> FullScreen:
    """Open the viewer at a row."""
    app: FullScreen = pilot.app  # type: ignore[assignment]  # what was run
    await pilot.pause()
    chat = stage.account.find("老王")
    app.main.open_chat(chat, focus="messages")
    row = next(row for row in stage.account.archive.journal() if row.seq == seq)
    app.push_screen(Viewer(app.context, chat, row))
    await until(pilot, lambda: isinstance(app.screen, Viewer))
    return app


@pytest.fixture
def handed_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is opened outside; no program is started."""
    targets: list[str] = []

    async def take(target: str) -> bool:
        targets.append(target)
        return True

    monkeypatch.setattr(opening, "open_outside", take)
    return targets


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
@pytest.mark.parametrize("mode", [Mode.HALFCELL, Mode.OFF])
async def test_everything_of_a_chat_is_gone_through(stage: Stage, size: tuple[int, int], mode: Mode) -> None:
    """Pictures, the still of a film, files by their names, own pictures; every line as wide as the screen."""
    await media(stage)
    async with looking(stage, size=size, mode=mode) as pilot:
        app = await opened(stage, pilot, 1)
        drawn = mode is Mode.HALFCELL
        await until(pilot, lambda: whole(app, "64×48" if drawn else "1-full.png"))
        await pilot.press("right")
        await until(pilot, lambda: seen(app, "视频"))
        await until(pilot, lambda: whole(app, "64×48" if drawn else "thumbnail.png"))
        assert seen(app, "8.6 MB")
        await pilot.press("right")
        await until(pilot, lambda: seen(app, "文件 · 更新"))
        assert not any("\x1b" in line for line in shown(app))
        await pilot.press("right")
        await until(pilot, lambda: whole(app, "300×200" if drawn else "猫.png"))
        await pilot.press("i")
        await until(pilot, lambda: seen(app, "#5"))
        assert {strip.cell_length for strip in app.screen._compositor.render_strips()} == {size[0]}
        await pilot.press("right")
        await until(pilot, lambda: seen(app, "没有更多"))
        await pilot.press("left", "left", "left")
        await until(pilot, lambda: whole(app, "64×48" if drawn else "1-full.png"))
        await pilot.press("q")
        await until(pilot, lambda: app.screen is app.main)


async def test_what_is_hidden_is_passed_over(stage: Stage) -> None:
    """At this machine nobody sees it again."""
    await media(stage)
    await stage.account.local.hide(next(row for row in stage.account.archive.journal() if row.seq == 2))
    async with looking(stage, size=(80, 24), mode=Mode.HALFCELL) as pilot:
        app = await opened(stage, pilot, 1)
        await pilot.press("right")
        await until(pilot, lambda: seen(app, "文件 · 更新"))


async def test_a_program_is_asked_about_before_it_is_opened(stage: Stage, handed_out: list[str]) -> None:
    """And has a harmless name; a picture is opened as it is."""
    await media(stage)
    async with looking(stage, size=(80, 24), mode=Mode.HALFCELL) as pilot:
        app = await opened(stage, pilot, 4)
        await until(pilot, lambda: seen(app, "文件 · 更新"))
        await pilot.press("o")
        await until(pilot, lambda: seen(app, "可能会运行程序"))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Viewer))
        assert handed_out == []
        await pilot.press("o")
        await until(pilot, lambda: seen(app, "可能会运行程序"))
        await pilot.press("y")
        await until(pilot, lambda: handed_out == [str(stage.folder / "files" / "更新 [2J.exe")])
        await pilot.press("right")
        await until(pilot, lambda: seen(app, "300×200"))
        await pilot.press("o")
        await until(pilot, lambda: len(handed_out) == 2)


@pytest.mark.parametrize("hidden", ["\u200b", "\0", "\u00ad", "\u202e", "\u3164", "\ufe0f"])
async def test_what_opens_is_what_is_judged(stage: Stage, handed_out: list[str], hidden: str) -> None:
    """Signs that nobody sees, or that the file system does not get, change nothing."""
    here = {"chat": name("@w"), "sender": name("@w"), "created_at": int(NOW)}
    evil = f"发票.desktop{hidden}"
    await stage.came(File(id=MsgId("7001"), name=evil, size=2000, **here))  # type: ignore[arg-type]  # as above
    await kept(stage, 1, "text:[Desktop MessageEntry]")
    async with looking(stage, size=(80, 24), mode=Mode.HALFCELL) as pilot:
        app = await opened(stage, pilot, 1)
        await until(pilot, lambda: seen(app, "发票"))
        await pilot.press("o")
        await until(pilot, lambda: seen(app, "可能会运行程序"))
        assert handed_out == []
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Viewer))
        assert handed_out == []


async def test_own_files_are_saved_like_others(stage: Stage) -> None:
    """Under their names; a second time beside the first; a folder that cannot be written is told."""
    await media(stage)
    async with looking(stage, size=(80, 24), mode=Mode.HALFCELL) as pilot:
        app = await opened(stage, pilot, 5)
        files = stage.folder / "files"
        await until(pilot, lambda: seen(app, "300×200"))
        await pilot.press("s")
        await until(pilot, (files / "猫.png").is_file)
        await pilot.press("s")
        await until(pilot, (files / "猫 (2).png").is_file)
        app.context.place = replace(app.context.place, folder=stage.folder / "猫.png" / "files")
        await pilot.press("s")
        await until(pilot, lambda: seen(app, "cannot write into"))
        await pilot.press("f")
        await until(pilot, lambda: app.screen is app.main)


async def test_a_file_that_does_not_come_is_told_and_given_up(stage: Stage) -> None:
    """The viewer stays where it is; leaving it ends what waits."""
    stage.holds = True
    await stage.came(
        Picture(
            id=MsgId("7001"), chat=name("@w"), sender=name("@w"), created_at=int(NOW), thumb_size=(64, 48)
        )
    )
    async with looking(stage, size=(80, 24), mode=Mode.HALFCELL) as pilot:
        app = await opened(stage, pilot, 1)
        await until(pilot, lambda: seen(app, "正在下载"))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        await until(pilot, lambda: not any("_fetch" in str(task.get_coro()) for task in asyncio.all_tasks()))
    stage.holds, stage.refuses = False, True
    async with looking(stage, size=(80, 24), mode=Mode.HALFCELL) as pilot:
        app = await opened(stage, pilot, 1)
        await until(pilot, lambda: seen(app, "图片") and not seen(app, "正在下载"))
        assert isinstance(app.screen, Viewer)


async def test_enter_on_an_own_picture_opens_the_viewer(stage: Stage) -> None:
    """As on any other."""
    await media(stage)
    async with looking(stage, size=(80, 24), mode=Mode.HALFCELL) as pilot:
        app: FullScreen = pilot.app  # type: ignore[assignment]  # what was run
        await pilot.pause()
        app.main.open_chat(stage.account.find("老王"), focus="messages")
        await until(
            pilot, lambda: seen(app, "▀" * 30)
        )  # its size is nobody's to tell, so there is room for any
        await pilot.press("G", "enter")
        await until(pilot, lambda: isinstance(app.screen, Viewer) and seen(app, "300×200"))


async def test_a_picture_shows_as_soon_as_its_file_is_there(stage: Stage) -> None:
    """While its chat stays open."""
    await stage.came(
        Picture(
            id=MsgId("7001"), chat=name("@w"), sender=name("@w"), created_at=int(NOW), thumb_size=(64, 48)
        )
    )
    async with looking(stage, size=(80, 24), mode=Mode.HALFCELL) as pilot:
        app: FullScreen = pilot.app  # type: ignore[assignment]  # what was run
        await pilot.pause()
        app.main.open_chat(stage.account.find("老王"), focus="messages")
        await until(pilot, lambda: seen(app, "[图片]"))
        assert not seen(app, "▀")
        await kept(stage, 1, "red")
        await until(pilot, lambda: seen(app, "▀▀▀"))
