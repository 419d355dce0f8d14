"""The small calls: search, link redirector, statistics, feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.emulator.answers import HttpAnswer, html, json_answer
from hongyan.emulator.dispatch import PREFIX, Route
from hongyan.emulator.records import book_ids

if TYPE_CHECKING:
    from hongyan.emulator.call import IncomingCall

__all__ = ["ROUTES"]


async def search(call: IncomingCall) -> HttpAnswer:
    """UserNames in the account's address book whose names contain the word."""
    word, login = call.text("KeyWord").lower(), call.login
    world = login.world
    found = []
    for each in book_ids(login):
        who = world.people.get(each)
        names = (
            (who.remark, who.nickname, who.alias) if who else (getattr(world.groups.get(each), "name", ""),)
        )
        if word and any(word in name.lower() for name in names):
            found.append({"EncryUserName": login.names(each)})
    return json_answer({"List": found})


async def check_url(call: IncomingCall) -> HttpAnswer:
    """302 to a web address; a warning page for anything else."""
    url = call.query.get("requrl", "")
    if not url.startswith(("http://", "https://")):
        return html("<!DOCTYPE html><title>Warning</title><p>This link cannot be opened.</p>")
    return HttpAnswer(b"", 302, "text/html", [("Location", url)])


async def report(call: IncomingCall) -> HttpAnswer:
    """Store statistics and feedback for inspection."""
    body = {key: value for key, value in call.body.items() if key != "BaseRequest"}
    call.account.reports.append({"endpoint": call.endpoint} | body)
    return json_answer({})


ROUTES = [
    Route(PREFIX + "webwxsearchcontact", search),
    Route(PREFIX + "webwxcheckurl", check_url, ticket=False),
    Route(PREFIX + "webwxstatreport", report),
    Route(PREFIX + "webwxsendfeedback", report),
]
