r"""What a typed line means, as plain values; it knows no account and sends nothing.

The arrow grammar comes from the first line clients for Web WeChat: ``->name:text``, ``m->``, ``f->``, ``i->``,
``e->``, ``quit``. Everything newer begins with a slash. Only the first colon (``:`` or ``：``) divides, so the second
part may hold colons and Windows paths. A name with a colon is quoted: ``->"a:b":text``. ``#3`` is the third
of the last numbered list. A backslash in front of a line that would be a command makes it a text: ``\/etc``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hongyan.model.numbers import whole

__all__ = [
    "COMMANDS",
    "CommandShape",
    "FileForm",
    "Line",
    "Mistake",
    "Nothing",
    "Quit",
    "SayHere",
    "SendAll",
    "SendLines",
    "SendPath",
    "SlashCommand",
    "Target",
    "TypedText",
    "parse",
    "target_of",
]


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a line is for: a ``name``, or the ``number`` of an entry (from 1) in the last numbered list."""

    name: str = ""
    number: int = 0

    def __str__(self) -> str:
        return self.name or f"#{self.number}"


class FileForm(StrEnum):
    """As what a file is to be sent; the values are those of ``Account.send``."""

    AUTO = "auto"
    FILE = "file"
    PICTURE = "picture"
    STICKER = "sticker"


@dataclass(frozen=True, slots=True)
class Nothing:
    """An empty line."""


@dataclass(frozen=True, slots=True)
class SayHere:
    """A plain line: a text for the opened chat."""

    text: str


@dataclass(frozen=True, slots=True)
class TypedText:
    """A text for a chat."""

    to: Target
    text: str


@dataclass(frozen=True, slots=True)
class SendAll:
    """A text for every friend."""

    text: str


@dataclass(frozen=True, slots=True)
class SendLines:
    """Every line of a text file as a separate message."""

    to: Target
    path: str


@dataclass(frozen=True, slots=True)
class SendPath:
    """A file, sent as ``form``."""

    to: Target
    path: str
    form: FileForm


@dataclass(frozen=True, slots=True)
class Quit:
    """The end."""


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A slash command. Which of the fields are filled follows from its shape in ``COMMANDS``."""

    name: str
    target: Target | None = None
    text: str = ""
    number: int | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that means nothing. ``code`` names what is wrong, ``about`` the part concerned; words are found elsewhere."""

    code: str
    about: str = ""


Line = Nothing | SayHere | TypedText | SendAll | SendLines | SendPath | Quit | SlashCommand | Mistake


class CommandShape(StrEnum):
    """What follows a slash command, written as in its help."""

    ALONE = ""
    NAME = "NAME"
    NAME_OR_OPEN = "[NAME]"
    NAME_TEXT = "NAME:TEXT"
    NAME_AND_NUMBER = "[NAME] [N]"
    WORDS = "WORDS"
    ID = "ID"
    ID_OR_LAST = "[ID]"
    ID_TEXT = "ID:TEXT"
    ID_NAME = "ID:NAME"
    NUMBER = "N"
    ANY = "[COMMAND]"


COMMANDS: Final[dict[str, CommandShape]] = {
    "chats": CommandShape.ALONE,
    "contacts": CommandShape.ALONE,
    "groups": CommandShape.ALONE,
    "members": CommandShape.NAME_OR_OPEN,
    "open": CommandShape.NAME,
    "close": CommandShape.ALONE,
    "hist": CommandShape.NAME_AND_NUMBER,
    "search": CommandShape.WORDS,
    "save": CommandShape.ID,
    "reply": CommandShape.ID_TEXT,
    "forward": CommandShape.ID_NAME,
    "recall": CommandShape.ID_OR_LAST,
    "requests": CommandShape.ALONE,
    "accept": CommandShape.NUMBER,
    "read": CommandShape.NAME_OR_OPEN,
    "pin": CommandShape.NAME_OR_OPEN,
    "unpin": CommandShape.NAME_OR_OPEN,
    "remark": CommandShape.NAME_TEXT,
    "rename": CommandShape.NAME_TEXT,
    "invite": CommandShape.NAME_TEXT,
    "remove": CommandShape.NAME_TEXT,
    "quit-group": CommandShape.NAME,
    "who": CommandShape.ALONE,
    "status": CommandShape.ALONE,
    "help": CommandShape.ANY,
    "logout": CommandShape.ALONE,
    "quit": CommandShape.ALONE,
}
"""Every slash command with what follows it, in the order of the help."""

_ALIASES: Final = {
    "history": "hist",
    "exit": "quit",
    "q": "quit",
    "h": "help",
    "?": "help",
    "friends": "contacts",
}
_ARROW: Final = re.compile(r"([mfie]?)->")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"\s*')
_PICK: Final = re.compile(r"[#＃](\d+)")
_NO_NUMBER: Final = (1 << 63) - 1  # nothing has it
_COLON: Final = re.compile("[:：]")
_DIVIDERS: Final = re.compile(r"[\s,，、]+")  # a list without names is empty, too
_NEED_TEXT: Final = {"rename", "invite", "remove"}  # an empty remark takes the remark away
_ESCAPES: Final = {"n": "\n", "t": "\t", "\\": "\\"}
_FORMS: Final = {"f": FileForm.FILE, "i": FileForm.PICTURE, "e": FileForm.STICKER}


def parse(line: str, *, escapes: bool = False) -> Line:
    r"""Return what ``line`` means. With ``escapes``, ``\n``, ``\t`` and ``\\`` in texts are a new line, a tab, a backslash."""
    line = line.rstrip("\r\n")
    bare = line.strip()
    if not bare:
        return Nothing()
    if bare == "quit":
        return Quit()
    if arrow := _ARROW.match(bare):
        return _parse_arrow(arrow[1], bare[arrow.end() :], escapes=escapes)
    if bare.startswith("/"):
        return _parse_order(bare[1:], escapes=escapes)
    if bare.startswith("\\") and _is_command(bare[1:]):
        return SayHere(bare[1:])
    return SayHere(_text(line, escapes=escapes))


def _is_command(bare: str) -> bool:
    return bare == "quit" or bare.startswith("/") or _ARROW.match(bare) is not None


def _text(text: str, *, escapes: bool) -> str:
    if not escapes:
        return text
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[0]), text)


def _parse_arrow(letter: str, rest: str, *, escapes: bool) -> Line:
    divided = _divide(rest)
    if isinstance(divided, Mistake):
        return divided
    target, second = divided
    if not second.strip():
        return Mistake("nothing-to-send", str(target))
    if letter == "m":
        return SendLines(target, _path(second))
    if letter:
        return SendPath(target, _path(second), _FORMS[letter])
    if target == Target("all") and not rest.lstrip().startswith('"'):
        return SendAll(_text(second, escapes=escapes))
    return TypedText(target, _text(second, escapes=escapes))


def _divide(rest: str) -> tuple[Target, str] | Mistake:
    """Split ``NAME:REST`` at the first colon outside the quotes around the name."""
    target, after = _leading_name(rest)
    if isinstance(target, Mistake):
        return target
    colon = _COLON.match(after)
    if colon is None:
        return Mistake("no-colon", rest.strip())
    if target == Target():
        return Mistake("no-name", rest.strip())
    return target, after[colon.end() :]


def _leading_name(rest: str) -> tuple[Target | Mistake, str]:
    rest = rest.lstrip()
    if rest.startswith('"'):
        quoted = _QUOTED.match(rest)
        if quoted is None:
            return Mistake("open-quote", rest), ""
        return Target(re.sub(r"\\(.)", r"\1", quoted[1])), rest[quoted.end() :]
    colon = _COLON.search(rest)
    end = colon.start() if colon else len(rest)
    return target_of(rest[:end]), rest[end:]


def target_of(name: str) -> Target:
    """Return the chat that a name means: ``#3`` by number, ``"a b"`` without its quotes, anything else unchanged."""
    name = name.strip()
    if pick := _PICK.fullmatch(name):
        return Target(number=whole(pick[1], _NO_NUMBER))
    if (quoted := _QUOTED.fullmatch(name)) is not None:
        return Target(re.sub(r"\\(.)", r"\1", quoted[1]))
    return Target(name)


def _path(second: str) -> str:
    """Return a path without the quotes that file managers and shells put around it."""
    path = second.strip()
    return path[1:-1] if len(path) > 1 and path[0] == path[-1] and path[0] in "\"'" else path


def _parse_order(rest: str, *, escapes: bool) -> Line:
    word, _, argument = rest.partition(" ")
    name = _ALIASES.get(word.lower(), word.lower())
    if name not in COMMANDS:
        return Mistake("no-command", word)
    if name == "quit":
        return Quit()
    return _shaped(name, COMMANDS[name], argument.strip(), escapes=escapes)


def _shaped(name: str, shape: CommandShape, argument: str, *, escapes: bool) -> Line:
    if not argument:
        optional = shape is CommandShape.ALONE or shape.startswith("[")
        return SlashCommand(name) if optional else Mistake("no-argument", name)
    match shape:
        case CommandShape.ALONE:
            return Mistake("needless-argument", name)
        case CommandShape.NAME | CommandShape.NAME_OR_OPEN:
            return SlashCommand(name, target_of(argument))
        case CommandShape.NAME_TEXT | CommandShape.ID_TEXT | CommandShape.ID_NAME:
            return _divided_order(name, shape, argument, escapes=escapes)
        case CommandShape.NAME_AND_NUMBER:
            return _counted_order(name, argument)
        case CommandShape.NUMBER:
            return _numbered_order(name, argument)
        case CommandShape.ID | CommandShape.ID_OR_LAST:
            return _identified_order(name, argument)
        case CommandShape.WORDS | CommandShape.ANY:
            return SlashCommand(name, text=argument)


def _divided_order(name: str, shape: CommandShape, argument: str, *, escapes: bool) -> Line:
    divided = _divide(argument)
    if isinstance(divided, Mistake):
        return divided
    target, text = divided
    text = _text(text, escapes=escapes)
    if shape is CommandShape.NAME_TEXT:
        if name in _NEED_TEXT and not _DIVIDERS.sub("", text):
            return Mistake("no-argument", name)
        return SlashCommand(name, target, text=text.strip())
    identified = _identified_order(name, str(target))
    if isinstance(identified, Mistake):
        return identified
    return (
        SlashCommand(name, id=identified.id, text=text)
        if text.strip()
        else Mistake("nothing-to-send", str(target))
    )


def _counted_order(name: str, argument: str) -> Line:
    whom, _, count = argument.rpartition(" ")
    if not count.isdecimal():
        return SlashCommand(name, target_of(argument))
    return SlashCommand(name, target_of(whom) if whom.strip() else None, number=whole(count, _NO_NUMBER))


def _numbered_order(name: str, argument: str) -> SlashCommand | Mistake:
    digits = argument.lstrip("#＃")
    return (
        SlashCommand(name, number=whole(digits, _NO_NUMBER))
        if digits.isdecimal()
        else Mistake("no-number", argument)
    )


def _identified_order(name: str, argument: str) -> SlashCommand | Mistake:
    digits = argument.lstrip("#＃")
    return SlashCommand(name, id=digits) if digits.isdecimal() else Mistake("no-id", argument)
