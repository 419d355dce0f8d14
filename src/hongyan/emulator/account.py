"""One account: its world, its logins and what reaches them. Independent of HTTP."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import msgspec

from hongyan.emulator import encode as wire
from hongyan.emulator.answers import encode
from hongyan.emulator.codes import Notifier
from hongyan.emulator.compose import conversation_list, recall, status
from hongyan.emulator.events import EventKind, EventLog, Keys
from hongyan.emulator.logins import COOKIE_SECONDS, Login, LoginSecrets, fresh_secrets
from hongyan.emulator.messages import StoredMessage, completed, message_json, message_of_row, message_row
from hongyan.emulator.names import TransientNames
from hongyan.emulator.pictures import avatar
from hongyan.emulator.records import modified_record
from hongyan.emulator.world import Group, Person

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hongyan.emulator.compose import Composed
    from hongyan.emulator.core import Core
    from hongyan.emulator.world import World

__all__ = ["HostedAccount", "Login"]

_DEFAULT_FAMILY = "wx2.qq.com"
_NOTES = "filehelper"
_FRIENDS_IN_CHAT_LIST = 50
_CHAT_LIST_PARTS = 3  # the list comes in about three messages, of up to 99 names in the captured one
_CHAT_LIST_NAMES = 99


class HostedAccount:
    """One WeChat identity of the emulated service, with its whole state.

    `family` is the MAIN host to which its logins are sent under the real names; `barred` a (ret, message) that refuses its
    logins; `offline` the Ret that its sends get while its phone is away (-1 at first, 3 after long), None while it is there.
    """

    def __init__(
        self, core: Core, world: World, *, on_sent: Callable[[HostedAccount, StoredMessage], None]
    ) -> None:
        self.core = core
        self._on_sent = on_sent
        self.world = world
        self.id: str = world.me.id
        self.uin = uin_of(self.id)
        self.family = _DEFAULT_FAMILY
        self.barred: tuple[int, str] | None = None
        self.offline: int | None = None
        self.logins: dict[str, Login] = {}
        self.messages: dict[int, StoredMessage] = {}
        self.by_client_id: dict[tuple[str, str], StoredMessage] = {}
        """What clients sent, by chat and ClientMsgId: the same number in another chat is another message."""
        self.heard: list[StoredMessage] = []
        """Messages from the client that no `hears` has returned yet, oldest first."""
        self.inbox_event = Notifier()
        self.by_hand: dict[str, float] = {}
        """When a person was last spoken for from outside the world's play, by permanent id."""
        self.requests: dict[str, str] = {}
        """Pending friend requests to the account: permanent id to the ticket of the request."""
        self.asked: dict[str, str] = {}
        """Friend requests of the client: permanent id to the words."""
        self.invitations: list[tuple[str, str]] = []
        """Invitations that the client sent: (group, person)."""
        self.reports: list[dict[str, Any]] = []
        """Received feedback and statistics."""
        self.reads: list[tuple[str, float]] = []
        self._held: list[StoredMessage] = []
        self._recent: dict[str, None] = {}
        self._browsers: set[tuple[str, str]] = set()

    def avatar(self) -> bytes:
        """The account's own picture."""
        return avatar(self.id)

    def living(self) -> list[Login]:
        """The logins that are not ended, oldest first."""
        return [login for login in self.logins.values() if not login.ended]

    def knows_browser(self, auth_ticket: str, uvid: str) -> bool:
        """Whether these two long-lived cookies came from a login of this account."""
        return (auth_ticket, uvid) in self._browsers

    def open_login(self, family: str, ticket: str, *, desktop: bool, kept: tuple[str, str]) -> Login:
        """A new login. Those of other tickets are kicked with 1101, as a second web login does."""
        if self.core.options.kick_on_login:
            for other in self.living():
                if other.ticket != ticket:
                    self.end(other, 1101)
        now = self.core.clock.now()
        auth_ticket, uvid = kept if self.knows_browser(*kept) else ("", "")
        secrets = fresh_secrets(self.uin, now, auth_ticket=auth_ticket, uvid=uvid)
        log = EventLog(self.core.numbers.position())
        login = self._login(secrets, family, ticket, now + COOKIE_SECONDS, log, int(now), desktop=desktop)
        self._take_in(login)
        self.keep(login)
        return login

    def restore_login(self, row: Mapping[str, Any], log: EventLog) -> Login:
        """A login of before a restart."""
        secrets = LoginSecrets(**row["secrets"])
        login = self._login(
            secrets,
            row["host"],
            row["ticket"],
            row["cookies_until"],
            log,
            row["opened"],
            desktop=row["desktop"],
        )
        login.ended = row["ended"]
        login.synced = row["synced"]
        self._take_in(login)
        return login

    def _login(
        self,
        secrets: LoginSecrets,
        host: str,
        ticket: str,
        until: float,
        log: EventLog,
        opened: int,
        *,
        desktop: bool,
    ) -> Login:
        names = TransientNames(bytes.fromhex(secrets.names_key), self.world.ids)
        return Login(
            self.id, self.world, secrets, host, ticket, until, log, names, Keys(opened), desktop=desktop
        )

    def _take_in(self, login: Login) -> None:
        self.logins[login.secrets.sid] = login
        self._browsers.add((login.secrets.auth_ticket, login.secrets.uvid))
        self.core.know_login(login)

    def keep(self, login: Login) -> None:
        """Write a login down."""
        self.core.persistence.put("login", login.secrets.sid, login.row())

    def renew(self, login: Login) -> None:
        """The cookies are renewed by webwxsync; written down once a minute at most."""
        until = self.core.clock.now() + COOKIE_SECONDS
        first = not login.synced
        login.synced = True
        stale = until - login.cookies_until > 60
        login.cookies_until = until
        if first or stale:
            self.keep(login)

    def end(self, login: Login, code: int) -> None:
        """End a login: from now on it gets `code` (1100, 1101 or 1102) for everything, its parked poll at once."""
        login.ended = code
        login.log.wake()
        self.keep(login)
        self.core.persistence.drop_events(login.secrets.sid)

    def end_all(self, code: int) -> None:
        """End every login."""
        for login in self.living():
            self.end(login, code)

    def append(self, login: Login, kind: EventKind, subject: str, body: bytes) -> None:
        """Put an event into one login's log."""
        position = self.core.numbers.position()
        self.core.persistence.put_event(login.secrets.sid, position, kind, subject, body)
        login.log.append(position, kind, subject, body)

    def knows(self, permanent_id: str) -> bool:
        """Whether this person or group exists in the account's world."""
        world = self.world
        return permanent_id in world.people or permanent_id in world.groups or permanent_id == self.id

    def conversations(self) -> list[str]:
        """The phone's chat list, latest first: recently active chats, then all groups, then some friends."""
        world = self.world
        friends = [each.id for each in world.people.values() if each.friend][:_FRIENDS_IN_CHAT_LIST]
        ordered = [*reversed(self._recent), _NOTES, *world.groups, *friends]
        known = (chat for chat in dict.fromkeys(ordered) if self.knows(chat) and chat != self.id)
        return [chat for chat in known if self._takes_part(chat)]

    def _takes_part(self, chat: str) -> bool:
        """Whether a message in a chat reaches the account: not in a group it has left."""
        room = self.world.groups.get(chat)
        return room is None or room.has(self.id)

    def send_conversations(self, login: Login) -> None:
        """The conversation list in parts, as MsgType 51 messages: permanent ids beside UserNames, in the same order."""
        chats = self.conversations()
        size = min(max(-(-len(chats) // _CHAT_LIST_PARTS), 1), _CHAT_LIST_NAMES)
        for begin in range(0, len(chats), size):
            content = conversation_list(chats[begin : begin + size])
            message = StoredMessage(
                self.core.numbers.msg_id(), self.id, self.id, self.core.clock.now(), content
            )
            self.append(login, EventKind.STATUS, "", message_json(message, self.id, login.names))

    def read_by_client(self, chat: str) -> None:
        """The client has read a chat (status notify 1)."""
        self.reads.append((chat, self.core.clock.now()))

    def message(self, chat: str, sender: str, content: Composed, *, client_id: str = "") -> StoredMessage:
        """A new message of this account's history, its files stored."""
        core = self.core
        media = {
            variant: core.media.add(data, content.file_name).media_id
            for variant, data in content.files.items()
        }
        msg_id = core.numbers.msg_id()
        content = completed(content, msg_id, sender, media.get("full", ""))
        message = StoredMessage(
            msg_id, chat, sender, core.clock.now(), content, client_id=client_id, media=media
        )
        self.remember(message)
        return message

    def remember(self, message: StoredMessage) -> None:
        """Put a message into the history and its chat on top of the chat list."""
        self.messages[message.msg_id] = message
        if message.client_id:
            self.by_client_id[message.chat, message.client_id] = message
        if message.chat != self.id:
            self._recent.pop(message.chat, None)
            self._recent[message.chat] = None
        self.core.persistence.put("message:" + self.id, str(message.msg_id), message_row(message))

    def restore_message(self, msg_id: int, row: dict[str, Any]) -> None:
        """A message of before a restart."""
        message = self.messages[msg_id] = message_of_row(msg_id, row)
        if message.client_id:
            self.by_client_id[message.chat, message.client_id] = message

    def post(
        self, message: StoredMessage, *, but: Login | None = None, kind: EventKind = EventKind.MESSAGE
    ) -> None:
        """Deliver a message to every login except the one that sent it: the web gets no echo of its sends.

        While the phone is away, what others write waits: the web is fed through it.
        """
        if self.offline is not None and message.sender != self.id:
            self._held.append(message)
            return
        for login in self.living():
            if login is not but:
                self.append(login, kind, "", message_json(message, self.id, login.names))

    def set_offline(self, ret: int | None) -> None:
        """Take the phone offline (sends then get `ret`) or bring it back (None), which delivers the waiting events."""
        self.offline = ret
        if ret is None:
            held, self._held = self._held, []
            for message in held:
                self.post(message)

    def note_status(self, code: int, chat: str) -> None:
        """The phone did something with a chat: MsgType 51 with code 1 read, 2 opened, 5 left."""
        content = status(code, chat)
        message = StoredMessage(self.core.numbers.msg_id(), chat, self.id, self.core.clock.now(), content)
        self.post(message, kind=EventKind.STATUS)

    def touch(self) -> None:
        """The key advances without an event: selector 3, and a sync answer in which only the keys are new."""
        for login in self.living():
            self.append(login, EventKind.TOUCH, "", b"")

    def profile_changed(self) -> None:
        """Nickname or avatar of the account itself changed: webwxsync brings a Profile with BitFlag 190."""
        self._keep_entity(self.id)
        for login in self.living():
            login.forget_record(self.id)
            profile = wire.profile(self.world.me, login.names, login.secrets.skey)
            self.append(login, EventKind.PROFILE, self.id, encode(profile))

    def heard_from_client(self, message: StoredMessage, login: Login | None) -> None:
        """Record a message of the logged-in client: other logins see it, the addressee gets it."""
        self.post(message, but=login)
        self.heard.append(message)
        self.inbox_event.ring()
        self._on_sent(self, message)

    def recall(self, message: StoredMessage, *, but: Login | None = None) -> StoredMessage:
        """Take a message back: the notice goes to every login (but the one that did it), in the chat of the message."""
        message.recalled = True
        self.keep_message(message)
        own = message.sender == self.id
        words = "你撤回了一条消息" if own else f'"{self.name_of(message.sender)}" 撤回了一条消息'
        author = self.id if own else message.chat
        notice = self.message(message.chat, author, recall(message.chat, message.msg_id, words))
        self.post(notice, but=but)
        return notice

    def keep_message(self, message: StoredMessage) -> None:
        """Write a changed message down."""
        self.core.persistence.put("message:" + self.id, str(message.msg_id), message_row(message))

    def name_of(self, permanent_id: str) -> str:
        """The name the account sees: remark, else nickname."""
        person = self.world.people.get(permanent_id, self.world.me)
        return person.remark or person.nickname

    def say(self, chat: str, sender: str, content: Composed) -> StoredMessage:
        """Post a new message of a person to every login; one in a group that the account left is dropped."""
        message = self.message(chat, sender, content)
        if not sender or self._takes_part(chat):
            self.post(message)
        return message

    def _keep_entity(self, permanent_id: str) -> None:
        """Record the current state of a person or group; null for one that is removed."""
        world = self.world
        mine = world.me if permanent_id == self.id else world.people.get(permanent_id)
        entity: Person | Group | None = mine or world.groups.get(permanent_id)
        self.core.persistence.put("world:" + self.id, permanent_id, entity)

    def restore_entity(self, permanent_id: str, row: dict[str, Any] | None) -> None:
        """A person or group that changed before a restart."""
        world = self.world
        if row is None:
            world.people.pop(permanent_id, None)
            world.groups.pop(permanent_id, None)
        elif "members" in row:
            world.groups[permanent_id] = msgspec.convert(row, Group)
        elif permanent_id == self.id:
            world.me = msgspec.convert(row, Person)
        else:
            world.people[permanent_id] = msgspec.convert(row, Person)

    def changed(self, permanent_id: str, kind: EventKind = EventKind.CONTACT) -> None:
        """A person or group has changed: every login learns it with its next sync."""
        self._keep_entity(permanent_id)
        for login in self.living():
            login.names.forget_completeness()
            login.forget_record(permanent_id)
            self.append(login, kind, permanent_id, modified_record(login, permanent_id))

    def removed(self, permanent_id: str) -> None:
        """A contact is deleted or a group left."""
        self._keep_entity(permanent_id)
        for login in self.living():
            login.forget_record(permanent_id)
            body = encode({"UserName": login.names(permanent_id), "ContactFlag": 0})
            self.append(login, EventKind.REMOVED, permanent_id, body)


def uin_of(permanent_id: str) -> int:
    """A nine-digit uin that an account keeps."""
    digest = blake2b(permanent_id.encode(), digest_size=8, person=b"uin").digest()
    return 100_000_000 + int.from_bytes(digest, "big") % 900_000_000
