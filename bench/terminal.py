"""The full screen on a large profile: first frame, key to paint, messages that pour in, memory; beside a minimal Textual app.

A profile with 10,000 contacts and the messages asked for is made once; each start is a process of its own in a
pseudo-terminal of 120x40. ``python bench/terminal.py [MESSAGES]``; the figures are medians of interleaved rounds.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

from search import Texts, fill

from hongyan.client.profile import Profile
from hongyan.model.contacts import ContactChange, ContactKind
from hongyan.model.events import LoginState, MessageReceived, Status
from hongyan.model.ids import LoginId, MsgId, TransientName
from hongyan.model.messages import Text
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

CONTACTS, ROUNDS, KEYS, FLOOD_S = 10_000, 7, 60, 5.0
LOGIN = LoginId("bench")
MINIMAL = "from textual.app import App\nfrom textual.widgets import Static\nclass A(App):\n def compose(self):\n  yield Static('BENCH-READY')\nA().run()"


async def make_profile(folder: Path, messages: int) -> None:
    """Write contacts and messages as a login would have left them."""
    (folder / "default").mkdir(parents=True)
    database = Database(folder / "default" / "journal.db")
    store = open_store(database, "me")
    await store.append([], login=LOGIN, received_at=0.0, position=b"keys")
    people = [
        ContactChange(
            name=TransientName(f"@friend{n}"),
            kind=ContactKind.FRIEND,
            nickname=f"朋友{n:05}",
            in_contacts=True,
        )
        for n in range(CONTACTS)
    ]
    await store.directory.learn(LOGIN, people, "contacts")
    await store.login.set_complete(LOGIN, complete=True)
    await fill(store, Texts(), messages)
    last = Text(
        id=MsgId("999999999"),
        chat=TransientName("@friend7"),
        sender=TransientName("@friend7"),
        text="BENCH-READY",
    )
    await store.append([(MessageReceived(message=last), b"")], login=LOGIN, received_at=time.time())
    await store.login.set_status(Status(state=LoginState.ONLINE, since=time.time(), contacts_complete=True))
    database.close()


class Screen:
    """A process in a pseudo-terminal."""

    def __init__(self, command: list[str]) -> None:
        self.began = time.perf_counter()
        self.pid, self.handle = pty.fork()
        if self.pid == 0:
            environment = {
                **os.environ,
                "TERM": "xterm-256color",
                "LANG": "zh_CN.UTF-8",
                "COLUMNS": "120",
                "LINES": "40",
            }
            os.execve(command[0], command, environment)
        fcntl.ioctl(self.handle, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def until(self, text: str, limit: float = 60.0) -> float:
        """Read until a text was written; return the seconds since the beginning."""
        seen, wanted = b"", text.encode()
        end = time.perf_counter() + limit
        while wanted not in seen:
            if not select.select([self.handle], [], [], max(end - time.perf_counter(), 0))[0]:
                sys.exit(f"{text!r} never came; the end of what did: {seen[-2000:]!r}")
            seen += os.read(self.handle, 1 << 16)
        return time.perf_counter() - self.began

    def quiet(self, seconds: float = 0.3) -> None:
        """Read until nothing has come for a while."""
        while select.select([self.handle], [], [], seconds)[0]:
            os.read(self.handle, 1 << 16)

    def press(self, keys: str) -> None:
        """Type."""
        self.began = time.perf_counter()
        os.write(self.handle, keys.encode())

    def resident(self) -> float:
        """Return the resident megabytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def end(self) -> None:
        """Kill the process."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.handle)


def first_frames(ours: list[str]) -> None:
    """Print how long it takes until something stands on the screen."""
    runs: dict[str, list[float]] = {"minimal Textual app": [], "hongyan chat": []}
    for _ in range(ROUNDS):
        for name, command in (
            ("minimal Textual app", [sys.executable, "-c", MINIMAL]),
            ("hongyan chat", ours),
        ):
            screen = Screen(command)
            runs[name].append(screen.until("BENCH-READY"))
            screen.end()
    floor = statistics.median(runs["minimal Textual app"])
    for name, times in runs.items():
        middle = statistics.median(times)
        print(
            f"first frame: {name:20} {middle * 1000:6.0f} ms, {middle / floor:.2f} of the minimal app, best {min(times) * 1000:.0f}"
        )


def key_to_paint(screen: Screen, label: str) -> None:
    """Print how long a typed character takes to the screen."""
    times = []
    for number in range(KEYS):
        character = chr(0x4E00 + number)
        screen.press(character)
        times.append(screen.until(character))
        time.sleep(0.02)
    times.sort()
    print(f"key to paint, {label}: p50 {times[len(times) // 2] * 1000:.1f} ms, p99 {times[-1] * 1000:.1f} ms")
    screen.press("\x15")
    screen.quiet()


def flood(home: Path) -> subprocess.Popen[bytes]:
    """Begin to write 200 messages a second into the profile, from a program beside."""
    return subprocess.Popen([sys.executable, __file__, "--flood", str(home)])


async def flooding(home: Path) -> None:
    """Write 200 messages a second for some seconds."""
    database = Database(home / "default" / "journal.db", holds=False)
    store = open_store(database, "me")
    begin = time.perf_counter()
    number = 0
    while (gone := time.perf_counter() - begin) < FLOOD_S:
        due = int(gone * 200) - number
        events = []
        for _ in range(due):
            number += 1
            chat = TransientName(f"@friend{7 if number % 4 == 0 else number % 300}")
            events.append(
                (
                    MessageReceived(
                        message=Text(
                            id=MsgId(f"8{os.getpid()}{number}"),
                            chat=chat,
                            sender=chat,
                            text=f"flood {number}",
                        )
                    ),
                    b"",
                )
            )
        if events:
            await store.append(events, login=LOGIN, received_at=time.time())
        await asyncio.sleep(0.02)
    database.close()


def main() -> None:
    """Print a line for each figure."""
    if "--flood" in sys.argv:
        asyncio.run(flooding(Path(sys.argv[-1])))
        return
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        asyncio.run(make_profile(home, messages))
        ours = [
            sys.executable,
            "-m",
            "hongyan",
            "chat",
            "--home",
            str(home),
            "--server",
            "http://127.0.0.1:9",
            "--lang",
            "zh",
        ]
        profile = Profile(home / "default")
        profile.hold()  # the screens attach, as to a robot that runs
        print(f"{CONTACTS} contacts, {messages} messages")
        first_frames(ours)
        screen = Screen(ours)
        screen.until("BENCH-READY")
        screen.quiet()
        screen.press("\r")
        screen.quiet()
        key_to_paint(screen, "quiet")
        child = flood(home)
        time.sleep(0.5)
        key_to_paint(screen, "at 200 messages a second")
        child.wait()
        screen.quiet()
        print(f"resident: {screen.resident():.0f} MB")
        screen.end()
        profile.release()


if __name__ == "__main__":
    main()
