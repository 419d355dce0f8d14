"""Uploads by chunks, downloads byte for byte, avatars."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from hongyan.emulator import Emulator, World, compose, compose_media

from ..browser import ALICE, PREFIX, TEAM, Browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.emulator import ManualClock

MB = 1024 * 1024


async def test_media_id_comes_with_the_last_chunk(logged_in: Browser) -> None:
    """Two full chunks and a rest; StartPos counts what is there."""
    data = os.urandom(2 * 524288 + 5)
    answers = await logged_in.upload(data)
    assert [bool(each["MediaId"]) for each in answers] == [False, False, True]
    assert [each["StartPos"] for each in answers] == [524288, 1048576, len(data)]
    media = logged_in.service.media.find(answers[-1]["MediaId"])
    assert media
    assert logged_in.service.media.path(media).read_bytes() == data


async def test_wrong_md5_is_refused(logged_in: Browser) -> None:
    """FileMd5 of other bytes: Ret 1 and no MediaId."""
    answer = (await logged_in.upload(b"bytes", FileMd5="0" * 32))[-1]
    assert (answer["BaseResponse"]["Ret"], answer["MediaId"]) == (1, "")


async def test_missing_md5_is_accepted(logged_in: Browser) -> None:
    """wechat4u and two others never send it; TotalLen may be text."""
    assert (await logged_in.upload(b"bytes", FileMd5="", TotalLen="5"))[-1]["MediaId"]


async def test_chunks_out_of_order_are_refused(logged_in: Browser) -> None:
    """Strictly one after the other."""
    await logged_in.upload_chunk(b"abcdef", "a", 0, 3, b"ab")
    answer = await logged_in.upload_chunk(b"abcdef", "a", 2, 3, b"ef")
    assert answer["BaseResponse"]["Ret"] == 1


async def test_client_media_id_must_stay_the_same(logged_in: Browser) -> None:
    """A new one in the second chunk is an upload that never began."""
    await logged_in.upload_chunk(b"abcd", "a", 0, 2, b"ab")
    answer = await logged_in.upload_chunk(b"abcd", "a", 1, 2, b"cd", ClientMediaId=2)
    assert (answer["BaseResponse"]["Ret"], answer["MediaId"]) == (1, "")


async def test_wrong_total_is_refused(logged_in: Browser) -> None:
    """The bytes must add up to TotalLen."""
    assert (await logged_in.upload(b"bytes", TotalLen=6))[-1]["BaseResponse"]["Ret"] == 1


async def test_empty_file_is_refused(logged_in: Browser) -> None:
    """Ret 1."""
    assert (await logged_in.upload(b""))[-1]["BaseResponse"]["Ret"] == 1


async def test_upload_needs_no_cookies_but_its_ticket(
    logged_in: Browser, open_browser: Callable[[Emulator], Browser]
) -> None:
    """WeixinBot and wxpy send none: the form's webwx_data_ticket is the authority."""
    ticket = next(each.value for each in logged_in.http.cookie_jar if each.key == "webwx_data_ticket")
    bare = open_browser(logged_in.service)
    url = logged_in.service.origin + PREFIX + "webwxuploadmedia"
    asked = '{"BaseRequest": {"Uin": "1"}, "ClientMediaId": 1, "TotalLen": 2, "StartPos": 0, "DataLen": 2, "MediaType": 4}'
    for given, ret in ((ticket, 0), ("wrong", 1100)):
        form = aiohttp.FormData(
            {"uploadmediarequest": asked.replace('"1"', f'"{logged_in.secrets["wxuin"]}"')}
        )
        form.add_field("filename", b"ab", filename="a", content_type="image/png")
        form.add_field("webwx_data_ticket", given)
        form.add_field("pass_ticket", "undefined")
        answer = await bare.http.post(url, params={"f": "json"}, data=form)
        assert bare.decoded(await answer.read())["BaseResponse"]["Ret"] == ret


async def test_encoded_file_names_are_refused(logged_in: Browser) -> None:
    """`filename*=` was never understood."""
    ticket = next(each.value for each in logged_in.http.cookie_jar if each.key == "webwx_data_ticket")
    body = (
        '--b\r\nContent-Disposition: form-data; name="uploadmediarequest"\r\n\r\n{"ClientMediaId":1,"TotalLen":2}\r\n'
        f'--b\r\nContent-Disposition: form-data; name="webwx_data_ticket"\r\n\r\n{ticket}\r\n'
        "--b\r\nContent-Disposition: form-data; name=\"filename\"; filename*=utf-8''%E4%BD%A0\r\n\r\nab\r\n--b--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    url = logged_in.service.origin + PREFIX + "webwxuploadmedia"
    answer = await logged_in.http.post(url, data=body.encode(), headers=headers)
    assert logged_in.decoded(await answer.read())["BaseResponse"]["Ret"] == 1


async def test_large_files_need_a_signature(logged_in: Browser) -> None:
    """Above 25 MB: refused without, taken with the one of webwxcheckupload, both in upload and send."""
    data = os.urandom(25 * MB + 1)
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    assert (await logged_in.upload(data))[-1]["BaseResponse"]["Ret"] == 1
    order = {"FileMd5": md5, "FileName": "/home/x/big.bin", "FileSize": len(data), "FileType": 7}
    check = await logged_in.post("webwxcheckupload", order)
    assert check["MediaId"] == ""
    assert check["AESKey"]
    signature = check["Signature"]
    media_id = (await logged_in.upload(data, Signature=signature))[-1]["MediaId"]
    assert media_id
    assert (await logged_in.post("webwxcheckupload", order))["MediaId"] == media_id
    xml = f"<appmsg><title>big.bin</title><type>6</type><attachid>{media_id}</attachid></appmsg>"
    message = {"Type": 6, "Content": xml, "ToUserName": await logged_in.name_of(ALICE)}
    refused = await logged_in.post("webwxsendappmsg", {"Msg": message | {"ClientMsgId": 1}, "Scene": 0})
    taken = await logged_in.post(
        "webwxsendappmsg", {"Msg": message | {"ClientMsgId": 2, "Signature": signature}, "Scene": 0}
    )
    assert (refused["BaseResponse"]["Ret"], taken["BaseResponse"]["Ret"]) == (1, 0)


async def test_pictures_come_back_byte_for_byte(logged_in: Browser) -> None:
    """Under the type of a JPEG, whatever they are; both spellings of the id; a thumbnail of its own."""
    gif = b"GIF89a" + os.urandom(200)
    content = compose.Composed(3, "", files={"full": gif, "slave": b"small"})
    message = logged_in.service.person("alice").sends(content)
    skey = logged_in.secrets["skey"]
    for query in (
        {"MsgID": message.msg_id},
        {"msgid": message.msg_id, "type": "big"},
        {"": "", "MsgID": message.msg_id},
    ):
        answer = await logged_in.get("webwxgetmsgimg", **query, skey=skey)
        assert (await answer.read(), answer.headers["Content-Type"]) == (gif, "image/jpeg")
    answer = await logged_in.get("webwxgetmsgimg", MsgID=message.msg_id, skey="", type="slave")
    assert await answer.read() == b"small"


async def test_thumbnail_is_drawn_where_none_was_given(logged_in: Browser) -> None:
    """Never the picture itself."""
    message = logged_in.service.person("alice").sends(compose.Composed(3, "", files={"full": b"x"}))
    answer = await logged_in.get("webwxgetmsgimg", MsgID=message.msg_id, type="slave")
    assert (await answer.read()).startswith(b"\xff\xd8\xff")


async def test_store_stickers_have_no_bytes(logged_in: Browser) -> None:
    """HasProductId 1: an empty picture."""
    content = compose.Composed(47, "", fields={"HasProductId": 1}, files={"full": b"x"})
    message = logged_in.service.person("alice").sends(content)
    answer = await logged_in.get("webwxgetmsgimg", MsgID=message.msg_id, type="big")
    assert (answer.status, await answer.read()) == (200, b"")


@pytest.mark.parametrize("size", [1000, 2 * MB])
async def test_video_needs_a_range(logged_in: Browser, size: int) -> None:
    """Without Range an empty 200; with it 206 and Content-Range; the cover comes from getmsgimg."""
    video = os.urandom(size)
    message = logged_in.service.person("alice").sends(compose.Composed(43, "", files={"full": video}))
    empty = await logged_in.get("webwxgetvideo", msgid=message.msg_id)
    assert (empty.status, await empty.read()) == (200, b"")
    whole = await logged_in.get("webwxgetvideo", {"Range": "bytes=0-"}, msgid=message.msg_id)
    assert (whole.status, whole.headers["Content-Type"]) == (206, "video/mp4")
    assert whole.headers["Content-Range"] == f"bytes 0-{size - 1}/{size}"
    assert await whole.read() == video
    part = await logged_in.get("webwxgetvideo", {"Range": "bytes=10-19"}, msgid=message.msg_id)
    assert await part.read() == video[10:20]
    cover = await logged_in.get("webwxgetmsgimg", MsgID=message.msg_id)
    assert (await cover.read()).startswith(b"\xff\xd8\xff")


async def test_voice_comes_as_audio(logged_in: Browser) -> None:
    """With or without a Range."""
    message = logged_in.service.person("alice").sends(compose.Composed(34, "", files={"full": b"ID3 voice"}))
    answer = await logged_in.get("webwxgetvoice", msgid=message.msg_id)
    assert (answer.headers["Content-Type"], await answer.read()) == ("audio/mp3", b"ID3 voice")
    assert (await logged_in.get("webwxgetvoice", {"Range": "bytes=0-"}, msgid=message.msg_id)).status == 206


@pytest.mark.parametrize("size", [100, 3 * MB])
async def test_file_comes_back_by_its_media_id(logged_in: Browser, size: int) -> None:
    """pass_ticket `undefined` is fine, the data ticket is needed; encryfilename and filename both."""
    data = os.urandom(size)
    media_id = (await logged_in.upload(data))[-1]["MediaId"]
    ticket = next(each.value for each in logged_in.http.cookie_jar if each.key == "webwx_data_ticket")
    query: dict[str, Any] = {
        "sender": "@x",
        "mediaid": media_id,
        "fromuser": logged_in.secrets["wxuin"],
        "pass_ticket": "undefined",
    }
    for name in ("filename", "encryfilename"):
        answer = await logged_in.get("webwxgetmedia", **query | {name: "a", "webwx_data_ticket": ticket})
        assert await answer.read() == data
    assert await (await logged_in.get("webwxgetmedia", **query, webwx_data_ticket="wrong")).read() == b""


async def test_media_expire_after_two_weeks(logged_in: Browser, clock: ManualClock) -> None:
    """Days later there are no bytes."""
    message = logged_in.service.person("alice").sends(compose.Composed(3, "", files={"full": b"x"}))
    for _ in range(15):
        clock.advance(11 * 3600)
        await logged_in.sync()
        clock.advance(11 * 3600)
        await logged_in.sync()
    assert await (await logged_in.get("webwxgetmsgimg", MsgID=message.msg_id)).read() == b"x"
    clock.advance(7 * 3600)
    await logged_in.sync()
    assert await (await logged_in.get("webwxgetmsgimg", MsgID=message.msg_id)).read() == b""


async def test_avatars_are_pictures_of_their_own(logged_in: Browser) -> None:
    """By HeadImgUrl, by `userName` as itchat asks, for groups, in two sizes; nothing for an unknown name."""
    book = {each["UserName"]: each for each in await logged_in.contacts()}
    alice, team = await logged_in.name_of(ALICE), await logged_in.name_of(TEAM)
    first = await logged_in.http.get(logged_in.service.origin + book[alice]["HeadImgUrl"])
    picture = await first.read()
    assert picture.startswith(b"\xff\xd8\xff")
    assert await (await logged_in.get("webwxgeticon", userName=alice, skey="")).read() == picture
    assert await (await logged_in.get("webwxgetheadimg", userName=team)).read() != picture
    assert await (await logged_in.get("webwxgeticon", username=alice, type="big")).read() != picture
    assert await (await logged_in.get("webwxgeticon", username="@" + "0" * 64)).read() == b""


async def test_preview_shows_what_was_uploaded(logged_in: Browser) -> None:
    """By MediaId."""
    media_id = (await logged_in.upload(b"picture"))[-1]["MediaId"]
    answer = await logged_in.get("webwxpreview", fun="preview", mediaid=media_id)
    assert await answer.read() == b"picture"


async def test_downloads_of_others_are_empty(
    world: World, open_browser: Callable[[Emulator], Browser]
) -> None:
    """Without a login there are no bytes."""
    async with Emulator(world) as service:
        message = service.person("alice").sends(compose.Composed(3, "", files={"full": b"x"}))
        answer = await open_browser(service).get("webwxgetmsgimg", MsgID=message.msg_id)
        assert await answer.read() == b""


async def test_received_file_names_its_media_id(logged_in: Browser) -> None:
    """In the JSON and in the XML, with the sender's permanent id; the bytes come back by it."""
    message = logged_in.service.person("alice").sends(compose_media.file(b"%PDF", "报告 1.pdf"))
    got = (await logged_in.messages())[0]
    assert (got["MsgType"], got["AppMsgType"], got["FileName"], got["FileSize"]) == (49, 6, "报告 1.pdf", "4")
    assert got["MediaId"] == message.media["full"]
    assert f"&lt;attachid&gt;{got['MediaId']}&lt;/attachid&gt;" in got["Content"]
    assert f"&lt;fromusername&gt;{ALICE}&lt;/fromusername&gt;" in got["Content"]
    ticket = next(each.value for each in logged_in.http.cookie_jar if each.key == "webwx_data_ticket")
    answer = await logged_in.get(
        "webwxgetmedia", mediaid=got["MediaId"], encryfilename=got["EncryFileName"], webwx_data_ticket=ticket
    )
    assert await answer.read() == b"%PDF"


async def test_location_leads_to_its_map(logged_in: Browser) -> None:
    """The address in the text carries the message's own number."""
    message = logged_in.service.person("alice").sends(compose_media.location(22.5, 114.1, "Somewhere"))
    content = (await logged_in.messages())[0]["Content"]
    assert f"msgid={message.msg_id}" in content
    answer = await logged_in.get("webwxgetpubliclinkimg", url="xxx", msgid=message.msg_id, pictype="location")
    assert (await answer.read()).startswith(b"\xff\xd8\xff")


async def test_more_than_half_a_mebibyte_in_one_piece_is_refused(logged_in: Browser) -> None:
    """Since autumn 2017 such uploads fail (wxpy #297, itchat #550); 512 KiB pass."""
    assert (await logged_in.upload(bytes(524288), size=MB))[-1]["MediaId"]
    answer = (await logged_in.upload(bytes(524289), size=MB))[-1]
    assert (answer["BaseResponse"]["Ret"], answer["MediaId"]) == (1, "")


async def test_an_upload_needs_its_ticket_in_the_form(logged_in: Browser) -> None:
    """All recorded clients send it there; a cookie alone is not enough."""
    form = aiohttp.FormData(quote_fields=False)
    asked = {"BaseRequest": logged_in.base_request, "ClientMediaId": 1, "TotalLen": 3, "DataLen": 3}
    form.add_field("uploadmediarequest", json.dumps(asked))
    form.add_field("filename", b"abc", filename="a.txt")
    answer = await logged_in.http.post(f"{logged_in.service.origin}{PREFIX}webwxuploadmedia", data=form)
    assert logged_in.decoded(await answer.read())["BaseResponse"]["Ret"] == 1100


async def test_encrypted_names_are_escaped(logged_in: Browser) -> None:
    """EncryFileName goes into an address as it is."""
    answer = (await logged_in.upload(b"abc", "周报 v1.bin"))[-1]
    assert answer["EncryFileName"] == "%E5%91%A8%E6%8A%A5%20v1%2Ebin"


@pytest.mark.parametrize("kind", [None, "text/plain", "application/json", "multipart/form-data", "multipart"])
async def test_uploads_that_are_no_forms_are_refused(logged_in: Browser, kind: str | None) -> None:
    """Without a Content-Type too, and with one that has no boundary: Ret 1200."""
    reader, writer = await asyncio.open_connection("127.0.0.1", logged_in.service.port)
    label = f"Content-Type: {kind}\r\n" if kind else ""
    head = f"POST {PREFIX}webwxuploadmedia HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{label}Content-Length: 3\r\n\r\n"
    writer.write(head.encode() + b"abc")
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"Ret": 1200' in answer


async def test_a_browser_may_upload_from_the_main_page(logged_in: Browser) -> None:
    """CORS as captured: OPTIONS is answered, the page's origin and its cookies are let in; synccheck is for everybody."""
    service = logged_in.service
    headers = {"Origin": service.origin, "Access-Control-Request-Headers": "x-requested-with"}
    preflight = await logged_in.http.options(f"{service.origin}{PREFIX}webwxuploadmedia", headers=headers)
    assert preflight.status == 200
    assert preflight.headers["Access-Control-Allow-Headers"] == "x-requested-with"
    for answer in (
        preflight,
        await logged_in.http.post(f"{service.origin}{PREFIX}webwxuploadmedia", data=b"x"),
    ):
        assert answer.headers["Access-Control-Allow-Origin"] == service.origin
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    real = await logged_in.http.post(
        f"{service.origin}{PREFIX}webwxuploadmedia", data=b"x", headers={"Host": "file.wx2.qq.com"}
    )
    assert real.headers["Access-Control-Allow-Origin"] == "https://wx2.qq.com"
    assert (await logged_in.get("synccheck")).headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in (await logged_in.get("webwxgetcontact")).headers
