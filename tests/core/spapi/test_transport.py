"""Nothing but an answer of Amazon's is taken for one."""

import threading
from typing import Any

import pytest

from core.kernel.errors import SpApiError, ThrottledError, UnavailableError
from tests.building.loopback import Asked, Reply, Serve, amazon_at
from tests.building.simulated_clock import SimulatedClock

WALK = {
    "granularityType": "Marketplace",
    "granularityId": "A1PA6795UKMFR9",
    "marketplaceIds": ["A1PA6795UKMFR9"],
}
GOOD = {"payload": {"granularity": {}, "inventorySummaries": []}}

SILENT = {
    "a page of HTML with 503": Reply(b"<html>busy</html>", 503),
    "an empty 502": Reply(b"", 502),
    "a 500 with a message only": Reply({"message": "Internal"}, 500),
    "a 404 text": Reply(b"not found", 404),
    "a redirect": Reply(b"", 301, {"location": "/elsewhere"}),
    "a redirect with good JSON": Reply(GOOD, 302, {"location": "/elsewhere"}),
    "JSON cut short": Reply(b'{"payload": {"granularity": {}, "inv'),
    "fewer bytes than announced": Reply(b'{"payload"', length=500),
    "HTML with 200": Reply(b"<html>maintenance</html>"),
    "nothing with 200": Reply(b""),
    "a list": Reply([GOOD]),
    "null": Reply(b"null"),
    "an empty object": Reply({}),
    "a payload of null": Reply({"payload": None}),
    "a payload that is a list": Reply({"payload": [1]}),
    "no summaries": Reply({"payload": {"granularity": {}}}),
    "summaries of null": Reply(
        {"payload": {"granularity": {}, "inventorySummaries": None}}
    ),
    "summaries that are no list": Reply(
        {"payload": {"granularity": {}, "inventorySummaries": {}}}
    ),
    "bytes that are no text": Reply(b'{"payload": "\xff\xfe"}'),
}


@pytest.mark.parametrize("reply", SILENT.values(), ids=SILENT)
def test_what_is_no_answer_is_an_error_and_tried_six_times(
    serve: Serve, clock: SimulatedClock, reply: Reply
) -> None:
    server = serve(lambda asked: reply if asked.method == "GET" else None)
    with pytest.raises(UnavailableError) as caught:
        amazon_at(server.address, clock).call("getInventorySummaries", **WALK)
    assert caught.value.hint
    assert len(server.api) == 6


def test_an_empty_429_is_throttling(serve: Serve, clock: SimulatedClock) -> None:
    server = serve(lambda asked: Reply({}, 429) if asked.method == "GET" else None)
    amazon = amazon_at(server.address, clock)
    with pytest.raises(ThrottledError):
        amazon.call("getInventorySummaries", **WALK)
    assert amazon.limits.surprises["getInventorySummaries"] == 6


def test_a_list_of_participations_may_be_empty(
    serve: Serve, clock: SimulatedClock
) -> None:
    server = serve(lambda asked: {"payload": []} if asked.method == "GET" else None)
    answer = amazon_at(server.address, clock).call("getMarketplaceParticipations")
    assert answer.payload == []


def test_a_failure_on_the_third_page_never_makes_a_shorter_list(
    serve: Serve, clock: SimulatedClock
) -> None:
    def answer(asked: Asked) -> Any:
        token = asked.query.get("nextToken")
        if asked.method == "POST":
            return None
        if token == "2":
            return Reply(b"<html/>", 503)
        rows = [{"sellerSku": f"SKU-{token}"}]
        return {
            "payload": {"granularity": {}, "inventorySummaries": rows},
            "pagination": {"nextToken": str(int(token or 0) + 1)},
        }

    server = serve(answer)
    with pytest.raises(UnavailableError):
        amazon_at(server.address, clock).whole("getInventorySummaries", **WALK)


def test_the_first_good_answer_after_failures_is_taken(
    serve: Serve, clock: SimulatedClock
) -> None:
    replies = iter([Reply(b"", 502), Reply({}, 429), Reply(b"{", 200), Reply(GOOD)])
    server = serve(lambda asked: next(replies) if asked.method == "GET" else None)
    answer = amazon_at(server.address, clock).call("getInventorySummaries", **WALK)
    assert answer.payload["inventorySummaries"] == []


def test_no_redirect_carries_the_token_elsewhere(
    serve: Serve, clock: SimulatedClock
) -> None:
    other = serve(lambda _: GOOD)
    away = Reply(b"", 307, {"location": f"{other.address}/steal"})
    server = serve(lambda asked: away if asked.method == "GET" else None)
    with pytest.raises(SpApiError):
        amazon_at(server.address, clock).call("getInventorySummaries", **WALK)
    assert other.asked == []


def test_a_slow_answer_is_an_error_of_ours(serve: Serve, clock: SimulatedClock) -> None:
    held = threading.Event()
    server = serve(
        lambda asked: held.wait(5) and GOOD if asked.method == "GET" else None
    )
    amazon = amazon_at(server.address, clock, timeout_seconds=0.1)
    with pytest.raises(UnavailableError, match="too long"):
        amazon.call("getInventorySummaries", **WALK)
    held.set()


def test_a_closed_port_is_an_error_of_ours(serve: Serve, clock: SimulatedClock) -> None:
    server = serve(lambda _: None)
    amazon = amazon_at(server.address, clock)
    server.stop()
    with pytest.raises(UnavailableError, match="does not answer"):
        amazon.call("getInventorySummaries", **WALK)
