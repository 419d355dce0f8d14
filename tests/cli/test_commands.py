"""The commands as a user runs them: processes of their own, against an emulator that is one too."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hongyan import Settings
from hongyan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS = 30.0


class Shell:
    """Runs ``hongyan`` with a profile folder and a server of the test's own."""

    def __init__(self, home: Path, server: str) -> None:
        self.home = home
        self.server = server

    def run(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run an account command to its end."""
        return hongyan(
            *arguments, "--home", str(self.home), "--server", self.server, "--no-pace", typed=typed
        )


def hongyan(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    return subprocess.run(
        (sys.executable, "-m", "hongyan", *arguments),
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=_SECONDS,
        env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
        check=False,
    )


def emulator(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    """Start an emulator and return it with its origin."""
    child = subprocess.Popen(
        (sys.executable, "-m", "hongyan", "emulate", "--json", "--auto-scan", "0.05", *arguments),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    return child, json.loads(child.stdout.readline())["origin"]


def stop(child: subprocess.Popen[str], number: int = signal.SIGTERM) -> int:
    """End a child by its own pid and return its exit code."""
    child.send_signal(number)
    assert child.stdout is not None
    child.stdout.close()
    return child.wait(timeout=_SECONDS)


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """Return the address of an emulator at its strictest, with the demo's world but nobody acting twice a second."""
    child, origin = emulator(
        "--port", "0", "--auth", "strict", "--friends", "12", "--groups", "3", "--poll", "5"
    )
    yield origin
    assert stop(child) == 0


@pytest.fixture
def shell(tmp_path: Path, origin: str) -> Shell:
    """Return a shell with an empty home."""
    return Shell(tmp_path / "home", origin)


@pytest.fixture
def logged_in(shell: Shell) -> Shell:
    """Return a shell whose profile is logged in."""
    assert shell.run("login").returncode == 0
    return shell


def test_a_login_is_shown_and_the_next_start_needs_none(shell: Shell) -> None:
    """A QR code, its link and picture, the states; the second time only who is logged in."""
    first = shell.run("login")
    assert first.returncode == 0, first.stderr
    assert "https://login.weixin.qq.com/l/" in first.stdout
    assert "██" in first.stdout or "##" in first.stdout or "▀" in first.stdout
    assert "confirmed" in first.stderr
    second = shell.run("login")
    assert second.returncode == 0
    assert "login.weixin" not in second.stdout
    assert "logged in as 小雁" in second.stderr


def test_lists_are_for_people_and_for_programs(logged_in: Shell) -> None:
    """The same contacts in both forms; groups with all their members."""
    listed = [json.loads(line) for line in logged_in.run("contacts", "--json").stdout.splitlines()]
    assert sum(each["kind"] == "friend" for each in listed) == 12
    assert {each["schema"] for each in listed} == {1}
    groups = [json.loads(line) for line in logged_in.run("groups", "--json").stdout.splitlines()]
    assert len(groups) == 3
    members = logged_in.run("members", groups[0]["name"], "--json").stdout.splitlines()
    assert len(members) == groups[0]["member_count"] == 12
    assert groups[0]["name"] in logged_in.run("groups").stdout


def test_a_text_is_sent_and_its_outcome_told(logged_in: Shell) -> None:
    """Accepted, with the server's number; from an argument or from standard input."""
    sent = logged_in.run("send", "filehelper", "你好", "--json")
    assert sent.returncode == 0, sent.stderr
    told = json.loads(sent.stdout)
    assert told["outcome"] == "accepted"
    assert told["id"].isdecimal()
    assert logged_in.run("send", "文件传输助手", typed="piped\n").stdout.startswith("accepted")


def test_a_file_is_sent(logged_in: Shell, tmp_path: Path) -> None:
    """By its path; an empty one is refused before anything is uploaded."""
    (tmp_path / "清单.txt").write_text("一\n", "utf-8")
    assert logged_in.run("send", "filehelper", "--file", str(tmp_path / "清单.txt")).stdout.startswith(
        "accepted"
    )
    (tmp_path / "empty.txt").touch()
    refused = logged_in.run("send", "filehelper", "--file", str(tmp_path / "empty.txt"))
    assert refused.returncode == 2
    assert "empty" in refused.stderr


def test_each_mistake_has_its_exit_code(logged_in: Shell) -> None:
    """4 for nobody, with what to look at; 2 for what makes no sense."""
    nobody = logged_in.run("send", "谁也不是", "hi")
    assert nobody.returncode == 4
    assert "no contact or group is named" in nobody.stderr
    as_json = logged_in.run("send", "谁也不是", "hi", "--json")
    assert json.loads(as_json.stderr.splitlines()[-1])["error"]["code"] == "no-such-chat"
    assert logged_in.run("chats", "--profile", "a/b").returncode == 2


def test_without_a_server_one_sentence_and_exit_8(tmp_path: Path) -> None:
    """And what to run instead."""
    alone = Shell(tmp_path, "http://127.0.0.1:9").run("chats", "--refresh")
    assert alone.returncode == 8
    assert "hongyan emulate, or hongyan demo" in alone.stderr
    assert "Traceback" not in alone.stderr


def test_what_is_known_is_read_without_a_server(logged_in: Shell) -> None:
    """Lists come out of the journal; only --refresh asks."""
    there = logged_in.run("contacts")
    away = Shell(logged_in.home, "http://127.0.0.1:9").run("contacts")
    assert (away.returncode, away.stdout) == (0, there.stdout)
    assert "filehelper" in away.stdout or "文件传输助手" in away.stdout


def test_what_was_sent_is_found_again_without_a_server(logged_in: Shell) -> None:
    """By search and in the history, as lines and as JSON; nonsense is told with what to do."""
    assert logged_in.run("send", "filehelper", "周末去爬山吗").returncode == 0
    away = Shell(logged_in.home, "http://127.0.0.1:9")
    for command in (("search", "爬山"), ("history", "filehelper")):
        read = away.run(*command)
        assert read.returncode == 0, read.stderr
        assert "周末去爬山吗" in read.stdout
        (told,) = [json.loads(line) for line in away.run(*command, "--json").stdout.splitlines()]
        assert "周末去爬山吗" in json.dumps(told, ensure_ascii=False)
    for words, said in ((("爬水",), "nothing found for 爬水\n"), (("--kind", "voice"), "no message fits\n")):
        none = away.run("search", *words)
        assert (none.returncode, none.stdout, none.stderr) == (0, "", said)
        assert away.run("search", *words, "--json").stderr == ""
    assert away.run("history", "nobody").returncode == 4
    unknown = away.run("search", "x", "--kind", "pictur")
    assert (unknown.returncode, "Did you mean picture?" in unknown.stderr) == (2, True)
    wrong = away.run("search", "x", "--since", "yesterday")
    assert wrong.returncode == 2
    assert "write 2026-11-25" in wrong.stderr


def test_it_is_said_that_nothing_waits_where_nobody_answers(tmp_path: Path) -> None:
    """With no program beside it a send is no row before the service has answered; whoever reads that knows to send again."""
    alone = Shell(tmp_path, "http://127.0.0.1:9")
    sent = alone.run("send", "filehelper", "hello")
    assert (sent.returncode, "nothing waits in the outbox" in sent.stderr) == (8, True)
    assert "nothing waits" not in alone.run("recall", "filehelper").stderr


def test_a_dash_stands_for_standard_input(logged_in: Shell) -> None:
    """As for other programs: what is piped is sent, not the dash; a dash that is piped is one."""
    for typed in ("from a pipe\nof two lines", "-"):
        assert logged_in.run("send", "filehelper", "-", typed=typed).returncode == 0
        (told,) = logged_in.run("history", "filehelper", "-n", "1", "--json").stdout.splitlines()
        assert json.loads(told)["command"]["text"] == typed


def test_what_was_sent_is_taken_back(logged_in: Shell) -> None:
    """The last own message of a chat; a chat without one is told in a sentence."""
    nothing = logged_in.run("recall", "filehelper")
    assert (nothing.returncode, "no message of yours" in nothing.stderr) == (2, True)
    assert logged_in.run("send", "filehelper", "oops").returncode == 0
    assert logged_in.run("recall", "filehelper").stdout.startswith("recalled ")
    assert logged_in.run("send", "filehelper", "oops again").returncode == 0
    told = json.loads(logged_in.run("recall", "filehelper", "--json").stdout)
    assert (told["outcome"], told["id"].isdigit()) == ("recalled", True)


@pytest.mark.parametrize(
    "command", ["send filehelper hi -t", "recall filehelper -t", "outbox retry 1 -t", "say Anna hi --wait"]
)
@pytest.mark.parametrize("seconds", ["nan", "-1", "inf", "soon"])
def test_no_time_to_wait_is_told_as_that(command: str, seconds: str) -> None:
    """It is the word that is wrong, not the network."""
    refused = hongyan(*command.split(), seconds, "--server", "http://127.0.0.1:9")
    assert (refused.returncode, "not a number of seconds" in refused.stderr) == (2, True), refused.stderr


def test_a_send_for_later_waits(logged_in: Shell) -> None:
    """The command says that it is queued and leaves; a time that is none is told."""
    assert logged_in.run("send", "filehelper", "later", "--at", "2999-01-01").stdout == "queued\n"
    assert logged_in.run("send", "filehelper", "later", "--at", "soon").returncode == 2


def test_a_forgotten_profile_is_gone(logged_in: Shell) -> None:
    """Whole, and only where somebody agrees; a profile that is not there is told."""
    folder = logged_in.home / "default"
    asked = logged_in.run("forget")
    assert (asked.returncode, "--yes" in asked.stderr, folder.exists()) == (2, True, True)
    assert logged_in.run("forget", "--yes").returncode == 0
    assert not folder.exists()
    assert logged_in.run("forget", "--yes").returncode == 2


def test_no_name_is_no_profile_and_deletes_nothing(logged_in: Shell) -> None:
    """The folder of all profiles, or any folder that holds something else, is not deleted in a profile's place."""
    other = logged_in.home / "letters"
    other.mkdir()
    (other / "from-anna.txt").write_text("dear", encoding="utf-8")
    for name in ("", "letters"):
        refused = logged_in.run("forget", "--yes", "--profile", name)
        assert (refused.returncode, refused.stdout) == (2, ""), refused.stderr
    assert logged_in.run("login", "--profile", "").returncode == 2
    assert (other / "from-anna.txt").read_text(encoding="utf-8") == "dear"
    assert {each.name for each in logged_in.home.iterdir()} == {"default", "letters"}
    with pytest.raises(UsageError):
        Settings(profile="")


def test_who_is_who_is_said_by_a_person(logged_in: Shell) -> None:
    """Nobody is unresolved at a first login; a split gives another key, a merge takes it back; nonsense is told."""
    assert logged_in.run("people", "unresolved").stdout == ""
    before = json.loads(logged_in.run("contacts", "--json").stdout.splitlines()[0])
    split = logged_in.run("people", "split", before["key"], "--json")
    fresh = json.loads(split.stdout)["key"]
    assert fresh != before["key"]
    merged = logged_in.run("people", "merge", fresh, "filehelper", "--json")
    assert json.loads(merged.stdout)["key"] == fresh
    assert logged_in.run("people", "merge", "filehelper").returncode == 2
    assert logged_in.run("people", "split", "nobody").returncode == 4


def test_a_folder_that_cannot_be_is_told_in_a_sentence(tmp_path: Path, origin: str) -> None:
    """A file where the folder should be: the commands say so with exit 2, the doctor finds it."""
    (tmp_path / "file").touch()
    shell = Shell(tmp_path / "file", origin)
    for command in (("chats", "--refresh"), ("login",)):
        refused = shell.run(*command)
        assert refused.returncode == 2
        assert f"{tmp_path / 'file' / 'default'} cannot be used: Not a directory" in refused.stderr
        assert "Traceback" not in refused.stderr
    seen = shell.run("doctor")
    assert seen.returncode == 1
    assert f"nothing can be made in {tmp_path / 'file'}" in seen.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_an_output_that_is_full_is_told_in_a_sentence() -> None:
    """As on a full disk: one line and a failure, no traceback."""
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            (sys.executable, "-m", "hongyan", "explain", "1102"),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    assert ended.returncode == 9
    assert "No space left on device" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_rules_without_auto_reply_are_not_passed_over(shell: Shell, tmp_path: Path) -> None:
    """Who gives rules and forgets the switch is told."""
    (tmp_path / "rules.toml").write_text('[[rule]]\nanswer = "pong"\n', "utf-8")
    refused = shell.run("chat", "--plain", "--rules", str(tmp_path / "rules.toml"))
    assert refused.returncode == 2
    assert "--auto-reply dry or on" in refused.stderr


def test_a_log_out_ends_the_login(logged_in: Shell) -> None:
    """Logging out twice is no error; the next login asks the phone that is known, and needs no code."""
    assert logged_in.run("logout").returncode == 0
    again = logged_in.run("logout")
    assert again.returncode == 0
    assert "was not logged in" in again.stderr
    back = logged_in.run("login")
    assert back.returncode == 0, back.stderr
    assert "login.weixin" not in back.stdout


def test_where_nobody_looks_nobody_is_asked_to_scan(shell: Shell) -> None:
    """A command in a script says that there is no login, instead of waiting for one."""
    for command in (("send", "filehelper", "hi"), ("chats",), ("members", "x")):
        failed = shell.run(*command)
        assert failed.returncode == 3
        assert "hongyan login" in failed.stderr


def test_the_official_service_wants_its_words(tmp_path: Path) -> None:
    """Nothing is asked of it before they are typed."""
    asked = hongyan("login", "--server", "official", "--home", str(tmp_path))
    assert asked.returncode == 2
    assert "I accept" in asked.stderr


def test_chat_takes_lines_from_a_pipe(shell: Shell) -> None:
    """The seed's grammar and its format."""
    talked = shell.run("chat", "--plain", "--format", "seed", typed="->filehelper:你好\nquit\n")
    assert talked.returncode == 0, talked.stderr
    assert "-> 文件传输助手: 你好" in talked.stdout


def test_chat_prints_what_came_while_nobody_was_there(shell: Shell) -> None:
    """A restored login brings the messages of the time between; they are printed once, before anything else."""
    shell.run("login")
    order = {"from": "filehelper", "text": "while you were away"}
    request = urllib.request.Request(f"{shell.server}/_control/say", json.dumps(order).encode())
    with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
        assert answer.status == 200
    first = shell.run("chat", "--plain", typed="->filehelper:back\nquit\n").stdout
    assert first.count("while you were away") == 1
    assert "while you were away" not in shell.run("chat", "--plain", typed="quit\n").stdout


def test_doctor_shows_no_secret(logged_in: Shell) -> None:
    """Its output may be pasted anywhere."""
    kept = json.loads((logged_in.home / "default" / "credentials.json").read_text("utf-8"))["credentials"]
    looked = logged_in.run("doctor")
    assert looked.returncode == 0, looked.stdout
    assert "answers" in looked.stdout
    for secret in (kept["sid"], kept["pass_ticket"], kept["skey"], str(kept["uin"])):
        assert secret
        assert secret not in looked.stdout + looked.stderr


def test_decode_reads_a_payload_and_refuses_nothing_at_all() -> None:
    """One event a line; an empty input is a mistake."""
    item = {
        "MsgId": "1",
        "MsgType": 1,
        "Content": "a &lt;b&gt;<br/>c",
        "FromUserName": "@a",
        "ToUserName": "@me",
    }
    found = hongyan("decode", "--me", "@me", typed=json.dumps(item))
    assert json.loads(found.stdout)["text"] == "a <b>\nc"
    assert hongyan("decode").returncode == 2


def test_an_emulator_goes_on_after_a_kill(tmp_path: Path) -> None:
    """With --state the login lives on at the same address; the client needs no new code."""
    state = ("--state", str(tmp_path / "state"), "--friends", "3", "--groups", "1")
    child, origin = emulator("--port", "0", *state)
    shell = Shell(tmp_path / "home", origin)
    assert shell.run("login").returncode == 0
    stop(child, signal.SIGKILL)
    child, origin = emulator("--port", origin.rpartition(":")[2], *state)
    again = shell.run("login")
    assert stop(child) == 0
    assert again.returncode == 0, again.stderr
    assert "login.weixin" not in again.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--world", "nowhere.toml"), "no world file"),
        (("--real-hosts",), "--ca-dir"),
        (("--friends", "10001"), "10001"),
        (("--faults", "explode"), "unknown fault 'explode'"),
        (("--faults", "cut endpoint=webwxsnyc"), "no endpoint 'webwxsnyc'"),
        (("--faults", "cut value=deep"), "'deep'"),
        (("--poll", "nan"), "not a number of seconds"),
        (("--poll=-1",), "not a number of seconds"),
        (("--auto-scan=inf",), "not a number of seconds"),
        (("--state", os.devnull), os.devnull),
    ],
)
def test_an_emulator_that_cannot_start_says_why(arguments: tuple[str, ...], said: str) -> None:
    """In a sentence, with exit code 2."""
    failed = hongyan("emulate", *arguments)
    assert failed.returncode == 2
    assert said in failed.stderr
    assert "Traceback" not in failed.stderr


def test_an_emulator_tells_what_can_be_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lines work in a shell of another folder, and lead to this emulator."""
    monkeypatch.chdir(tmp_path)
    orders = ("emulate", "--real-hosts", "--ca-dir", "ca", "--port", "0")
    child = subprocess.Popen((sys.executable, "-m", "hongyan", *orders), stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    lines: list[str] = []
    while not lines or "hongyan say" not in lines[-1]:
        lines.append(child.stdout.readline().strip())
    origin = lines[0].rpartition(" ")[2]
    assert lines[-1].endswith(f" --server {origin}")
    assert [line for line in lines if line == f"export NODE_EXTRA_CA_CERTS={tmp_path / 'ca' / 'ca.pem'}"]
    taken = hongyan("emulate", "--port", origin.rpartition(":")[2])
    assert (taken.returncode, "is taken" in taken.stderr, "Errno" in taken.stderr) == (2, True, False)
    assert stop(child) == 0


def test_an_emulator_that_cannot_use_its_folders_says_why(tmp_path: Path) -> None:
    """State of another program, state in use, an authority that is none of ours."""
    for name in ("state", "ca"):
        (tmp_path / name).mkdir()
    (tmp_path / "state" / "emulator.db").write_bytes(b"something else entirely" * 99)
    (tmp_path / "ca" / "authority.pem").write_text("not a key", "utf-8")
    for arguments, said in (
        (("--state", str(tmp_path / "state")), "cannot be used as state"),
        (("--real-hosts", "--ca-dir", str(tmp_path / "ca")), "has no certificate authority of the emulator"),
    ):
        failed = hongyan("emulate", "--port", "0", *arguments)
        assert (failed.returncode, "Traceback" in failed.stderr) == (2, False)
        assert said in failed.stderr
    child, _ = emulator("--port", "0", "--state", str(tmp_path / "good"))
    failed = hongyan("emulate", "--port", "0", "--state", str(tmp_path / "good"))
    assert (stop(child), failed.returncode) == (0, 2)
    assert "another emulator uses" in failed.stderr


def test_an_emulator_on_a_full_disk_blames_the_disk(tmp_path: Path) -> None:
    """Exit 9, and no word of ports."""
    full = f'ulimit -f 0; exec {sys.executable} -m hongyan emulate --port 0 --state "{tmp_path / "state"}"'
    failed = subprocess.run(("sh", "-c", full), capture_output=True, text=True, check=False, timeout=60)
    assert failed.returncode == 9, failed.stderr
    assert "--port" not in failed.stderr


def test_an_emulator_misbehaves_from_the_start() -> None:
    """As `--faults` say, one after the other."""
    child, origin = emulator(
        "--port",
        "0",
        "--faults",
        "html endpoint=jslogin",
        "--faults",
        "body endpoint=jslogin value='two words'",
    )
    try:
        pages = [urllib.request.urlopen(f"{origin}/jslogin", timeout=_SECONDS).read() for _ in range(3)]
    finally:
        assert stop(child) == 0
    assert pages[0].startswith(b"<!DOCTYPE html>")
    assert pages[1] == b"two words"
    assert pages[2].startswith(b"window.QRLogin.code")


@pytest.mark.slow
def test_the_demo_plays_its_conversation() -> None:
    """Every expected message arrives, and nothing is left behind."""
    played = hongyan("demo", "--lang", "zh")
    assert played.returncode == 0, played.stderr
    for line in ("妈妈: 吃饭了吗", "[文件] 周报", "鸽子 撤回了一条消息", "[好友请求] 柳杨", "[公众号名片]"):
        assert line in played.stdout
    assert played.stdout.splitlines()[-1] == "* 该来的消息都来了；演示用的文件夹现在删除"


def test_doctor_goes_on_past_settings_that_are_wrong(shell: Shell, tmp_path: Path) -> None:
    """It says which, looks at the rest, and uses what is right; other commands refuse."""
    file = tmp_path / "hongyan" / "settings.toml"
    file.parent.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        file.write_text('profile = "mine"\ngrace = "long"\ncolour = "red"\n[archive]\nkeep = -1\n')
        looked = shell.run("doctor")
        assert looked.returncode == 1
        for wrong in ("grace in settings.toml", "colour in settings.toml", "archive in settings.toml"):
            assert f"BAD   settings: {wrong}" in looked.stdout
        assert "'mine' does not exist yet" in looked.stdout
        assert "answers" in looked.stdout
        assert shell.run("chats").returncode == 2
        file.write_text("profile = \n")
        looked = shell.run("doctor", "--json")
        found = {each["what"]: each for each in json.loads(looked.stdout)["findings"]}
        assert "settings.toml cannot be read" in found["settings"]["said"]
        assert found["server"]["state"] == "ok"
    assert shell.run("doctor", "--profile", "../up").returncode == 2
