"""The seams between the account and the world: who carries requests, keeps rows, keeps credentials, speaks a protocol."""

from __future__ import annotations

from hongyan.ports.store import Store
from hongyan.ports.transport import Transport
from hongyan.ports.vault import Vault

__all__ = ["Store", "Transport", "Vault"]
