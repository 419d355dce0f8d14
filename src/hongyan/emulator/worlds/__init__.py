"""Reads and writes worlds as TOML; independent of how they are served."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct, field

from hongyan.emulator.kinds import UnknownKind, make
from hongyan.emulator.people import Event, PersonAction, Play, ScriptedAnswer
from hongyan.emulator.world import Group, Member, Person, World

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["BadWorld", "demo", "dump", "load", "parse"]

_SEXES = {"": 0, "male": 1, "female": 2}
_VERIFY = {"official": 24, "service": 8}
_TEAM = "weixin"  # the service's own account, which alone has 56
_ACTIONS = frozenset({"", "recall", "ask", "rename", "join", "remove", "phone"})


class BadWorld(ValueError):
    """A world that cannot be read; the text names the place and what to write instead."""


class _Person(Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: str
    nickname: str
    remark: str = ""
    alias: str = ""
    sex: str = ""
    province: str = ""
    city: str = ""
    signature: str = ""
    kind: str = "friend"
    starred: bool = False
    muted: bool = False
    pinned: bool = False
    sns_flag: int = 0
    attr_status: int = 0
    avatar_seq: int = 1


class _Member(Struct, forbid_unknown_fields=True):
    id: str
    called: str = field(default="", name="as")


class _Group(Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: str
    name: str
    owner: str
    members: list[str | _Member]
    saved: bool = False
    muted: bool = False
    pinned: bool = False
    avatar_seq: int = 1


_Seconds = Annotated[float, Meta(ge=0)]
_Period = Annotated[float, Meta(gt=0)]
_Chance = Annotated[float, Meta(ge=0, le=1)]


class _Answer(Struct, forbid_unknown_fields=True):
    who: str
    when: str = "."
    say: list[str] = field(default_factory=list)
    send: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    after: _Seconds = 0.8
    in_groups: bool = False
    chance: _Chance = 1.0


class _Event(Struct, forbid_unknown_fields=True):
    at: _Seconds
    who: str = ""
    chat: str = ""
    say: str = ""
    send: str = ""
    do: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    every: _Period | None = None


class _World(Struct, forbid_unknown_fields=True):
    me: _Person
    people: list[_Person] = field(default_factory=list)
    groups: list[_Group] = field(default_factory=list)
    answers: list[_Answer] = field(default_factory=list)
    events: list[_Event] = field(default_factory=list)
    seed: int = 0


def load(path: Path) -> tuple[World, Play]:
    """The world of a TOML file and its play. Raises BadWorld, or OSError where the file cannot be read."""
    return parse(path.read_text("utf-8"), path.name)


def demo() -> tuple[World, Play]:
    """The invented account of `hongyan demo`."""
    return parse((resources.files(__name__) / "demo.toml").read_text("utf-8"), "demo.toml")


def parse(text: str, name: str = "the world") -> tuple[World, Play]:
    """The world of a TOML text. Raises BadWorld with `name` and the place in it."""
    try:
        written = msgspec.convert(tomllib.loads(text), _World)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as error:
        msg = f"{name}: {_placed(str(error))}"
        raise BadWorld(msg) from error
    try:
        world = _world(written)
        return world, _play(written, world)
    except BadWorld as error:
        msg = f"{name}: {error}"
        raise BadWorld(msg) from error


def _placed(problem: str) -> str:
    """Convert a place in an error to how a writer of TOML counts: `$.people[3].id` becomes `people, entry 4, id`."""

    def place(found: re.Match[str]) -> str:
        steps = re.sub(r"\[(\d+)\]", lambda number: f".entry {int(number[1]) + 1}", found[1])
        return f"`{', '.join(step for step in steps.split('.') if step) or 'the top'}`"

    return re.sub(r"`\$([^`]*)`", place, problem)


def _world(written: _World) -> World:
    me = _person(written.me)
    people = {each.id: _person(each) for each in written.people}
    if len(people) != len(written.people) or me.id in people:
        raise BadWorld("two people have the same id")
    world = World(me, people)
    world.add_specials()
    for each in written.groups:
        if each.id in world.groups:
            msg = f"two groups have the id {each.id!r}"
            raise BadWorld(msg)
        world.groups[each.id] = _group(each, world)
    return world


def _person(written: _Person) -> Person:
    if written.sex not in _SEXES:
        msg = f"person {written.id}: sex is {written.sex!r}; write male, female, or leave it out"
        raise BadWorld(msg)
    if written.kind not in {"friend", "official", "service", "special", "stranger"}:
        msg = f"person {written.id}: kind is {written.kind!r}; write friend, official, service, special or stranger"
        raise BadWorld(msg)
    return Person(
        written.id,
        written.nickname,
        written.remark,
        written.alias,
        _SEXES[written.sex],
        written.province,
        written.city,
        written.signature,
        verify_flag=56 if written.id == _TEAM else _VERIFY.get(written.kind, 0),
        friend=written.kind != "stranger",
        starred=written.starred,
        muted=written.muted,
        pinned=written.pinned,
        sns_flag=written.sns_flag,
        attr_status=written.attr_status,
        avatar_seq=written.avatar_seq,
    )


def _group(written: _Group, world: World) -> Group:
    if not written.id.endswith("@chatroom"):
        msg = f"group {written.id}: its id must end in @chatroom"
        raise BadWorld(msg)
    members = [Member(m) if isinstance(m, str) else Member(m.id, m.called) for m in written.members]
    _known((m.id for m in members), world, f"group {written.id}")
    if world.me.id not in {m.id for m in members}:
        members.append(Member(world.me.id))
    if not any(m.id == written.owner for m in members):
        msg = f"group {written.id}: its owner {written.owner!r} is not among its members"
        raise BadWorld(msg)
    state = (written.saved, written.muted, written.pinned, written.avatar_seq)
    return Group(written.id, written.name, written.owner, members, *state)


def _known(ids: Iterable[str], world: World, where: str) -> None:
    for each in ids:
        if each not in world.people and each not in world.groups and each != world.me.id:
            msg = f"{where}: no person has the id {each!r}"
            raise BadWorld(msg)


def _play(written: _World, world: World) -> Play:
    answers = [_answer(a, world) for a in written.answers]
    return Play(answers, [_event(e, world) for e in written.events], written.seed)


def _answer(written: _Answer, world: World) -> ScriptedAnswer:
    where = f"answer of {written.who}"
    _known([written.who], world, where)
    try:
        when = re.compile(written.when)
    except re.error as error:
        msg = f"{where}: when is not a pattern: {error}"
        raise BadWorld(msg) from error
    _check_kind(written.send, written.values, world, where)
    return ScriptedAnswer(
        written.who,
        when,
        tuple(written.say),
        written.send,
        written.values,
        written.after,
        written.in_groups,
        written.chance,
    )


def _event(written: _Event, world: World) -> Event:
    where = f"event at {written.at:g}"
    who = written.who or world.me.id
    _known([who, *([written.chat] if written.chat else [])], world, where)
    if written.do not in _ACTIONS:
        msg = f"{where}: do is {written.do!r}; write one of {', '.join(sorted(_ACTIONS - {''}))}"
        raise BadWorld(msg)
    _check_action(written, world, where)
    _check_kind(written.send, written.values, world, where)
    action = PersonAction(who, written.chat, written.say, written.send, written.do, written.values)
    return Event(written.at, action, written.every or 0.0)


def _check_action(written: _Event, world: World, where: str) -> None:
    room = world.groups.get(written.chat)
    problem = ""
    if written.do in {"rename", "join", "remove"} and room is None:
        problem = f"do = {written.do!r} needs the id of a group in chat"
    elif written.do in {"join", "remove"} and "people" not in written.values:
        problem = f"do = {written.do!r} needs values = {{ people = [ids] }}"
    elif written.do in {"rename", "ask", "phone"} and not written.say:
        problem = f"do = {written.do!r} needs its words in say"
    elif (written.do == "phone") != (not written.who):
        problem = "without who, the account itself writes from its phone: write do = 'phone' and no who"
    elif written.do == "phone" and not written.chat:
        problem = "do = 'phone' needs a chat"
    elif not (written.do or written.say or written.send):
        problem = "nothing happens; write say, send or do"
    elif room is not None and written.who and not room.has(written.who):
        problem = f"{written.who!r} is not a member of {room.id}"
    if problem:
        msg = f"{where}: {problem}"
        raise BadWorld(msg)
    _known(written.values.get("people", []), world, where)


def _check_kind(kind: str, values: dict[str, Any], world: World, where: str) -> None:
    if not kind:
        return
    _known([values["person"]] if "person" in values else [], world, where)
    try:
        make(kind, values, world)
    except UnknownKind as error:
        msg = f"{where}: {error}"
        raise BadWorld(msg) from error


def dump(world: World) -> str:
    """A world (without a play) as TOML that `parse` reads back."""
    parts = ["[me]\n" + _lines(_written(world.me))]
    parts += ["[[people]]\n" + _lines(_written(person)) for person in world.people.values()]
    for room in world.groups.values():
        members: list[object] = [
            {"id": m.id, "as": m.display_name} if m.display_name else m.id for m in room.members
        ]
        fields: dict[str, object] = {
            "id": room.id,
            "name": room.name,
            "owner": room.owner,
            "members": members,
        }
        fields.update({name: True for name in ("saved", "muted", "pinned") if getattr(room, name)})
        if room.avatar_seq != 1:
            fields["avatar_seq"] = room.avatar_seq
        parts.append("[[groups]]\n" + _lines(fields))
    return "\n".join(parts)


def _written(person: Person) -> dict[str, object]:
    sexes = {value: name for name, value in _SEXES.items()}
    kind = {24: "official", 8: "service", 56: "special"}.get(
        person.verify_flag, "friend" if person.friend else "stranger"
    )
    written = _Person(
        person.id,
        person.nickname,
        person.remark,
        person.alias,
        sexes[person.sex],
        person.province,
        person.city,
        person.signature,
        kind,
        person.starred,
        person.muted,
        person.pinned,
        person.sns_flag,
        person.attr_status,
        person.avatar_seq,
    )
    fields: dict[str, object] = msgspec.to_builtins(written)
    return fields


def _lines(values: dict[str, object]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in values.items())


def _value(value: object) -> str:
    """A TOML value; JSON strings are TOML strings."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return msgspec.json.encode(value).decode()
