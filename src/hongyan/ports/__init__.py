"""The interfaces between the account and the world: transport, rows, credentials, protocol."""

from __future__ import annotations

from hongyan.ports.store import Store
from hongyan.ports.transport import Transport
from hongyan.ports.vault import Vault

__all__ = ["Store", "Transport", "Vault"]
