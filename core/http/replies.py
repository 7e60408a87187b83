"""How is an error said over HTTP? A sentence and a next step, as JSON."""

import secrets
from collections.abc import Mapping

from starlette.responses import JSONResponse

from core.kernel import log
from core.kernel.errors import (
    AppError,
    DatabaseError,
    InputError,
    KeyMissingError,
    NotAllowedError,
    NotFoundError,
    NotSignedInError,
)

_log = log.get("http")

_STATUS: Mapping[type[AppError], int] = {
    NotSignedInError: 401,
    NotAllowedError: 403,
    NotFoundError: 404,
    InputError: 400,
    DatabaseError: 503,
    KeyMissingError: 503,
}


def not_signed_in() -> NotSignedInError:
    """Return what a stranger is told."""
    return NotSignedInError(
        "Nobody is signed in.", "Sign in with your browser and ask again."
    )


def no_such_address() -> NotFoundError:
    """Return what is said of an address that is shut."""
    return NotFoundError("There is nothing at this address.")


def refusal(error: AppError) -> JSONResponse:
    """Return an error that we know how to say."""
    status = next((s for kind, s in _STATUS.items() if isinstance(error, kind)), 500)
    if status >= 500:
        _log.error("refused", status=status, reason=str(error))
    return said(status, error.message, error.hint)


def failure(error: Exception) -> JSONResponse:
    """Return an error that nobody expected: a reference, its trace in the log."""
    reference = secrets.token_hex(4)
    _log.error("failed", reference=reference, exc_info=error)
    return said(
        500,
        "Something went wrong on our side.",
        f"Try again; if it stays, name the reference {reference} to your operator.",
    )


def said(status: int, message: str, hint: str = "") -> JSONResponse:
    """Return a sentence and a next step."""
    return JSONResponse(
        {"message": message, "hint": hint},
        status_code=status,
        headers={"Cache-Control": "no-store"},
    )
