"""The types of identifiers; their form on the wire is the transport's business."""

from __future__ import annotations

from typing import NewType

__all__ = ["ChatKey", "ClientMsgId", "CommandId", "LoginId", "MsgId", "Seq", "TransientName", "Uin"]

TransientName = NewType("TransientName", str)
"""The server's name of a person or group; valid for one login only, new at the next."""

ChatKey = NewType("ChatKey", str)
"""The profile's own lasting key of a person or group; opaque, never derived from a name or id of the server."""

MsgId = NewType("MsgId", str)
"""A message's number as decimal text: it exceeds 2**53, so it is never a JSON number. Empty where unknown."""

ClientMsgId = NewType("ClientMsgId", str)
"""The number a client gives to a send; the server drops repeats of it."""

Uin = NewType("Uin", int)
"""The account's own number, the same at every login; a secret, since it identifies a person."""

LoginId = NewType("LoginId", str)
"""Names one login of a profile; keys and transient names are good only together with it."""

Seq = NewType("Seq", int)
"""The position of an event in the journal: 1, 2, 3 …; it never changes."""

CommandId = NewType("CommandId", int)
"""The number of a command row."""
