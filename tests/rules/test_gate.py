"""No page can be reached around the gate: its first act is to pass it."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(p for p in (ROOT / "pages").glob("*.py") if p.stem != "__init__")
MAIN = ROOT / "core/ui/main.py"


def first_act(path: Path) -> str:
    """Return the first statement after the docstring and the imports."""
    for node in ast.parse(path.read_text()).body:
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_text and not isinstance(node, ast.Import | ast.ImportFrom):
            return ast.unparse(node)
    return ""


def test_there_are_pages() -> None:
    assert len(PAGES) >= 7


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_first_act_of_a_page_is_to_pass_the_gate(path: Path) -> None:
    assert re.match(r"page = frame\.open_page\('[^']+'", first_act(path))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_gate_of_a_page_is_the_real_one(path: Path) -> None:
    frames = [
        node.module
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        and any((name.asname or name.name) == "frame" for name in node.names)
    ]
    assert frames == ["core.ui"]


def first_call(name: str, functions: dict[str, ast.FunctionDef]) -> str:
    """Return what a function calls first, followed through its own module."""
    called = next(
        ast.unparse(node.func)
        for statement in functions[name].body
        for node in ast.walk(statement)
        if isinstance(node, ast.Call)
    )
    return first_call(called, functions) if called in functions else called


def test_the_frame_passes_the_gate_before_it_does_anything_else() -> None:
    tree = ast.parse((ROOT / "core/ui/frame.py").read_text())
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    assert first_call("open_page", functions) == "gate.enter"


def test_no_folder_of_pages_lies_beside_the_main_script() -> None:
    # Streamlit would run its files without the main script on a cold start.
    assert not (MAIN.parent / "pages").exists()


def test_every_page_is_in_the_map_under_the_name_of_its_file() -> None:
    told = set(re.findall(r'_page\("(\w+)"', MAIN.read_text()))
    assert told == {path.stem for path in PAGES}
