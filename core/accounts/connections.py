"""Which seller accounts is a workspace connected to?

A connection stores the address to which alone its token is ever sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from core.accounts.vault import Vault
from core.database.control import reading, writing
from core.database.control_tables import connections
from core.kernel.clock import Clock
from core.kernel.errors import InputError, KeyMissingError
from core.kernel.ids import new_id
from core.kernel.marketplaces import REGIONS, Region

ENDPOINTS = {
    "NA": "https://sellingpartnerapi-na.amazon.com",
    "EU": "https://sellingpartnerapi-eu.amazon.com",
    "FE": "https://sellingpartnerapi-fe.amazon.com",
}
LWA_ENDPOINT = "https://api.amazon.com"

_MAX_SELLER_ID = 64


@dataclass(frozen=True, slots=True)
class Connection:
    """One seller account of one region.

    Attributes:
        endpoint: Where its token may be sent; empty for a demo, whose
            double has another address every time.
        marketplaces: Codes such as DE; empty before Amazon was asked.
    """

    connection_id: str
    workspace_id: str
    region: Region
    seller_id: str
    endpoint: str
    lwa_endpoint: str
    marketplaces: tuple[str, ...]
    is_demo: bool


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opens a seller account; never shown."""

    refresh_token: str
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return "Credentials([hidden])"


class Connections:
    """The connections of one instance.

    Args:
        control: The control database.
        vault: Seals tokens under the workspace's key.
        clock: Says when they were made.
    """

    def __init__(self, control: Engine, vault: Vault, clock: Clock) -> None:
        self._control = control
        self._vault = vault
        self._clock = clock

    def add(
        self,
        workspace_id: str,
        *,
        region: str,
        seller_id: str,
        endpoint: str,
        lwa_endpoint: str,
        credentials: Credentials | None = None,
    ) -> Connection:
        """Store a connection, or the new token of one that exists.

        Args:
            workspace_id: Whose it is.
            region: NA, EU or FE.
            seller_id: Amazon's id of the seller.
            endpoint: Of SP-API; empty for a demo.
            lwa_endpoint: Of Login with Amazon; empty for a demo.
            credentials: None for a demo, whose double gives them out.

        Raises:
            InputError: The region or the seller id cannot be used.
        """
        region_named(region)
        require_seller_id(seller_id)
        sealed = self._sealed(workspace_id, credentials)
        values = {"endpoint": endpoint, "lwa_endpoint": lwa_endpoint, **sealed}
        key = {
            "workspace_id": workspace_id,
            "region": region,
            "seller_id": seller_id,
        }
        fresh = {"is_demo": credentials is None, **key, **values}
        return self._store(key, values, fresh)

    def list_for(self, workspace_id: str) -> list[Connection]:
        """Return the connections of a workspace, oldest first."""
        query = (
            select(connections)
            .where(connections.c.workspace_id == workspace_id)
            .order_by(connections.c.created_at, connections.c.connection_id)
        )
        with reading(self._control) as connection:
            return [_connection(row) for row in connection.execute(query)]

    def credentials(self, connection: Connection) -> Credentials:
        """Return what opens a connection's seller account.

        Raises:
            KeyMissingError: It is a demo, or the workspace's key is gone.
        """
        mine = connections.c.connection_id == connection.connection_id
        with reading(self._control) as control:
            row = control.execute(select(connections).where(mine)).first()
        if row is None or row.refresh_token_sealed is None:
            raise KeyMissingError(
                "This connection has no token.", "Connect the seller account again."
            )
        return Credentials(
            *(
                self._vault.open_for_workspace(connection.workspace_id, sealed)
                for sealed in (
                    row.refresh_token_sealed,
                    row.client_id_sealed,
                    row.client_secret_sealed,
                )
            )
        )

    def set_marketplaces(self, connection_id: str, codes: Sequence[str]) -> None:
        """Remember in which marketplaces the seller takes part."""
        mine = connections.c.connection_id == connection_id
        with writing(self._control) as connection:
            connection.execute(
                update(connections).where(mine).values(marketplaces=",".join(codes))
            )

    def _store(
        self, key: dict[str, str], values: dict[str, Any], fresh: dict[str, Any]
    ) -> Connection:
        same = [connections.c[name] == value for name, value in key.items()]
        new = {
            "connection_id": new_id(),
            "marketplaces": "",
            "created_at": self._clock.instant(),
        }
        with writing(self._control) as connection:
            known = connection.execute(select(connections).where(*same)).first()
            if known is None:
                connection.execute(insert(connections).values(new | fresh))
            else:
                connection.execute(update(connections).where(*same).values(values))
            return _connection(
                connection.execute(select(connections).where(*same)).one()
            )

    def _sealed(
        self, workspace_id: str, credentials: Credentials | None
    ) -> dict[str, bytes]:
        if credentials is None:
            return {}
        texts = {
            "refresh_token_sealed": credentials.refresh_token,
            "client_id_sealed": credentials.client_id,
            "client_secret_sealed": credentials.client_secret,
        }
        return {
            column: self._vault.seal_for_workspace(workspace_id, text)
            for column, text in texts.items()
        }


def region_named(text: str) -> Region:
    """Return a region of Amazon's.

    Raises:
        InputError: Naming the regions.
    """
    for region in REGIONS:
        if region == text:
            return region
    raise InputError(
        f"There is no region “{text[:20]}”.", f"Use one of {', '.join(REGIONS)}."
    )


def require_seller_id(seller_id: str) -> None:
    """Refuse what cannot be a seller's id.

    Raises:
        InputError: Saying where the id is found.
    """
    if (
        not seller_id.isascii()
        or not seller_id.isalnum()
        or len(seller_id) > _MAX_SELLER_ID
    ):
        raise InputError(
            f"“{seller_id[:60]}” is not a seller id.",
            "Copy the merchant token from Seller Central, Account Info.",
        )


def _connection(row: Row[Any]) -> Connection:
    return Connection(
        row.connection_id,
        row.workspace_id,
        region_named(row.region),
        row.seller_id,
        row.endpoint,
        row.lwa_endpoint,
        tuple(code for code in row.marketplaces.split(",") if code),
        row.is_demo,
    )
