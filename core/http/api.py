"""How does an answer leave as a file? `/api/v1/{workspace}/{question}.csv`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from core.accounts import roles
from core.analytics import question
from core.database.workspace_db import WorkspaceDb
from core.http import replies
from core.http.session import session_of
from core.kernel.errors import AppError, InputError, NotFoundError
from core.services import Services
from core.spreadsheets import answers


@dataclass(frozen=True, slots=True)
class _Format:
    media_type: str
    write: Callable[[pa.RecordBatchReader], Iterator[bytes]]


_FORMATS: Mapping[str, _Format] = {
    "csv": _Format("text/csv; charset=utf-8", answers.write_csv),
    "json": _Format("application/json", answers.write_json),
    "parquet": _Format(
        "application/vnd.apache.parquet",
        lambda reader: iter((answers.write_parquet(reader),)),
    ),
}


def answer_endpoint(services: Callable[[], Services]) -> Callable[..., Any]:
    """Return the endpoint of the answers.

    It is a plain function: Starlette runs it, and what it streams, in threads.
    """

    def endpoint(request: Request) -> Response:
        try:
            return _answer(request, services())
        except AppError as error:
            return replies.refusal(error)
        except Exception as error:  # noqa: BLE001  the reader gets a reference
            return replies.failure(error)

    return endpoint


def _answer(request: Request, services: Services) -> Response:
    session = session_of(request, services)
    if session is None:
        raise replies.not_signed_in()
    workspace = services.workspaces.resolve(
        session.user.user_id, request.path_params["workspace"]
    )
    roles.require(workspace.role, "read")
    name, form = _parts(request.path_params["answer"])
    db: WorkspaceDb = services.open_workspaces.get(workspace.workspace_id)
    reader = question.stream(db, name, _params(request.query_params))
    return StreamingResponse(
        form.write(reader),
        media_type=form.media_type,
        headers={
            "Content-Disposition": (
                f'attachment; filename="{workspace.name}-'
                f'{request.path_params["answer"]}"'
            ),
            "Cache-Control": "no-store",
        },
    )


def _parts(answer: str) -> tuple[str, _Format]:
    name, _, suffix = answer.rpartition(".")
    if suffix not in _FORMATS:
        raise NotFoundError(
            "There is no such answer.",
            f"End the question with .{', .'.join(_FORMATS)}.",
        )
    return question.find(name).name, _FORMATS[suffix]


def _params(query: QueryParams) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in query.multi_items():
        if name in found:
            raise InputError(f"“{name}” is given twice.", "Give each parameter once.")
        found[name] = value
    return found
