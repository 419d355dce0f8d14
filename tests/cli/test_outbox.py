"""The outbox as a user sees it on the command line: listed, given up, sent again; sends for later, to several, recalls."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from typing import Any

from .test_commands import Shell, logged_in, origin, shell

__all__ = ["logged_in", "origin", "shell"]  # fixtures


def listed(shell: Shell, *options: str) -> list[dict[str, Any]]:
    """Return the outbox as a program reads it, without a server."""
    away = Shell(shell.home, "http://127.0.0.1:9").run("outbox", "--json", *options)
    assert away.returncode == 0, away.stderr
    return [json.loads(line) for line in away.stdout.splitlines()]


def test_what_waits_is_listed_given_up_and_sent_after_all(logged_in: Shell) -> None:
    """With its time and number; given up it is no longer in the list, and one word sends it anew."""
    sent = logged_in.run("send", "filehelper", "for later", "--at", "+2h", "--json")
    assert sent.returncode == 0, sent.stderr
    number = json.loads(sent.stdout)["command"]
    assert re.search(rf"hongyan outbox drop --home \S+ {number}$", sent.stderr, re.MULTILINE), sent.stderr
    (row,) = listed(logged_in)
    assert (row["id"], row["outcome"], row["what"]["text"]) == (number, "queued", "for later")
    assert row["due_at"] > time.time() + 7_000
    line = logged_in.run("outbox").stdout
    assert re.search(rf"{number} +queued .*for later .*until \d{{4}}-", line), line
    assert "dropped" in logged_in.run("outbox", "drop", str(number)).stdout
    assert listed(logged_in) == []
    told = json.loads(logged_in.run("outbox", "retry", str(number), "--json").stdout)
    assert (told["outcome"], told["id"] != number) == ("accepted", True)
    assert [row["reason"] for row in listed(logged_in, "--all")] == ["put-aside", ""]


def test_to_several_only_where_it_is_meant(logged_in: Shell) -> None:
    """Without --mass exit 2 and nothing is queued; with it a line for each."""
    contacts = [json.loads(line) for line in logged_in.run("contacts", "--json").stdout.splitlines()]
    friend = next(each["name"] for each in contacts if each["kind"] == "friend")
    refused = logged_in.run("send", "filehelper", "hello", "--to", friend)
    assert (refused.returncode, "--mass" in refused.stderr, listed(logged_in, "--all")) == (2, True, [])
    sent = logged_in.run("send", "filehelper", "hello", "--to", friend, "--mass")
    assert sent.returncode == 0, sent.stderr
    assert [line.split(":")[0] for line in sent.stdout.splitlines()] == ["1/2 文件传输助手", f"2/2 {friend}"]


def test_an_interrupted_mass_is_not_sent_on(logged_in: Shell) -> None:
    """What has gone is told, what waits is dropped, and nothing is left in the outbox."""
    contacts = [json.loads(line) for line in logged_in.run("contacts", "--json").stdout.splitlines()]
    friends = [each["key"] for each in contacts if each["kind"] == "friend"][:4]
    others = [option for key in friends for option in ("--to", key)]
    place = ("--home", str(logged_in.home), "--server", logged_in.server, "--pace")
    sending = subprocess.Popen(
        (sys.executable, "-m", "hongyan", "send", "filehelper", "to all", *others, "--mass", *place),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert sending.stdout is not None
    assert sending.stdout.readline().startswith("1/5 文件传输助手: accepted")
    sending.send_signal(signal.SIGINT)
    _, said = sending.communicate(timeout=30)
    assert sending.returncode == 130, said
    rows = listed(logged_in, "--all")
    dropped = sum(row["reason"] == "dropped" for row in rows)
    assert f"interrupted: {dropped} of 5 were not sent" in said
    assert dropped
    assert all(row["outcome"] in {"accepted", "failed"} for row in rows)


def test_a_recall_takes_the_one_that_is_named(logged_in: Shell) -> None:
    """By the number that send printed; the history keeps it, marked, as it marks what did not go out."""
    number = json.loads(logged_in.run("send", "filehelper", "oops", "--json").stdout)["id"]
    assert logged_in.run("recall", "filehelper", number).stdout == f"recalled {number}\n"
    later = json.loads(logged_in.run("send", "filehelper", "never", "--at", "+2h", "--json").stdout)[
        "command"
    ]
    logged_in.run("outbox", "drop", str(later))
    logged_in.run("send", "filehelper", "stays")
    oops, never, stays = logged_in.run("history", "filehelper", "--lang", "en").stdout.splitlines()
    assert "oops (recalled)" in oops
    assert "never (not sent: " in never
    assert stays.endswith(": stays  #" + stays.rpartition("#")[2])
    values = [
        json.loads(line) for line in logged_in.run("history", "filehelper", "--json").stdout.splitlines()
    ]
    assert [value.get("recalled", False) for value in values] == [True, False, False]


def test_options_before_a_word_are_not_passed_over(shell: Shell) -> None:
    """They would silently not count."""
    refused = shell.run("outbox", "--json", "drop", "1")
    assert (refused.returncode, "hongyan outbox drop --json 1" in refused.stderr) == (2, True)
