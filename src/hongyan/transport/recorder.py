"""Writes a transcript of a transport's requests and answers, one JSON object a line, without the login's secrets.

Query values, cookies, form fields and the body's values under a secret's name are replaced before anything reaches the
file; of files only the length is kept.
"""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Final

from hongyan.webwx.http import Failure, Multipart, Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path
    from typing import TextIO

    from hongyan.ports import Transport
    from hongyan.webwx.http import Request

__all__ = ["Recorder", "without_secrets"]

_GONE: Final = "***"
_NAMES: Final = (
    "skey|sid|wxsid|uin|wxuin|pass_ticket|webwx_data_ticket|webwx_auth_ticket|webwxuvid|wxpluginkey|wxloadtime"
    "|last_wxuin|deviceid|ticket|uuid|verifyuserticket|signature_key|aeskey|auth|authkey|fromuser"
)
# name=value in queries, cookies and window.x assignments; "name": "value" and numbers in JSON; <name>value</name>.
# A number under a secret's name becomes a text, so that JSON stays JSON.
_IN_JSON: Final = re.compile(rf'(?i)("(?:{_NAMES})"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|-?\d+)')
_IN_QUOTED_JSON: Final = re.compile(rf'(?i)(\\"(?:{_NAMES})\\"\s*:\s*)(?:\\"[^"]*?\\"|-?\d+)')
_RULES: Final = (
    re.compile(rf"(?i)(<(?:{_NAMES})>)([^<]*)"),
    re.compile(rf"(?i)(\b(?:{_NAMES})=)((?:[^&;\s\"'<\\]|\\[^\"u])+)"),
    re.compile(r"(?i)((?:QRLogin\.uuid|userAvatar)\s*=\s*)(\"[^\"]*\"|'[^']*')"),
)
# Keys and the tickets of people, anywhere in a text.
_CRYPT: Final = re.compile(r"@crypt_[0-9a-f]+_[0-9a-f]+|v\d_[0-9a-f]{8,}@stranger", re.IGNORECASE)
_QR_PATH: Final = re.compile(r"/(qrcode|l)/[^?/\s\"'\\]+")
_COOKIES: Final = re.compile(r"(?i)^([^=;]+)=([^;]*)")
_BODY_AT_MOST: Final = 1 << 20


def without_secrets(text: str) -> str:
    """Return ``text`` with the values of everything that could open the account replaced."""
    text = _IN_JSON.sub(rf'\1"{_GONE}"', text)
    text = _IN_QUOTED_JSON.sub(lambda m: f'{m[1]}\\"{_GONE}\\"', text)
    for rule in _RULES:
        text = rule.sub(lambda m: m.group(1) + (f'"{_GONE}"' if m.group(2)[:1] in "\"'" else _GONE), text)
    return _QR_PATH.sub(rf"/\1/{_GONE}", _CRYPT.sub(_GONE, text))


class Recorder:
    """Wraps any transport and writes what passes to ``path``."""

    def __init__(self, inner: Transport, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._inner = inner
        self._now = clock
        path.touch(mode=0o600)
        self._file: TextIO = path.open("a", encoding="utf-8")

    async def exchange(self, request: Request) -> Response | Failure:
        """Send and record."""
        return self._noted(request, await self._inner.exchange(request))

    async def upload(
        self, request: Request, part: Callable[[int, int], Awaitable[bytes]]
    ) -> Response | Failure:
        """Send and record; of the file's bytes only the number."""
        return self._noted(request, await self._inner.upload(request, part))

    async def download(
        self, request: Request, target: Path, *, progress: Callable[[int, int | None], None] | None = None
    ) -> Response | Failure:
        """Send and record; the body stays in its file."""
        return self._noted(request, await self._inner.download(request, target, progress=progress))

    def discard(self, target: Path) -> None:
        """Pass it on."""
        self._inner.discard(target)

    async def close(self) -> None:
        """Close the transport and the transcript."""
        await self._inner.close()
        self._file.close()

    def _noted(self, request: Request, answer: Response | Failure) -> Response | Failure:
        line = {"at": round(self._now(), 3), "request": _hidden(request), "answer": _answered(answer)}
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()
        return answer


def _hidden(request: Request) -> dict[str, object]:
    return {
        "endpoint": request.endpoint,
        "method": request.method,
        "url": without_secrets(request.url),
        "headers": [[name, _header(name, value)] for name, value in request.headers],
        "body": _form(request.body) if isinstance(request.body, Multipart) else _text(request.body),
    }


def _answered(answer: Response | Failure) -> dict[str, object]:
    if isinstance(answer, Failure):
        return {"failure": answer.kind.value, "problem": answer.problem}
    return {
        "status": answer.status,
        "malformed": answer.malformed,
        "headers": [[name, _header(name, value)] for name, value in answer.headers],
        "body": _text(answer.body),
    }


def _header(name: str, value: str) -> str:
    if name.lower() == "cookie":
        return "; ".join(_COOKIES.sub(rf"\1={_GONE}", part.strip()) for part in value.split(";"))
    if name.lower() == "set-cookie":
        return _COOKIES.sub(rf"\1={_GONE}", value)
    return without_secrets(value)


def _form(form: Multipart) -> dict[str, object]:
    fields = {name: _GONE if _is_secret(name) else without_secrets(value) for name, value in form.fields}
    file = (
        {"filename": form.file.filename, "offset": form.file.offset, "length": form.file.length}
        if form.file
        else None
    )
    return {"fields": fields, "file": file}


def _is_secret(name: str) -> bool:
    return re.fullmatch(_NAMES, name, re.IGNORECASE) is not None


def _text(body: bytes) -> str:
    """Return a body as text where it is one, else its length."""
    try:
        return without_secrets(body[:_BODY_AT_MOST].decode("utf-8"))
    except UnicodeDecodeError:
        return f"({len(body)} bytes)"
