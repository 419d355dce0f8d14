"""What an author gets wrong, and type checkers find: each line with an ``ignore`` is an error to mypy and to pyright.

Both complain of an ``ignore`` where there is nothing to ignore, so a mistake that is found no more fails the check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.bot import (
    App,
    ContactGone,
    EventContext,
    GroupJoined,
    Message,
    MessageContext,
    NoticeContext,
    Picture,
    Quote,
    Text,
)

if TYPE_CHECKING:
    from hongyan import Account, Chat

app = App("wrong")


@app.on(Text)
async def misspelt(message: MessageContext[Text]) -> None:
    print(message.message.txt)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    print(message.sender_nme)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


@app.on(Message)
async def not_every_kind_has_it(message: MessageContext[Message]) -> None:
    print(message.message.text)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


@app.on(Text)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
async def of_another_kind(message: MessageContext[Picture]) -> None:
    print(message.message.size)


@app.on(Text)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
async def of_the_bare_message(message: Text) -> None:
    print(message.text)


@app.on(Text)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def not_async(message: MessageContext[Text]) -> None:
    print(message.text)


@app.on(Text)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
async def of_two_arguments(message: MessageContext[Text], chat: Chat) -> None:
    print(message.text, chat)


@app.on((Text, Quote))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
async def of_one_of_two_kinds(message: MessageContext[Text]) -> None:
    print(message.text)


@app.on(ContactGone)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
async def of_an_event_that_is_no_message(message: MessageContext) -> None:
    print(message.text)


@app.on(GroupJoined)
async def of_a_notice(message: NoticeContext[GroupJoined]) -> None:
    print(message.notice.left)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


@app.on(ContactGone)
async def of_an_event(context: EventContext[ContactGone]) -> None:
    print(context.event.change)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    print(context.reply)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


@app.on_start  # type: ignore[type-var]  # pyright: ignore[reportArgumentType]
async def started(context: EventContext) -> None:
    print(context.event)


async def sends(account: Account, chat: Chat) -> None:
    await account.send(chat, 5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await account.send("Alice", "hello")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await account.send(chat, "hello", mention=chat)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    receipt = await account.send(chat, "hello")
    print(receipt.outcom)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


App(name=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
App("x", own="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
app.on(5)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
app.on(Text, time_limit="soon")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
