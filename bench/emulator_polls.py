"""A thousand clients in long poll on one process of the emulator: how long until a message reaches them.

`python bench/emulator_polls.py [clients] [messages]`. The emulator runs in a child process, as a user would run it. Each
client logs in through the control API, parks its poll, and gets messages in turn; a delivery is the time from the order to
speak (before it is sent) until the client has the answer of its webwxsync.
"""

from __future__ import annotations

import asyncio
import json
import re
import resource
import statistics
import sys
import time

import aiohttp

PREFIX = "/cgi-bin/mmwebwx-bin/"
_SERVER = """
import asyncio, sys
from hongyan.emulator import Person, World
from hongyan.emulator.serve import ServeSettings, serve
worlds = [
    World(Person(f"wxid_me{n:012}", f"Me {n}"), {f"wxid_friend{n:08}": Person(f"wxid_friend{n:08}", "Friend")})
    for n in range(int(sys.argv[1]))
]
asyncio.run(serve(ServeSettings(worlds, announce=lambda service, _: print(service.origin, flush=True))))
"""


class Client:
    """One account's client: its keys and the messages it got."""

    def __init__(self, http: aiohttp.ClientSession, origin: str, number: int) -> None:
        self.http, self.origin, self.account = http, origin, f"wxid_me{number:012}"
        self.friend = f"wxid_friend{number:08}"
        self.headers: dict[str, str] = {}
        self.got: asyncio.Queue[float] = asyncio.Queue()

    async def log_in(self) -> None:
        """Code, phone, login page, init."""
        async with self.http.get(f"{self.origin}/jslogin?appid=x") as answer:
            uuid = re.findall(r'uuid = "(.+?)"', await answer.text())[0]
        order = {"account": self.account}
        async with self.http.post(f"{self.origin}/_control/phone/confirm", json=order):
            pass
        async with self.http.get(f"{self.origin}{PREFIX}login", params={"uuid": uuid}) as answer:
            redirect = re.findall(r'redirect_uri="(.+?)"', await answer.text())[0]
        async with self.http.get(redirect + "&fun=new") as answer:
            cookies = [each.split(";")[0] for each in answer.headers.getall("Set-Cookie")]
            self.secrets = dict(re.findall(r"<(skey|wxsid|wxuin)>(.*?)</", await answer.text()))
        self.headers = {"Cookie": "; ".join(cookies)}
        self.base = {"Uin": self.secrets["wxuin"], "Sid": self.secrets["wxsid"], "Skey": self.secrets["skey"]}
        self.key = (await self.post("webwxinit", {}))["SyncKey"]

    async def post(self, call: str, body: dict[str, object]) -> dict[str, object]:
        """One JSON call."""
        data = json.dumps({"BaseRequest": self.base} | body)
        async with self.http.post(self.origin + PREFIX + call, data=data, headers=self.headers) as answer:
            return json.loads(await answer.read())

    async def run(self) -> None:
        """Poll and sync without end."""
        while True:
            pairs = "|".join(f"{pair['Key']}_{pair['Val']}" for pair in self.key["List"])
            query = {"sid": self.secrets["wxsid"], "uin": self.secrets["wxuin"], "synckey": pairs}
            async with self.http.get(
                f"{self.origin}{PREFIX}synccheck", params=query, headers=self.headers
            ) as answer:
                text = await answer.text()
            if 'selector:"0"' in text:
                continue
            synced = await self.post("webwxsync", {"SyncKey": self.key})
            self.key = synced["SyncKey"]
            for _ in synced["AddMsgList"]:
                self.got.put_nowait(time.perf_counter())

    async def deliver(self) -> float:
        """Let the friend speak; seconds until the message is here."""
        begin = time.perf_counter()
        order = {"account": self.account, "from": self.friend, "text": "hello"}
        async with self.http.post(f"{self.origin}/_control/say", json=order) as answer:
            assert answer.status == 200, await answer.text()
        return await self.got.get() - begin


async def main(count: int, messages: int) -> None:
    """Start, log in, deliver one by one and in bursts, print."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _SERVER, str(count), stdout=asyncio.subprocess.PIPE
    )
    try:
        origin = (await child.stdout.readline()).decode().strip()
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:
            clients = [Client(http, origin, number) for number in range(count)]
            begin = time.perf_counter()
            for client in clients:
                await client.log_in()
            print(f"{count} logins: {time.perf_counter() - begin:.1f} s")
            tasks = [asyncio.create_task(client.run()) for client in clients]
            await asyncio.sleep(2)
            report("one after the other", [await clients[n % count].deliver() for n in range(messages)])
            step = max(count // 50, 1)
            burst = await asyncio.gather(*(client.deliver() for client in clients[::step]))
            report(f"{len(burst)} at the same moment", list(burst))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        child.terminate()
        await child.wait()


def report(name: str, seconds: list[float]) -> None:
    """One line of figures."""
    ordered = sorted(each * 1000 for each in seconds)
    print(
        f"{name}: {len(ordered)} deliveries, median {statistics.median(ordered):.1f} ms, "
        f"99 % {ordered[int(len(ordered) * 0.99) - 1]:.1f} ms, worst {ordered[-1]:.1f} ms"
    )


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    asyncio.run(main(*(given + [1000, 500][len(given) :])))
