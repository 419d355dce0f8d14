"""What an author writes, and type checkers take: each line is checked by mypy and by pyright, none is run."""

from __future__ import annotations

from typing import Any, assert_type

from hongyan import Account, Chat, Receipt
from hongyan.bot import (
    App,
    ContactGone,
    EventContext,
    GroupJoined,
    LoginChanged,
    Message,
    MessageContext,
    NoticeContext,
    Picture,
    Quote,
    Text,
    command,
    in_group,
    mentions_me,
    private,
    text,
)
from hongyan.model.contacts import ContactKind

app = App("typed", own=True)


@app.on(Text)
async def by_kind(message: MessageContext[Text]) -> None:
    assert_type(message.message, Text)
    assert_type(message.message.text, str)
    assert_type(message.text, str)
    assert_type(message.chat, Chat)
    assert_type(await message.reply(message.text.upper(), mentions=[message.sender]), Receipt)


@app.on(Picture, in_group & ~mentions_me | private)
async def with_a_condition(message: MessageContext[Picture]) -> object:
    return message.message.hd_size + message.message.size


@app.on(Text, text("^/") | command("/help"), time_limit=5, id="help")
async def with_settings(message: MessageContext[Text]) -> None:
    await message.reply(message.match["args"])


@app.on(Text, lambda message: message.message.text.isdecimal())
async def with_a_function(message: MessageContext[Text]) -> None:
    await message.reply(str(int(message.text) + 1))


@app.on((Text, Quote))
async def by_two_kinds(message: MessageContext[Text | Quote]) -> None:
    if isinstance(message.message, Quote):
        assert_type(message.message.quoted.genuine, bool | None)


@app.on(Text | Picture)
async def by_a_union(message: MessageContext[Text | Picture]) -> None:
    await message.reply(message.kind)


@app.on(Message)
async def whatever_people_write(message: MessageContext[Message]) -> None:
    assert_type(message.message.created_at, int)


@app.on(Text)
async def without_a_kind(message: MessageContext) -> None:
    await message.reply(message.text)


@app.on(Text)
async def without_a_type(message):  # type: ignore[no-untyped-def]  # beginners write it, and mypy is strict here
    await message.reply(message.text)


@app.on(GroupJoined)
async def by_a_notice(message: NoticeContext[GroupJoined]) -> None:
    assert_type(message.notice.joined, tuple[str, ...])


@app.on(ContactGone)
async def by_an_event(context: EventContext[ContactGone]) -> None:
    assert_type(context.event.name.lower(), str)


@app.on((Text, GroupJoined))
async def by_a_mixture(message: MessageContext[Any]) -> None:
    await message.reply("hello")


class Counter:
    """An object is a handler, too."""

    count = 0

    async def __call__(self, message: MessageContext[Text]) -> None:
        self.count += len(message.text)


app.on(Text)(Counter())


@app.on_start
async def started(account: Account) -> None:
    friends = [chat for chat in account.contacts() if chat.contact.kind is ContactKind.FRIEND]
    await account.send(friends[0], "hello")


@app.on_login_ended
async def ended(context: EventContext[LoginChanged]) -> None:
    assert_type(context.event.advice, str)
