"""Writes multipart forms as servers of Web WeChat read them: raw UTF-8 names, known length; it reads no files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MultipartBody"]


class MultipartBody:
    """A multipart form with one file at its end: ``head`` + the file's bytes + ``tail``.

    Names are written raw in UTF-8, because the service refuses the ``filename*=`` form; quotes and line ends in them
    are percent-encoded as browsers do.
    """

    def __init__(
        self, boundary: str, fields: Iterable[tuple[str, str]], file: tuple[str, str, str] | None = None
    ) -> None:
        pieces = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(n)}"\r\n\r\n{v}\r\n'
            for n, v in fields
        ]
        if file is not None:
            name, filename, content_type = file
            pieces.append(
                f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"; '
                f'filename="{_quoted(filename)}"\r\nContent-Type: {content_type}\r\n\r\n'
            )
        self.head = "".join(pieces).encode()
        self.tail = (f"\r\n--{boundary}--\r\n" if file is not None else f"--{boundary}--\r\n").encode()
        self.content_type = f"multipart/form-data; boundary={boundary}"


def _quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
