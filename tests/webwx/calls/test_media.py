"""Files up and down: forms, tickets, ranges and picture addresses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from msgspec.structs import replace

from hongyan.errors import NoAnswer, ProtocolChanged, Refused
from hongyan.model.ids import MsgId, TransientName
from hongyan.webwx.calls import media
from hongyan.webwx.hosts import official
from hongyan.webwx.http import ApiCall, Lane, Multipart, Response

from .test_caller import reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.webwx.calls.caller import Caller

PEER = TransientName("@peer")
CHUNK = media.Chunk(
    to=PEER,
    name="图 1.png",
    content_type="image/png",
    media_type="pic",
    media=1546217858497,
    file_number=0,
    size=600_000,
    md5="0f" * 16,
    chunks=2,
    chunk=1,
    offset=524_288,
    length=75_712,
)


def form(call: ApiCall[Any]) -> Multipart:
    assert isinstance(call.request.body, Multipart)
    return call.request.body


def query(call: ApiCall[Any]) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(call.request.url).query, keep_blank_values=True))


def test_a_chunk_is_sent_as_the_browser_sends_it(caller: Caller) -> None:
    """The fields in the captured order, the file's bytes from where the chunk begins."""
    sent = form(media.upload_chunk(caller, CHUNK))
    names = [name for name, _ in sent.fields]
    assert names == [
        *("id", "name", "type", "lastModifiedDate", "size", "chunks", "chunk", "mediatype"),
        *("uploadmediarequest", "webwx_data_ticket", "pass_ticket"),
    ]
    assert sent.file is not None
    assert (sent.file.field, sent.file.filename) == ("filename", "图 1.png")
    assert (sent.file.offset, sent.file.length) == (524_288, 75_712)
    assert sent.file.content_type == "application/octet-stream"


def test_a_file_in_one_piece_names_no_chunks(caller: Caller) -> None:
    """And its part has the content type of the file."""
    whole = replace(CHUNK, chunks=1, chunk=0, offset=0, length=405, size=405)
    sent = form(media.upload_chunk(caller, whole))
    assert not {"chunks", "chunk"} & {name for name, _ in sent.fields}
    assert sent.file is not None
    assert sent.file.content_type == "image/png"


def test_every_chunk_speaks_of_the_whole_file(caller: Caller) -> None:
    """StartPos 0, DataLen the total, the same ClientMediaId: else the last chunk brings no media id."""
    told = json.loads(dict(form(media.upload_chunk(caller, CHUNK)).fields)["uploadmediarequest"])
    assert told["StartPos"] == 0
    assert told["DataLen"] == told["TotalLen"] == 600_000
    assert told["ClientMediaId"] == 1546217858497
    assert told["MediaType"] == 4
    assert told["FileMd5"] == "0f" * 16
    assert (told["FromUserName"], told["ToUserName"]) == ("@me", "@peer")
    assert "Signature" not in told


def test_a_large_file_carries_its_permit(caller: Caller) -> None:
    """Signature and key of webwxcheckupload go along with every chunk."""
    large = replace(CHUNK, signature="sig", aes_key="key")
    told = json.loads(dict(form(media.upload_chunk(caller, large)).fields)["uploadmediarequest"])
    assert (told["Signature"], told["AESKey"]) == ("sig", "key")


def test_an_upload_goes_to_the_file_host_with_its_tickets(caller: Caller) -> None:
    """It stands in the lane of files, and its tickets are form fields."""
    credentials = replace(caller.credentials, hosts=official("wx2.qq.com"))
    request = media.upload_chunk(replace(caller, credentials=credentials), CHUNK).request
    assert request.origin == "https://file.wx2.qq.com"
    assert request.url.endswith("/webwxuploadmedia?f=json")
    assert request.lane is Lane.FILE
    fields = dict(form(media.upload_chunk(caller, CHUNK)).fields)
    assert fields["webwx_data_ticket"] == "SECRETdata"


def test_chunks_may_go_side_by_side_in_the_form_of_the_file_transfer_page(caller: Caller) -> None:
    """The first answer's id ties them together; the last one brings the media id."""
    call = media.upload_parallel(caller, replace(CHUNK, signature="sig", aes_key="key"), "up-1")
    sent = form(call)
    assert [name for name, _ in sent.fields] == [
        "UploadMediaParallelRequest",
        "pass_ticket",
        "webwx_data_ticket",
    ]
    told = json.loads(dict(sent.fields)["UploadMediaParallelRequest"])
    assert (told["UploadID"], told["Signature"], told["AESKey"]) == ("up-1", "sig", "key")
    assert (told["Chunks"], told["Chunk"], told["TotalLen"]) == (CHUNK.chunks, CHUNK.chunk, 600_000)
    assert told["BaseRequest"]["Uin"] == int(caller.credentials.uin)
    assert call.request.url.endswith("/webwxuploadmediaparallel?f=json")
    answer = call.read(reply(UploadID="up-1", MediaId="@crypt_1"))
    assert (answer.upload_id, answer.media_id) == ("up-1", "@crypt_1")
    with pytest.raises(Refused):
        call.read(reply(1))


def test_the_media_id_comes_with_the_last_chunk(caller: Caller) -> None:
    """Until then it is empty; a refusal is an error."""
    read = media.upload_chunk(caller, CHUNK).read
    assert read(reply(MediaId="")) == ""
    assert read(reply(MediaId="@crypt_1")) == "@crypt_1"
    with pytest.raises(Refused):
        read(reply(1100))


def test_a_permit_may_say_that_the_file_is_known(caller: Caller) -> None:
    """Then there is a media id and nothing to upload."""
    call = media.check_upload(caller, PEER, "a.zip", 26 << 20, "0f" * 16)
    assert isinstance(call.request.body, bytes)
    assert json.loads(call.request.body)["FileType"] == 7
    permit = call.read(reply(MediaId="", AESKey="k", Signature="s", EncryFileName="a%2Ezip"))
    assert (permit.media_id, permit.aes_key, permit.signature) == ("", "k", "s")
    assert call.read(reply(MediaId="@known")).media_id == "@known"


DOWNLOADS: dict[str, Callable[[Caller], ApiCall[None]]] = {
    "webwxgetmsgimg": lambda c: media.message_picture(c, MsgId("1")),
    "webwxgetvideo": lambda c: media.video(c, MsgId("1")),
    "webwxgetvoice": lambda c: media.voice(c, MsgId("1")),
    "webwxgetmedia": lambda c: media.media_file(c, PEER, "@media", "a%2Etxt"),
    "webwxgetpubliclinkimg": lambda c: media.place_picture(c, MsgId("1")),
    "webwxgeticon": lambda c: media.avatar(c, "/cgi-bin/mmwebwx-bin/webwxgeticon?seq=1&username=@a&skey="),
    "webwxgetheadimg": lambda c: media.avatar(c, "/cgi-bin/mmwebwx-bin/webwxgetheadimg?seq=1&username=@@a"),
    "webwxpreview": lambda c: media.preview(c, "@media"),
}


@pytest.mark.parametrize("endpoint", DOWNLOADS)
def test_a_download_is_a_get_in_the_lane_of_files(endpoint: str, caller: Caller) -> None:
    """With cookies, under the endpoint's own name."""
    request = DOWNLOADS[endpoint](caller).request
    assert (request.endpoint, request.method, request.lane) == (endpoint, "GET", Lane.FILE)
    assert urlsplit(request.url).path == f"/cgi-bin/mmwebwx-bin/{endpoint}"
    assert "Cookie" in dict(request.headers)


@pytest.mark.parametrize("endpoint", DOWNLOADS)
def test_only_a_file_is_taken_for_a_file(endpoint: str, caller: Caller) -> None:
    """A redirect or refusal is no content; a gateway error is no answer."""
    read = DOWNLOADS[endpoint](caller).read
    read(Response(status=200))
    read(Response(status=206))
    for status in (301, 302, 304, 403, 404, 416):
        with pytest.raises(ProtocolChanged):
            read(Response(status=status))
    for answer in (Response(status=502), Response(status=0, malformed=True)):
        with pytest.raises(NoAnswer):
            read(answer)


def test_pictures_come_in_three_sizes(caller: Caller) -> None:
    """Full, thumbnail (also a video's cover), and big (stickers)."""
    told = [
        query(media.message_picture(caller, MsgId("1"), size)).get("type")
        for size in ("full", "thumbnail", "big")
    ]
    assert told == [None, "slave", "big"]


def test_a_video_is_asked_for_as_a_range(caller: Caller) -> None:
    """Without a range the answer is empty."""
    assert ("Range", "bytes=0-") in media.video(caller, MsgId("1")).request.headers
    assert ("Range", "bytes=0-") not in media.voice(caller, MsgId("1")).request.headers


def test_a_file_is_fetched_with_number_and_tickets(caller: Caller) -> None:
    """``fromuser`` is the account's number; the file's encrypted name goes as it came."""
    told = query(media.media_file(caller, PEER, "@crypt_1", "a%2Etxt"))
    assert told == {
        "sender": "@peer",
        "mediaid": "@crypt_1",
        "encryfilename": "a%2Etxt",
        "fromuser": "987654321",
        "pass_ticket": "SECRET%2Bpt",
        "webwx_data_ticket": "SECRETdata",
    }


@pytest.mark.parametrize("key", ["", "&skey=", "&skey=@crypt_old"])
def test_a_picture_address_gets_the_key_of_the_login(key: str, caller: Caller) -> None:
    """Records come with an empty key, an old one, or none."""
    call = media.avatar(caller, f"/cgi-bin/mmwebwx-bin/webwxgeticon?seq=1&username=@a{key}")
    assert query(call) == {"seq": "1", "username": "@a", "skey": "@crypt_SECRET"}
    assert call.request.url.count("skey=") == 1


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/x.jpg",
        "//evil.example/cgi-bin/mmwebwx-bin/x",
        "@evil.example/x",
        "",
        "/other",
        "/cgi-bin/mmwebwx-bin/../../x",
        "/cgi-bin/mmwebwx-bin/webwxlogout?skey=",
        "/cgi-bin/mmwebwx-bin/webwxgeticon?a=1\r\nX: y",
        "/cgi-bin/mmwebwx-bin/webwxgeticon?a=1#",
    ],
)
def test_a_picture_is_fetched_nowhere_else(path: str, caller: Caller) -> None:
    """The path comes from the wire and the request carries cookies: it stays below the common path."""
    with pytest.raises(ProtocolChanged):
        media.avatar(caller, path)


def test_no_repr_shows_a_permit(caller: Caller) -> None:
    """Key and signature let anybody upload in the account's name."""
    permit = media.check_upload(caller, PEER, "a.zip", 26 << 20, "0f" * 16).read(
        reply(MediaId="@SECRET", AESKey="SECRET", Signature="SECRET")
    )
    assert permit.signature == "SECRET"
    chunk = replace(CHUNK, signature="SECRET", aes_key="SECRET")
    call = media.upload_chunk(caller, chunk)
    assert "SECRET" not in f"{permit!r}{chunk!r}{call!r}{call.request!r}{caller!r}"
