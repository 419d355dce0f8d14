"""What every answer of the server has in common once it is read: a repr without secrets, and what was lost in reading."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

__all__ = ["Answer"]


class Answer(Struct, frozen=True, kw_only=True):
    """An answer; fields named in ``secret_fields`` appear in no repr.

    ``faults`` are faults of ours, each of which cost one item of the answer.
    """

    secret_fields: ClassVar[frozenset[str]] = frozenset()

    faults: tuple[Exception, ...] = ()

    def __repr__(self) -> str:
        fields = ((f, getattr(self, f)) for f in self.__struct_fields__)
        shown = (f"{f}={'…' if v and f in self.secret_fields else repr(v)}" for f, v in fields)
        return f"{type(self).__name__}({', '.join(shown)})"
