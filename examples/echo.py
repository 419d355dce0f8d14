from hongyan.bot import App, Text

app = App("echo")


@app.on(Text)
async def echo(message):
    if message.text.lower() == "ping":
        await message.reply("pong")
    else:
        await message.reply(f"{message.sender_name}: {message.text}")
