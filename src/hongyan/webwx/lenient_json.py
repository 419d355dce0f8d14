"""Reading JSON that may be damaged, rung by rung, down to single items; it knows damage, not messages.

A strict decoder refuses a whole answer for one raw control character, lone surrogate, bad escape or wrong type in one
item. So an answer is tried

1. strictly (``msgspec``, every item kept as its own bytes);
2. with broken UTF-8 replaced and the lenient standard ``json``; lone surrogates become U+FFFD;
3. cut apart at the names of its members and at the borders of list items (``salvage``);
4. lost: the caller stores the whole answer.

Each item is then read strictly, else leniently with its types put right, else it is the caller's to keep as bytes.
"""

from __future__ import annotations

import json
import re
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import Raw, Struct

from hongyan.errors import UnreadableJson
from hongyan.webwx.salvage import broke_off, cut_list, cut_members, end_of_value

__all__ = [
    "BROKEN_OFF",
    "coerce",
    "loads",
    "mend",
    "read_item",
    "read_list",
    "read_object",
]

S = TypeVar("S", bound=Struct)

BROKEN_OFF: Final = "broken-off"

_STRICT_FAILS: Final = (msgspec.MsgspecError, UnicodeError, RecursionError)
_LENIENT_FAILS: Final = (ValueError, RecursionError)
_LONE: Final = re.compile("[\ud800-\udfff]")
_ESCAPE: Final = re.compile(r'\\(u[0-9a-fA-F]{4}|["\\/bfnrt])|\\')

_decoders: dict[type[Struct], msgspec.json.Decoder[Any]] = {}


def _whole(digits: str) -> float:
    """Return a number as Python reads it, one of absurd length as a float: ``int`` takes the square of the length."""
    return int(digits) if len(digits) <= _DIGITS else float(digits)


_DIGITS: Final = 20
_LENIENT: Final = json.JSONDecoder(strict=False, parse_int=_whole)


def mend(text: str) -> str:
    """Return ``text`` with lone surrogates replaced by U+FFFD, so that it can be written as UTF-8."""
    return text if text.isascii() else _LONE.sub("\ufffd", text)


def loads(raw: bytes) -> Any:
    """Return the JSON value of ``raw``, leniently: control characters, lone surrogates and bad escapes pass.

    Raises UnreadableJson where even that fails (not JSON, or nested too deep).
    """
    text = raw.decode("utf-8", "replace").lstrip("\ufeff")
    try:
        try:
            return _repaired(_LENIENT.decode(text))
        except ValueError:
            return _repaired(_LENIENT.decode(_ESCAPE.sub(_doubled, text)))
    except _LENIENT_FAILS as failure:
        raise UnreadableJson(f"not JSON: {failure}") from failure


def _doubled(escape: re.Match[str]) -> str:
    return escape[0] if escape[1] else "\\\\"


def _repaired(value: Any) -> Any:
    if isinstance(value, str):
        return mend(value)
    if isinstance(value, list):
        return [_repaired(v) for v in value]
    if isinstance(value, dict):
        return {mend(k): _repaired(v) for k, v in value.items()}
    return value


def decoder_of(kind: type[S]) -> msgspec.json.Decoder[S]:
    """Return the one strict decoder of ``kind``."""
    if kind not in _decoders:
        _decoders[kind] = msgspec.json.Decoder(kind)
    return _decoders[kind]


def read_item(raw: bytes | Raw, kind: type[S]) -> S:
    """Return one item as ``kind``: strictly, else leniently with types put right; raises UnreadableJson."""
    try:
        return decoder_of(kind).decode(raw)
    except _STRICT_FAILS:
        return coerce(loads(bytes(raw)), kind)


def coerce(value: Any, kind: type[S]) -> S:
    """Return ``value`` (plain JSON data) as ``kind``; a field of another type is converted, else left at its default.

    Raises UnreadableJson only where ``value`` is not an object, or lacks what such an object must have.
    """
    if not isinstance(value, dict):
        raise UnreadableJson(f"{type(value).__name__} where an object should be")
    fields = {}
    for f in msgspec.structs.fields(kind):
        if f.encode_name in value and (found := _as(value[f.encode_name], f.type)) is not None:
            fields[f.name] = found
        elif f.required:
            raise UnreadableJson(f"no {f.encode_name} in it")
    return kind(**fields)


def _as(value: Any, wanted: Any) -> Any:
    """Return ``value`` as the annotated type, or None where nothing sensible can be made of it."""
    origin = get_origin(wanted)
    if origin is Annotated:  # a bounded number; a value outside the bounds is rejected
        return _as(value, get_args(wanted)[0])
    if origin in {Union, UnionType}:
        return next(
            (v for o in get_args(wanted) if o not in _ABSENT and (v := _as(value, o)) is not None), None
        )
    if origin in {list, tuple}:
        items = [_as(v, get_args(wanted)[0]) for v in (value if isinstance(value, list) else ())]
        if origin is tuple and None in items:  # a key of which a part is missing is another key
            return None
        return origin(v for v in items if v is not None)
    if wanted is Raw:
        return Raw(msgspec.json.encode(value))
    if isinstance(wanted, type) and issubclass(wanted, Struct):
        return _coerced(value, wanted)
    return _SCALARS[getattr(wanted, "__supertype__", wanted)](value)  # a NewType is as its base


def _coerced(value: Any, kind: type[S]) -> S | None:
    try:
        return coerce(value, kind)
    except UnreadableJson:
        return None


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _number(value: Any) -> int | None:
    try:
        if isinstance(value, str) and len(value) > _DIGITS:
            return None
        number = int(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None
    return number if number is None or abs(number) < 1 << 63 else None


_ABSENT: Final = (NoneType, msgspec.UnsetType)
_SCALARS: Final = {str: _text, int: _number}


def read_object(raw: bytes, kind: type[S], names: frozenset[str]) -> tuple[S, str]:
    """Return an answer as ``kind`` and the rung it took: ``strict``, ``lenient``, ``cut``; raises UnreadableJson.

    ``names`` are the members at which a damaged answer may be cut. The rung ``BROKEN_OFF`` is a cut one whose end is
    missing: it will be complete when requested again, so no part of it may be taken for the whole.
    """
    try:
        return decoder_of(kind).decode(raw), "strict"
    except _STRICT_FAILS:
        pass
    try:
        return coerce(loads(raw), kind), "lenient"
    except (UnreadableJson, *_STRICT_FAILS):
        value = _from_pieces(raw, kind, names)
    return value, BROKEN_OFF if broke_off(raw, names) else "cut"


def _from_pieces(raw: bytes, kind: type[S], names: frozenset[str]) -> S:
    pieces = cut_members(raw, names)
    if not pieces:
        raise UnreadableJson("neither JSON nor a damaged answer")
    fields = {}
    for f in msgspec.structs.fields(kind):
        piece = pieces.get(f.encode_name)
        if piece is not None and (value := _of_piece(piece, f.type)) is not None:
            fields[f.name] = value
    return kind(**fields)


def _of_piece(piece: bytes, wanted: Any) -> Any:
    if get_origin(wanted) is list:
        return read_list(piece, get_args(wanted)[0])
    try:
        return _as(loads(_leading(piece)), wanted)
    except UnreadableJson:
        return None


def read_list(piece: bytes, kind: Any) -> list[Any]:
    """Return the items of a damaged list: as bytes where ``kind`` is Raw, else those that can be read as ``kind``.

    ``kind.telling`` is a name that every such object has and none of the objects inside it: a piece without it is an inner one.
    """
    items = cut_list(piece)
    if kind is Raw:
        return [Raw(item) for item in items]
    read = [(item, _readable(item, kind)) for item in items]
    telling = getattr(kind, "telling", b"")
    return [value for item, value in read if value is not None and telling in item]


def _readable(item: bytes, kind: type[S]) -> S | None:
    try:
        return read_item(item, kind)
    except UnreadableJson:
        return None


def _leading(piece: bytes) -> bytes:
    """Return the JSON value at the beginning of ``piece``, or all of it where none can be read."""
    text = piece.decode("utf-8", "surrogateescape")
    end = end_of_value(text)
    return text[:end].encode("utf-8", "surrogateescape") if end else piece
