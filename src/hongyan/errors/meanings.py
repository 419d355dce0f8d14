"""What the codes of the service mean: one table, which errors and ``hongyan explain`` share."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MEANINGS", "Meaning", "meaning_of"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code of the service means: one entry of the table that errors and ``hongyan explain`` share.

    ``code`` is the number on the wire; ``name`` a short English label; ``meaning`` and ``advice`` are sentences for a
    person; ``evidence`` is the source of the meaning and when it was last seen.
    """

    code: int
    name: str
    meaning: str
    advice: str
    evidence: str


MEANINGS: dict[int, Meaning] = {
    m.code: m
    for m in (
        Meaning(
            0,
            "accepted",
            "The server took the request. For a message this means accepted, not delivered.",
            "Nothing to do; a refusal by the other side arrives later as a system message.",
            "every answer, captured 2016-2019",
        ),
        Meaning(
            -1,
            "failed",
            "A failure without a reason: the receiver does not exist or was idle for long, the phone is offline, "
            "a friend-request limit is reached, or the server had a passing fault.",
            "Open WeChat on your phone, then retry once. Do not repeat a friend request on the same day.",
            "front-end ERR_SYS; reports 2016-2021",
        ),
        Meaning(
            -2,
            "illogical",
            "The server found the request contradictory.",
            "Report it with the endpoint named above.",
            "front-end ERR_LOGIC",
        ),
        Meaning(
            -14,
            "ticket error",
            "Parameters of the login were missing from the request.",
            "Log in again.",
            "webwxinit, reports 2016",
        ),
        Meaning(
            -2013,
            "done, by invitation",
            "The group was made or changed; some members got an invitation that they must accept first.",
            "Nothing to do.",
            "front-end treats it as success",
        ),
        Meaning(
            1,
            "not allowed or not understood",
            "A parameter belongs to another login, an upload was not complete, or the operation has been withdrawn "
            "(adding, inviting and removing group members since mid 2018).",
            "Do not repeat it unchanged. Reload the contacts; manage group members on your phone.",
            "front-end; itchat, wechaty reports 2018",
        ),
        Meaning(
            3,
            "phone not reachable",
            "The phone has been offline for too long, so the web client may not send.",
            "Open WeChat on your phone, wait a minute, and retry.",
            "vbot, efb reports 2017-2019",
        ),
        Meaning(
            1100,
            "logged out",
            "The server knows no such login: it was ended on the phone or by a log-out, or cookies did not arrive.",
            "Log in again: hongyan login.",
            "front-end SESSION_NOEXIST",
        ),
        Meaning(
            1101,
            "login replaced or ended",
            "Another web or desktop login of this account took over, or the phone ended this one.",
            "Use one program per account; log in again: hongyan login.",
            "front-end SESSION_INVALID; a send answered this wrongly in April 2019",
        ),
        Meaning(
            1102,
            "login expired or forced out",
            "The cookies are invalid or expired, or the service ended the login by itself. Since January 2025 this "
            "follows within seconds of most web logins.",
            "If it came right after the login, the service does not want this account on the web: stop trying.",
            "reports of all clients, January 2025",
        ),
        Meaning(
            1200,
            "request not understood",
            "The server could not read the request.",
            "This is a fault of the client: report it with the endpoint named above.",
            "front-end PARSER_REQUEST",
        ),
        Meaning(
            1203,
            "web login barred",
            "The service does not let this account, or this environment, use Web WeChat.",
            "Stop: repeating the login risks the account. Use the phone or the official desktop client.",
            "login page, reports 2017-2026",
        ),
        Meaning(
            1204,
            "receiver not allowed",
            "Sending to this receiver is not allowed: yourself, a group member who is not a friend, a system account, "
            "or a peer restricted by risk control.",
            "Choose another receiver; for notes to yourself use filehelper.",
            "WeixinBot, wechaty reports 2016-2024",
        ),
        Meaning(
            1205,
            "too fast",
            "Too many requests of this kind in a short time.",
            "Wait; retrying sooner makes the pause longer.",
            "front-end FREQ; reports 2016-2024",
        ),
    )
}


def meaning_of(code: int) -> Meaning:
    """Return the table's entry for ``code``, or one that states that the code is unknown."""
    return MEANINGS.get(code) or Meaning(
        code,
        "unknown code",
        "No client or capture explains this code.",
        "Report it together with the endpoint; the login goes on.",
        "none",
    )
