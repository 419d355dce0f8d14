"""What README and the guides promise can be followed: links lead somewhere, commands and options exist, examples run."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from hongyan import Settings
from hongyan.cli.commands import COMMANDS, load
from hongyan.emulator import Emulator, worlds

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
READMES = {
    README: ("## As a library", "invented samples"),
    ROOT / "README.zh.md": ("## 作为库", "个自编样本"),
}
GUIDES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md"), *ROOT.glob("packaging/*.md")]
)
each_readme = pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)

pytestmark = pytest.mark.skipif(not README.is_file(), reason="the guides are not beside the tests")


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(guide: Path) -> None:
    """Files exist, and so do the headings that are named in them."""
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", guide.read_text("utf-8")):
        name, _, heading = link.partition("#")
        target = guide.parent / name if name else guide
        assert target.exists(), link
        headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE) if heading else []
        assert not heading or heading in {_anchor(each) for each in headings}, link


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def _lines(guide: Path) -> Iterator[str]:
    """Yield what follows ``hongyan`` wherever a guide says what to type."""
    text = guide.read_text("utf-8")
    typed = re.findall(r"`hongyan ([^`\n]+)`", text)
    typed += re.findall(
        r"^(?: {4}|\$ |sudo )?(?:venv/bin/|\.venv/bin/)?hongyan ([^\n#]+)", text, re.MULTILINE
    )
    yield from (line for line in typed if line.split()[0] in COMMANDS or line[0].islower())


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_command_that_is_named_exists(guide: Path) -> None:
    """With the options that are written behind it."""
    for line in _lines(guide):
        name, *words = shlex.split(line.rstrip(" \\;"))
        assert name in COMMANDS, line
        command = load(name)
        if isinstance(command, click.Group) and words and words[0] in command.commands:
            command = command.commands[words[0]]
        known = {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
        written = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        assert written <= known | {"--help", "-h"}, line


@each_readme
def test_the_number_of_own_samples_is_the_true_one(readme: Path) -> None:
    """README tells a reader what he can run without data that he has not."""
    samples = json.loads((ROOT / "tests" / "webwx" / "samples" / "messages.json").read_text("utf-8"))
    assert f"{len(samples)} {READMES[readme][1]}" in " ".join(readme.read_text("utf-8").split())


def test_both_readmes_have_the_same_programs_commands_and_links() -> None:
    """What is not prose: blocks without their comments, the rows of tables, and every target but those of a language."""

    def gist(readme: Path) -> tuple[list[str], int, set[str]]:
        text = readme.read_text("utf-8")
        blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        code = [re.sub(r"[ \t]+#.*|<[^>]*>", "", block) for block in blocks]
        links = {link.replace("/zh/", "/") for link in re.findall(r"\]\(([^)\s]+)\)", text)}
        return code, len(re.findall(r"^\|", text, re.MULTILINE)), links - {"README.md", "README.zh.md"}

    assert gist(README) == gist(ROOT / "README.zh.md")


def test_the_first_bot_of_the_readmes_is_the_example() -> None:
    """Letter by letter."""
    example = (ROOT / "examples" / "echo.py").read_text("utf-8")
    for readme in READMES:
        assert f"```python\n{example}```" in readme.read_text("utf-8")


@each_readme
async def test_the_library_example_does_what_is_written_below_it(
    readme: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Copied as it stands: the steps of a login, the names, the number; the second time no login."""
    section = readme.read_text("utf-8").partition(READMES[readme][0])[2]
    code = section.partition("```python\n")[2].partition("```")[0].replace("asyncio.run(main())", "")
    names: dict[str, object] = {}
    exec(code, names)  # it is our own README
    async with Emulator(worlds.demo()[0]) as service, asyncio.timeout(30):
        settings = Settings(server=service.origin, home=str(tmp_path), pace=False)
        for logins in (1, 0):
            service.phone.confirm()
            await names["main"](settings)  # type: ignore[operator]  # it is the function of the example
            told = capsys.readouterr().out
            assert ("Confirmed" in told or "confirmed" in told.lower()) is bool(logins), told
            assert re.search(r"^\[.*'文件传输助手'.*\]$", told, re.MULTILINE), told
            assert re.search(r"^accepted: the message's number is \d+$", told, re.MULTILINE), told
