"""``python -m hongyan`` and ``hongyan``: the command line."""

from __future__ import annotations

import signal

# Before anything of ours is imported: Ctrl-C in this moment ends the program, and no traceback says where it was.
if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from hongyan.cli import main

main()
