"""The other side of the HTTP hook, with nothing but Python's own library: it answers "time?" and counts letters.

HOOK_SECRET=abc python examples/webhook_server.py 8080
HONGYAN_HOOK_SECRET=abc hongyan chat --plain --hook http://127.0.0.1:8080/
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ.get("HOOK_SECRET", "")


def answer(message: dict) -> str | None:
    if message["kind"] != "text" or message["redelivered"]:
        return None
    if message["chat"]["group"] and message["mentions_me"] != "yes":
        return None
    if "time?" in message["text"]:
        return time.strftime("It is %H:%M.")
    return f"{message['sender']['shown_as']}, that is {len(message['text'])} letters."


class Webhook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if SECRET and not self.is_signed(body):
            self.send_error(403)
            return
        reply = json.dumps({"reply": answer(json.loads(body))}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def is_signed(self, body: bytes) -> bool:
        timestamp = self.headers.get("X-Hongyan-Timestamp", "0")
        wanted = hmac.new(SECRET.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        fresh = abs(time.time() - int(timestamp)) < 300
        return fresh and hmac.compare_digest("sha256=" + wanted, self.headers.get("X-Hongyan-Signature", ""))


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Webhook)
    print(f"http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()
