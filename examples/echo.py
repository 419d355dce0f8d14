from hongyan.bot import STOP, App, Text, text

app = App("echo")


@app.on(Text, text(r"(?i)^ping$"))
async def pong(message):
    await message.reply("pong")
    return STOP  # the handlers below do not get this message


@app.on(Text)
async def echo(message):
    await message.reply(f"{message.sender_name}: {message.text}")
