"""Requests and answers as values."""

from __future__ import annotations

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from hongyan.errors import NoAnswer
from hongyan.webwx.http import Failure, FilePart, Multipart, Request, Response, encode_query


@given(st.lists(st.tuples(st.sampled_from(["a", "skey", "r"]), st.text(st.characters(codec="utf-8")))))
def test_a_query_reads_back_as_it_was(pairs: list[tuple[str, str]]) -> None:
    """Whatever is encoded, a server that decodes once gets the same pairs in the same order."""
    assert parse_qsl(encode_query(pairs), keep_blank_values=True, separator="&") == pairs


def test_what_divides_a_query_is_escaped() -> None:
    """The characters of keys, ids and synckeys that mean something in a URL go percent-encoded, once."""
    query = (("sid", "a/b+c="), ("synckey", "1_2|3_4"), ("pass_ticket", "x%2B"))
    assert encode_query(query) == "sid=a%2Fb%2Bc%3D&synckey=1_2%7C3_4&pass_ticket=x%252B"


def test_half_a_code_point_does_not_stop_a_query() -> None:
    """A Python string may hold one; no server could."""
    assert encode_query((("requrl", "a\ud83d"),)) == "requrl=a%3F"


def test_no_repr_shows_query_body_or_cookies() -> None:
    """A request or answer in a log or traceback gives nothing away."""
    request = Request(
        endpoint="webwxsync", method="POST", url="http://h:1/p?skey=SECRET", headers=(("Cookie", "SECRET"),), body=b"SECRET"
    )  # fmt: skip
    form = Multipart(fields=(("pass_ticket", "SECRET"),))
    answer = Response(status=200, headers=(("Set-Cookie", "SECRET"),), body=b"SECRET")
    assert "SECRET" not in f"{request!r}{request!s}{form!r}{answer!r}"
    assert "webwxsync: POST http://h:1/p" in repr(request)


def test_a_form_names_its_fields_and_file() -> None:
    """The repr of a form says enough to find the fault."""
    part = FilePart(field="filename", filename="a.png", content_type="image/png", offset=0, length=3)
    assert "name, size" in repr(Multipart(fields=(("name", "a"), ("size", "3")), file=part))


def test_an_origin_keeps_scheme_and_port() -> None:
    """What decides whether a request may be sent is the origin, not the host alone."""
    assert Request(endpoint="e", method="GET", url="http://h:1/p?q=1").origin == "http://h:1"


def test_the_first_header_of_a_name_counts() -> None:
    """jslogin sends two content types; names are compared without case."""
    answer = Response(
        status=200, headers=(("content-type", "text/javascript"), ("Content-Type", "text/html"))
    )
    assert answer.header("Content-Type") == "text/javascript"
    assert answer.header("Location") == ""


def test_a_failure_is_an_error_of_the_tree() -> None:
    """Who wants to raise it can."""
    error = Failure(endpoint="synccheck", problem="the answer did not come in time").error()
    assert isinstance(error, NoAnswer)
    assert error.endpoint == "synccheck"
