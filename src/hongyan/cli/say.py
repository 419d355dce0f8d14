"""``hongyan say``: writes as a person of a running emulator, and shows what the account answers."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

import click

from hongyan.cli.options import run
from hongyan.cli.time_option import Seconds
from hongyan.errors import NoAnswer, UsageError
from hongyan.model.display_text import clean
from hongyan.settings import DEFAULT_ORIGIN

__all__ = ["say"]

_LOOK_S: Final = 0.1
_QUIET_S: Final = 0.6  # after an answer: another may follow


@click.command()
@click.argument("who")
@click.argument("text")
@click.option("--in", "group", metavar="GROUP", help="Write into this group.")
@click.option(
    "--server", metavar="URL", default=DEFAULT_ORIGIN, show_default=True, help="The emulator's address."
)
@click.option(
    "--wait",
    "seconds",
    type=Seconds(0, 3600),
    default=20.0,
    show_default=True,
    help="Seconds to wait for an answer.",
)
@click.option("--json", "-j", "as_json", is_flag=True, help="Print each message as JSON.")
def say(who: str, text: str, group: str | None, server: str, seconds: float, *, as_json: bool) -> int:
    """Write TEXT to the emulated account as WHO (a remark, nickname or id), and print what it answers.

    For a running `hongyan emulate`; no real person is reached. The exit code is 8
    if no answer came within --wait seconds.
    """
    return run(_said(server.rstrip("/"), who, text, group, seconds, as_json=as_json))


async def _said(server: str, who: str, text: str, group: str | None, seconds: float, *, as_json: bool) -> int:
    import aiohttp

    loop = asyncio.get_running_loop()
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as client:
            before = len((await _posted(client.get(f"{server}/_control/sent")))["sent"])
            order = {"from": who, "text": text} | ({"group": group} if group else {})
            written = await _posted(client.post(f"{server}/_control/say", json=order))
            _print(written, group or who, as_json=as_json)
            seen, answered, until = before, False, loop.time() + seconds
            while loop.time() < until:
                await asyncio.sleep(_LOOK_S)
                sent = (await _posted(client.get(f"{server}/_control/sent", params={"since": seen})))["sent"]
                seen += len(sent)
                for answer in sent:
                    if answer["chat"] == written["chat"]:  # what others get meanwhile is not an answer
                        answered, until = True, min(until, loop.time() + _QUIET_S)
                        _print(answer, "bot", as_json=as_json)
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as problem:
        raise NoAnswer(
            "the emulator",
            f"connection refused: no emulator listens at {server}: start one with: hongyan emulate",
        ) from problem
    if not answered and seconds:
        silent = NoAnswer("the account", f"no answer came within {seconds:g} seconds: is a bot running?")
        silent.advice = (
            "Start one: hongyan bot MODULE:APP; or give it longer: --wait SECONDS (0 waits for nothing)."
        )
        raise silent
    return 0


async def _posted(request: Any) -> dict[str, Any]:
    """Return the answer of the control interface; UsageError with its text if it refuses."""
    async with request as answer:
        reply: dict[str, Any] = await answer.json()
        if answer.status >= 400:
            raise UsageError(
                f"the emulator refuses: {clean(str(reply.get('error', answer.status)))}",
                f"Who is there: /people at the emulator's own terminal, or {answer.url.origin()}/_control/people",
            )
        return reply


def _print(message: dict[str, Any], name: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(message, ensure_ascii=False))
        return
    what = message["text"] or f"[message of type {message['type']}]"
    click.echo(f"{clean(name)}: {clean(what)}")
