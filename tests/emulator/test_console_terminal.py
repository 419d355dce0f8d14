"""The console at a real terminal: it hears what is typed, and ends in order whatever ends it."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time

import pytest


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_console_is_written_to_and_ends_in_order(number: int) -> None:
    leader, follower = pty.openpty()
    command = (sys.executable, "-m", "hongyan", "emulate", "--world", "demo", "--port", "0")
    child = subprocess.Popen(("setsid", "-c", *command), stdin=follower, stdout=follower, stderr=follower)
    os.close(follower)
    said = b""
    until = time.monotonic() + 30

    def hear(wanted: bytes) -> None:
        nonlocal said
        while wanted not in said and time.monotonic() < until:
            if select.select((leader,), (), (), 0.1)[0]:
                said += os.read(leader, 65536)
        assert wanted in said, said

    try:
        hear(b"Write as a person")
        os.write(leader, "老王: ping\n".encode())
        hear("老王 → ".encode())
        child.send_signal(number)
        assert child.wait(20) in {0, 130}
        while select.select((leader,), (), (), 0.1)[0]:
            try:
                said += os.read(leader, 65536)
            except OSError:
                break
        assert b"Fatal" not in said
        assert b"Traceback" not in said
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        os.close(leader)
