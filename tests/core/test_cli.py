import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.cli import status_of
from core.control_socket import serve
from core.kernel.settings import Settings
from core.services import build
from tests.building.accounts import EMAIL, PASSWORD
from tests.building.loopback import Asked, Reply, loopback
from tests.building.sandbox import NOW, SellerLine, running_sandbox, small_world

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@pytest.fixture(scope="module")
def seller() -> Iterator[SellerLine]:
    with running_sandbox(small_world(skus=20)) as lines:
        yield next(line for line in lines if line.region == "EU")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: Patch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STOCKENER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("STOCKENER_KEYS_DIR", str(tmp_path / "keys"))
    monkeypatch.setenv("STOCKENER_NOW", NOW.isoformat())
    return tmp_path


def core(*arguments: str, stdin: str = "") -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.StringIO(stdin))
        return status_of(list(arguments))


def init() -> None:
    assert core("init", "--owner", EMAIL, "--password-stdin", stdin=PASSWORD) == 0


def init_shop(*options: str) -> None:
    init()
    assert core("workspace", "add", "shop", *options) == 0


def use(monkeypatch: Patch, seller: SellerLine) -> None:
    monkeypatch.setenv("STOCKENER_SPAPI_ENDPOINT", seller.endpoint)
    monkeypatch.setenv("STOCKENER_LWA_ENDPOINT", seller.lwa_endpoint)
    monkeypatch.setenv("STOCKENER_LWA_CLIENT_ID", seller.client_id)
    monkeypatch.setenv("STOCKENER_LWA_CLIENT_SECRET", seller.client_secret)


def connect(token: str, region: str = "EU", seller_id: str = "A1") -> int:
    return core(
        *("connect", "shop", "--region", region, "--seller-id", seller_id),
        "--refresh-token-stdin",
        stdin=token + "\n",
    )


def one_sentence(capsys: Capture) -> str:
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1, said.err
    assert "Traceback" not in said.err
    return said.err


def test_from_nothing_to_an_answer(
    seller: SellerLine, monkeypatch: Patch, capsys: Capture, home: Path
) -> None:
    use(monkeypatch, seller)
    init_shop("--retention", "active", "--accept-amazon-policy")
    assert connect(seller.refresh_token, "eu", seller.seller_id) == 0
    assert "DE" in capsys.readouterr().out
    assert core("sync", "shop", "--datasets", "participations,inventory") == 0
    table = capsys.readouterr().out.splitlines()
    assert table[0].split() == ["dataset", "rows", "as", "of", "status", "region"]
    assert [line.split()[0] for line in table[1:]] == ["participations", "inventory"]
    assert "2026-11-21 12:00" in table[2]
    assert core("ask", "shop", "inventory", "--format", "json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows[0]["pool"] in {"EU", "UK"}
    for form in ("csv", "json", "parquet"):
        file = home / f"answer.{form}"
        arguments = ("--format", form, "--out", str(file), "--param", "pool=EU")
        assert core("ask", "shop", "inventory", *arguments) == 0
        assert file.stat().st_size > 100
    assert set(pq.read_table(home / "answer.parquet")["pool"].to_pylist()) == {"EU"}
    assert sorted(p.name for p in home.glob("*answer*")) == [
        "answer.csv",
        "answer.json",
        "answer.parquet",
    ]


def test_the_operator_is_made_once(capsys: Capture) -> None:
    init()
    assert EMAIL in capsys.readouterr().out
    assert core("init", "--owner", "b@example.com", stdin=PASSWORD) == 1
    assert "first account already" in one_sentence(capsys)


@pytest.mark.parametrize(
    ("owner", "password", "said"),
    [
        ("ann", PASSWORD, "not an e-mail address"),
        (EMAIL, "short", "shorter than 12"),
        (EMAIL, "x" * 73, "longer than 72"),
        (EMAIL, "", "Nothing came on standard input"),
    ],
)
def test_a_bad_first_account_is_not_made(
    owner: str, password: str, said: str, capsys: Capture
) -> None:
    assert core("init", "--owner", owner, "--password-stdin", stdin=password) == 1
    assert said in one_sentence(capsys)
    init()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--home", "XX"), "no marketplace “XX”"),
        (("--retention", "2m"), "3 to 18 months"),
        (("--retention", "forever"), "no retention"),
        (("--retention", "active"), "--accept-amazon-policy"),
        (("--owner", "nobody@example.com"), "Nobody has an account"),
    ],
)
def test_a_bad_workspace_is_not_made(
    options: tuple[str, ...], said: str, capsys: Capture, home: Path
) -> None:
    init()
    capsys.readouterr()
    assert core("workspace", "add", "shop", *options) == 1
    assert said in one_sentence(capsys)
    assert not list(home.glob("data/workspaces/*.duckdb"))
    assert not list(home.glob("keys/workspace-*"))


def test_a_workspace_needs_an_owner(capsys: Capture) -> None:
    assert core("workspace", "add", "shop") == 1
    assert "core init" in one_sentence(capsys)


def test_a_wrong_refresh_token_is_one_sentence_and_nothing_is_stored(
    seller: SellerLine, monkeypatch: Patch, capsys: Capture
) -> None:
    use(monkeypatch, seller)
    init_shop()
    capsys.readouterr()
    assert connect("Atzr|wrong") == 1
    said = one_sentence(capsys)
    assert "refresh token" in said
    assert "Atzr" not in said
    assert core("sync", "shop") == 1
    assert "not connected" in one_sentence(capsys)


def test_connecting_needs_the_keys_of_the_application(capsys: Capture) -> None:
    init_shop()
    capsys.readouterr()
    assert connect("Atzr|x") == 1
    assert "STOCKENER_LWA_CLIENT_ID" in one_sentence(capsys)
    assert connect("Atzr|x", region="XX") == 1
    assert "Use one of NA, EU, FE" in one_sentence(capsys)


def test_a_dataset_that_fails_is_shown_and_is_the_exit_status(
    seller: SellerLine, monkeypatch: Patch, capsys: Capture
) -> None:
    def amazon(asked: Asked) -> object:
        if asked.path.startswith("/sellers"):
            place = {"id": "A1PA6795UKMFR9", "name": "x", "countryCode": "DE"}
            part = {"isParticipating": True, "hasSuspendedListings": False}
            return {"payload": [{"marketplace": place, "participation": part}]}
        if asked.path.startswith("/auth"):
            return None
        refusal = {"code": "InvalidInput", "message": "No.", "details": ""}
        return Reply({"errors": [refusal]}, 400)

    with loopback(amazon) as server:
        use(monkeypatch, seller)
        monkeypatch.setenv("STOCKENER_SPAPI_ENDPOINT", server.address)
        monkeypatch.setenv("STOCKENER_LWA_ENDPOINT", server.address)
        init_shop()
        assert connect("Atzr|right") == 0
        capsys.readouterr()
        assert core("sync", "shop", "--datasets", "participations,inventory") == 1
    said = capsys.readouterr()
    assert "ok" in said.out.splitlines()[1]
    assert "failed" in said.out.splitlines()[2]
    assert said.err.startswith("EU inventory:")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask", "shop", "stars"), "no question “stars”"),
        (("ask", "nothing", "velocity"), "no such workspace"),
        (("ask", "shop", "velocity", "--param", "x"), "--param name=value"),
        (("ask", "shop", "velocity", "--param", "as_of=soon"), "as_of"),
        (("ask", "shop", "velocity", "--format", "xml"), "--format"),
        (("ask", "shop", "velocity", "--out", "/proc/x/y.csv"), "cannot be written"),
        (("sync", "shop", "--since", "soon"), "90d"),
        (("sync", "nothing"), "no such workspace"),
        (("sync",), "--help"),
        (("fly",), "--help"),
    ],
)
def test_a_bad_command_is_one_sentence_and_a_remedy(
    arguments: tuple[str, ...], said: str, capsys: Capture
) -> None:
    init_shop()
    capsys.readouterr()
    assert core(*arguments) == 1
    assert said in one_sentence(capsys)


def test_a_sync_does_not_reach_beyond_the_retention(
    seller: SellerLine, monkeypatch: Patch, capsys: Capture
) -> None:
    use(monkeypatch, seller)
    init_shop("--retention", "3m")
    assert connect(seller.refresh_token, "EU", seller.seller_id) == 0
    capsys.readouterr()
    assert core("sync", "shop", "--since", "120d") == 1
    assert "3 months" in one_sentence(capsys)


def test_a_data_folder_that_cannot_be_written_is_said(
    home: Path, monkeypatch: Patch, capsys: Capture
) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("STOCKENER_DATA_DIR", str(home / "file/data"))
    assert core("init", "--owner", EMAIL, stdin=PASSWORD) == 1
    assert "cannot be written" in one_sentence(capsys)
    assert not (home / "keys").exists()


def test_a_missing_key_is_said_and_nothing_is_made_anew(
    home: Path, capsys: Capture
) -> None:
    init_shop()
    [key] = home.glob("keys/workspace-*")
    before = key.read_bytes()
    key.unlink()
    capsys.readouterr()
    assert core("ask", "shop", "velocity") == 1
    assert key.name in one_sentence(capsys)
    key.write_bytes(before)
    assert core("ask", "shop", "velocity") == 0


def test_a_bad_value_in_the_file_of_settings_is_said(
    home: Path, capsys: Capture
) -> None:
    (home / ".env").write_text("STOCKENER_ENV=staging\n")
    assert core("doctor") == 1
    assert "STOCKENER_ENV" in one_sentence(capsys)
    assert not (home / "data").exists()


def test_the_doctor_says_what_is_well_and_what_is_not(
    home: Path, capsys: Capture
) -> None:
    init_shop()
    capsys.readouterr()
    assert core("doctor") == 1
    said = capsys.readouterr().out
    assert "key export" in said
    copy = str(home / "copy")
    export = ("key", "export", "--out", copy, "--passphrase-stdin")
    assert core(*export, stdin=PASSWORD) == 0
    assert core("key", "confirm", copy, "--passphrase-stdin", stdin=PASSWORD) == 0
    capsys.readouterr()
    assert core("doctor") == 0
    said = capsys.readouterr().out
    assert "never synced" in said
    assert "calendar stands still" in said
    (home / "data/control.db").chmod(0o644)
    assert core("doctor") == 1
    # A narrow terminal breaks the remedy over two lines.
    assert "chmod go-rwx" in " ".join(capsys.readouterr().out.split())


def test_a_command_goes_through_the_running_app(home: Path, capsys: Capture) -> None:
    services = build(Settings.load())
    with serve(services):
        init_shop()
        assert services.workspaces.by_name("shop")
        assert core("ask", "shop", "velocity") == 0
        assert capsys.readouterr().out.splitlines()[-1].startswith("sku,asin")
        assert core("ask", "shop", "stars") == 1
        assert "no question" in one_sentence(capsys)
    services.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--orders", "nothing.parquet"), "nothing.parquet"),
        (("--faults", "earthquake"), "earthquake"),
        (("--port", "99999999"), "port"),
    ],
)
def test_a_sandbox_that_cannot_start_says_why(
    arguments: tuple[str, ...], said: str, capsys: Capture
) -> None:
    assert core("sandbox", "--skus", "2", *arguments) == 1
    assert said in one_sentence(capsys)


def test_a_taken_port_is_said(seller: SellerLine, capsys: Capture) -> None:
    port = seller.endpoint.rsplit(":", 1)[1]
    assert core("sandbox", "--skus", "2", "--port", port) == 1
    assert "--port" in one_sentence(capsys)


def test_the_program_ends_with_the_status_of_its_command() -> None:
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run(
        [sys.executable, "-m", "core", "ask", "nothing", "velocity"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.count("\n") == 1


def test_help_comes_without_opening_anything(home: Path, capsys: Capture) -> None:
    assert core("--help") == 0
    assert "workspace" in capsys.readouterr().out
    assert not (home / "data").exists()
