"""Sends a notice to a command's standard input and to a webhook; independent of its content."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any, Final

import aiohttp

from hongyan.errors import UsageError
from hongyan.transport.unconnected import why_unconnected

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping, Sequence

__all__ = ["deliver"]

_COMMAND_S: Final = 30.0
_WEBHOOK_S: Final = 10.0
_TRIES: Final = 3
_PAUSE_S: Final = 1.0


async def deliver(
    command: Sequence[str], webhook: str, notice: Mapping[str, Any], *, tls: ssl.SSLContext | None = None
) -> None:
    """Run ``command`` and post to ``webhook`` if they are given, at the same time; UsageError names the one that failed.

    No error names the webhook's address, which may hold a token.
    """
    content = json.dumps(notice, ensure_ascii=False).encode()
    works = []
    if command:
        works.append(_run(command, content))
    if webhook:
        works.append(_post(webhook, content, tls))
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


async def _post(url: str, content: bytes, tls: ssl.SSLContext | None) -> None:
    """Post ``content`` to this address and no other, again where the answer is not a yes."""
    why = ""
    headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
    limit = aiohttp.ClientTimeout(total=_WEBHOOK_S)
    async with aiohttp.ClientSession(timeout=limit, cookie_jar=aiohttp.DummyCookieJar()) as client:
        for attempt in range(_TRIES):
            await asyncio.sleep(attempt * _PAUSE_S)
            try:
                # A notice may contain the link of a login, which must not reach the target of a redirect.
                async with client.post(
                    url, data=content, headers=headers, allow_redirects=False, ssl=tls or True
                ) as answer:
                    if 200 <= answer.status < 300:
                        return
                    why = _why_status(answer.status)
            except Exception as error:  # noqa: BLE001  # the library stumbles over odd addresses in more ways than it names
                why = _why_failed(error)
    raise _failed("the webhook", why)


def _why_status(status: int) -> str:
    if 300 <= status < 400:
        return f"it answered {status}, which leads to another address; that is not followed"
    return f"it answered {status}"


def _why_failed(error: Exception) -> str:
    """Return the reason of a failure in our words: those of the library contain the address."""
    if type(error) is aiohttp.ClientConnectorError:
        return why_unconnected(error)[0]
    return next((words for kind, words in _PROBLEMS if isinstance(error, kind)), "the connection broke off")


_PROBLEMS: Final = (
    (aiohttp.InvalidURL, "its address is none"),
    (TimeoutError, f"it did not answer within {_WEBHOOK_S:g} seconds"),
    (
        aiohttp.ClientConnectorCertificateError,
        "its certificate is not trusted (for an own authority: --ca FILE)",
    ),
    (aiohttp.ClientConnectorDNSError, "its name cannot be resolved"),
    (aiohttp.ClientConnectorError, "no connection could be made"),
    ((ValueError, AssertionError), "its address is none"),
)


def _failed(what: str, why: str) -> UsageError:
    return UsageError(f"the alert by {what} failed: {why}", "Check [alert] in the settings.")
