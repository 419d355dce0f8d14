"""Counts words that the house style replaces, in guides, messages, docstrings and comments.

usage: check_prose.py [-v] [FOLDER]        a table of counts by area; -v prints each line
exit code: 1 if an area has more such words than OPEN allows
"""

from __future__ import annotations

import io
import re
import sys
import tokenize
from pathlib import Path

BANNED = {
    "nobody": "name the actor",
    "somebody": "name the actor, or 'a person'",
    "everybody": "name the actor, or 'all'",
    "whoever": "'the program that', 'who'",
    "told": "reported, printed, shown",
    "tells?": "reports, prints, shows",
    "telling": "reporting",
    "of its own": "a plain adjective",
    "of our own": "our",
    "robots?": "bot",
    "once more": "again",
    "given up": "canceled, skipped",
    "gives? up": "cancel, skip",
    "taken back": "recalled",
    "takes? back": "recall",
    "take an own": "recall one of your",
    "own messages?": "your message",
    "put aside": "dismissed",
    "hearsay": "unconfirmed",
    "handed over": "delivered",
    "blots?|blotted": "redact",
    "mends?|mended": "fix",
    "faces": "front ends",
    "(?<!there )is no (?!longer|more)": "is not a",
    "(?<!there )are no (?!longer|more)": "are not",
    "which is to say": "",
    "whence|thereof|wherein": "",
}
AREAS = {
    "guides": ["*.md", "docs/**/*.md", "bench/*.md", "packaging/*.md"],
    "webwx": ["src/hongyan/webwx/**/*.py"],
    "transport": ["src/hongyan/transport/**/*.py"],
    "archive": ["src/hongyan/archive/**/*.py"],
    "emulator": ["src/hongyan/emulator/**/*.py"],
    "cli": ["src/hongyan/cli/**/*.py"],
    "model": ["src/hongyan/model/**/*.py"],
    "client": ["src/hongyan/client/**/*.py", "src/hongyan/backends/**/*.py", "src/hongyan/ports/**/*.py"],
    "store": ["src/hongyan/store/**/*.py"],
    "bot": ["src/hongyan/bot/**/*.py"],
    "terminal": ["src/hongyan/terminal/**/*.py"],
    "others": ["src/hongyan/*.py", "src/hongyan/files/*.py"],
    "examples": ["examples/*.py"],
}
HISTORY = {"CHANGELOG.md"}
ALLOWED = {
    ("src/hongyan/archive/pages.py", "nobody"): "the address of a mail without a sender",
    ("src/hongyan/bot/auto_reply.py", "tell"): "the name of a parameter",
    ("src/hongyan/bot/run.py", "tell"): "the name of a parameter",
    ("src/hongyan/cli/loading.py", "tell"): "the name of a parameter",
    ("src/hongyan/client/engine/active_login.py", "tell"): "the name of a parameter",
    ("src/hongyan/client/engine/rate_limiter.py", "tell"): "the name of a parameter",
    ("src/hongyan/webwx/lenient_json.py", "mend"): "the name of a function",
    ("src/hongyan/webwx/lenient_json.py", "telling"): "the name of a class variable",
    ("src/hongyan/webwx/wordings.py", "handed over"): "the service's own sentence",
}
"""Words that stay where they are: file and word, with the reason."""
OPEN = {"terminal": 35}
"""Areas with words still to be replaced: at most so many. Every other area of the package has none."""
_WORDS = re.compile(r"\b(?:" + "|".join(f"(?:{word})" for word in BANNED) + r")\b", re.IGNORECASE)
_CODE = re.compile(r"```.*?```|`[^`\n]*`|\]\([^)]*\)|<!-- generated.*?<!-- end -->", re.DOTALL)


def pieces(path: Path) -> list[tuple[int, str]]:
    """Return what a person reads in a file, with line numbers: a guide without its code; the comments and strings of code."""
    text = path.read_text("utf-8")
    if path.suffix == ".md":
        return [(1, _CODE.sub(lambda m: "\n" * m[0].count("\n"), text))]
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [(t.start[0], t.string) for t in tokens if t.type in _READ]


_READ = {
    kind
    for name in ("COMMENT", "STRING", "FSTRING_MIDDLE")
    if (kind := getattr(tokenize, name, None)) is not None
}


def found(path: Path) -> list[tuple[int, str, str]]:
    """Return line number, word and line for each banned word of a file."""
    lines = path.read_text("utf-8").splitlines()
    hits = []
    for begin, text in pieces(path):
        for hit in _WORDS.finditer(text):
            number = begin + text.count("\n", 0, hit.start())
            hits.append((number, hit[0].lower(), lines[number - 1].strip()))
    return hits


def is_allowed(root: Path, path: Path, word: str) -> bool:
    """Whether a word may stay in a file."""
    return (path.relative_to(root).as_posix(), word) in ALLOWED


def counts(root: Path, *, show: bool = False) -> dict[str, int]:
    """Return the number of banned words in each area."""
    totals = {}
    for area, patterns in AREAS.items():
        files = sorted({p for pattern in patterns for p in root.glob(pattern) if p.name not in HISTORY})
        hits = [(path, *hit) for path in files for hit in found(path) if not is_allowed(root, path, hit[1])]
        totals[area] = len(hits)
        if show:
            for path, number, word, line in hits:
                print(f"{path.relative_to(root)}:{number}: {word}: {line}")
    return totals


def main() -> int:
    """Print the table; return 1 if an area has more words than it may."""
    words = [word for word in sys.argv[1:] if word != "-v"]
    root = Path(words[0]) if words else Path(__file__).resolve().parents[1]
    table = counts(root, show="-v" in sys.argv)
    for area, number in table.items():
        print(f"{area:10} {number:5}")
    return int(any(number > OPEN.get(area, 0) for area, number in table.items()))


if __name__ == "__main__":
    sys.exit(main())
