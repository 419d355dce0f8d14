"""Finds the people of a former login among those of a new one, with the evidence for each; it changes nothing.

Every name the service gives is new at every login. What stays with a person is what people chose: the alias, my remark,
nickname, place, signature; and the permanent id if the phone's status notices gave it. A match needs evidence for exactly one person on both sides and nothing
against it; an ambiguous or doubtful person stays unresolved with the candidates listed. Two people
who cannot be distinguished are never merged.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from hongyan.model.contacts import Contact, ContactKind, Sex
from hongyan.model.ids import ChatKey

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    People = Mapping[ChatKey, Contact]
    Trait = Callable[[Contact], Hashable]

__all__ = ["ContactMatch", "MatchResult", "Unresolved", "match_contacts"]

_MEMBERS_ALIKE: Final = 0.6  # the share of member names that two lists of one group have in common
_MEMBERS_MARGIN: Final = 0.2  # and by so much more than any other group


class ContactMatch(Struct, frozen=True):
    """A known person under a new name. ``confidence`` is from 0 to 1, ``evidence`` is the trait that matched."""

    old: ChatKey
    new: ChatKey
    evidence: str
    confidence: float


class Unresolved(Struct, frozen=True):
    """A person under a new name who may be one of ``candidates``, known before; a person decides."""

    new: ChatKey
    candidates: tuple[ChatKey, ...]


class MatchResult(Struct, frozen=True):
    """The matched people, and those with several candidates."""

    found: tuple[ContactMatch, ...]
    unresolved: tuple[Unresolved, ...]


def match_contacts(old: People, new: People) -> MatchResult:
    """Compare the people of former logins with those of a new one."""
    found: list[ContactMatch] = []
    rest_old, rest_new = dict(old), dict(new)
    for evidence, confidence, trait in _STAGES:
        for one, other in _pairs(trait, rest_old, rest_new, (old, new)):
            found.append(ContactMatch(one, other, evidence, confidence))
            del rest_old[one], rest_new[other]
    for one, other, share in _groups(rest_old, rest_new):
        found.append(ContactMatch(one, other, "members", round(share, 2)))
        del rest_old[one], rest_new[other]
    return MatchResult(tuple(found), tuple(_unresolved(rest_old, rest_new)))


# -- people


def _permanent_id(contact: Contact) -> Hashable:
    return contact.permanent_id


def _alias(contact: Contact) -> Hashable:
    return contact.alias and (contact.kind, contact.alias)


def _remark(contact: Contact) -> Hashable:
    return contact.remark and not contact.is_group and (contact.kind, contact.remark)


def _whole(contact: Contact) -> Hashable:
    profile = (contact.sex, contact.province, contact.city, contact.signature, contact.keyword)
    return contact.nickname and not contact.is_group and (contact.kind, contact.nickname, *profile)


def _remark_and_whole(contact: Contact) -> Hashable:
    return contact.remark and contact.nickname and not contact.is_group and (contact.remark, _whole(contact))


def _nickname(contact: Contact) -> Hashable:
    place = (contact.sex, contact.province, contact.city)
    return contact.nickname and not contact.is_group and (contact.kind, contact.nickname, *place)


def _words(contact: Contact) -> Hashable:
    place = (contact.sex, contact.province, contact.city)
    return contact.signature and not contact.is_group and (contact.kind, contact.signature, *place)


_STAGES: Final[tuple[tuple[str, float, Trait], ...]] = (
    ("permanent id", 1.0, _permanent_id),
    ("alias", 0.99, _alias),
    ("remark", 0.95, _remark),
    ("remark and profile", 0.95, _remark_and_whole),
    ("profile", 0.9, _whole),
    ("nickname", 0.8, _nickname),
    ("signature", 0.75, _words),
)
"""Evidence from the strongest to the weakest: its name, what it is worth, and the trait, which must be unique among all."""


def _pairs(
    trait: Trait, old: People, new: People, among: tuple[People, People]
) -> list[tuple[ChatKey, ChatKey]]:
    """Return the pairs that a trait singles out on both sides, with nothing against them."""
    before, after = _by_trait(trait, among[0]), _by_trait(trait, among[1])
    pairs = []
    for value, olds in before.items():
        new_keys = after.get(value, ())
        if len(olds) == len(new_keys) == 1 and olds[0] in old and new_keys[0] in new:
            one, other = olds[0], new_keys[0]
            if not _contradict(old[one], new[other]):
                pairs.append((one, other))
    return pairs


def _by_trait(trait: Trait, people: People) -> dict[Hashable, list[ChatKey]]:
    found: dict[Hashable, list[ChatKey]] = defaultdict(list)
    for key, contact in people.items():
        if (value := trait(contact)) not in {"", False}:
            found[value].append(key)
    return found


def _contradict(one: Contact, other: Contact) -> bool:
    """Whether two records cannot be one person's: what rarely changes, and does differ."""
    if one.permanent_id and other.permanent_id:
        return one.permanent_id != other.permanent_id
    if one.kind is not other.kind:
        return True
    if one.alias and other.alias and one.alias != other.alias:
        return True
    if one.keyword and other.keyword and one.keyword != other.keyword:
        return True
    if _same(one.alias, other.alias) or _same(one.remark, other.remark):
        return False
    if (
        one.nickname == other.nickname
        and one.signature
        and other.signature
        and one.signature != other.signature
    ):
        return True
    known = one.sex is not Sex.UNKNOWN and other.sex is not Sex.UNKNOWN
    return (known and one.sex is not other.sex) or bool(
        one.province and other.province and one.province != other.province
    )


def _same(one: str, other: str) -> bool:
    return bool(one) and one == other


# -- groups


def _groups(old: People, new: People) -> list[tuple[ChatKey, ChatKey, float]]:
    """Return the groups whose members match, each the other's best and by a margin; the topic decides between equals."""
    before = {key: _names(contact) for key, contact in old.items() if contact.is_group}
    after = {key: _names(contact) for key, contact in new.items() if contact.is_group}
    shares = [
        (_share(names, others) + (0.25 if _same_topic(old[one], new[other]) else 0.0), one, other)
        for one, names in before.items()
        for other, others in after.items()
    ]
    best_old, best_new = (
        _best(((one, share) for share, one, _ in shares)),
        _best(((other, share) for share, _, other in shares)),
    )
    return [
        (one, other, min(0.95, share))
        for share, one, other in shares
        if share >= _MEMBERS_ALIKE
        and not _other_id(old[one], new[other])
        and _leads(best_old[one], share)
        and _leads(best_new[other], share)
    ]


def _other_id(one: Contact, other: Contact) -> bool:
    """Whether the phone named two matching people with different permanent ids."""
    return bool(one.permanent_id and other.permanent_id and one.permanent_id != other.permanent_id)


def _names(contact: Contact) -> frozenset[str]:
    return frozenset(member.nickname for member in contact.members or () if member.nickname)


def _share(names: frozenset[str], others: frozenset[str]) -> float:
    return len(names & others) / len(names | others) if names and others else 0.0


def _same_topic(one: Contact, other: Contact) -> bool:
    return _same(one.nickname, other.nickname)


def _best(shares: Iterable[tuple[ChatKey, float]]) -> dict[ChatKey, list[float]]:
    """Return each one's two highest shares."""
    best: dict[ChatKey, list[float]] = {}
    for key, share in shares:
        best[key] = sorted((*best.get(key, ()), share), reverse=True)[:2]
    return best


def _leads(best: Sequence[float], share: float) -> bool:
    return share == best[0] and (len(best) == 1 or share - best[1] >= _MEMBERS_MARGIN)


# -- the rest


def _unresolved(old: People, new: People) -> Iterable[Unresolved]:
    """Yield the people of the new login whose name an unmatched person had."""
    names: dict[tuple[ContactKind, str], list[ChatKey]] = defaultdict(list)
    for key, contact in old.items():
        for name in {contact.nickname, contact.remark} - {""}:
            names[contact.kind, name].append(key)
    for key, contact in new.items():
        candidates = {
            one for name in {contact.nickname, contact.remark} - {""} for one in names[contact.kind, name]
        }
        if candidates:
            yield Unresolved(key, tuple(sorted(candidates)))
