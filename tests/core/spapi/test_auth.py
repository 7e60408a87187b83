"""One token for all threads, as long as it lives."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from core.kernel.errors import (
    AuthorizationExpiredError,
    ThrottledError,
    UnavailableError,
)
from core.spapi.client import Amazon
from core.spapi.limits import Limits
from tests.building.loopback import (
    TOKEN_PATH,
    Asked,
    Reply,
    Serve,
    access_to,
    amazon_at,
)
from tests.building.simulated_clock import SimulatedClock
from tests.core.spapi.test_transport import GOOD, WALK

EXPIRED = Reply(
    {
        "errors": [
            {
                "code": "Unauthorized",
                "message": "Access to requested resource is denied.",
                "details": "The access token you provided has expired.",
            }
        ]
    },
    403,
)


def test_twenty_cold_threads_ask_for_one_token(
    serve: Serve, clock: SimulatedClock
) -> None:
    server = serve(lambda asked: None if asked.path == TOKEN_PATH else {"payload": []})
    amazon = amazon_at(server.address, clock)
    start = threading.Barrier(20)

    def ask(_: Any) -> Any:
        start.wait()
        return amazon.call("getMarketplaceParticipations").payload

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(ask, range(20))) == [[]] * 20
    assert server.tokens == 1


def test_an_expired_token_is_renewed_once_for_all_threads(
    serve: Serve, clock: SimulatedClock
) -> None:
    start = threading.Barrier(10)

    def answer(asked: Asked) -> Any:
        if asked.path == TOKEN_PATH:
            return None
        if asked.headers["x-amz-access-token"] == "Atza|1":
            start.wait(5)
            return EXPIRED
        return {"payload": []}

    server = serve(answer)
    amazon = amazon_at(server.address, clock)
    with ThreadPoolExecutor(10) as pool:
        found = list(
            pool.map(
                lambda _: amazon.call("getMarketplaceParticipations").payload, range(10)
            )
        )
    assert found == [[]] * 10
    assert server.tokens == 2


def test_a_token_is_used_as_long_as_it_lives(
    serve: Serve, clock: SimulatedClock
) -> None:
    def answer(asked: Asked) -> Any:
        if asked.path == TOKEN_PATH:
            return {"access_token": "Atza|x", "expires_in": 600}
        return GOOD

    server = serve(answer)
    amazon = amazon_at(server.address, clock)
    for seconds, tokens in ((0, 1), (500, 1), (50, 2), (500, 2), (41, 3)):
        clock.pass_time(seconds)
        amazon.call("getInventorySummaries", **WALK)
        assert server.tokens == tokens


def test_two_accounts_never_share_a_token(serve: Serve, clock: SimulatedClock) -> None:
    server = serve(lambda asked: None if asked.path == TOKEN_PATH else GOOD)
    for _ in range(2):
        amazon_at(server.address, clock).call("getInventorySummaries", **WALK)
    sent = [asked.headers["x-amz-access-token"] for asked in server.api]
    assert sent == ["Atza|1", "Atza|2"]


REFUSED = {
    "invalid_grant": (400, AuthorizationExpiredError, "refresh token"),
    "invalid_client": (401, AuthorizationExpiredError, "does not know"),
    "unauthorized_client": (400, AuthorizationExpiredError, "does not know"),
    "server_error": (500, UnavailableError, "not available"),
    "slow_down": (429, ThrottledError, "slow down"),
}


@pytest.mark.parametrize(("code", "expected"), REFUSED.items())
def test_what_login_with_amazon_refuses_is_explained(
    serve: Serve, clock: SimulatedClock, code: str, expected: Any
) -> None:
    status, kind, words = expected
    server = serve(lambda _: Reply({"error": code, "error_description": "no"}, status))
    with pytest.raises(kind, match=words) as caught:
        amazon_at(server.address, clock).call("getInventorySummaries", **WALK)
    assert caught.value.hint
    assert server.tokens == (1 if kind is AuthorizationExpiredError else 6)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<html/>", 503),
        Reply(b"<html/>"),
        Reply({}),
        Reply([1]),
        Reply({"message": "Forbidden"}, 403),
        Reply({"access_token": "x", "expires_in": "soon"}),
        Reply(b'{"access', length=500),
    ],
)
def test_what_is_no_token_is_tried_again(
    serve: Serve, clock: SimulatedClock, reply: Reply
) -> None:
    server = serve(lambda _: reply)
    with pytest.raises(UnavailableError):
        amazon_at(server.address, clock).call("getInventorySummaries", **WALK)
    assert server.tokens == 6


def test_a_slow_token_endpoint_has_a_limit_of_its_own(
    serve: Serve, clock: SimulatedClock
) -> None:
    held = threading.Event()
    server = serve(lambda _: held.wait(5) and None)
    with pytest.raises(UnavailableError):
        amazon_at(server.address, clock, timeout_seconds=0.1).call(
            "getInventorySummaries", **WALK
        )
    held.set()


def test_the_token_endpoint_may_be_given_with_its_path(
    serve: Serve, clock: SimulatedClock
) -> None:
    server = serve(lambda asked: None if asked.path == TOKEN_PATH else GOOD)
    access = access_to(server.address, lwa_endpoint=f"{server.address}{TOKEN_PATH}")
    amazon = Amazon(access, clock=clock, limits=Limits(clock))
    amazon.call("getInventorySummaries", **WALK)
    assert server.tokens == 1
