"""Alive is said to all, busy only to whoever has the token."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from core.kernel.settings import Settings
from core.services import build
from tests.building.app_server import MASTER_KEY
from tests.core.http.conftest import BASE, application


def test_health_is_open_and_says_no_more_than_that(stranger: TestClient) -> None:
    answer = stranger.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


def test_an_instance_that_was_closed_is_unavailable(tmp_path: Path) -> None:
    services = build(
        Settings(_env_file=None, data_dir=tmp_path / "data", master_key=MASTER_KEY)
    )
    services.close()
    (tmp_path / "data" / "control.db").write_bytes(b"x" * 8192)
    client = TestClient(application(services), base_url=BASE)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable"}


def test_without_a_token_there_are_no_metrics(stranger: TestClient) -> None:
    answer = stranger.get("/metrics", headers={"Authorization": "Bearer "})
    assert answer.status_code == 404


@pytest.fixture
def measured(tmp_path: Path) -> TestClient:
    services = build(
        Settings(
            _env_file=None,
            data_dir=tmp_path / "data",
            master_key=MASTER_KEY,
            metrics_token="the token",
        )
    )
    services.close()
    return TestClient(application(services), base_url=BASE)


def test_the_token_opens_the_metrics(measured: TestClient) -> None:
    measured.get("/no/such/place")
    answer = measured.get("/metrics", headers={"Authorization": "Bearer the token"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'stockener_http_answers_total{area="page",status="404"}' in answer.text
    assert "no/such/place" not in answer.text


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", "the token"])
def test_another_token_opens_nothing(measured: TestClient, given: str) -> None:
    answer = measured.get("/metrics", headers={"Authorization": given})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "stockener_http" not in answer.text
