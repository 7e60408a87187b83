"""Does the double start as a program of its own?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.spapi.sandbox.server import listen
from tests.building.sandbox import Caller, SellerLine

ROOT = Path(__file__).resolve().parents[4]
PROGRAM = """
import sys
from core.kernel.errors import AppError
from core.spapi.sandbox.server import serve
from datetime import UTC, datetime
try:
    serve(
        port=int(sys.argv[1]), orders=None, skus=12, seed=3, began=None,
        rates="fast", faults="", out=sys.stdout,
        now=datetime(2026, 11, 21, 12, tzinfo=UTC),
    )
except AppError as error:
    sys.exit(str(error))
"""


def started(port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


@pytest.mark.slow
def test_it_prints_a_line_per_region_and_answers() -> None:
    process = started(0)
    assert process.stdout is not None
    try:
        lines = [SellerLine(**json.loads(process.stdout.readline())) for _ in range(3)]
        assert [line.region for line in lines] == ["NA", "EU", "FE"]
        answer = Caller(lines[2]).get("/sellers/v1/marketplaceParticipations")
        (only,) = answer.json()["payload"]
        assert only["marketplace"]["countryCode"] == "JP"
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_a_taken_port_ends_it_with_a_sentence() -> None:
    taken = listen(0)
    process = started(taken.getsockname()[1])
    out, err = process.communicate(timeout=60)
    taken.close()
    assert process.returncode != 0
    assert out == ""
    assert "taken" in err
    assert "Traceback" not in err
