"""A bot with commands: /roll 2d6, /choose tea coffee, /help. In groups it listens when it is mentioned.

Run it on the emulator: hongyan bot examples.dice:app
"""

from __future__ import annotations

import random
import re

from hongyan.bot import STOP, App, MessageContext, Text, command, mentions_me, private, text

app = App("dice", time_limit=5)
dice = random.SystemRandom()
for_me = private | mentions_me

HELP = "/roll 2d6: throw dice\n/choose tea coffee: pick one\n/help: this"


@app.on(Text, for_me & command("/roll"))
async def roll(message: MessageContext) -> object:
    wish = re.fullmatch(r"(\d{1,2})?d(\d{1,3})", message.match["args"].strip() or "1d6")
    if wish is None or wish[2] in {"0", "00", "000"}:
        await message.reply("How many dice with how many sides? Like this: /roll 2d6")
        return STOP
    throws = [dice.randint(1, int(wish[2])) for _ in range(int(wish[1] or 1))]
    await message.reply(f"{message.sender_name} threw {' + '.join(map(str, throws))} = {sum(throws)}")
    return STOP


@app.on(Text, for_me & command("/choose"))
async def choose(message: MessageContext) -> object:
    things = message.match["args"].split()
    await message.reply(dice.choice(things) if things else "Between what? Like this: /choose tea coffee")
    return STOP


@app.on(Text, for_me & (command("/help") | text("^/")))
async def help_(message: MessageContext) -> None:
    await message.reply(HELP)
