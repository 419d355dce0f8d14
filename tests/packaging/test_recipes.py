"""The recipes of package managers say what pyproject.toml says; the Debian package runs from where it is unpacked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import hongyan

ROOT = Path(__file__).resolve().parents[2]
RECIPES = ROOT / "packaging"
BUILT = sorted((ROOT / "dist").glob("hongyan_*.deb"))

pytestmark = pytest.mark.skipif(not RECIPES.is_dir(), reason="the recipes are not beside the tests")


def _needed() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {re.split(r"[><=;\[ ]", line)[0] for line in project["dependencies"]}


def test_the_arch_recipe_needs_what_the_project_needs() -> None:
    """Its names have a prefix, and underscores here and there."""
    text = (RECIPES / "arch" / "PKGBUILD").read_text("utf-8")
    listed = re.search(r"^depends=\((.*?)^\)", text, re.DOTALL | re.MULTILINE)
    assert listed is not None
    names = {name.replace("_", "-") for name in re.findall(r"python-([\w-]+)", listed[1])}
    assert names == _needed()
    assert f"pkgver={hongyan.__version__}\n" in text


def test_the_nix_recipe_needs_what_the_project_needs() -> None:
    """Of the libraries of nixpkgs."""
    text = (RECIPES / "nix" / "default.nix").read_text("utf-8")
    listed = re.search(r"dependencies = with pkgs\.python3Packages; \[(.*?)\]", text, re.DOTALL)
    assert listed is not None
    assert set(listed[1].split()) == _needed()
    assert f'version = "{hongyan.__version__}";' in text


@pytest.mark.parametrize("recipe", ["deb.sh", "arch/PKGBUILD", "nix/default.nix", "README.md"])
def test_no_recipe_names_a_download_host(recipe: str) -> None:
    """Libraries come from wherever the machine takes them."""
    assert re.findall(r"https?://|git\+|ftp://", (RECIPES / recipe).read_text("utf-8")) == []


@pytest.mark.skipif(not BUILT, reason="there is no Debian package: make deb")
@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="there is no dpkg-deb")
def test_the_debian_package_runs_from_where_it_is_unpacked(tmp_path: Path) -> None:
    """With its own libraries, on the Python for which it was built."""
    subprocess.run(["dpkg-deb", "-x", str(BUILT[-1]), str(tmp_path)], check=True)
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "python3").symlink_to(sys.executable)
    environment = {"PATH": f"{tmp_path / 'python'}:{os.defpath}", "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    said = subprocess.run(
        [str(tmp_path / "usr" / "bin" / "hongyan"), "explain", "1102"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert "1102" in said.stdout
    assert (tmp_path / "usr/share/bash-completion/completions/hongyan").read_text("utf-8").strip()
