"""Where is the material that tests read but the project does not carry?"""

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


def shared(name: str) -> Path:
    """Return a file or folder of the shared material, or skip and say why."""
    base = Path(os.environ.get("STOCKENER_SHARED", CHECKOUT.parent / "shared"))
    path = base / name
    if not path.exists():
        pytest.skip(f"{name} is not in STOCKENER_SHARED ({base})")
    return path
