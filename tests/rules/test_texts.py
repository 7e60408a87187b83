"""The repository reads as the work of people for people."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def tracked() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).exists()]


def texts() -> list[tuple[str, str]]:
    found = []
    for path in tracked():
        try:
            found.append((path.relative_to(ROOT).as_posix(), path.read_text()))
        except UnicodeDecodeError:
            continue
    return found


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    home = re.compile("(/(ho" + "me|Us" + "ers|ro" + "ot|wo" + r"rk)/[a-z])")
    assert [name for name, text in texts() if home.search(text)] == []


def test_no_file_holds_something_that_looks_like_a_secret() -> None:
    secret = re.compile(
        "(AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|Atzr\\|[A-Za-z0-9]{40})"
    )
    assert [name for name, text in texts() if secret.search(text)] == []


def test_every_make_target_that_the_documents_name_exists() -> None:
    targets = set(
        re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    )
    for name, text in texts():
        if name.endswith(".md"):
            told = set(re.findall(r"`make ([a-z]+)", text))
            assert told <= targets, name


def test_every_path_that_the_readme_names_exists() -> None:
    readme = (ROOT / "README.md").read_text()
    for path in re.findall(r"\]\((?!http|#)([^)#]+)", readme):
        assert (ROOT / path).exists(), path
