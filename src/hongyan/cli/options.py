"""The options that every account command shares, and how such a command opens its account; it prints nothing itself."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from hongyan.assemble import join_account, tls_of
from hongyan.cli.exit_codes import report
from hongyan.cli.limits import TO_CONNECT, require_room
from hongyan.cli.signals import held_back, stoppable
from hongyan.errors import HongyanError, NoAnswer, NotLoggedIn
from hongyan.redaction import redacted
from hongyan.settings import OFFICIAL, Settings, load_settings
from hongyan.terminal.addressed import use_address
from hongyan.terminal.strings.language import Language, language_of, say
from hongyan.terminal.strings.line_mode import LINE_MODE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Sequence

    from hongyan.cli.loading import Deadline
    from hongyan.client.account import Account

__all__ = [
    "NewPath",
    "Options",
    "account_options",
    "acknowledgement",
    "opened",
    "reporting",
    "require_server",
    "run",
    "server_problem",
    "settings_of",
    "tell_none",
    "view_options",
]

_MEMORY: Final = 16 << 20  # bytes that a loop and the journal take

F = TypeVar("F", bound="Callable[..., Any]")
T = TypeVar("T")


@redacted
class NewPath(click.Path):
    """A name of a file to write. ``-`` is refused: elsewhere it means standard output, to which nothing is written here."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse what would become a file called ``-``."""
        if value == "-":
            self.fail(
                "- is not a name: it is not written to standard output; ./- is a file of that name",
                param,
                ctx,
            )
        return super().convert(value, param, ctx)


@dataclass(frozen=True, slots=True, repr=False)
class Options:
    """The typed options. None: not given."""

    profile: str | None = None
    server: str | None = None
    proxy: str | None = None
    ca: str | None = None
    pace: bool | None = None
    home: str | None = None
    transcript: str | None = None
    as_json: bool = False
    lang: str | None = None
    acknowledge: str | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """The typed settings."""
        names = ("profile", "server", "proxy", "ca", "pace", "home", "transcript")
        return {name: getattr(self, name) for name in names}

    @property
    def language(self) -> Language:
        """The language of the program's own sentences."""
        return Language(self.lang) if self.lang else language_of()


_LANGUAGES: Final = [language.value for language in Language]
_EVERYWHERE: Final = (
    click.option(
        "--profile", "-p", metavar="NAME", help="The profile: a local folder for one account [default]."
    ),
    click.option("--home", type=click.Path(), metavar="DIR", help="Folder of all profiles."),
    click.option(
        "--lang", "-l", type=click.Choice(_LANGUAGES), help="Language of the interface (default: from LANG)."
    ),
    click.option("--json", "-j", "as_json", is_flag=True, help="Print JSON, one object per line."),
)


def _of_a_login(*, hidden: bool) -> tuple[Callable[[F], F], ...]:
    """Return the options of commands that may contact a server; ``hidden`` accepts them without showing them in the help."""
    option = functools.partial(click.option, hidden=hidden)
    return (
        option(
            "--server",
            "-s",
            metavar="URL",
            help="Server: an emulator's URL, or official. A profile keeps the server of its first login.",
        ),
        option("--proxy", metavar="URL", help="HTTP proxy for all connections."),
        option(
            "--ca",
            type=click.Path(),
            metavar="FILE",
            help="Additional certificate authority (PEM).",
        ),
        option(
            "--pace/--no-pace",
            default=None,
            help="Limit the sending rate (off is allowed on an emulator only).",
        ),
        option(
            "--transcript",
            type=NewPath(),
            metavar="FILE",
            help="Write requests and answers to FILE, without secrets.",
        ),
        option(
            "--acknowledge",
            metavar="TEXT",
            help="Text that confirms the risk of --server official (once per profile).",
        ),
    )


def account_options(command: F) -> F:
    """Give a command that may contact a server the shared options; it gets them as one ``Options``."""
    return _gathering(command, (*_of_a_login(hidden=False), *_EVERYWHERE))


def view_options(command: F) -> F:
    """Give a command that contacts no server the options that apply to it; it gets them as one ``Options``.

    Those of a login are taken as well, so that a script can give all commands the same; they change nothing.
    """
    return _gathering(command, (*_of_a_login(hidden=True), *_EVERYWHERE))


def _gathering(command: F, options: Sequence[Callable[[F], F]]) -> F:
    @functools.wraps(command)
    def gathered(**given: Any) -> Any:
        names = Options.__dataclass_fields__.keys()
        typed = Options(**{name: given.pop(name) for name in list(given) if name in names})
        use_address(
            {f"--{n}": v for n in ("profile", "home", "server") if (v := getattr(typed, n)) is not None}
        )
        return command(typed, **given)

    wrapped: Any = gathered
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[no-any-return]  # the same parameters except the collected ones


def tell_none(options: Options) -> None:
    """Report to a person at a terminal that a list is empty; programs and pipes get nothing."""
    if not options.as_json and sys.stderr.isatty():
        click.echo(say(LINE_MODE, "none", options.language), err=True)


def settings_of(options: Options) -> Settings:
    """Return the settings of the user's file, overridden by the typed ones."""
    return load_settings(**options.settings)


def run(work: Coroutine[Any, Any, T], *, own_loop: bool = False) -> T:
    """Run ``work`` to its end; SIGTERM and SIGHUP end it in order, as Ctrl-C does.

    On uvloop if it is installed, and on asyncio's loop if ``own_loop`` is set.
    """
    came: list[int] = []
    stopping = stoppable(work, came)
    try:
        require_room(_MEMORY)
        with held_back(came), asyncio.Runner(loop_factory=None if own_loop else _fast_loop()) as runner:
            return runner.run(stopping)
    finally:  # if there was no loop for them
        stopping.close()
        work.close()


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def reporting(options: Options, work: Callable[[], int]) -> int:
    """Run ``work``; print an error of ours in the requested form and return its exit code."""
    try:
        return work()
    except HongyanError as problem:
        report(problem, as_json=options.as_json)
        return problem.exit_code


@contextlib.asynccontextmanager
async def opened(
    options: Options,
    *,
    may_ask: bool = True,
    show_login: bool = True,
    must_hold: bool = False,
    until: Deadline | None = None,
) -> AsyncIterator[Account]:
    """Hold the profile's login, showing how it comes about, or attach to the program that holds it.

    ``may_ask`` False makes a missing login an error (NotLoggedIn): a code is only scanned if a person sees it.
    ``must_hold`` makes a profile that another program holds an error (ProfileLocked). ``until`` bounds all of it, unless a
    person may be asked, which can take long.
    """
    require_room(TO_CONNECT)
    from hongyan.cli.login_view import LoginPrinter
    from hongyan.terminal.login import LoginScreen

    settings = settings_of(options)
    picture = settings.folder / "qr.png" if show_login else None
    # A command's output may be piped: the code is printed there only if a person sees it.
    out = sys.stdout if sys.stdout.isatty() and not options.as_json else sys.stderr
    with LoginScreen(out, sys.stderr, language=options.language, picture=picture, as_json=False) as screen:
        view = LoginPrinter(screen)
        async with contextlib.AsyncExitStack() as stack:
            try:
                joining = join_account(
                    settings,
                    on_login=view.show,
                    may_ask=may_ask,
                    must_hold=must_hold,
                    acknowledgement=acknowledgement(options, settings),
                )
                async with asyncio.timeout(None if until is None or may_ask else until.left):
                    account = await stack.enter_async_context(joining)
            except TimeoutError as error:
                sentence = f"the login does not stand after {until.limit if until else 0:g} seconds"
                raise NoAnswer("the server", sentence) from error
            except NotLoggedIn:
                await require_server(settings)
                raise
            yield account


async def require_server(settings: Settings) -> None:
    """Raise NoAnswer, with the reason, if no emulator answers at its address; the official service is not contacted."""
    if settings.server == OFFICIAL:
        return
    problem = await server_problem(settings)
    if problem is not None:
        raise problem


async def server_problem(settings: Settings) -> NoAnswer | None:
    """Return why a server other than the official one does not answer, None if it does; any answer but an HTTP 5xx will do."""
    import aiohttp

    from hongyan.transport.unconnected import why_unconnected

    problem = NoAnswer("the server", "connection refused: no server listens at its address")
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as client,
            client.get(f"{settings.server}/", allow_redirects=False, ssl=tls_of(settings) or True) as answer,
        ):
            if answer.status < 500:
                return None
            return NoAnswer("the server", f"it answered {answer.status}")
    except aiohttp.ClientConnectorCertificateError:
        problem = NoAnswer("the server", "its certificate is not trusted")
        problem.advice = (
            "For a server of your own give its authority's certificate: --ca FILE, or ca in the settings."
        )
    except aiohttp.ClientConnectorError as error:
        why, advice = why_unconnected(error)
        problem = NoAnswer("the server", why)
        problem.advice = advice or problem.advice
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        pass
    return problem


def acknowledgement(options: Options, settings: Settings) -> str | None:
    """Return the typed acceptance of the risk of the official service; ask a person at a terminal for it."""
    if options.acknowledge is not None or settings.server != OFFICIAL:
        return options.acknowledge
    from hongyan.client.profile import ACKNOWLEDGEMENT, FileVault

    if FileVault(settings.folder / "credentials.json").saved.acknowledged_at or not sys.stdin.isatty():
        return None
    click.echo(
        "The official service refuses Web WeChat to most accounts since January 2025, ends most other logins within\n"
        "seconds, and has barred accounts for weeks after one try. Hongyan makes a single attempt and evades nothing.",
        err=True,
    )
    return str(click.prompt(f'To go on, type exactly: "{ACKNOWLEDGEMENT}"', err=True))
