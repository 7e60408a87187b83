"""What goes over the wire, and what it means."""

import logging
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from core.kernel.errors import (
    AuthorizationExpiredError,
    RequestRefusedError,
    SettingsError,
    StoppedError,
    ThrottledError,
    UnavailableError,
)
from tests.building.loopback import Asked, Reply, Serve, access_to, amazon_at
from tests.building.shared import CHECKOUT
from tests.building.simulated_clock import SimulatedClock
from tests.core.spapi.test_transport import GOOD, WALK


def answering(reply: Reply) -> Any:
    return lambda asked: reply if asked.path != "/auth/o2/token" else None


def refusal(status: int, code: str = "InvalidInput", message: str = "No.") -> Reply:
    return Reply({"errors": [{"code": code, "message": message}]}, status)


def test_only_what_amazon_names_is_sent_and_in_its_spelling(
    serve: Serve, clock: SimulatedClock
) -> None:
    server = serve(answering(GOOD))
    amazon_at(server.address, clock).call(
        "getInventorySummaries",
        **WALK,
        details=True,
        sellerSkus=["A B/C", "D+E"],
        startDateTime=datetime(2026, 11, 1, 2, tzinfo=timezone(timedelta(hours=2))),
        nextToken=None,
        MarketplaceId="dropped",
    )
    assert server.api[0].query == {
        "granularityType": "Marketplace",
        "granularityId": "A1PA6795UKMFR9",
        "marketplaceIds": "A1PA6795UKMFR9",
        "details": "true",
        "sellerSkus": "A B/C,D+E",
        "startDateTime": "2026-11-01T00:00:00.000Z",
    }


def test_lists_of_the_inbound_api_are_joined_too(
    serve: Serve, clock: SimulatedClock
) -> None:
    page = {"payload": {"ShipmentData": []}}
    server = serve(answering(page))
    amazon_at(server.address, clock).call(
        "getShipments",
        QueryType="SHIPMENT",
        MarketplaceId="X",
        ShipmentStatusList=("WORKING", "CLOSED"),
    )
    assert server.api[0].query["ShipmentStatusList"] == "WORKING,CLOSED"


def test_a_path_is_quoted(serve: Serve, clock: SimulatedClock) -> None:
    server = serve(answering({"payload": {"ItemData": []}}))
    amazon_at(server.address, clock).call(
        "getShipmentItemsByShipmentId", shipmentId="FBA/../1"
    )
    assert server.api[0].path == "/fba/inbound/v0/shipments/FBA%2F..%2F1/items"
    assert server.api[0].query == {}


def test_a_body_is_json_without_the_librarys_additions(
    serve: Serve, clock: SimulatedClock
) -> None:
    server = serve(answering(Reply({"reportId": "1"}, 202)))
    amazon_at(server.address, clock).call(
        "createReport",
        reportType="T",
        marketplaceIds=("A", "B"),
        dataStartTime=datetime(2026, 1, 1, tzinfo=UTC),
        reportOptions={"aggregateByLocation": "COUNTRY"},
    )
    assert server.api[0].json() == {
        "reportType": "T",
        "marketplaceIds": ["A", "B"],
        "dataStartTime": "2026-01-01T00:00:00.000Z",
        "reportOptions": {"aggregateByLocation": "COUNTRY"},
    }
    assert server.api[0].query == {}


@pytest.mark.parametrize(
    "params",
    [
        {"granularityType": "Marketplace"},
        {**WALK, "sellerSkus": ["A,B"]},
        {**WALK, "startDateTime": datetime(2026, 1, 1)},  # noqa: DTZ001
    ],
)
def test_what_cannot_be_asked_is_refused_before_the_wire(
    serve: Serve, clock: SimulatedClock, params: dict[str, Any]
) -> None:
    server = serve(answering(GOOD))
    with pytest.raises(RequestRefusedError):
        amazon_at(server.address, clock).call("getInventorySummaries", **params)
    assert server.asked == []


def test_the_host_is_right_on_plain_http(serve: Serve, clock: SimulatedClock) -> None:
    server = serve(answering(GOOD))
    amazon_at(server.address, clock).call("getInventorySummaries", **WALK)
    assert {asked.headers["host"] for asked in server.asked} == {server.address[7:]}


def test_neither_environment_nor_proxy_leads_astray(
    serve: Serve, clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(answering(GOOD))
    monkeypatch.setenv("SP_API_DEFAULT_MARKETPLACE", "JP")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    amazon_at(server.address, clock).call("getInventorySummaries", **WALK)
    assert len(server.api) == 1


@pytest.mark.parametrize("status", [400, 404, 409, 413, 415, 422])
def test_a_refusal_is_not_repeated(
    serve: Serve, clock: SimulatedClock, status: int
) -> None:
    server = serve(answering(refusal(status, message="The SKU is bad.")))
    with pytest.raises(RequestRefusedError) as caught:
        amazon_at(server.address, clock).call("getInventorySummaries", **WALK)
    assert caught.value.status == status
    assert caught.value.code == "InvalidInput"
    assert "The SKU is bad" in caught.value.message
    assert len(server.api) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failure_of_amazons_is_tried_six_times(
    serve: Serve, clock: SimulatedClock, status: int
) -> None:
    server = serve(answering(refusal(status, "InternalFailure")))
    with pytest.raises(UnavailableError):
        amazon_at(server.address, clock).call("getInventorySummaries", **WALK)
    assert len(server.api) == 6


def test_throttling_empties_the_bucket(serve: Serve, clock: SimulatedClock) -> None:
    replies = iter([refusal(429, "QuotaExceeded"), Reply(GOOD)])
    server = serve(lambda asked: next(replies) if asked.method == "GET" else None)
    amazon = amazon_at(server.address, clock)
    before = clock.monotonic()
    amazon.call("getInventorySummaries", **WALK)
    assert clock.monotonic() - before >= 0.5
    assert not amazon.ready("getInventorySummaries")
    assert amazon.limits.surprises["getInventorySummaries"] == 1


def test_a_missing_role_is_named(serve: Serve, clock: SimulatedClock) -> None:
    server = serve(
        answering(
            refusal(403, "Unauthorized", "Access to requested resource is denied.")
        )
    )
    with pytest.raises(RequestRefusedError) as caught:
        amazon_at(server.address, clock).call("getInventorySummaries", **WALK)
    assert "Product Listing" in caught.value.hint
    assert server.tokens == 1


def test_a_report_that_may_have_been_made_is_not_asked_for_twice(
    serve: Serve, clock: SimulatedClock
) -> None:
    server = serve(answering(Reply(b"<html/>", 503)))
    with pytest.raises(UnavailableError):
        amazon_at(server.address, clock).call(
            "createReport", reportType="T", marketplaceIds=["A"]
        )
    assert len(server.api) == 1


def test_a_report_that_was_throttled_is_asked_for_again(
    serve: Serve, clock: SimulatedClock
) -> None:
    server = serve(answering(refusal(429)))
    with pytest.raises(ThrottledError):
        amazon_at(server.address, clock).call(
            "createReport", reportType="T", marketplaceIds=["A"]
        )
    assert len(server.api) == 6


def test_the_announced_rate_is_followed(serve: Serve, clock: SimulatedClock) -> None:
    fast = {"x-amzn-RateLimit-Limit": "50.0"}
    server = serve(answering(Reply(GOOD, headers=fast)))
    amazon = amazon_at(server.address, clock)
    amazon.call("getInventorySummaries", **WALK)
    assert amazon.rate("getInventorySummaries") == 50


def test_who_asks_us_to_stop_need_not_wait(serve: Serve, clock: SimulatedClock) -> None:
    stop = threading.Event()
    server = serve(answering(refusal(503)))
    amazon = amazon_at(server.address, clock, stop=stop)
    stop.set()
    with pytest.raises(StoppedError):
        amazon.call("getInventorySummaries", **WALK)
    assert len(server.api) == 1


def test_no_secret_shows_in_logs_names_or_errors(
    serve: Serve, clock: SimulatedClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    signed = "/doc?X-Amz-Signature=signsign"

    def answer(asked: Asked) -> Any:
        if "documents" in asked.path:
            facts = {"reportDocumentId": "d", "url": f"{server.address}{signed}"}
            return {**facts, "compressionAlgorithm": "GZIP"}
        if asked.path == "/doc":
            return Reply(b"half", length=99)
        return None if asked.method == "POST" else refusal(400, message="Atza|1 is bad")

    server = serve(answer)
    amazon = amazon_at(server.address, clock)
    said = [repr(amazon), repr(amazon.access)]
    for act in (
        lambda: amazon.document("d"),
        lambda: amazon.call("getInventorySummaries", **WALK),
    ):
        with pytest.raises((UnavailableError, RequestRefusedError)) as caught:
            act()
        error: BaseException | None = caught.value
        while error is not None:
            said += [str(error), repr(error)]
            error = error.__cause__
    said.append(caplog.text)
    for secret in ("Atza|", "Atzr|", "secretsecret", "refreshrefresh", "signsign"):
        assert not [text for text in said if secret in text]


def test_an_address_that_is_not_encrypted_is_refused(clock: SimulatedClock) -> None:
    with pytest.raises(SettingsError):
        access_to("http://example.com").checked()


def test_incomplete_keys_are_refused() -> None:
    with pytest.raises(SettingsError, match="incomplete"):
        access_to("http://127.0.0.1:1", refresh_token="").checked()


def test_a_document_is_fetched_without_the_token(
    serve: Serve, clock: SimulatedClock
) -> None:
    store = serve(lambda _: Reply(b"sku\n"))
    facts = {"reportDocumentId": "d", "url": f"{store.address}/doc"}
    server = serve(answering(facts))
    amazon_at(server.address, clock).document("d")
    assert "x-amz-access-token" not in store.asked[0].headers


def test_an_expired_authorization_is_said_to_be_so(
    serve: Serve, clock: SimulatedClock
) -> None:
    expired = refusal(403, "Unauthorized", "The access token you provided has expired.")
    server = serve(answering(expired))
    with pytest.raises(AuthorizationExpiredError):
        amazon_at(server.address, clock).call("getInventorySummaries", **WALK)
    assert server.tokens == 2
    assert len(server.api) == 2


def test_variables_that_the_library_obeys_have_no_effect() -> None:
    led_astray = {
        "SP_API_DEFAULT_MARKETPLACE": "NOWHERE",
        "AWS_ENV": "SANDBOX",
        "SP_API_AUTH_CACHE_TTL": "soon",
    }
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            (
                "import core.spapi.client\n"
                "from sp_api.base import Marketplaces\n"
                "print(Marketplaces.DE.endpoint)"
            ),
        ],
        env={**os.environ, **led_astray},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "https://sellingpartnerapi-eu.amazon.com"
