"""The smallest line of arguments for each command; a command without one fails ``test_every_command_has_a_line``."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LINES", "Line"]


@dataclass(frozen=True, slots=True)
class Line:
    """One command with arguments. In ``words``, ``{home}`` and the like are filled in for each cell (see ``Cell``).

    ``typed`` comes on standard input. ``code`` is the exit code where nothing is special. ``endless`` runs until
    SIGTERM, after its first line. ``sends`` is how many messages the server has afterwards. ``before`` are lines that
    are run first, with streams and machine in order. ``fresh`` begins with an empty home. ``writes`` tells that it
    fails where nothing can be written; ``asks`` that its outcome depends on the machine, as that of doctor.
    ``everywhere`` goes through all circumstances: one line of each command does, the others through those that look at
    what is read and printed. ``alone`` logs in or out, which ends other logins: on an emulator of its own, one by one.
    """

    words: str
    typed: str = ""
    code: int = 0
    endless: bool = False
    sends: bool = False
    before: tuple[str, ...] = ()
    fresh: bool = False
    writes: bool = True
    asks: bool = False
    everywhere: bool = False
    alone: bool = False


LINES: dict[str, Line] = {
    "demo": Line("demo --script", endless=True, code=143, fresh=True, everywhere=True),
    "login": Line("login {online}", everywhere=True),
    "login anew": Line("login {online} --json", fresh=True, alone=True),
    "logout": Line("logout {online}", fresh=True, before=("login {online}",), alone=True, everywhere=True),
    "chat": Line(
        "chat --plain --auto-reply off {online} --save-to {out}",
        typed="->filehelper:{text}\nquit\n",
        sends=True,
        everywhere=True,
    ),
    "chat as JSON": Line("chat --format json {online} --open {friend}", typed="{text}\n/quit\n", sends=True),
    "bot": Line("bot robot:app {online}", endless=True, everywhere=True),
    "bot with rules": Line("bot --rules {rules} {online}", endless=True),
    "send": Line("send filehelper {text} {online}", sends=True, everywhere=True),
    "send what is typed": Line("send {friend} {online} --json", typed="{text}\n", sends=True),
    "send a file": Line("send filehelper --file {file} {online}"),
    "send later": Line("send filehelper {text} --at +2h {online}"),
    "outbox": Line("outbox --all {offline}", writes=False, everywhere=True),
    "outbox drop": Line("outbox drop {waiting} {offline} --json", everywhere=True),
    "outbox retry": Line("outbox retry {dropped} {online}", everywhere=True),
    "recall": Line(
        "recall filehelper {online}", sends=True, before=("send filehelper {text} {online}",), everywhere=True
    ),
    "chats": Line("chats {offline}", writes=False, everywhere=True),
    "chats asked for": Line("chats --refresh {online} --json"),
    "contacts": Line("contacts {offline}", writes=False, everywhere=True),
    "groups": Line("groups {offline} --json", writes=False, everywhere=True),
    "members": Line("members {group} {online}", everywhere=True),
    "people": Line("people unresolved {offline}", writes=False, everywhere=True),
    "people split": Line("people split {friend} {offline}", everywhere=True),
    "people merge": Line("people merge {friend} {group} {offline}", code=2, everywhere=True),
    "archive": Line("archive {offline}", writes=False, everywhere=True),
    "archive --apply": Line("archive --apply {offline} --json"),
    "history": Line("history filehelper {offline}", writes=False, everywhere=True),
    "history as JSON": Line("history filehelper {offline} --json", writes=False),
    "search": Line("search {offline} 你好", writes=False, everywhere=True),
    "export": Line("export --out {out} {offline}"),
    "export pages": Line("export --format markdown --out {out} {offline}", everywhere=True),
    "import": Line("import {archive} {offline}", fresh=True, everywhere=True),
    "forget": Line("forget --yes {offline}", everywhere=True),
    "emulate": Line("emulate --port 0 --state {out} --json", endless=True, fresh=True, everywhere=True),
    "say": Line("say {friend} {text} --server {origin} --wait 0", fresh=True, writes=False, everywhere=True),
    "decode": Line("decode {payload}", fresh=True, writes=False, everywhere=True),
    "decode what is typed": Line(
        "decode", typed='{{"MsgType": 1, "Content": "你好"}}', fresh=True, writes=False
    ),
    "explain": Line("explain 1102", fresh=True, writes=False, everywhere=True),
    "keys": Line("keys --lang zh", fresh=True, writes=False, everywhere=True),
    "doctor": Line("doctor {online}", writes=False, asks=True, everywhere=True),
    "completion": Line("completion bash", fresh=True, writes=False, everywhere=True),
}
