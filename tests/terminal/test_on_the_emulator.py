"""The command itself, logged in to the real emulator: through pipes, and typed at a terminal."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest

from hongyan.emulator import Emulator, Group, Member, Person, World, compose_media

from .typewriter import PATIENCE, terminal_with

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HOSTILE = "坏\u202e人\x1b[2J"


def _world() -> World:
    me = Person("wxid_goose000000001", "小灰")
    people = [
        Person("wxid_wang000000001", "隔壁老王", remark="老王"),
        Person("wxid_huang00000001", "阿黄", city="上海"),
        Person("wxid_huang00000002", "阿黄", city="北京"),
        Person("wxid_bad0000000001", HOSTILE),
        Person("gh_0123456789ab", "晨读", verify_flag=24),
        Person("filehelper", "文件传输助手"),
    ]
    members = [Member(me.id), Member(people[0].id), Member(people[3].id)]
    group = Group("11111111@chatroom", "Perl 学习交流", people[0].id, members, saved=True)
    return World(me, {p.id: p for p in people}, {group.id: group})


@pytest.fixture
async def service() -> AsyncIterator[Emulator]:
    """Run an emulator that demands everything to be right; its phone confirms what it is shown."""
    async with Emulator(_world(), auth="strict", poll_seconds=2.0) as emulator:
        emulator.phone.confirm()
        yield emulator


def _chat(service: Emulator, home: Path, *options: str) -> list[str]:
    place = ["--server", service.origin, "--home", str(home), "--save-to", str(home / "saved"), "--no-pace"]
    return [sys.executable, "-X", "utf8", "-m", "hongyan", "chat", "--plain", *place, *options]


async def _piped(command: list[str], typed: str) -> tuple[int | None, list[str], list[str]]:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(typed.encode()), PATIENCE)
    return process.returncode, out.decode().splitlines(), err.decode().splitlines()


async def test_a_script_logs_in_and_writes(service: Emulator, tmp_path: Path) -> None:
    """Every arrow of the grammar, from a pipe, heard by those whom it names; the login is told on standard error."""
    poem, picture = tmp_path / "poem.txt", tmp_path / "a.png"
    poem.write_text("床前明月光\n疑是地上霜\n", "utf-8")
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    typed = f"->老王:你好：老王\n->Perl 学习交流:大家好\nm->filehelper:{poem}\ni->老王:{picture}\nf->老王:{poem}\nquit\n"
    code, out, err = await _piped(_chat(service, tmp_path, "--format", "seed", "--lang", "zh"), typed)
    assert [line for line in err if line.startswith("[*]")] == []
    assert code == 0
    said = [line.partition(" ")[2] for line in out]
    # Chats are served side by side: the order within each is kept, the order among them is not.
    assert [line for line in said if "老王" in line] == [
        "小灰 -> 老王: 你好：老王",
        "小灰 -> 老王: [图片 a.png]",
        "小灰 -> 老王: [文件 poem.txt]",
    ]
    assert [line for line in said if "文件传输助手" in line] == [
        "小灰 -> 文件传输助手: 床前明月光",
        "小灰 -> 文件传输助手: 疑是地上霜",
    ]
    assert "|Perl 学习交流| 小灰 -> GROUP: 大家好" in said
    assert len(said) == 6
    assert all(line.split(" ")[0].isdecimal() for line in out)
    assert "已确认，正在登录" in err
    await service.person("老王").hears("你好：老王")
    await service.group("Perl 学习交流").hears("大家好")


async def test_what_people_write_is_printed_as_it_comes(service: Emulator, tmp_path: Path) -> None:
    """Private, group, hostile names and texts, a recall with its original, one JSON object a line."""
    process = await asyncio.create_subprocess_exec(
        *_chat(service, tmp_path, "--format", "json"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    stdout = process.stdout

    async def read() -> dict[str, Any]:
        """Return the next line that is neither news of the login nor a notice of the phone."""
        while True:
            line = json.loads(await asyncio.wait_for(stdout.readline(), PATIENCE))
            if line["event"] != "login" and line.get("kind") != "status":
                return cast("dict[str, Any]", line)

    process.stdin.write("->老王:开始\n".encode())
    await process.stdin.drain()
    told = [await read()]
    wang, bad = service.person("老王"), service.person("wxid_bad0000000001")
    await wang.hears("开始")
    slip = wang.says("说错了")
    bad.says("\x1b[31m红\u200b", "Perl 学习交流")
    wang.recalls(slip)
    told += [await read() for _ in range(3)]
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
    sent, private, group, recall = told
    assert (sent["event"], sent["outcome"]) == ("sent", "accepted")
    assert (private["kind"], private["sender"]["name"], private["line"]) == ("text", "老王", "说错了")
    assert (group["chat"]["name"], group["chat"]["group"]) == ("Perl 学习交流", True)
    assert "\\x1b[31m" in group["line"]
    assert "说错了" in recall["line"]


async def test_a_list_of_people_that_never_comes_hides_nothing_and_holds_nobody(
    service: Emulator, tmp_path: Path
) -> None:
    """What people write meanwhile is printed, it is said what is waited for, and quit quits."""
    service.faults.add("ret", "webwxgetcontact", 1205, count=None)
    process = await asyncio.create_subprocess_exec(
        *_chat(service, tmp_path, "--format", "json"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        async with asyncio.timeout(PATIENCE):
            while not service.calls["synccheck"]:
                await asyncio.sleep(0.05)
            service.person("老王").says("在吗")
            while json.loads(await process.stdout.readline())["line"] != "在吗":
                pass
            while b"loading contacts" not in await process.stderr.readline():
                pass
            process.stdin.write(b"quit\n")
            await process.communicate()
        assert process.returncode == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_chinese_is_typed_and_answered_at_a_terminal(service: Emulator, tmp_path: Path) -> None:
    """From the QR code to a clean end: half a line survives an incoming message, a picture is saved, a send recalled."""
    wang = service.person("老王")

    def keys() -> int:
        with terminal_with(_chat(service, tmp_path, "--lang", "zh", "--auto-reply", "off")) as terminal:
            terminal.until_line(">")
            assert any("小灰，你好" in line for line in terminal.lines())
            terminal.type("->老王:周末去爬")
            terminal.until_line("> ->老王:周末去爬")
            loop.call_soon_threadsafe(wang.says, "在吗👨‍👩‍👧")
            terminal.until("老王: 在吗")
            terminal.until_line("> ->老王:周末去爬")
            terminal.type("山吗？\r")
            terminal.until("我 → 老王: 周末去爬山吗？")
            loop.call_soon_threadsafe(wang.sends, compose_media.picture(b"\xff\xd8\xff" + bytes(900)))
            terminal.until("已存到")
            terminal.type("->阿黄:hi\r")
            terminal.until("有 2 个“阿黄”：")
            terminal.type("/recall\r")
            terminal.until("已完成：撤回，老王")
            terminal.type("\x04")
            assert "在吗👨‍👩‍👧".encode() in terminal.raw  # whole, though pyte draws its first part only
            assert b"Traceback" not in terminal.raw
            return terminal.end()

    loop = asyncio.get_running_loop()
    assert await asyncio.to_thread(keys) == 0
    await wang.hears("周末去爬山吗？")
    (saved,) = (tmp_path / "saved").iterdir()
    assert re.fullmatch(r"picture-\d+\.jpg", saved.name)


async def test_being_kicked_ends_the_chat(service: Emulator, tmp_path: Path) -> None:
    """The phone logs the web out: the reason in words, the shell back, exit code 3."""

    def keys() -> tuple[int, list[str]]:
        with terminal_with(_chat(service, tmp_path, "--lang", "en", "--auto-reply", "off")) as terminal:
            terminal.until_line(">")
            loop.call_soon_threadsafe(service.phone.log_web_out)
            return terminal.end(), terminal.lines()

    loop = asyncio.get_running_loop()
    code, lines = await asyncio.to_thread(keys)
    assert code == 3
    assert any("the login has ended" in line for line in lines)
