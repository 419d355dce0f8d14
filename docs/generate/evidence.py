"""Which captures and recordings speak for what: counts and names, kept in ``evidence.toml``.

The captures and recordings themselves are not in this repository. ``count(folder)`` makes the table anew where they are
at hand; a test holds the two together.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_CLIENTS = {
    "itchat": "itchat",
    "itchat-uos": "itchat-uos",
    "wxpy": "wxpy",
    "openwechat": "openwechat",
    "wechat4u": "wechat4u",
    "wechaty": "wechaty",
    "mojo-weixin": "Mojo-Weixin",
    "weixinbot-py3": "WeixinBot",
    "wxbot": "wxBot",
}
_VARIANTS = ("-hotreload", "-idle", "-normal", "-stored")


def load() -> dict[str, Any]:
    """Return the kept table: ``recorded`` (endpoint to clients) and ``captured`` (kind to count)."""
    return tomllib.loads((HERE / "evidence.toml").read_text("utf-8"))


def count(shared: Path) -> dict[str, Any]:
    """Return the table as the captures and recordings in ``shared`` give it."""
    recorded: dict[str, set[str]] = defaultdict(set)
    for file in sorted((shared / "recordings").glob("*.jsonl")):
        name = file.stem
        for variant in _VARIANTS:
            name = name.removesuffix(variant)
        for line in file.read_text("utf-8").splitlines():
            recorded[json.loads(line)["ep"]].add(_CLIENTS[name])
    captured: Counter[str] = Counter()
    for file in sorted((shared / "corpus" / "open").glob("*.json")):
        captured[_kind(json.loads(file.read_text("utf-8")))] += 1
    order = list(_CLIENTS.values())
    return {
        "recorded": {e: sorted(c, key=order.index) for e, c in sorted(recorded.items())},
        "captured": dict(sorted(captured.items())),
    }


def _kind(sample: dict[str, Any]) -> str:
    if sample["msg_type"] is None:
        return str(sample["kind"])
    return "-".join(str(n) for n in (sample["msg_type"], sample["app_msg_type"]) if n is not None)


def as_toml(table: dict[str, Any]) -> str:
    """Return the table as the file holds it."""
    lines = ["# Made by `python -m generate.evidence FOLDER`: which clients were recorded using an endpoint,"]
    lines += ["# and how many published captures were read for an answer, a MsgType or an AppMsgType.", ""]
    lines += ["[recorded]", *(f"{e} = {json.dumps(c)}" for e, c in table["recorded"].items()), ""]
    lines += ["[captured]", *(f"{k} = {n}" for k, n in table["captured"].items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import sys

    (HERE / "evidence.toml").write_text(as_toml(count(Path(sys.argv[1]))), "utf-8")
