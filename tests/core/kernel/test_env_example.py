import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.kernel.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = (ROOT / ".env.example").read_text()
SHOWN = dict(re.findall(r"^#STOCKENER_([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))


def explained() -> dict[str, str]:
    tree = ast.parse((ROOT / "core/kernel/settings.py").read_text())
    body = next(
        node.body
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == "Settings"
    )
    return {
        field.target.id: ast.literal_eval(line.value)
        for field, line in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(line, ast.Expr)
    }


def test_every_setting_is_shown_in_order_under_its_own_words() -> None:
    words = explained()
    assert list(words) == list(Settings.model_fields)
    assert [name.lower() for name in SHOWN] == list(words)
    for name, sentence in words.items():
        assert f"# {sentence}\n#STOCKENER_{name.upper()}=" in EXAMPLE


def test_no_secret_is_shown() -> None:
    for name, field in Settings.model_fields.items():
        if SecretStr in (field.annotation, *getattr(field.annotation, "__args__", ())):
            assert SHOWN[name.upper()] == "", name


@pytest.mark.parametrize("name", SHOWN)
def test_every_value_shown_can_be_used(name: str, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(f"STOCKENER_{name}={SHOWN[name]}\n")
    Settings(_env_file=file)
