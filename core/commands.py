"""What can be asked on the command line, and what happens then?

Each command takes the services, who asks, and plain values, and returns
plain values: the same whether it runs in the command's own process or comes
to a running app through its socket.
"""

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.accounts.users import User
from core.accounts.workspaces import LONGEST_RETENTION
from core.analytics import question
from core.kernel import recovery, rotation
from core.kernel.errors import InputError, NotFoundError
from core.services import Services, SyncJob
from core.services.doctor import examine
from core.spreadsheets import answers

Values = dict[str, Any]

_TELL_SECONDS = 0.3
_PIECE_BYTES = 262_144


def _parquet(answer: answers.Answer) -> Iterator[bytes]:
    yield answers.write_parquet(answer)


_FORMATS: Mapping[str, Callable[[answers.Answer], Iterator[bytes]]] = {
    "csv": answers.write_csv,
    "json": answers.write_json,
    "parquet": _parquet,
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and how to tell them something before the end.

    Attributes:
        actor: As the audit names them.
        tell: Called with plain values; raises OSError once nobody listens.
    """

    actor: str
    tell: Callable[[Values], None]


def init(services: Services, caller: Caller, values: Values) -> Values:
    """Make the first account, the operator."""
    user = services.users.create(values["email"], values["password"], is_operator=True)
    services.audit.record("account.first", actor=caller.actor, detail=user.user_id)
    return {"email": user.email}


def add_workspace(services: Services, caller: Caller, values: Values) -> Values:
    """Make a workspace."""
    months = retention_months(
        values["retention"], accepts_policy=values["accepts_policy"]
    )
    workspace = services.workspaces.add(
        values["name"],
        owner=_owner(services, values["owner"]),
        home=values["home"],
        is_demo=values["demo"],
        retention_months=months,
    )
    services.audit.record(
        "workspace.add",
        actor=caller.actor,
        workspace_id=workspace.workspace_id,
        detail="Amazon's policy accepted: kept while active" if months is None else "",
    )
    return {"name": workspace.name}


def connect(services: Services, caller: Caller, values: Values) -> Values:
    """Connect a seller account to a workspace."""
    connection = services.connect(
        services.workspaces.by_name(values["name"]),
        region=values["region"],
        seller_id=values["seller_id"],
        refresh_token=values["refresh_token"],
        actor=caller.actor,
    )
    return {"marketplaces": list(connection.marketplaces)}


def sync(services: Services, caller: Caller, values: Values) -> Values:
    """Sync a workspace, telling of the progress until it has ended."""
    workspace = services.workspaces.by_name(values["name"])
    running = services.syncs.job(workspace.workspace_id)
    is_ours = running is None or not running.is_running
    job = services.sync_now(
        workspace.workspace_id,
        values["datasets"],
        since_days(values["since"]),
        actor=caller.actor,
    )
    try:
        _follow(job, caller)
    except BaseException:
        # Whoever asked has gone; a sync that somebody else started goes on.
        if is_ours:
            job.stop()
            job.wait()
        raise
    results = sorted(job.results, key=lambda outcome: outcome.region)
    rows = [asdict(outcome) for outcome in results]
    for row in rows:
        row["as_of"] = None if row["as_of"] is None else row["as_of"].isoformat()
    return {"status": job.status, "results": rows}


def ask(services: Services, caller: Caller, values: Values) -> Values:
    """Answer a question, telling the file piece by piece."""
    workspace = services.workspaces.by_name(values["name"])
    db = services.open_workspaces.get(workspace.workspace_id)
    reader = question.stream(db, values["question"], values["params"])
    for piece in _FORMATS[values["format"]](reader):
        for start in range(0, len(piece), _PIECE_BYTES):
            text = base64.b64encode(piece[start : start + _PIECE_BYTES]).decode()
            caller.tell({"piece": text})
    return {}


def doctor(services: Services, _caller: Caller, _values: Values) -> Values:
    """Examine the instance."""
    return {"checks": [asdict(check) for check in examine(services)]}


def export_keys(services: Services, caller: Caller, values: Values) -> Values:
    """Seal a recovery copy of the keys, for the command to write."""
    copy = recovery.make_copy(services.keyring, values["passphrase"])
    services.audit.record("key.export", actor=caller.actor)
    return {"copy": base64.b64encode(copy).decode()}


def confirm_keys(services: Services, caller: Caller, values: Values) -> Values:
    """Compare a recovery copy with the keys, and note that it was kept."""
    copy = base64.b64decode(values["copy"])
    recovery.confirm(services.keyring, copy, values["passphrase"])
    services.audit.record("key.confirm", actor=caller.actor)
    return {"keys": len(services.keyring.names())}


def rotate_keys(services: Services, caller: Caller, values: Values) -> Values:
    """Wrap all keys under a new master key."""
    ring = services.keyring
    is_in_place = rotation.rotate(services.settings, ring, values["new_key"])
    services.audit.record("key.rotate", actor=caller.actor)
    return {"keys": len(ring.names()), "is_in_place": is_in_place}


COMMANDS: Mapping[str, Callable[[Services, Caller, Values], Values]] = {
    "init": init,
    "workspace add": add_workspace,
    "connect": connect,
    "sync": sync,
    "ask": ask,
    "doctor": doctor,
    "key export": export_keys,
    "key confirm": confirm_keys,
    "key rotate": rotate_keys,
}


def retention_months(text: str, *, accepts_policy: bool) -> int | None:
    """Return the months of a text such as `18m`; None for `active`.

    Raises:
        InputError: It is neither, or the policy was not accepted.
    """
    if text == "active":
        if accepts_policy:
            return None
        raise InputError(
            "Amazon's policy lets data be kept for 18 months at most, unless it is"
            " still needed while the account is active.",
            "If you have read that and it is so, repeat with --accept-amazon-policy.",
        )
    found = re.fullmatch(r"(\d{1,4})m", text)
    if found is None:
        raise InputError(
            f"“{text[:20]}” is no retention.",
            f"Write 3m to {LONGEST_RETENTION}m, or active.",
        )
    return int(found[1])


def since_days(text: str | None) -> int | None:
    """Return the days of a text such as `90d`.

    Raises:
        InputError: It is something else.
    """
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,5})d", text)
    if found is None:
        raise InputError(f"“{text[:20]}” is no number of days.", "Write it like 90d.")
    return int(found[1])


def _owner(services: Services, email: str | None) -> User:
    owner = services.users.by_email(email) if email else services.users.operator()
    if owner is not None:
        return owner
    if email:
        raise NotFoundError(
            "Nobody has an account with this e-mail address.",
            "Name an existing account with --owner.",
        )
    raise NotFoundError(
        "There is no account yet that could own the workspace.",
        "Make one with: python -m core init --owner EMAIL --password-stdin",
    )


def _follow(job: SyncJob, caller: Caller) -> None:
    told: list[Values] = []
    has_ended = False
    while not has_ended:
        has_ended = job.wait(_TELL_SECONDS)
        now = [asdict(progress) for progress in job.progress]
        if now != told:
            told = now
            caller.tell({"progress": now})
