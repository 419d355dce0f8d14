"""The actions of an account's owner on the phone; independent of how the web client takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.emulator import compose, groups
from hongyan.emulator.codes import CodeState
from hongyan.emulator.personas import find_group, find_person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.emulator.account import HostedAccount
    from hongyan.emulator.codes import Code
    from hongyan.emulator.compose import Composed
    from hongyan.emulator.messages import StoredMessage
    from hongyan.emulator.world import Group

__all__ = ["Phone"]

_BARRED = "为了你的帐号安全，此微信号已不允许登录网页微信。你可以使用Windows微信或Mac微信在电脑端登录。"


class Phone:
    """The phone of one account. Everything acts at once; chats are named by permanent id, remark, nickname or group name.

    `scan`, `confirm` and `cancel` mean the code this phone has scanned, else the newest on show; where none is on show,
    the next one, which is then confirmed when the client has seen the scan. For a push login `confirm` accepts and
    `cancel` declines.
    """

    def __init__(self, account: HostedAccount) -> None:
        self.account = account
        self._wishes: list[CodeState] = []

    def scan(self) -> None:
        """Scan the code."""
        self._act(CodeState.SCANNED)

    def confirm(self) -> None:
        """Press the button that logs the web in; scans first where that was not done."""
        self._act(CodeState.CONFIRMED)

    def cancel(self) -> None:
        """Press *cancel*: the client gets 202."""
        self._act(CodeState.CANCELLED)

    def code_shown(self, code: Code) -> None:
        """A new code is on show: carry out the action that was ordered before there was one."""
        if code.account in {None, self.account.id}:
            wishes, self._wishes = self._wishes, []
            for wish in wishes:
                if wish is CodeState.CONFIRMED and not code.pushed:
                    self.does(code, CodeState.SCANNED)
                    code.agreed = True
                else:
                    self.does(code, wish)

    def log_web_out(self, code: int = 1100) -> None:
        """Tap *log out of web*: every login ends; 1100 and 1101 were both seen for it."""
        self.account.end_all(code)

    def bar(self, ret: int | None = 1203, words: str = _BARRED) -> None:
        """From now on the service refuses logins of this account; `ret` None allows them again."""
        self.account.barred = None if ret is None else (ret, words)

    def go_offline(self, ret: int = -1) -> None:
        """The phone loses its network: sends of the web get `ret` (-1 at first, 3 after long)."""
        self.account.set_offline(ret)

    def come_online(self) -> None:
        """Bring the phone back online: waiting events are delivered."""
        self.account.set_offline(None)

    def says(self, words: str, chat: str) -> StoredMessage:
        """Write from the phone: the web sees a message of this account."""
        return self.sends(compose.text(words), chat)

    def sends(self, content: Composed, chat: str) -> StoredMessage:
        """Send a message of any kind from the phone."""
        return self.account.say(self._chat(chat), self.account.id, content)

    def recalls(self, message: StoredMessage) -> StoredMessage:
        """Recall a message of the account on the phone. Raises ValueError for one of another sender."""
        if message.sender != self.account.id:
            msg = f"this phone did not send {message.msg_id}"
            raise ValueError(msg)
        return self.account.recall(message)

    def reads(self, chat: str) -> None:
        """Read a chat (MsgType 51, code 1)."""
        self.account.note_status(1, self._chat(chat))

    def opens(self, chat: str) -> None:
        """Open a chat (MsgType 51, code 2)."""
        self.account.note_status(2, self._chat(chat))

    def leaves(self, chat: str) -> None:
        """Close a chat (MsgType 51, code 5)."""
        self.account.note_status(5, self._chat(chat))

    def creates_group(self, topic: str, people: Sequence[str]) -> Group:
        """Open a group with some people."""
        return groups.create(self.account, topic, [self._person(each) for each in people])

    def renames(self, group: str, topic: str) -> None:
        """Give a group a name."""
        groups.rename(self.account, self._group(group), topic, self.account.id)

    def adds(self, group: str, people: Sequence[str]) -> None:
        """Bring people into a group."""
        groups.add(self.account, self._group(group), [self._person(each) for each in people], self.account.id)

    def removes(self, group: str, people: Sequence[str]) -> None:
        """Put people out of a group."""
        groups.remove(
            self.account, self._group(group), [self._person(each) for each in people], self.account.id
        )

    def quits(self, group: str) -> None:
        """Leave a group."""
        groups.leave(self.account, self._group(group), self.account.id)

    def saves(self, group: str, *, saved: bool = True) -> None:
        """Save a group to the address book, or take it out."""
        room = self._group(group)
        room.saved = saved
        self.account.changed(room.id)

    def remarks(self, person: str, name: str) -> None:
        """Set a person's remark."""
        groups.remark(self.account, self._person(person), name)

    def pins(self, chat: str, *, pinned: bool = True) -> None:
        """Put a chat on top."""
        groups.pin(self.account, self._chat(chat), pinned=pinned)

    def deletes(self, person: str) -> None:
        """Delete a friend."""
        groups.unfriend(self.account, self._person(person))

    def calls_itself(self, nickname: str) -> None:
        """Change the account's own nickname."""
        self.account.world.me.nickname = nickname
        self.account.profile_changed()

    def accepts(self, person: str) -> None:
        """Accept a friend request on the phone."""
        groups.befriend(self.account, self._person(person), by_account=True)

    def _person(self, who: str) -> str:
        return _only(find_person(self.account.world, who), who)

    def _group(self, which: str) -> Group:
        return self.account.world.groups[_only(find_group(self.account.world, which), which)]

    def _chat(self, name: str) -> str:
        world = self.account.world
        return _only(find_group(world, name) or find_person(world, name), name)

    def _act(self, wish: CodeState) -> None:
        code = self.account.core.codes.pending(self.account.id)
        if code is None:
            self._wishes.append(wish)
        else:
            self.does(code, wish)

    def does(self, code: Code, wish: CodeState) -> None:
        """Scan, confirm or cancel just this code."""
        code.account = self.account.id
        if wish is CodeState.CONFIRMED:
            self.account.core.codes.confirm(code)
        else:
            code.state = wish
        self.account.core.notifier.ring()


def _only(found: list[str], name: str) -> str:
    if len(found) != 1:
        msg = f"{len(found)} are called {name!r}"
        raise LookupError(msg)
    return found[0]
