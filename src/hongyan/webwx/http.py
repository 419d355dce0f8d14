"""Requests and answers as plain values; sending them is the transport's business.

No ``repr`` here shows a query, a body or a cookie: that is where the login's secrets are.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Generic, TypeVar
from urllib.parse import quote, urlsplit

from msgspec import Struct

from hongyan.errors import NoAnswer
from hongyan.redaction import redacted
from hongyan.webwx.boundary import guarded

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ApiCall",
    "Failure",
    "FailureKind",
    "FilePart",
    "Lane",
    "Multipart",
    "Request",
    "Response",
    "encode_query",
]

T = TypeVar("T")

Headers = tuple[tuple[str, str], ...]

_SAFE_IN_QUERY: Final = "-_.~"
_LIST_AT_MOST: Final = 64 << 20  # bytes; the longest lists of contacts have some ten million
_ANSWER_AT_MOST: Final = 4 << 20  # all others are a line or a page
_LISTS: Final = frozenset({"webwxinit", "webwxsync", "webwxgetcontact", "webwxbatchgetcontact"})


class Lane(StrEnum):
    """Which queue a request waits in: a long poll or a large file never delays a command."""

    POLL = "poll"
    COMMAND = "command"
    FILE = "file"


class FilePart(Struct, frozen=True, kw_only=True):
    """The file of a form: ``length`` bytes from ``offset`` of a file that the caller has; the bytes are not in here."""

    field: str
    filename: str
    content_type: str
    offset: int
    length: int


class Multipart(Struct, frozen=True, kw_only=True):
    """A form: text fields in order, then one file."""

    fields: tuple[tuple[str, str], ...]
    file: FilePart | None = None

    def __repr__(self) -> str:
        return f"Multipart({', '.join(name for name, _ in self.fields)}, file={self.file!r})"


@redacted
class Request(Struct, frozen=True, kw_only=True):
    """One request. ``timeout`` is in seconds for the whole exchange; redirects are never followed.

    ``at_most`` is how many bytes the answer's body may have, unpacked; 0 for the endpoint's usual limit.
    """

    endpoint: str
    method: str
    url: str
    headers: Headers = ()
    body: bytes | Multipart = b""
    timeout: float = 20.0
    lane: Lane = Lane.COMMAND
    at_most: int = 0

    @property
    def limit(self) -> int:
        """How many bytes the answer's body may have, unpacked."""
        return self.at_most or (_LIST_AT_MOST if self.endpoint in _LISTS else _ANSWER_AT_MOST)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def __repr__(self) -> str:
        return f"Request({self.endpoint}: {self.method} {self.origin}{urlsplit(self.url).path})"


@redacted
class Response(Struct, frozen=True, kw_only=True):
    """A whole answer. ``malformed`` marks a status line such as ``HTTP/1.1 0 -``, which real servers sent for "check"."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    malformed: bool = False

    def header(self, name: str) -> str:
        """Return the first header called ``name``, or an empty string."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    def __repr__(self) -> str:
        return f"Response({self.status}, {len(self.body)} bytes)"


class FailureKind(StrEnum):
    """Why there is no answer."""

    UNREACHABLE = "unreachable"  # no connection
    TIMEOUT = "timeout"
    BROKEN = "broken"  # it broke off, or was not HTTP
    TOO_LARGE = "too-large"  # it has more bytes than the request allows
    FORBIDDEN = "forbidden"  # not sent: the host is not the login's


class Failure(Struct, frozen=True, kw_only=True):
    """No answer arrived. ``problem`` is a short sentence without secrets."""

    endpoint: str
    problem: str
    kind: FailureKind = FailureKind.BROKEN
    advice: str = ""

    def error(self, kind: type[NoAnswer] = NoAnswer) -> NoAnswer:
        """Return the failure as an error of the tree, of one of the kinds that are made of an endpoint and a problem."""
        error = kind(self.endpoint, self.problem)
        if self.advice:
            error.advice = self.advice
        return error


class ApiCall(Struct, Generic[T], frozen=True):
    """A request together with the function that reads its answer."""

    request: Request
    reader: Callable[[Response], T]

    def read(self, response: Response) -> T:
        """Return the typed result; raises Refused, TooFast, ProtocolChanged, NoAnswer (HTTP 5xx, empty body), no more."""
        return guarded(self.request.endpoint, lambda: self.reader(response))


def encode_query(pairs: Iterable[tuple[str, str | int]]) -> str:
    """Return a query string, percent-encoded once, in the given order."""
    return "&".join(
        f"{name}={quote(str(value), safe=_SAFE_IN_QUERY, errors='replace')}" for name, value in pairs
    )
