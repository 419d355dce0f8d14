"""As what a file is sent, and how large it may be."""

from __future__ import annotations

import pytest

from hongyan.errors import UsageError
from hongyan.model.upload_kinds import (
    FORMS,
    LIMITS,
    UploadKind,
    extension,
    require_allowed,
    require_form,
    upload_kind_of,
)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.PNG", UploadKind.PICTURE),
        ("a.b.jpeg", UploadKind.PICTURE),
        ("a.gif", UploadKind.STICKER),
        ("a.mp4", UploadKind.VIDEO),
        ("a.mov", UploadKind.FILE),
        ("png", UploadKind.FILE),
        ("", UploadKind.FILE),
    ],
)
def test_a_files_ending_says_as_what_it_is_sent(name: str, kind: UploadKind) -> None:
    """In whatever case; a name without a dot has none."""
    assert upload_kind_of(name, 1) is kind


@pytest.mark.parametrize("name", ["a.png", "a.gif", "a.mp4"])
def test_what_is_too_large_for_its_kind_is_sent_as_a_file(name: str) -> None:
    """The limit itself is allowed."""
    kind = upload_kind_of(name, 1)
    assert upload_kind_of(name, LIMITS[kind]) is kind
    assert upload_kind_of(name, LIMITS[kind] + 1) is UploadKind.FILE


@pytest.mark.parametrize("kind", UploadKind)
def test_a_file_above_the_limit_is_refused_with_the_limit(kind: UploadKind) -> None:
    """A plain file cannot be sent as one instead."""
    require_allowed(kind, "a", LIMITS[kind])
    with pytest.raises(UsageError, match=f"may have {LIMITS[kind] >> 20} MiB") as refused:
        require_allowed(kind, "a", LIMITS[kind] + 1)
    assert ("send it as a file" in refused.value.advice) is (kind is not UploadKind.FILE)


def test_an_empty_file_is_refused() -> None:
    """The service takes none."""
    with pytest.raises(UsageError, match="is empty"):
        require_allowed(UploadKind.FILE, "a", 0)


def test_a_form_is_a_kind_or_auto() -> None:
    """Anything else, of any type, is refused with what there is."""
    for form in FORMS:
        require_form(form)
    for wrong in ("PICTURE", "", None, 7):
        with pytest.raises(UsageError, match="form cannot be") as refused:
            require_form(wrong)
        assert "auto, picture" in refused.value.advice


def test_an_extension_is_what_stands_behind_the_last_dot() -> None:
    """In small letters."""
    assert [extension(name) for name in ("a.tar.GZ", "a", ".hidden", "a.")] == ["gz", "", "hidden", ""]
