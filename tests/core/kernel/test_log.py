import subprocess
import sys

import pytest

from core.kernel.log import HIDDEN, scrub, scrub_event


@pytest.mark.parametrize(
    "secret",
    [
        "Atza|IwEBIabc-def_1",
        "Atzr|IwEBIabc",
        "amzn1.oa2-cs.v1.0123456789abcdef",
    ],
)
def test_what_looks_like_a_credential_is_hidden(secret: str) -> None:
    assert scrub(f"sent {secret} to Amazon") == f"sent {HIDDEN} to Amazon"


def test_the_signature_of_an_address_is_hidden_and_the_address_is_not() -> None:
    address = "https://host/path?X-Amz-Signature=abc123&X-Amz-Date=1"
    assert scrub(address) == f"https://host/path?X-Amz-Signature={HIDDEN}&X-Amz-Date=1"
    assert scrub("Authorization: Bearer abc.def") == f"Authorization: Bearer {HIDDEN}"


def test_a_value_is_hidden_by_the_name_of_its_key() -> None:
    event = {"event": "signed in", "refresh_token": "x", "Password": 1, "rows": 3}
    assert scrub_event(None, "info", event) == {
        "event": "signed in",
        "refresh_token": HIDDEN,
        "Password": HIDDEN,
        "rows": 3,
    }


def test_nothing_secret_reaches_standard_error() -> None:
    program = (
        "import logging; from core.kernel import log; log.configure();"
        "log.get('here').info('asked', token='Atza|one', note='got Atzr|two');"
        "logging.getLogger('other').warning('sent %s', 'Atza|three');"
        "logging.getLogger('httpx').info('GET https://host?X-Amz-Signature=four')"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert '"module": "here"' in run.stderr
    assert "sent" in run.stderr
    assert not [s for s in ("one", "two", "three", "four") if f"|{s}" in run.stderr]
    assert "four" not in run.stderr
    assert run.stdout == ""
