"""Carries a notice out of the program: to a command's standard input, and to a webhook; it knows nothing of its content."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any, Final

import aiohttp

from hongyan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["deliver"]

_COMMAND_S: Final = 30.0
_WEBHOOK_S: Final = 10.0
_TRIES: Final = 3
_PAUSE_S: Final = 1.0


async def deliver(command: Sequence[str], webhook: str, notice: Mapping[str, Any]) -> None:
    """Run ``command`` and post to ``webhook`` where they are given, side by side; UsageError says which did not take it."""
    content = json.dumps(notice, ensure_ascii=False).encode()
    works = []
    if command:
        works.append(_run(command, content))
    if webhook:
        works.append(_post(webhook, content))
    outcomes = await asyncio.gather(*works, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


async def _run(command: Sequence[str], content: bytes) -> None:
    """Run a program with ``content`` on its standard input; what it prints goes where ours goes."""
    try:
        process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
    except OSError as error:
        raise _failed(command[0], error.strerror or str(error)) from error
    try:
        async with asyncio.timeout(_COMMAND_S):
            await process.communicate(content)
    except TimeoutError:
        raise _failed(command[0], f"it did not end within {_COMMAND_S:g} seconds") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise _failed(command[0], f"it ended with code {process.returncode}")


async def _post(url: str, content: bytes) -> None:
    """Post ``content``, again where the answer is not a yes."""
    said = ""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_WEBHOOK_S)) as client:
        for attempt in range(_TRIES):
            await asyncio.sleep(attempt * _PAUSE_S)
            try:
                async with client.post(
                    url, data=content, headers={"Content-Type": "application/json"}
                ) as answer:
                    if answer.status < 300:
                        return
                    said = f"it answered {answer.status}"
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                said = str(error) or type(error).__name__
    raise _failed("the webhook", said)


def _failed(what: str, why: str) -> UsageError:
    return UsageError(f"the alert by {what} failed: {why}", "See to [alert] in the settings.")
