"""The terminal as the full screen has it: keys in, frames out, and the terminal as it was whenever the program ends or pauses.

The toolkit's driver fails on bytes that are not UTF-8, waits for terminals that do not read, and writes on when there is
no terminal any more. It leaves the terminal as it is at most signals.
"""

from __future__ import annotations

import atexit
import codecs
import contextlib
import os
import selectors
import signal
import sys
import termios
import threading
import time
import tty
from collections import deque
from typing import TYPE_CHECKING, Any, Final

from textual import constants, events, messages
from textual.drivers.linux_driver import (
    KITTY_DISAMBIGUATE_ESCAPE_CODES,
    KITTY_REPORT_ALL_KEYS,
    KITTY_REPORT_ASSOCIATED_TEXT,
    LinuxDriver,
)
from textual.geometry import Size

from hongyan.terminal.full.tty.alt import teach_alt
from hongyan.terminal.full.tty.column_sync import exact
from hongyan.terminal.full.tty.input import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import App
    from textual.message import Message

__all__ = ["RESTORE", "TerminalDriver"]

RESTORE: Final = (
    "\x1b[?2026l\x1b[<u\x1b[?2004l\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"
    "\x1b[?1004l\x1b[?7h\x1b[0m\x1b[?1049l\x1b[?25h"
)
"""Puts a terminal back: keys, pastes, mouse, focus, wrapping, colours, the other screen, the cursor."""

_CUT: Final = "\x1b\\" * 2
"""Ends what is cut off in the middle, a picture inside tmux too; elsewhere it means nothing."""

_ENTER: Final = "\x1b[?1049h\x1b[?25l\x1b[?1004h\x1b[?2004h\x1b[?7l"
_KITTY_KEYS: Final = (
    f"\x1b[>{KITTY_DISAMBIGUATE_ESCAPE_CODES | KITTY_REPORT_ALL_KEYS | KITTY_REPORT_ASSOCIATED_TEXT}u"
)
_MOUSE: Final = "\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h"

_LARGEST: Final = (1000, 400)  # columns and rows that are drawn, whatever a terminal says
_LOOK_S: Final = 0.05
_MOST_TYPED: Final = 2000  # keys that wait to be looked at
_MOST_WAITING: Final = 1 << 20  # characters that wait for a terminal to read them
_AT_ONCE: Final = 4096  # bytes
_ENDS_WITHIN_S: Final = 3.0  # for a terminal to read the rest at the end
_PIECE: Final = 65536


class _Writer(threading.Thread):
    """Writes to the terminal, however slowly it reads. ``gone`` and ``behind`` are callbacks."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(daemon=True, name="hongyan-output")
        self.is_behind = False
        self.is_gone = False
        self._descriptor = descriptor
        self._waiting: deque[bytes] = deque()
        self._length = 0
        self._ends = False
        self._is_cut = False  # whether what is being written is not to be finished
        self._changed = threading.Condition()

    def write(self, text: str, *, always: bool = False) -> None:
        """Write something later; frames that a terminal does not read are let go from some length on."""
        data = text.encode("utf-8", "replace")
        with self._changed:
            if self.is_gone or (self._length > _MOST_WAITING and not always):
                self.is_behind = not self.is_gone
                return
            self._waiting.append(data)
            self._length += len(data)
            self._changed.notify()

    def finish(self, text: str) -> None:
        """Write a last thing, in place of the frames that wait: they are not looked at any more."""
        with self._changed:
            self._waiting.clear()
            self._length = 0
            self._is_cut = True
            self._waiting.append(text.encode())
            self._changed.notify()
        self.stop()

    def caught_up(self) -> bool:
        """Whether everything was written, after something had been let go; True once."""
        with self._changed:
            if self.is_behind and not self._waiting:
                self.is_behind = False
                return True
            return False

    def run(self) -> None:
        """Write what waits."""
        while True:
            with self._changed:
                while not self._waiting and not self._ends:
                    self._changed.wait()
                if not self._waiting:
                    return
                data = b"".join(self._waiting)
                self._waiting.clear()
                self._is_cut = False
            try:
                while data and not self._is_cut:
                    data = data[os.write(self._descriptor, data[:_AT_ONCE]) :]
            except OSError:
                self.is_gone = True
                return
            with self._changed:
                self._length = sum(map(len, self._waiting))

    def stop(self) -> None:
        """End once everything is written; a terminal that does not read is not waited for."""
        with self._changed:
            self._ends = True
            self._changed.notify()
        self.join(_ENDS_WITHIN_S)


def _nothing() -> None:
    pass


def _no_words() -> str:
    return ""


class TerminalDriver(LinuxDriver):
    """The terminal of standard input and output. A terminal that went away is reported to ``app.terminal_gone()``."""

    def __init__(self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: Any = None) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        teach_alt()
        self._output = sys.__stdout__.fileno() if sys.__stdout__ is not None else 1
        self._writer: _Writer | None = None
        self._is_stopped = True
        self._told_gone = False
        self.parting: Callable[[], str] = _no_words
        """Gives what is written to the terminal last, before it is given back for good; frames may be let go, this is not."""
        self._room = threading.Semaphore(_MOST_TYPED)
        self._arrived: deque[Message] = deque()
        self._is_called = False
        self._messages = 0  # that one of the terminal's became
        atexit.register(self.put_back)
        for number, handler in (
            (signal.SIGTSTP, self.pause),
            (signal.SIGCONT, self._go_on),
            (signal.SIGWINCH, self._look_at_size),
        ):
            with contextlib.suppress(RuntimeError, ValueError):
                self._loop.add_signal_handler(number, handler)

    @property
    def is_stopped(self) -> bool:
        """Whether the terminal is another program's."""
        return self._is_stopped

    # -- out

    def write(self, data: str) -> None:
        """Write something, every column where it belongs."""
        if self._writer is not None:
            self._writer.write(exact(data))

    def flush(self) -> None:
        """See how the terminal keeps up."""
        writer = self._writer
        if writer is None:
            return
        if writer.is_gone:
            self._gone()
        elif writer.caught_up():
            self._app.refresh(layout=True)

    def put_back(self) -> None:
        """Restore the terminal at once, from any thread; nothing happens if it is restored already."""
        if self._is_stopped:
            return
        self._is_stopped = True
        with contextlib.suppress(OSError, ValueError):
            os.set_blocking(self._output, False)  # a terminal that does not read blocks nothing
            try:
                os.write(self._output, (_CUT + self.parting() + RESTORE).encode())
            finally:
                os.set_blocking(self._output, True)
        self._set(self.attrs_before)

    def _set(self, attributes: list[Any] | None) -> None:
        if attributes is not None:
            with contextlib.suppress(termios.error, OSError, ValueError):
                termios.tcsetattr(self.fileno, termios.TCSANOW, attributes)

    # -- beginning, pausing, ending

    def start_application_mode(self) -> None:
        """Take the terminal: raw keys, the other screen, the mouse."""
        with contextlib.suppress(termios.error, OSError):
            self.attrs_before = termios.tcgetattr(self.fileno)
        self._is_stopped = False
        self._enter()
        self._key_thread = threading.Thread(target=self.run_input_thread, name="hongyan-input", daemon=True)
        self._key_thread.start()
        self._look_at_size()

    def _enter(self) -> None:
        """Set what the screen needs. A program in the background stops here until it is in front again."""
        if self.attrs_before is not None:
            raw = list(self.attrs_before)
            raw[tty.LFLAG] = self._patch_lflag(raw[tty.LFLAG])
            raw[tty.IFLAG] = self._patch_iflag(raw[tty.IFLAG])
            raw[tty.CC] = list(raw[tty.CC])
            raw[tty.CC][termios.VMIN] = 1
            self._set(raw)
        if self._writer is None:
            self._writer = _Writer(self._output)
            self._writer.start()
        self._writer.write(_ENTER, always=True)
        if not constants.DISABLE_KITTY_KEY:
            self._writer.write(_KITTY_KEYS, always=True)
        if os.environ.get("TERM_PROGRAM", "") != "Apple_Terminal":  # which prints it
            self._writer.write("\x1b[?2026$p", always=True)
        if self._mouse:
            self._writer.write(_MOUSE, always=True)

    def disable_input(self) -> None:
        """Read nothing more, and leave nothing half read to the shell: what a mouse reports would be typed there."""
        self._stop_reading()
        with contextlib.suppress(termios.error, OSError, ValueError):
            termios.tcflush(self.fileno, termios.TCIFLUSH)

    def _stop_reading(self) -> None:
        if self._key_thread is not None and self._key_thread is not threading.current_thread():
            self.exit_event.set()
            self._key_thread.join()
            self._key_thread = None
            self.exit_event.clear()

    def stop_application_mode(self, *, flush: bool = True) -> None:
        """Give the terminal back; a second time nothing is done. Without ``flush`` what is typed already stays."""
        if self._is_stopped:
            return
        if flush:
            self.disable_input()
        else:
            self._stop_reading()
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.finish(_CUT + (self.parting() if flush else "") + RESTORE)
            if writer.is_alive():
                self.put_back()
        self._is_stopped = True
        self._set(self.attrs_before)

    def close(self) -> None:
        """Give the terminal back for good."""
        self.stop_application_mode()
        atexit.unregister(self.put_back)

    def suspend_application_mode(self) -> None:
        """Give the terminal to another program for a while."""
        self.stop_application_mode()

    def pause(self, *, group: bool = False) -> None:
        """Stop, as by Ctrl+Z in a shell, until the program is called to the front again.

        ``group`` stops those that wait for the program with it (``make``), so that the shell comes back.
        """
        was_on = not self._is_stopped
        if was_on:
            self.stop_application_mode(flush=False)
        self._loop.remove_signal_handler(signal.SIGTSTP)
        os.kill(0 if group else os.getpid(), signal.SIGTSTP)  # comes back when the program goes on
        self._loop.add_signal_handler(signal.SIGTSTP, self.pause)
        if was_on:
            self.start_application_mode()
            self._app.post_message(self.SignalResume())

    def _go_on(self) -> None:
        """Take the terminal anew: who stopped the program may have changed it."""
        if not self._is_stopped:
            self._enter()
            self._look_at_size()
            self._app.post_message(self.SignalResume())

    def _get_terminal_size(self) -> tuple[int, int]:
        columns, rows = super()._get_terminal_size()
        return min(max(columns, 1), _LARGEST[0]), min(max(rows, 1), _LARGEST[1])

    def _look_at_size(self) -> None:
        size = Size(*self._get_terminal_size())
        self._app.post_message(events.Resize(size, size))

    # -- in

    def run_input_thread(self) -> None:
        """Read until stopped; nothing that comes ends it but the end of the terminal."""
        reader, decoder = Reader(), codecs.getincrementaldecoder("utf-8")("replace")
        last = time.monotonic()
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                ready = selector.select(_LOOK_S / 4 if reader.waits else _LOOK_S)
                now = time.monotonic()
                if ready:
                    data = self._read()
                    if not data:
                        self._loop.call_soon_threadsafe(self._gone)
                        return
                    last = now
                    self._hand_over(reader.feed(decoder.decode(data), now))
                elif reader.waits:
                    self._hand_over(reader.waited(now - last))

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, _PIECE)
        except OSError:
            return b""

    def _hand_over(self, messages: Iterable[Message]) -> None:
        for message in messages:
            while not self._room.acquire(timeout=_LOOK_S):
                if self.exit_event.is_set():
                    return
            self._arrived.append(message)
            if not self._is_called:
                self._is_called = True
                with contextlib.suppress(RuntimeError):  # the loop has ended before the input
                    self._loop.call_soon_threadsafe(self._take_all)

    def _take_all(self) -> None:
        """Take what has been read. Calls share a small pipe with signals, so one call at a time: where it is full, signals are lost."""
        self._is_called = False  # first: what arrives from now on calls again
        try:
            while self._arrived:
                self._take_in(self._arrived.popleft())
        finally:
            if self._arrived:
                self._loop.call_soon(self._take_all)

    def _take_in(self, message: Message) -> None:
        """Hand a message to the program, but for a mouse that is nowhere on its screen.

        A size that is typed (reports of sizes were never asked for) says no more than that one may look.
        """
        if isinstance(message, events.Resize | messages.InBandWindowResize):
            self._room.release()
            self._look_at_size()
            return
        if isinstance(message, events.MouseEvent):
            width, height = self._app.size
            if not (0 <= message.screen_x < width and 0 <= message.screen_y < height):
                self._room.release()
                return
        self._messages = 0
        self.process_message(message)
        if not self._messages:
            self._room.release()

    def send_message(self, message: Message) -> None:
        """Hand a message on, through the gate of those programs that have one."""
        gate = getattr(self._app, "gate", None)
        self._messages += 1
        taken = self._room.release if self._messages == 1 else _nothing
        if gate is None:
            taken()
            self._app.post_message(message)
        else:
            gate.put(message, taken)

    def _gone(self) -> None:
        """Report once that there is no terminal any more."""
        if not self._told_gone:
            self._told_gone = True
            gone = getattr(self._app, "terminal_gone", None)
            (gone or self._app.exit)()
