"""Which chats the list shows."""

from __future__ import annotations

from hongyan.model.events import LoginState, Status

from ..conftest import Stage, name, seen, until


async def test_chats_that_the_service_names_appear_when_they_are_known(stage: Stage) -> None:
    """At a first login the list is empty until the contacts are there; then it fills by itself."""
    from hongyan.model.contacts import ContactChange, ContactKind

    from ..conftest import LOGIN

    await stage.store.login.set_status(Status(state=LoginState.ONLINE, contacts_complete=False))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await until(pilot, lambda: seen(app, "还没有会话"))
        helper = ContactChange(name=name("filehelper"), kind=ContactKind.SPECIAL, nickname="文件传输助手")
        await stage.store.directory.learn(LOGIN, [helper], "init")
        await stage.store.login.set_status(Status(state=LoginState.ONLINE, contacts_complete=True))
        await until(pilot, lambda: seen(app, "文件传输助手"))
        await stage.came(stage.text("hi"))
        await until(pilot, lambda: seen(app, "老王") and seen(app, "文件传输助手"))
