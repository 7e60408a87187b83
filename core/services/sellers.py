"""How does an instance reach a seller account, a real one or the demo's?"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace

from core.accounts.connections import (
    ENDPOINTS,
    LWA_ENDPOINT,
    Connection,
    Connections,
    Credentials,
    region_named,
    require_seller_id,
)
from core.accounts.workspaces import Workspace, Workspaces
from core.kernel.clock import Clock
from core.kernel.errors import UnavailableError
from core.kernel.marketplaces import BY_AMAZON_ID, REGIONS
from core.kernel.settings import Settings
from core.services.sandboxes import DemoSandbox
from core.spapi.auth import Access
from core.spapi.client import Amazon
from core.spapi.limits import Limits


class Sellers:
    """The seller accounts of one instance.

    Args:
        settings: The application's id and secret, and other addresses in tests.
        connections: Where they are stored.
        workspaces: Whose they are.
        limits: The buckets of the whole instance.
        clock: The real clock is asked.
    """

    def __init__(
        self,
        settings: Settings,
        connections: Connections,
        workspaces: Workspaces,
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._connections = connections
        self._workspaces = workspaces
        self._limits = limits
        self._clock = clock
        self._demo = DemoSandbox(settings.now, workspaces.oldest_demo)

    def connect(
        self, workspace: Workspace, region: str, seller_id: str, refresh_token: str
    ) -> Connection:
        """Store a connection, once Amazon has accepted its token.

        Raises:
            SpApiError: Amazon does not accept it; nothing is stored.
            InputError: The region or the seller id cannot be used.
        """
        access = self._access_of(region, seller_id, refresh_token)
        codes = self._participations(access)
        connection = self._connections.add(
            workspace.workspace_id,
            region=region,
            seller_id=seller_id,
            endpoint=access.endpoint,
            lwa_endpoint=access.lwa_endpoint,
            credentials=Credentials(
                access.refresh_token, access.client_id, access.client_secret
            ),
        )
        self.settle(connection, codes)
        return replace(connection, marketplaces=tuple(codes))

    def check(self, region: str, seller_id: str, refresh_token: str) -> None:
        """Ask Amazon whether it accepts a token; nothing is stored.

        Raises:
            SpApiError: It does not.
            InputError: The region or the seller id cannot be used.
        """
        self._participations(self._access_of(region, seller_id, refresh_token))

    def prepare_demo(self) -> None:
        """Start the demo's double in the background: somebody may want it soon."""
        threading.Thread(target=self._start_demo, name="demo", daemon=True).start()

    def connect_demo(self, workspace: Workspace) -> None:
        """Connect a workspace to the demo's seller, in every region."""
        known = self._connections.list_for(workspace.workspace_id)
        for region in REGIONS:
            if any(connection.region == region for connection in known):
                continue
            with self._demo.lent(region) as seller:
                codes = self._participations(Access(**asdict(seller)))
            connection = self._connections.add(
                workspace.workspace_id,
                region=region,
                seller_id=seller.seller_id,
                endpoint="",
                lwa_endpoint="",
            )
            self.settle(connection, codes)

    @contextmanager
    def amazon(
        self, connection: Connection, stop: threading.Event | None = None
    ) -> Iterator[Amazon]:
        """Open the client of a connection."""
        with (
            self._access(connection) as access,
            self._open(access, stop) as amazon,
        ):
            yield amazon

    def close(self) -> None:
        """End the demo's double."""
        self._demo.close()

    def _start_demo(self) -> None:
        # Whoever then asks for it gets the error, if there is one.
        with suppress(UnavailableError):
            self._demo.seller(REGIONS[0])

    def _access_of(self, region: str, seller_id: str, refresh_token: str) -> Access:
        region_named(region)
        require_seller_id(seller_id)
        return Access(
            region=region,
            seller_id=seller_id,
            endpoint=self._settings.spapi_endpoint or ENDPOINTS[region],
            lwa_endpoint=self._settings.lwa_endpoint or LWA_ENDPOINT,
            client_id=self._settings.lwa_client_id,
            client_secret=self._settings.lwa_client_secret.get_secret_value(),
            refresh_token=refresh_token.strip(),
        )

    @contextmanager
    def _access(self, connection: Connection) -> Iterator[Access]:
        if connection.is_demo:
            with self._demo.lent(connection.region) as seller:
                yield Access(**asdict(seller))
            return
        yield Access(
            region=connection.region,
            seller_id=connection.seller_id,
            endpoint=connection.endpoint,
            lwa_endpoint=connection.lwa_endpoint,
            **asdict(self._connections.credentials(connection)),
        )

    @contextmanager
    def _open(
        self, access: Access, stop: threading.Event | None = None
    ) -> Iterator[Amazon]:
        amazon = Amazon(access, clock=self._clock, limits=self._limits, stop=stop)
        try:
            yield amazon
        finally:
            amazon.close()

    def _participations(self, access: Access) -> list[str]:
        with self._open(access) as amazon:
            rows = amazon.call("getMarketplaceParticipations").payload
        try:
            ids = [
                row["marketplace"]["id"]
                for row in rows
                if row["participation"]["isParticipating"]
            ]
        except (TypeError, KeyError) as error:
            raise UnavailableError(
                "Amazon's answer names no marketplaces.",
                "Try again in a few minutes.",
            ) from error
        return [BY_AMAZON_ID[i].code for i in ids if i in BY_AMAZON_ID]

    def settle(self, connection: Connection, codes: Sequence[str]) -> None:
        """Remember in which marketplaces a seller takes part."""
        self._connections.set_marketplaces(connection.connection_id, codes)
        if codes:
            self._workspaces.suggest_home(connection.workspace_id, codes[0])
