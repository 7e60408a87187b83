from pathlib import Path

import pytest

from core.kernel.errors import SettingsError
from core.kernel.settings import Settings, is_loopback

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
REACHABLE = {"public_url": "https://stock.example.com"}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(**settings: object) -> Settings:
    return Settings.load(**settings)


def test_nothing_has_to_be_set_on_ones_own_machine() -> None:
    settings = load()
    assert not settings.is_production
    assert settings.keys_folder.name == "keys"


def test_the_environment_counts_before_the_file(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere / ".env").write_text(
        "STOCKENER_LWA_CLIENT_ID=file\nSTOCKENER_PRIVACY_CONTACT=me@example.com\n"
    )
    monkeypatch.setenv("STOCKENER_LWA_CLIENT_ID", "environment")
    assert load().lwa_client_id == "environment"
    assert load().privacy_contact == "me@example.com"


def test_an_empty_value_is_as_if_it_was_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STOCKENER_NOW", "")
    monkeypatch.setenv("STOCKENER_MASTER_KEY", "")
    assert load().now is None
    assert load().master_key is None


def test_secrets_are_not_shown() -> None:
    shown = repr(load(lwa_client_secret="very-secret", metrics_token="very-secret"))
    assert "very-secret" not in shown


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("STOCKENER_NOW=yesterday", "STOCKENER_NOW"),
        ("STOCKENER_NOW=2026-11-21T12:00:00", "time zone"),
        ("STOCKENER_ENV=staging", "STOCKENER_ENV"),
        ("STOCKENER_SPAPI_ENDPOINT=https://example.com", "loopback"),
        ("STOCKENER_DATADIR=/x", "no setting STOCKENER_DATADIR"),
    ],
)
def test_a_bad_line_is_one_sentence_and_a_remedy(
    elsewhere: Path, line: str, said: str
) -> None:
    (elsewhere / ".env").write_text(line + "\n")
    with pytest.raises(SettingsError, match=said) as error:
        load()
    assert ".env" in error.value.hint
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_text_is_said(elsewhere: Path) -> None:
    (elsewhere / ".env").write_bytes(b"STOCKENER_ENV=\xff\xfe\n")
    with pytest.raises(SettingsError, match="cannot be read"):
        load()


@pytest.mark.parametrize(
    "reach", [REACHABLE, {"bind_address": "0.0.0.0"}, {"env": "production"}]
)
def test_an_instance_that_others_reach_needs_a_master_key(
    reach: dict[str, str], elsewhere: Path
) -> None:
    with pytest.raises(SettingsError, match="no master key"):
        load(**reach)
    assert load(**reach, master_key=KEY, data_dir=elsewhere).is_production


def test_an_instance_that_others_reach_keeps_data_elsewhere() -> None:
    with pytest.raises(SettingsError, match="folder of the program"):
        load(**REACHABLE, master_key=KEY)


@pytest.mark.parametrize(
    "name", ["spapi_endpoint", "lwa_endpoint", "google_api_endpoint", "now"]
)
def test_what_is_for_tests_is_refused_where_others_reach(
    name: str, elsewhere: Path
) -> None:
    value = "2026-11-21T12:00Z" if name == "now" else "http://127.0.0.1:1"
    settings = {**REACHABLE, "master_key": KEY, "data_dir": elsewhere, name: value}
    with pytest.raises(SettingsError, match=f"STOCKENER_{name.upper()} is for tests"):
        load(**settings)


@pytest.mark.parametrize(
    ("address", "is_ours"),
    [
        ("http://127.0.0.1:8501", True),
        ("http://localhost", True),
        ("http://[::1]:80", True),
        ("127.0.0.1", True),
        ("http://127.0.0.1.example.com", False),
        ("http://localhost.example.com", False),
        ("http://127.0.0.1@example.com", False),
        ("//0.0.0.0", False),
        ("", False),
    ],
)
def test_loopback_is_only_this_machine(address: str, is_ours: bool) -> None:
    assert is_loopback(address) is is_ours
