"""Is this instance well? What is configured, reachable, stale or insecure."""

import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from core.kernel import recovery, rotation
from core.kernel.errors import AppError
from core.kernel.settings import is_loopback
from core.services.wiring import Services

_REACH_SECONDS = 5.0
_STALE_AFTER = timedelta(days=2)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        verdict: ok, warning (worth knowing) or bad (worth acting).
        hint: The next step, empty when it is ok.
    """

    subject: str
    verdict: Literal["ok", "warning", "bad"]
    finding: str
    hint: str = ""


def examine(services: Services) -> list[Check]:
    """Return what is well and what is not, without changing anything."""
    return [
        *_configured(services),
        *_secure(services),
        *_recoverable(services),
        *_intact(services),
        *_reachable(services),
        *_fresh(services),
    ]


def _configured(services: Services) -> Iterator[Check]:
    settings = services.settings
    kind = "production" if settings.is_production else "development"
    yield Check("mode", "ok", f"This is a {kind} instance at {settings.public_url}.")
    yield Check("data", "ok", f"Data is in {settings.data_dir}.")
    if services.users.any():
        yield Check("accounts", "ok", "The operator has an account.")
    else:
        yield Check(
            "accounts",
            "warning",
            "Nobody has an account yet.",
            "Make one in the browser, or with: python -m core init",
        )
    if settings.lwa_client_id and settings.lwa_client_secret.get_secret_value():
        yield Check("amazon", "ok", "The keys of Login with Amazon are set.")
    else:
        yield Check(
            "amazon",
            "warning",
            "The keys of Login with Amazon are not set: only the demo can be synced.",
            "Set STOCKENER_LWA_CLIENT_ID and STOCKENER_LWA_CLIENT_SECRET.",
        )
    if settings.now is not None:
        yield Check(
            "calendar",
            "warning",
            f"The calendar stands still at {settings.now.isoformat()}.",
            "Remove STOCKENER_NOW.",
        )


def _secure(services: Services) -> Iterator[Check]:
    settings = services.settings
    data, keys = settings.data_dir.resolve(), settings.keys_folder.resolve()
    if keys.is_relative_to(data):
        yield Check(
            "keys",
            "bad",
            f"The keys in {keys} lie inside the data folder: one copy takes both.",
            "Set STOCKENER_KEYS_DIR to another folder and move them there.",
        )
    else:
        yield Check("keys", "ok", f"Keys are in {keys}, apart from the data.")
    if settings.is_production and not settings.public_url.startswith("https://"):
        yield Check(
            "address",
            "bad",
            "People reach this instance without encryption.",
            "Set STOCKENER_PUBLIC_URL to an https:// address.",
        )
    for path in _private(services):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & _OTHERS:
            yield Check(
                "permissions",
                "bad",
                f"Other users of this machine can read {path}.",
                f"chmod go-rwx {path}",
            )


def _recoverable(services: Services) -> Iterator[Check]:
    if rotation.is_waiting(services.keyring):
        yield Check(
            "rotation",
            "bad",
            "The keys have a new master key, but the old one is still in use.",
            "Put the new one into STOCKENER_MASTER_KEY and restart the app; if it is"
            " lost, or the key is in a file: python -m core key rotate",
        )
    try:
        state = recovery.state(services.keyring)
    except AppError as error:
        yield Check("recovery", "bad", error.message, error.hint)
        return
    if not state.finding:
        yield Check("recovery", "ok", "A recovery copy of all keys is confirmed.")
        return
    verdict: Literal["bad", "warning"] = "bad" if state.is_lacking else "warning"
    yield Check("recovery", verdict, state.finding, recovery.REMEDY)


def _private(services: Services) -> list[Path]:
    settings = services.settings
    paths = [
        settings.data_dir / "control.db",
        settings.data_dir / "workspaces",
        settings.keys_folder,
    ]
    if settings.master_key_file is not None:
        paths.append(settings.master_key_file)
    return paths


def _intact(services: Services) -> Iterator[Check]:
    if services.audit.is_intact():
        yield Check("audit", "ok", "The record of acts is unbroken.")
    else:
        yield Check(
            "audit",
            "bad",
            "The record of acts was changed.",
            "Compare control.db with a backup.",
        )
    for workspace in services.workspaces.all():
        subject = f"workspace {workspace.name}"
        try:
            services.open_workspaces.get(workspace.workspace_id)
        except AppError as error:
            yield Check(subject, "bad", error.message, error.hint)
        else:
            yield Check(subject, "ok", "Its file opens.")


def _reachable(services: Services) -> Iterator[Check]:
    addresses = {
        address
        for workspace in services.workspaces.all()
        for connection in services.connections.list_for(workspace.workspace_id)
        for address in (connection.endpoint, connection.lwa_endpoint)
        if address
    }
    for address in sorted(addresses):
        if _answers(address):
            yield Check("network", "ok", f"{address} answers.")
        else:
            yield Check(
                "network",
                "bad",
                f"{address} does not answer.",
                "Check the network, the proxy and the firewall.",
            )


def _answers(address: str) -> bool:
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    seconds = 1.0 if is_loopback(address) else _REACH_SECONDS
    try:
        socket.create_connection((parts.hostname, port), seconds).close()
    except OSError:
        return False
    return True


def _fresh(services: Services) -> Iterator[Check]:
    now = services.clock.instant()
    for workspace in services.workspaces.all():
        subject = f"sync {workspace.name}"
        runs = services.syncs.history(workspace.workspace_id)
        good = [run.ended_at for run in runs if run.status == "ok" and run.ended_at]
        command = f"python -m core sync {workspace.name}"
        if runs and runs[0].status == "failed":
            yield Check(subject, "bad", "The last sync failed.", f"See: {command}")
        elif not good:
            yield Check(subject, "warning", "It was never synced.", f"Run: {command}")
        elif now - good[0] > _STALE_AFTER:
            days = (now - good[0]).days
            finding = f"The last good sync was {days} days ago."
            yield Check(subject, "warning", finding, f"Run: {command}")
        else:
            finding = f"Synced on {good[0]:%Y-%m-%d %H:%M} UTC."
            yield Check(subject, "ok", finding)
