"""Every answer says what a browser may do with it."""

import pytest
from starlette.testclient import TestClient


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/metrics", "/api/session", "/api/v1/a/b.csv", "/media/x"]
)
def test_every_answer_carries_the_headers(stranger: TestClient, path: str) -> None:
    headers = stranger.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"


def test_no_other_origin_may_read_an_answer(stranger: TestClient) -> None:
    answer = stranger.get("/_stcore/health", headers={"Origin": "https://a.example"})
    assert answer.text == "behind"
    assert "access-control-allow-origin" not in answer.headers


def test_without_tls_nobody_is_held_to_it(stranger: TestClient) -> None:
    assert "strict-transport-security" not in stranger.get("/healthz").headers
