"""Does the double play the faults that it is told to play?"""

import gzip
import json

import httpx
import pytest

from core.kernel.errors import InputError
from core.spapi.sandbox.faults import Faults
from tests.building.sandbox import REPORTS, Caller, place, running_sandbox, small_world

PARTICIPATIONS = "/sellers/v1/marketplaceParticipations"
WEEK = {"dataStartTime": "2026-11-01T00:00:00Z", "dataEndTime": "2026-11-08T00:00:00Z"}
ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"


def test_a_bare_name_strikes_once() -> None:
    faults = Faults.parse("500, html")
    assert [faults.strikes("500") for _ in range(3)] == [True, False, False]
    assert not faults.strikes("empty")


def test_a_chance_strikes_that_often_and_the_same_for_the_same_seed() -> None:
    first, again, other = (Faults.parse("429:0.1", seed) for seed in (1, 1, 2))
    struck = [first.strikes("429") for _ in range(2000)]
    assert 150 < sum(struck) < 250
    assert struck == [again.strikes("429") for _ in range(2000)]
    assert struck != [other.strikes("429") for _ in range(2000)]


def test_a_quantity_is_read() -> None:
    assert Faults.parse("slow:0.5=0.25").number("slow", 2) == 0.25
    assert Faults.parse("slow").number("slow", 2) == 2


@pytest.mark.parametrize("spec", ["rain", "429:often", "token-expiry=soon"])
def test_a_wrong_spec_is_said_in_a_sentence(spec: str) -> None:
    with pytest.raises(InputError):
        Faults.parse(spec)


@pytest.mark.parametrize(
    ("fault", "status", "start"),
    [
        ("429", 429, '{"errors"'),
        ("500", 500, '{"errors"'),
        ("503", 503, '{"errors"'),
        ("html", 503, "<html>"),
        ("empty", 200, "{}"),
    ],
)
def test_an_answer_goes_wrong_once(fault: str, status: int, start: str) -> None:
    with running_sandbox(small_world(), faults=fault) as lines:
        us = Caller(lines[0])
        answer = us.get(PARTICIPATIONS)
        assert answer.status_code == status
        assert answer.text.startswith(start)
        assert "payload" in us.get(PARTICIPATIONS).json()


def test_an_answer_breaks_off() -> None:
    with running_sandbox(small_world(), faults="truncated,disconnect") as lines:
        us = Caller(lines[0])
        with pytest.raises(json.JSONDecodeError):
            us.get(PARTICIPATIONS).json()
        with pytest.raises(httpx.RemoteProtocolError):
            us.get(PARTICIPATIONS)
        assert us.get(PARTICIPATIONS).is_success


def test_a_token_may_end_before_its_time() -> None:
    with running_sandbox(small_world(), faults="token-expiry=0") as lines:
        us = Caller(lines[0])
        assert us.sign_in().json()["expires_in"] == 3600
        assert us.get(PARTICIPATIONS).status_code == 403


def test_reports_and_documents_go_wrong_once() -> None:
    faults = "fatal-report,document-500,gzip-truncated"
    with running_sandbox(small_world(), faults=faults) as lines:
        us = Caller(lines[0])
        first = us.ended(us.create(ORDERS, [place("US")], **WEEK))
        assert first["processingStatus"] == "FATAL"
        report = us.ended(us.create(ORDERS, [place("US")], **WEEK))
        assert us.document(report).status_code == 500
        with pytest.raises(EOFError):
            gzip.decompress(us.document(report).content)
        assert gzip.decompress(us.document(report).content)


def test_an_address_may_have_expired() -> None:
    with running_sandbox(small_world(), faults="expired-url") as lines:
        us = Caller(lines[0])
        report = us.ended(us.create(ORDERS, [place("US")], **WEEK))
        assert us.document(report).status_code == 403
        assert us.document(report).is_success


def test_a_page_token_may_lead_in_a_circle_or_nowhere() -> None:
    us_id = place("US")
    query = {
        "granularityType": "Marketplace",
        "granularityId": us_id,
        "marketplaceIds": us_id,
    }
    with running_sandbox(small_world(120), faults="repeated-page,stale-page") as lines:
        us = Caller(lines[0])
        path = "/fba/inventory/v1/summaries"
        first = us.get(path, **query).json()
        token = first["pagination"]["nextToken"]
        assert us.get(path, **query, nextToken=token).status_code == 400
        again = us.get(path, **query, nextToken=token).json()
        assert again["payload"] == first["payload"]


def test_a_cancelled_report_has_no_document() -> None:
    with running_sandbox(small_world(), faults="cancelled") as lines:
        us = Caller(lines[0])
        report = us.ended(us.create(ORDERS, [place("US")], **WEEK))
        assert report["processingStatus"] == "CANCELLED"
        assert us.get(f"{REPORTS}/documents/none").status_code == 404
