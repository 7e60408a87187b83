"""What a thief of the data folder can read: no SKU, title, token or order id."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.kernel.settings import Settings
from core.services import Services, build
from tests.building.sandbox import NOW, SellerLine, running_sandbox

pytestmark = pytest.mark.slow
PASSWORD = "four random words, one 7"


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[tuple[Services, list[SellerLine]]]:
    with running_sandbox() as sellers:
        services = build(
            Settings(
                _env_file=None,
                now=NOW,
                data_dir=tmp_path / "data",
                keys_dir=tmp_path / "keys",
                spapi_endpoint=sellers[0].endpoint,
                lwa_endpoint=sellers[0].lwa_endpoint,
                lwa_client_id=sellers[0].client_id,
                lwa_client_secret=sellers[0].client_secret,
            )
        )
        yield services, sellers
        services.close()


def synced(services: Services, sellers: list[SellerLine]) -> dict[str, set[str]]:
    """Sync a seller; return everything that must not be readable, by kind."""
    owner = services.users.create("thief@example.com", PASSWORD, "Tess Thiefless")
    workspace = services.workspaces.add("shop", owner=owner, title="Thiefless Ltd")
    for seller in sellers:
        services.connect(
            workspace,
            region=seller.region,
            seller_id=seller.seller_id,
            refresh_token=seller.refresh_token,
            actor="test",
        )
    job = services.sync_now(workspace.workspace_id, since=60)
    job.wait()
    assert {result.status for result in job.results} == {"ok"}
    db = services.open_workspaces.get(workspace.workspace_id)
    skus = db.ask("select sku, asin, fnsku, title from skus").to_pydict()
    keys = db.ask("select distinct octet_length(order_key) as n from order_lines")
    assert keys["n"].to_pylist() == [16], "order ids are kept as keyed hashes only"
    shipments = db.ask("select distinct shipment_id as id from shipments")
    return {
        "sku": set(skus["sku"]),
        "asin": set(filter(None, skus["asin"])),
        "fnsku": set(filter(None, skus["fnsku"])),
        "title": set(filter(None, skus["title"])),
        "shipment": set(shipments["id"].to_pylist()),
        "token": {s.refresh_token for s in sellers}
        | {s.client_secret for s in sellers},
        "person": {"thief@example.com", "Tess Thiefless", PASSWORD},
    }


def test_no_file_below_the_data_folder_holds_a_readable_secret(
    instance: tuple[Services, list[SellerLine]], tmp_path: Path
) -> None:
    services, sellers = instance
    secrets = synced(services, sellers)
    while_open = everything_below(tmp_path / "data")
    services.close()
    assert min(len(values) for values in secrets.values()) >= 1
    for content in (while_open, everything_below(tmp_path / "data")):
        for kind, values in secrets.items():
            found = [v for v in values if len(v) > 5 and v.encode() in content]
            assert not found, f"{kind}: {found[:3]}"


def everything_below(folder: Path) -> bytes:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".duckdb" for path in files)
    return b"\0".join(path.read_bytes() for path in files)
