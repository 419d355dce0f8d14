"""What comes where a file is due: judged before it is kept, never joined with another thing, fetched again."""

from __future__ import annotations

import asyncio
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from hongyan.backends.webwx import judge, media
from hongyan.client.engine import media_prefetch as gather
from hongyan.emulator import compose
from hongyan.emulator import compose_media as made
from hongyan.emulator import sample_media as movies
from hongyan.errors import HongyanError, NoAnswer, ProtocolChanged, Refused
from hongyan.files.content_types import Family
from hongyan.model.commands import FetchAvatar
from hongyan.model.events import LoginState, MessageReceived
from hongyan.model.ids import Seq, TransientName
from hongyan.model.media_files import Verified
from hongyan.model.messages import File

if TYPE_CHECKING:
    from hongyan.client.account import Account
    from hongyan.emulator import Emulator
    from hongyan.model.events import Recorded

    from .conftest import Opener


def noise(form: str = "JPEG", side: int = 90) -> bytes:
    """Return a picture that nobody had before."""
    file = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(file, form)
    return file.getvalue()


def format_of(path: Path) -> str | None:
    """Return what a picture is, having read it to its end."""
    with Image.open(path) as picture:
        picture.load()
        return picture.format


def sound() -> bytes:
    """Return a whole MP3."""
    return b"".join(b"\xff\xf3\x48\xc4" + os.urandom(140) for _ in range(60))


PICTURE, ANIMATION, SOUND, FILM = noise(), noise("GIF"), sound(), movies.mp4(9, "film")
FILE = os.urandom(90_000)
ANSWER = b'{"BaseResponse":{"Ret":1101,"ErrMsg":""},"Count":0}'  # which somebody saved and sends as a file

THINGS = {
    "picture": ("webwxgetmsgimg", made.picture(PICTURE), PICTURE),
    "sticker": ("webwxgetmsgimg", made.sticker(ANIMATION), ANIMATION),
    "voice": ("webwxgetvoice", made.voice(SOUND, 2_000), SOUND),
    "video": ("webwxgetvideo", made.video(FILM, 9), FILM),
    "file": ("webwxgetmedia", made.file(FILE, "notes.bin"), FILE),
    "file of an answer": ("webwxgetmedia", made.file(ANSWER, "answer.json"), ANSWER),
    "unannounced picture": ("webwxgetmsgimg", compose.Composed(3, "", files={"full": PICTURE}), PICTURE),
    "unannounced film": ("webwxgetvideo", compose.Composed(43, "", files={"full": FILM}), FILM),
}
FAULTS: dict[str, tuple[str, object]] = {
    "page": ("html", None),
    "login gone": ("refusal", 1101),
    "passing": ("refusal", -1),
    "cut with a length": ("cut", 0.6),
    "cut without a length": ("cut_open", 0.6),
    "gzip ends early": ("gzip_cut", 0.7),
    "a hole": ("hole", 0.5),
    "empty": ("empty", None),
    "words": ("body", "busy, come again"),
    "another answer": ("body", '{"ret":0,"list":[]}'),
    "broken off": ("truncate", 0.4),
    "moved": ("login_page", None),
    "not found": ("status", 404),
}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait between tries."""
    monkeypatch.setattr(media, "_FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(gather, "_LONGEST_PAUSE_S", 0.05)


async def received(account: Account, kinds: set[str]) -> Recorded:
    """Wait for a message of a kind."""
    async with asyncio.timeout(20):
        async for recorded in account.events(after=Seq(0)):
            if isinstance(recorded.event, MessageReceived) and recorded.event.message.kind in kinds:
                return recorded
    raise AssertionError


def lying(home: Path) -> list[bytes]:
    """Return everything that lies in the media folder."""
    return [p.read_bytes() for p in home.rglob("media/**/*") if p.is_file()]


CARRIERS = {"picture", "sticker", "voice", "video", "file", "location"}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS.keys())
async def test_what_is_no_file_is_thrown_away_and_the_file_fetched(
    account: Account,
    service: Emulator,
    tmp_path: Path,
    thing: tuple[str, compose.Composed, bytes],
    fault: tuple[str, object],
) -> None:
    """Whoever asks first, whatever comes first: in the end there is the one file, byte for byte."""
    endpoint, composed, content = thing
    if endpoint == "webwxgetmsgimg" and composed.content == "" and fault[0] == "hole":
        pytest.skip("nothing says how long it is, and its format does not notice")
    service.faults.add(fault[0], endpoint, fault[1], count=1)
    service.person("Alice").sends(composed)
    recorded = await received(account, CARRIERS)
    path = await account.fetch(recorded)
    assert path.read_bytes() == content
    assert lying(tmp_path) == [content]
    known = next(account.archive.files())[0]
    assert known.verified not in {Verified.DOUBTFUL, Verified.OTHER_DIGEST}
    assert account.status().state is LoginState.ONLINE


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_what_stays_wrong_is_not_kept_and_is_fetched_later(
    account: Account, service: Emulator, tmp_path: Path, fault: tuple[str, object]
) -> None:
    """An error says so; nothing stays, and when the server is well again the file comes."""
    order = service.faults.add(fault[0], "webwxgetmedia", fault[1], count=None)
    service.person("Alice").sends(made.file(FILE, "notes.bin"))
    recorded = await received(account, {"file"})
    with pytest.raises((NoAnswer, Refused, ProtocolChanged)):
        await account.fetch(recorded)
    assert account.file(recorded) is None
    assert [body for body in lying(tmp_path) if not FILE.startswith(body) and b'"total"' not in body] == []
    service.faults.remove(order)
    assert (await account.fetch(recorded)).read_bytes() == FILE


LIES = ("begin", "shifted", "total", "short", "long", "none", "digits", "garbage", "other")


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("thing", ["video", "file", "voice"])
async def test_what_goes_on_with_another_thing_is_not_joined(
    account: Account, service: Emulator, tmp_path: Path, thing: str, lie: str
) -> None:
    """A download that broke off, and whose rest is not what it says to be."""
    endpoint, composed, content = THINGS[thing]
    service.faults.add("truncate", endpoint, 0.5, count=1)
    service.faults.add("range", endpoint, lie, count=1, skip=1)
    service.person("Alice").sends(composed)
    recorded = await received(account, {thing})
    assert (await account.fetch(recorded)).read_bytes() == content
    assert lying(tmp_path) == [content]


@pytest.mark.parametrize("fault", ["endless", "gzip_bomb"])
@pytest.mark.parametrize("thing", ["picture", "voice", "video", "file"])
async def test_what_has_no_end_is_given_up_and_leaves_nothing(
    account: Account,
    service: Emulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    thing: str,
    fault: str,
) -> None:
    """Each kind has its limit, and one try is enough."""
    monkeypatch.setattr(judge, "_MUCH", dict.fromkeys(Family, 1 << 20))
    endpoint, composed, content = THINGS[thing]
    order = service.faults.add(fault, endpoint, count=None)
    service.person("Alice").sends(composed)
    recorded = await received(account, {thing})
    with pytest.raises(NoAnswer):
        await account.fetch(recorded)
    assert lying(tmp_path) == []
    assert order.hits <= 2  # one for whoever asked, one for who gathers
    service.faults.remove(order)
    assert (await account.fetch(recorded)).read_bytes() == content


async def test_a_small_picture_does_not_become_a_large_one(account: Account, service: Emulator) -> None:
    """A picture of some KiB to which the service adds megabytes, twice alike, is none: what was announced bounds it."""
    _, composed, content = THINGS["picture"]
    order = service.faults.add("endless", "webwxgetmsgimg", 12_000_000, count=2)
    service.person("Alice").sends(composed)
    recorded = await received(account, {"picture"})
    async with asyncio.timeout(40):
        while True:
            try:
                kept = await account.fetch(recorded)
                break
            except NoAnswer:
                await asyncio.sleep(0.05)
    assert order.hits == 2
    assert kept.read_bytes() == content


async def test_a_login_that_is_gone_is_noticed_by_a_download(account: Account, service: Emulator) -> None:
    """Its refusal makes the client look, long before the poll comes home."""
    service.person("Alice").sends(made.file(FILE, "notes.bin"))
    recorded = await received(account, {"file"})
    looks = service.faults.add("delay", "synccheck", 0.0, count=None)
    before = looks.hits
    service.faults.add("refusal", "webwxgetmedia", 1101, count=1)
    assert (await account.fetch(recorded)).read_bytes() == FILE
    assert looks.hits > before


async def test_the_small_picture_of_a_film_may_be_of_any_length(account: Account, service: Emulator) -> None:
    """What was announced is the film's length."""
    service.person("Alice").sends(made.video(FILM, 9))
    recorded = await received(account, {"video"})
    path = await account.fetch(recorded, size="thumbnail")
    assert format_of(path)


def test_nothing_is_known_of_the_length_of_a_small_picture() -> None:
    """Also of a file's, of which the announced length is the file's own."""
    announced = File(sender=TransientName("@x"), name="notes.pdf", size=46, md5="00")
    assert media.wanted_of(announced, "thumbnail").size == 0
    assert media.wanted_of(announced, "full").size == 46


@pytest.mark.parametrize("fault", ["html", "refusal", "cut", "gzip_cut", "empty"])
async def test_a_map_and_a_portrait_are_pictures(account: Account, service: Emulator, fault: str) -> None:
    """Nothing else is kept as one."""
    service.person("Alice").sends(made.location(31.2, 121.4, "人民广场"))
    recorded = await received(account, {"location"})
    for endpoint in ("webwxgetpubliclinkimg", "webwxgeticon"):
        service.faults.add(fault, endpoint, count=1)
    place = await account.fetch(recorded)
    asked = await account.do(FetchAvatar(chat=account.find("Alice").key))
    assert [format_of(path) for path in (place, Path((await asked.accepted()).result))] == ["JPEG", "JPEG"]


async def test_a_cut_picture_that_stays_so_is_kept_as_doubtful(account: Account, service: Emulator) -> None:
    """It may have been cut on its way to the service; it is asked for again when somebody wants it."""
    order = service.faults.add("cut", "webwxgetmsgimg", 0.6, count=None)
    service.person("Alice").sends(compose.Composed(3, "", files={"full": PICTURE}))
    recorded = await received(account, {"picture"})
    assert (await account.fetch(recorded)).read_bytes() == PICTURE[: int(len(PICTURE) * 0.6)]
    assert next(account.archive.files())[0].verified is Verified.DOUBTFUL
    service.faults.remove(order)
    assert (await account.fetch(recorded)).read_bytes() == PICTURE
    assert next(account.archive.files())[0].verified is Verified.UNANNOUNCED


@pytest.mark.parametrize(
    ("came", "name"),
    [
        (b"MZ\x90\x00" + bytes(4998), "picture-{}-doubtful.bin"),
        (PICTURE[: len(PICTURE) * 6 // 10], "picture-{}-doubtful.jpg"),
        (PICTURE, "picture-{}.jpg"),
    ],
)
async def test_what_is_saved_is_called_what_it_is(
    account: Account, service: Emulator, tmp_path: Path, came: bytes, name: str
) -> None:
    """Bytes of no known kind are no picture by name, and what is doubtful says so wherever its path is shown."""
    service.person("Alice").sends(compose.Composed(3, "", files={"full": came}))
    recorded = await received(account, {"picture"})
    incoming = account.incoming(recorded)
    assert incoming is not None
    path = await incoming.save(tmp_path / "saved")
    assert path.read_bytes() == came
    assert path.name == name.format(incoming.message.id)


async def test_an_error_says_what_came(account: Account, service: Emulator) -> None:
    """So that somebody can tell the server's fault from their own."""
    service.faults.add("html", "webwxgetvoice", count=None)
    service.person("Alice").sends(made.voice(SOUND, 2_000))
    recorded = await received(account, {"voice"})
    with pytest.raises(HongyanError, match="received a web page") as caught:
        await account.fetch(recorded)
    assert caught.value.code == "wrong-content"
    assert "stored" in caught.value.advice


@pytest.mark.parametrize("fault", [("trickle", 60), ("hang", None)])
async def test_a_download_on_its_way_is_given_up_at_the_exit(
    open_client: Opener, service: Emulator, tmp_path: Path, fault: tuple[str, object]
) -> None:
    """Sends may finish; a download is begun anew at any time, so nobody waits for it and nothing of it stays."""
    async with open_client() as (account, holder):
        await account.ready(10)
        order = service.faults.add(fault[0], "webwxgetvideo", fault[1], count=None)
        service.person("Alice").sends(made.video(FILM, 9))
        recorded = await received(account, {"video"})
        fetching = asyncio.ensure_future(account.fetch(recorded))
        async with asyncio.timeout(20):
            while not order.hits:
                await asyncio.sleep(0.02)
        sender = holder._sender
        assert sender is not None
        await sender.stop(600.0)  # which ends at once, or the test does not
        fetching.cancel()
    assert lying(tmp_path) == []


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("fault", [("empty", None), ("login_page", None), ("html", None), ("refusal", 1101)])
async def test_what_was_wrong_several_times_still_comes_by_itself(
    service: Emulator, tmp_path: Path, fault: tuple[str, object]
) -> None:
    """Nobody asks for it; the server is unwell for a while."""
    service.faults.add(fault[0], "webwxgetmsgimg", fault[1], count=4)
    service.person("Alice").sends(made.picture(PICTURE))
    async with asyncio.timeout(20):
        while PICTURE not in lying(tmp_path):
            await asyncio.sleep(0.02)
    assert lying(tmp_path) == [PICTURE]


async def test_a_download_that_hangs_keeps_no_other_and_no_upload(
    account: Account, service: Emulator, tmp_path: Path
) -> None:
    """Each waits for its own answer alone."""
    hang = service.faults.add("hang", "webwxgetvideo", count=1)
    rows = []
    for film in (FILM, movies.mp4(3, "other")):
        service.person("Alice").sends(made.video(film, 3))
    async with asyncio.timeout(20):
        async for recorded in account.events(after=Seq(0)):
            if isinstance(recorded.event, MessageReceived) and recorded.event.message.kind == "video":
                rows.append(recorded)
                if len(rows) == 2:
                    break
        stuck = asyncio.ensure_future(account.fetch(rows[0]))
        while not hang.hits:
            await asyncio.sleep(0.02)
        await account.fetch(rows[1])
        source = tmp_path / "notes.bin"
        source.write_bytes(FILE)
        await (await account.send(account.find("Alice"), source)).accepted()
    assert not stuck.done()
    stuck.cancel()
