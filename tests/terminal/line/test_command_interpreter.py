"""Typed lines on a real account over a store in memory; a carrier takes the place of the server's yes and no."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from hongyan.errors import (
    HongyanError,
    InternalError,
    LoginEnded,
    Missed,
    NoAnswer,
    NoSuchChat,
    NotLoggedIn,
    ProtocolChanged,
    Refused,
    StorageError,
    TooFast,
    UsageError,
)
from hongyan.model.commands import (
    AcceptFriend,
    ChangeMembers,
    FetchMedia,
    ForwardMessage,
    MarkRead,
    MemberChange,
    Pin,
    QuitGroup,
    RecallMessage,
    RenameGroup,
    SendFile,
    SendText,
    SetRemark,
    Settlement,
)
from hongyan.model.error_codec import failed, unconfirmed
from hongyan.model.events import LoginState, MessageReceived, Status
from hongyan.model.ids import LoginId, MsgId, TransientName
from hongyan.model.messages import FriendRequest, Picture, Recall, Text
from hongyan.terminal.line.completion import NameCompleter

if TYPE_CHECKING:
    from collections.abc import Callable

    from terminal.conftest import Room


def _lines(capsys: pytest.CaptureFixture[str]) -> tuple[list[str], list[str]]:
    """Return what was printed to standard output (without the times) and to standard error."""
    printed = capsys.readouterr()
    return [
        line[6:] if line[2:3] == ":" else line for line in printed.out.splitlines()
    ], printed.err.splitlines()


async def test_a_text_goes_to_whom_it_names(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """By remark, by quoted name; the accepted message is printed with the number by which it is recalled."""
    await room.type("->老王:你好", '->"a:b":colon')
    assert [c.text for c in room.carried if isinstance(c, SendText)] == ["你好", "colon"]
    assert [room.account.chat(c.chat).name for c in room.carried if isinstance(c, SendText)] == [
        "老王",
        "a:b",
    ]
    out, _ = _lines(capsys)
    assert out == ["me → 老王: 你好  #1", "me → a:b: colon  #2"]


async def test_two_of_one_name_are_listed_and_picked(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is sent until a number says which of them."""
    await room.type("->阿黄:hi")
    out, err = _lines(capsys)
    assert room.carried == []
    assert err == ["* 2 chats are named 阿黄:", "* pick one by its number, as in ->#1:text"]
    assert [line.split()[:3] for line in out] == [["#1", "阿黄", "friend"], ["#2", "阿黄", "friend"]]
    second = out[1].split()[3]
    await room.type("->#2:hi", "->#3:hi")
    assert [room.account.chat(c.chat).contact.city for c in room.carried if isinstance(c, SendText)] == [
        second
    ]
    assert _lines(capsys)[1] == [
        "* the last list has no #3",
        "* what to do: first /chats, /contacts or /groups",
    ]


async def test_a_plain_line_needs_an_open_chat(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """Without one it says what to do; with one it goes there, until the chat is closed."""
    await room.type("lost?", "/open Perl 学习交流", "晚上好", "/who", "/close", "lost again?")
    assert [c.text for c in room.carried if isinstance(c, SendText)] == ["晚上好"]
    _, err = _lines(capsys)
    assert err == [
        "* no chat is open, so this line was not sent",
        "* what to do: first /open NAME, or write ->name:text",
        "* opened Perl 学习交流: plain lines go there",
        "* you are 小灰",
        "* open chat: Perl 学习交流",
        "* closed Perl 学习交流",
        "* no chat is open, so this line was not sent",
        "* what to do: first /open NAME, or write ->name:text",
    ]


async def test_nobody_of_that_name(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """What is near is offered, and the problem is remembered for the exit code."""
    await room.type("->老汪:hi", "->隔壁老玉:hi")
    _, err = _lines(capsys)
    assert err[0] == "* nobody is called 老汪"
    assert err[-1] == "* what to do: did you mean: 隔壁老王"
    assert [problem.code for problem in room.talk.problems] == ["no-such-chat", "no-such-chat"]


async def test_sending_to_all_asks_for_the_number(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """Only the typed number of friends sends; official accounts are no friends."""
    room.answers = ["yes"]
    await room.type("->all:新年好")
    assert room.carried == []
    room.answers = ["4"]
    await room.type("->all:新年好")
    assert len(room.carried) == 4
    assert room.asked == ["Send this to all 4 friends? Type 4 to confirm: "] * 2
    room.talk.allow_mass = True
    await room.type("->all:again")
    assert len(room.carried) == 8
    assert len(room.asked) == 2
    assert "* nothing was sent" in _lines(capsys)[1]


async def test_a_file_is_sent_line_by_line(room: Room, tmp_path: Path) -> None:
    """Empty lines are left out; the encoding of old Chinese files is read."""
    poem = tmp_path / "poem.txt"
    poem.write_bytes("床前明月光\r\n\r\n疑是地上霜\r\n".encode("gb18030"))
    await room.type(f"m->老王:{poem}")
    assert [c.text for c in room.carried if isinstance(c, SendText)] == ["床前明月光", "疑是地上霜"]


async def test_files_are_sent_as_what_the_arrow_says(room: Room, tmp_path: Path) -> None:
    """File, picture, sticker; and a file that is not there is told."""
    path = tmp_path / "a b.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n....")
    await room.type(
        f"f->老王:{path}", f'i->老王:"{path}"', f"e->老王:{path}", "i->老王:/nowhere.png", "f->老王:/"
    )
    assert [c.form for c in room.carried if isinstance(c, SendFile)] == ["file", "picture", "sticker"]
    assert str(room.talk.problems[0]) == "there is no such file: /nowhere.png"
    assert str(room.talk.problems[1]) == "/ is a folder or a device; only files can be sent"


async def test_a_refused_send_says_why_and_what_to_do(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """The reason comes from the table of codes."""
    room.refuse = "refused.1204"
    await room.type("->老王:hi")
    _, (line,) = _lines(capsys)
    assert line.startswith("* not sent (text to 老王): Sending to this receiver is not allowed")
    assert "Choose another receiver" in line


async def test_what_comes_in_is_printed_and_can_be_answered(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    """Private and group messages, a picture with its number, an answer with a quotation, a forward."""
    await room.receive(901, Text(text="在吗"))
    await room.receive(902, Text(text="周末爬山"), "@@p", "@x")
    await room.receive(903, Picture(size=83_000), "@@p", "@w")
    out, _ = _lines(capsys)
    assert out == [
        "老王: 在吗",
        "灰老师 @ Perl 学习交流: 周末爬山",
        "老王 @ Perl 学习交流: [picture 81 KB]  #3",
    ]
    await room.type("/reply 2:好", "/forward 3:老王", "/save 1", "/reply 77:x")
    fetched, answer, forward = room.carried
    assert fetched == FetchMedia(seq=3)  # pictures are saved as they come
    assert isinstance(answer, SendText)
    assert answer.text.splitlines()[0] == "「灰老师: 周末爬山」"
    assert answer.text.splitlines()[-1] == "好"
    assert isinstance(forward, ForwardMessage)
    assert forward.seq == 3
    assert [str(problem) for problem in room.talk.problems] == [
        "#1 carries nothing to save",
        "there is no message #77",
    ]


async def test_a_recall_names_the_original(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """What was taken back is kept here and told."""
    await room.receive(901, Text(text="说错了"))
    await room.receive(902, Recall(recalled=MsgId("901"), by="老王"))
    assert _lines(capsys)[0][1] == "* 老王: 老王 recalled a message, it was: 说错了"


async def test_own_messages_are_taken_back_by_number_or_the_last(room: Room) -> None:
    """The last one of the open chat; not those of others."""
    await room.type("->老王:one", "/open Perl 学习交流", "two")
    await room.receive(901, Text(text="theirs"))
    await room.type("/recall", "/recall 1", "/recall 3")
    recalls = [c for c in room.carried if isinstance(c, RecallMessage)]
    assert [(room.account.chat(c.chat).name, c.message) for c in recalls] == [
        ("Perl 学习交流", "712"),
        ("老王", "711"),
    ]
    assert str(room.talk.problems[0]) == "#3 is not yours, it cannot be recalled"


async def test_the_last_one_is_the_last_that_still_stands(room: Room) -> None:
    """A second recall does not take what is gone, a failed send has no number to take back."""
    await room.type("->老王:one", "->老王:two")
    await room.type("/recall")
    room.refuse = "refused.1204"
    await room.type("->老王:three")
    room.refuse = ""
    await room.type("/recall")
    recalls = [c.message for c in room.carried if isinstance(c, RecallMessage)]
    assert recalls == ["712", "711"]


async def test_a_friend_request_is_accepted_once(room: Room) -> None:
    """Asked for twice it happens once; after a failure it may be tried anew."""
    await room.receive(901, FriendRequest(requester=TransientName("@n"), nickname="小柳", ticket="t"))
    room.refuse = "refused.1"
    await room.type("/accept 1")
    room.refuse = ""
    await room.type("/accept 1", "/accept 1")
    await room.type("/accept 1")
    assert [type(c) for c in room.carried] == [AcceptFriend, AcceptFriend]


async def test_a_friend_request_of_an_earlier_run_is_listed(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    """The journal holds it, and the full screen shows it; a program that was started since does, too."""
    request = FriendRequest(
        id=MsgId("901"),
        chat=TransientName("fmessage"),
        nickname="小蓝",
        greeting="我是小蓝",
        requester=TransientName("@z"),
    )
    await room.store.append(
        [(MessageReceived(message=request), b"")], login=LoginId("first"), received_at=time.time()
    )
    room.talk.memory.requests.clear()
    await room.type("/requests", "/accept 1")
    out, _ = _lines(capsys)
    assert out[-1].endswith("[friend request] 小蓝: 我是小蓝 (/accept 1 accepts)")
    assert [type(c) for c in room.carried] == [AcceptFriend]


async def test_friend_requests_are_numbered_and_accepted(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line tells the command; the list repeats it."""
    await room.receive(
        901,
        FriendRequest(nickname="小蓝", greeting="我是小蓝", requester=TransientName("@z")),
        "fmessage",
        "",
    )
    await room.type("/requests", "/accept 1", "/accept 2")
    out, err = _lines(capsys)
    assert out[0].endswith("[friend request] 小蓝: 我是小蓝 (/accept 1 accepts)")
    assert out[0] == out[1]
    assert [type(c) for c in room.carried] == [AcceptFriend]
    assert "* there is no friend request 2" in err


async def test_people_and_groups_are_managed(room: Room) -> None:
    """Remark, pin, read, rename, invite, remove, leave: each becomes its command."""
    await room.type(
        "/remark 老王:王师傅",
        "/pin 老王",
        "/unpin 老王",
        "/read 老王",
        "/rename Perl 学习交流:Perl 与茶",
        "/invite Perl 学习交流:老王，晨读",
        "/remove Perl 学习交流:灰老师，老王",
        "/quit-group Perl 学习交流",
        "/rename 老王:x",
        "/remove Perl 学习交流:没有",
    )
    kinds = [SetRemark, Pin, Pin, MarkRead, RenameGroup, ChangeMembers, ChangeMembers, QuitGroup]
    assert [type(c) for c in room.carried] == kinds
    added, removed = (c for c in room.carried if isinstance(c, ChangeMembers))
    assert (added.change, len(added.members)) == (MemberChange.ADD, 2)
    assert (removed.change, len(removed.members)) == (MemberChange.REMOVE, 2)
    assert [str(problem) for problem in room.talk.problems] == [
        "老王 is not a group",
        "nobody in Perl 学习交流 is called 没有",
    ]


async def test_lists_history_and_search(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """Lists are numbered for picking; history shows both sides with numbers; search looks at names and texts."""
    await room.receive(901, Text(text="带伞吗"))
    await room.type("->老王:带")
    capsys.readouterr()
    await room.type("/groups", "/members #1", "/hist 老王", "/search 伞", "/search 灰灰灰")
    out, err = _lines(capsys)
    assert out == [
        "#1  Perl 学习交流  group (3)",
        "#1  小灰",
        "#2  老王    隔壁老王",
        "#3  灰老师  灰太狼",
        "老王: 带伞吗  #1",
        "me → 老王: 带  #2",
        "老王: 带伞吗  #1",
    ]
    assert err == ["* nothing found for 灰灰灰"]


async def test_help_and_mistakes_tell_how_to_write(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole help, one command's help, and the usage in a mistake."""
    await room.type("/help", "/help recall", "/open", "/nix")
    _, err = _lines(capsys)
    assert any(line.startswith("* ->NAME:TEXT") for line in err)
    assert "* /recall [ID]  take an own message back (within two minutes)" in err
    assert "* what to do: usage: /open NAME" in err
    assert "* there is no command /nix" in err


async def test_quit_and_logout_end_the_talk(room: Room) -> None:
    """Both return False; anything else goes on."""
    assert await room.talk.take("/who")
    assert not await room.talk.take("quit")
    leaving = asyncio.create_task(room.talk.take("/logout"))
    while not room.account.outbox():
        await asyncio.sleep(0.001)
    await room.carry()
    assert not await leaving
    assert room.talk.logged_out


async def test_tab_completes_names_and_commands(room: Room) -> None:
    """By beginning, by pinyin, with quotes where the grammar needs them."""
    names = NameCompleter(room.account)

    def offered(typed: str) -> list[str]:
        return [c.text for c in names.get_completions(Document(typed), CompleteEvent())]

    assert offered("->老") == ["老王:"]
    assert offered("->laow") == ["老王:"]
    assert offered("i->a") == ['"a:b":']
    assert offered("/op") == ["open "]
    assert offered("/open Perl") == ["Perl 学习交流"]
    assert offered("/remark 隔") == ["老王:"]
    assert offered("hello") == []
    await room.store.login.set_complete(room.store.login.current, complete=False)
    assert offered("->老") == []


@pytest.mark.parametrize(
    ("settle", "error"),
    [
        (failed, Refused("webwxsendmsg", 1204)),
        (failed, TooFast("webwxsendmsg", "", 60.0)),
        (failed, ProtocolChanged("webwxsendmsg", "it carries no Ret")),
        (failed, Missed("its time has passed")),
        (failed, NoSuchChat("Bob")),
        (failed, NotLoggedIn("me")),
        (failed, LoginEnded(1101)),
        (failed, UsageError("the video is too large")),
        (failed, StorageError("the disk is full")),
        (failed, InternalError("carrying out send-text", "KeyError")),
        (unconfirmed, NoAnswer("webwxsendmsg", "it broke off")),
        (unconfirmed, ProtocolChanged("webwxsendmsg", "HTTP status 404")),
    ],
    ids=lambda value: getattr(value, "code", getattr(value, "__name__", "")),
)
async def test_a_send_that_did_not_go_ends_line_mode_as_it_ends_a_command(
    room: Room, settle: Callable[..., Settlement], error: HongyanError
) -> None:
    """What nobody knows is no success, and no kind of failure passes for another."""
    await room.talk.take("->老王:hello")
    (number,) = room.talk.asked_for
    await room.store.settle(settle(number, error), now=1.0)
    with pytest.raises(HongyanError) as raised:
        await room.account.outbox.command(number).accepted(0)
    (problem,) = room.talk.unsent()
    assert problem.exit_code == raised.value.exit_code == error.exit_code


async def test_a_send_that_nobody_took_is_no_success_and_blames_no_network(room: Room) -> None:
    """The program that holds the login may be stopped; the one that waits says whom it waits for."""
    await room.talk.take("->老王:hello")
    (problem,) = room.talk.unsent()
    assert (problem.exit_code, problem.code) == (8, "still-waiting")
    assert "has not taken it" in str(problem)
    assert "network" not in f"{problem} {problem.advice}"


async def test_what_a_person_gave_up_or_put_off_is_no_problem(room: Room) -> None:
    """It ends as was wished."""
    receipt = await room.account.send(room.account.find("老王"), "hello")
    await receipt.cancel()
    room.talk.keep(receipt)
    room.talk.keep(await room.account.send(room.account.find("老王"), "later", at=time.time() + 600))
    assert room.talk.unsent() == []


async def test_a_stopped_holder_is_named_as_that(room: Room) -> None:
    """Where the system tells that it stands still, neither server nor network is blamed, whatever it said last."""

    holder = subprocess.Popen(["sleep", "60"])
    try:
        holder.send_signal(signal.SIGSTOP)
        os.waitpid(holder.pid, os.WUNTRACED)
        for state in (LoginState.ONLINE, LoginState.DEGRADED):
            await room.store.login.set_status(Status(state=state, pid=holder.pid))
            await room.talk.take("->老王:hello")
            problem = room.talk.unsent()[-1]
            assert f"process {holder.pid}" in str(problem)
            assert "network" not in f"{problem}{problem.advice}"
            if Path("/proc/self/stat").exists():
                assert "is stopped" in str(problem)
    finally:
        holder.kill()
        holder.wait()
