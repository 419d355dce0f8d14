"""Carries out each kind of command: permanent keys become the login's names, values become calls; rate limits are not its business."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, TypeVar, assert_never, get_args

from hongyan import reports
from hongyan.backends.webwx.forward import forwarding
from hongyan.errors import HongyanError, NoSuchChat, NotComplete, Refused, TransferCancelled, UsageError
from hongyan.files.attachments import require_whole
from hongyan.model import commands as c
from hongyan.model.contacts import ContactChange, ContactKind
from hongyan.model.events import MessageReceived
from hongyan.model.ids import Seq
from hongyan.model.messages import FriendRequest
from hongyan.model.upload_kinds import UploadKind
from hongyan.ports.backend import Reach
from hongyan.webwx.calls import contacts, manage, send
from hongyan.webwx.media import Upload, UploadPlan

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from hongyan.backends.webwx.api_client import ApiClient
    from hongyan.backends.webwx.directory import Directory
    from hongyan.backends.webwx.media import Media
    from hongyan.model.contacts import Contact
    from hongyan.model.ids import ChatKey, CommandId, TransientName
    from hongyan.model.messages import AnyMessage
    from hongyan.ports import Store
    from hongyan.webwx.calls.caller import Caller
    from hongyan.webwx.http import ApiCall

    Progress = Callable[[int, int | None], None]

__all__ = ["COMMANDS", "CommandExecutor"]

T = TypeVar("T")

_log = logging.getLogger("hongyan.outbox")
_NOT_ALLOWED: Final = 1
_REMEMBERED: Final = 64  # more than are carried out at the same time

_Send = c.SendText | c.SendFile | c.SendSticker | c.SendCard | c.SendLocation | c.ForwardMessage
_ChatAction = c.RecallMessage | c.SetRemark | c.Pin | c.MarkRead | c.AcceptFriend | c.AddFriend
_GroupAction = c.CreateGroup | c.ChangeMembers | c.RenameGroup | c.QuitGroup
_Fetch = c.FetchMembers | c.FetchMedia | c.FetchAvatar | c.Refresh | c.Logout


class CommandExecutor:
    """Carries out commands under the current login. ``carry`` returns the new ``result`` of the row."""

    def __init__(
        self,
        api: ApiClient,
        store: Store,
        media: Media,
        *,
        directory: Callable[[], Directory],
        logout: Callable[[], Awaitable[None]],
        progress: Mapping[CommandId, Progress],
    ) -> None:
        self._api = api
        self._store = store
        self._media = media
        self._directory = directory
        self._logout = logout
        self._progress = progress
        self._uploads = 0
        self._reach: dict[CommandId, Reach] = {}

    async def carry(self, row: c.CommandRow) -> str:
        """Carry one command out; HongyanError where it did not happen, or may have happened: ``reached`` says how far it got."""
        self._reach.pop(row.id, None)
        while len(self._reach) > _REMEMBERED:
            self._reach.pop(next(iter(self._reach)))
        match row.command:
            case (
                c.SendText()
                | c.SendFile()
                | c.SendSticker()
                | c.SendCard()
                | c.SendLocation()
                | c.ForwardMessage()
            ):
                return await self._send(row, row.command)
            case (
                c.RecallMessage() | c.SetRemark() | c.Pin() | c.MarkRead() | c.AcceptFriend() | c.AddFriend()
            ):
                return await self._act_on_chat(row, row.command)
            case c.CreateGroup() | c.ChangeMembers() | c.RenameGroup() | c.QuitGroup():
                return await self._act_on_group(row, row.command)
            case c.FetchMembers() | c.FetchMedia() | c.FetchAvatar() | c.Refresh() | c.Logout():
                return await self._fetch(row, row.command)
            case c.UnknownCommand():
                raise UsageError(f"this version does not know the command {row.command.said!r}")
            case _:
                assert_never(row.command)

    async def _send(self, row: c.CommandRow, command: _Send) -> str:
        match command:
            case c.SendText():
                return await self.text(row, command)
            case c.SendFile():
                return await self.file(row, command)
            case c.SendSticker():
                return await self.sticker(row, command)
            case c.SendCard():
                return await self.card(row, command)
            case c.SendLocation():
                return await self.location(row, command)
            case c.ForwardMessage():
                return await self.forward(row, command)
            case _:
                assert_never(command)

    async def _act_on_chat(self, row: c.CommandRow, command: _ChatAction) -> str:
        match command:
            case c.RecallMessage():
                return await self.recall(row, command)
            case c.SetRemark():
                return await self.remark(row, command)
            case c.Pin():
                return await self.pin(row, command)
            case c.MarkRead():
                return await self.mark_read(row, command)
            case c.AcceptFriend():
                return await self.accept_friend(row, command)
            case c.AddFriend():
                return await self.add_friend(row, command)
            case _:
                assert_never(command)

    async def _act_on_group(self, row: c.CommandRow, command: _GroupAction) -> str:
        match command:
            case c.CreateGroup():
                return await self.create_group(row, command)
            case c.ChangeMembers():
                return await self.change_members(row, command)
            case c.RenameGroup():
                return await self.rename_group(row, command)
            case c.QuitGroup():
                return await self.quit_group(row, command)
            case _:
                assert_never(command)

    async def _fetch(self, row: c.CommandRow, command: _Fetch) -> str:
        match command:
            case c.FetchMembers():
                return await self.members(row, command)
            case c.FetchMedia():
                return await self.media(row, command)
            case c.FetchAvatar():
                return await self.avatar(row, command)
            case c.Refresh():
                return await self.refresh(row, command)
            case c.Logout():
                return await self.logout(row, command)
            case _:
                assert_never(command)

    def reached(self, command: CommandId) -> Reach:
        """Return whether the decisive request may have been sent when a command was last carried out."""
        return self._reach.get(command, Reach.BEFORE)

    async def _ask(self, row: c.CommandRow, make: Callable[[Caller], ApiCall[T]]) -> T:
        """Send the decisive request of a command: from here on it may have happened."""
        self._reach[row.id] = Reach.LEFT
        return await self._api.ask(make)

    async def _afterwards(self, work: Awaitable[object], doing: str) -> None:
        """Do the steps after an acceptance by the service; their errors do not change the acceptance."""
        try:
            await work
        except HongyanError as error:
            _log.info("%s, while %s", error, doing)
        except Exception as fault:  # noqa: BLE001  # a fault of ours does not undo what the service did
            reports.note(fault, doing=doing)

    # -- from keys to names

    def _name(self, key: ChatKey) -> TransientName:
        name = self._store.directory.name_of(self._store.login.current, key)
        if name is None:
            known = self._store.directory.contact(key)
            raise NoSuchChat(known.shown if known else str(key))
        return name

    def _contact(self, key: ChatKey) -> Contact:
        known = self._store.directory.contact(key)
        if known is None:
            raise NoSuchChat(str(key))
        return known

    def _to(self, row: c.CommandRow, chat: ChatKey, *, forwarded: bool = False) -> send.To:
        return send.To(self._name(chat), row.client_msg_id, forwarded)

    def _message(self, seq: int) -> tuple[AnyMessage, bytes]:
        recorded = self._store.journal.event(Seq(seq))
        if recorded is None or not isinstance(recorded.event, MessageReceived):
            raise UsageError(f"there is no message at {seq} in the journal")
        return recorded.event.message, self._store.journal.raw(Seq(seq))

    async def _sent(self, row: c.CommandRow, make: Callable[[Caller], ApiCall[send.Sent]]) -> str:
        return (await self._ask(row, make)).id

    # -- sends

    async def text(self, row: c.CommandRow, command: c.SendText) -> str:
        """Send a text."""
        to, mentions = self._to(row, command.chat), [self._name(key) for key in command.mentions]
        return await self._sent(row, lambda caller: send.send_text(caller, to, command.text, mentions))

    async def sticker(self, row: c.CommandRow, command: c.SendSticker) -> str:
        """Send a sticker that the server has."""
        to = self._to(row, command.chat)
        return await self._sent(row, lambda caller: send.send_emoticon(caller, to, md5=command.md5))

    async def card(self, row: c.CommandRow, command: c.SendCard) -> str:
        """Send a card, under the best name there is for its person."""
        to, person = self._to(row, command.chat), self._contact(command.person)
        if person.kind not in {ContactKind.FRIEND, ContactKind.OFFICIAL}:
            raise UsageError("only cards of friends and official accounts can be sent by Web WeChat")
        username = person.alias or person.name
        return await self._sent(row, lambda caller: send.send_card(caller, to, username, person.nickname))

    async def location(self, row: c.CommandRow, command: c.SendLocation) -> str:
        """Send a place."""
        to = self._to(row, command.chat)
        xml = command.origin or send.location_xml(command.latitude, command.longitude, command.label)
        return await self._sent(row, lambda caller: send.send_location(caller, to, xml))

    async def forward(self, row: c.CommandRow, command: c.ForwardMessage) -> str:
        """Send a received message on."""
        message, raw = self._message(command.seq)
        to = self._to(row, command.chat, forwarded=True)
        return await self._sent(row, forwarding(message, raw, to))

    async def file(self, row: c.CommandRow, command: c.SendFile) -> str:
        """Upload a file and send it as what it is."""
        to = self._to(row, command.chat)
        self._uploads += 1
        upload = Upload(
            to=to.name, name=command.name, size=command.size, md5=command.md5, form=command.sent_as
        )
        plan = UploadPlan(upload, now=self._api.now(), number=self._uploads)
        if handle := self._store.outbox.command(row.id).handle:
            plan.media_id, _, plan.signature = handle.partition(" ")  # it is up already
        else:
            kept = self._media.copy_at(command.path)
            require_whole(kept, command.size)
            await self._media.upload(plan, kept, self._progress.get(row.id), lambda: self._wanted(row))
            noted = await self._store.outbox.note(row.id, f"{plan.media_id} {plan.signature}")
            if noted.reason == c.STOPPING:
                raise TransferCancelled
        return await self._sent(row, _uploaded(to, plan))

    async def recall(self, row: c.CommandRow, command: c.RecallMessage) -> str:
        """Take a message back."""
        chat = self._name(command.chat)
        await self._ask(row, lambda caller: send.revoke(caller, chat, command.message, row.client_msg_id))
        return ""

    # -- people and groups

    async def remark(self, row: c.CommandRow, command: c.SetRemark) -> str:
        """Give a friend a name of mine."""
        name = self._name(command.chat)
        await self._ask(row, lambda caller: manage.remark(caller, name, command.remark))
        await self._learn(ContactChange(name=name, full=True, remark=command.remark))
        return ""

    async def pin(self, row: c.CommandRow, command: c.Pin) -> str:
        """Pin a chat; its remark must be repeated, or it is lost."""
        name, known = self._name(command.chat), self._store.directory.contact(command.chat)
        remark = known.remark if known else ""
        await self._ask(row, lambda caller: manage.pin(caller, name, on=command.on, present_remark=remark))
        await self._learn(ContactChange(name=name, full=True, pinned=command.on))
        return ""

    async def mark_read(self, row: c.CommandRow, command: c.MarkRead) -> str:
        """Clear the unread mark on the phone."""
        name = self._name(command.chat)
        await self._ask(row, lambda caller: contacts.notify(caller, contacts.Notify.READ, name))
        return ""

    async def accept_friend(self, row: c.CommandRow, command: c.AcceptFriend) -> str:
        """Accept a friend request with the ticket that came with it."""
        message, _raw = self._message(command.seq)
        if not isinstance(message, FriendRequest):
            raise UsageError(f"the message at {command.seq} is not a friend request")
        person, ticket = message.requester, message.ticket
        await self._ask(
            row, lambda caller: manage.verify(caller, manage.Verify.ACCEPT, person, ticket=ticket)
        )
        return ""

    async def add_friend(self, row: c.CommandRow, command: c.AddFriend) -> str:
        """Ask a person to become a friend."""
        person = self._name(command.person)
        await self._ask(
            row, lambda caller: manage.verify(caller, manage.Verify.REQUEST, person, text=command.greeting)
        )
        return ""

    async def create_group(self, row: c.CommandRow, command: c.CreateGroup) -> str:
        """Make a group, learn its members, and return its key."""
        names = [self._name(key) for key in command.members]
        made = await self._ask(row, lambda caller: manage.create_group(caller, names, command.topic))
        if not made.name:
            return ""  # half an answer: a yes, without the group's name, which comes by the next sync
        keys = await self._learn(
            ContactChange(name=made.name, kind=ContactKind.GROUP, nickname=command.topic, owned=True),
            source="created",
        )

        async def look_up() -> None:
            self._directory().want([made.name], "created")

        await self._afterwards(look_up(), "asking for a new group")
        return keys[0] if keys else ""

    async def change_members(self, row: c.CommandRow, command: c.ChangeMembers) -> str:
        """Add (in large groups: invite), invite or remove members; a refused addition becomes an invitation."""
        group = self._name(command.group)
        names = ",".join(self._name(key) for key in command.members)
        change = self._change(command)
        try:
            await self._ask(row, lambda caller: manage.change_group(caller, group, change, names))
        except Refused as error:
            if change is not manage.MembersCall.ADD or error.ret != _NOT_ALLOWED:
                raise
            await self._ask(
                row, lambda caller: manage.change_group(caller, group, manage.MembersCall.INVITE, names)
            )

        async def look_up() -> None:
            await self._directory().fetch(group)

        await self._afterwards(look_up(), "asking for a changed group")
        return ""

    def _change(self, command: c.ChangeMembers) -> manage.MembersCall:
        present = self._contact(command.group).member_count
        if command.change is c.MemberChange.ADD and manage.must_invite(
            self._api.caller(), present, len(command.members)
        ):
            return manage.MembersCall.INVITE
        return _CHANGES[command.change]

    async def rename_group(self, row: c.CommandRow, command: c.RenameGroup) -> str:
        """Give a group another name."""
        group = self._name(command.group)
        await self._ask(
            row, lambda caller: manage.change_group(caller, group, manage.MembersCall.RENAME, command.topic)
        )
        await self._learn(ContactChange(name=group, nickname=command.topic))
        return ""

    async def quit_group(self, row: c.CommandRow, command: c.QuitGroup) -> str:
        """Leave a group."""
        group = self._name(command.group)
        await self._ask(row, lambda caller: manage.change_group(caller, group, manage.MembersCall.QUIT))
        return ""

    async def _learn(self, change: ContactChange, source: str = "command") -> list[ChatKey]:
        keys: list[ChatKey] = []

        async def learn() -> None:
            keys.extend(await self._store.directory.learn(self._store.login.current, [change], source))

        await self._afterwards(learn(), "recording the change")
        return keys

    # -- fetching

    async def members(self, _row: c.CommandRow, command: c.FetchMembers) -> str:
        """Load a group's members; NotComplete if fewer arrived than it has."""
        await self._directory().fetch(self._name(command.group))
        group = self._contact(command.group)
        have = len(group.members or ())
        if have == 0 or have != group.member_count:
            raise NotComplete(f"the member list of {group.shown!r}", have, group.member_count)
        self._directory().want_details(group)
        return ""

    async def media(self, row: c.CommandRow, command: c.FetchMedia) -> str:
        """Download the file of a message and return its path."""
        message, _ = self._message(command.seq)
        progress = self._progress.get(row.id)
        return str(
            await self._media.fetch(
                Seq(command.seq), message, command.size, progress, lambda: self._wanted(row)
            )
        )

    def _wanted(self, row: c.CommandRow) -> bool:
        """Whether a transfer on its way is still wanted."""
        return self._store.outbox.command(row.id).reason != c.STOPPING

    async def avatar(self, row: c.CommandRow, command: c.FetchAvatar) -> str:
        """Download a picture of a person or group and return the file's path."""
        return str(await self._media.fetch_avatar(self._contact(command.chat), f"avatar-{row.id}"))

    async def refresh(self, _row: c.CommandRow, _: c.Refresh) -> str:
        """Load the contact list again."""
        await self._directory().load(patient=False)
        return ""

    async def logout(self, row: c.CommandRow, _: c.Logout) -> str:
        """End the login."""
        self._reach[row.id] = Reach.LEFT
        await self._logout()
        return ""


def _uploaded(to: send.To, plan: UploadPlan) -> Callable[[Caller], ApiCall[send.Sent]]:
    """Return the call that sends an uploaded file."""
    upload = plan.upload
    match upload.form:
        case UploadKind.PICTURE:
            return lambda caller: send.send_picture(caller, to, plan.media_id)
        case UploadKind.STICKER:
            return lambda caller: send.send_emoticon(caller, to, media_id=plan.media_id)
        case UploadKind.VIDEO:
            return lambda caller: send.send_video(caller, to, plan.media_id)
        case UploadKind.FILE:
            xml = send.file_xml(upload.name, upload.size, plan.media_id)
            return lambda caller: send.send_file(caller, to, xml, plan.signature)


_CHANGES: Final = {
    c.MemberChange.ADD: manage.MembersCall.ADD,
    c.MemberChange.INVITE: manage.MembersCall.INVITE,
    c.MemberChange.REMOVE: manage.MembersCall.REMOVE,
}

COMMANDS: Final[frozenset[type[c.Command]]] = frozenset(get_args(c.Command)) - {c.UnknownCommand}
"""What Web WeChat can do."""
