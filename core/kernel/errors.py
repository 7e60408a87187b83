"""What can go wrong, in words a seller understands?

AppError
+- SettingsError          a setting is missing, malformed or forbidden here
+- NotSignedInError       nobody is signed in
+- NotAllowedError        the role does not permit it
+- NotFoundError          no such thing, or not yours to know about
+- InputError             what a person or a caller typed cannot be used
+- SpApiError             Amazon, retryable or not
|  +- ThrottledError*           too many requests
|  +- UnavailableError*         Amazon is down, slow or answers nonsense
|  +- AuthorizationExpiredError the refresh token no longer works
|  +- RequestRefusedError       Amazon refuses the request as such
|  +- ReportFailedError         a report ended FATAL
+- SyncError              a sync cannot go on
|  +- StoppedError              somebody asked it to stop
+- DatabaseError          a workspace file cannot be used
|  +- WrongKeyError             the key does not open the file
|  +- CorruptFileError          the file is damaged
|  +- FileBusyError             another process holds the file
|  +- DiskFullError             there is no room left
+- SpreadsheetError       a file cannot be read or written
+- KeyMissingError        a key that should exist does not

(* retryable)
"""

from dataclasses import dataclass


class AppError(Exception):
    """Something went wrong, and what to do next.

    Args:
        message: A sentence that a seller understands.
        hint: The next step, as a sentence.
    """

    retryable = False

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class SettingsError(AppError):
    """A setting is missing, malformed or forbidden here."""


class NotSignedInError(AppError):
    """Nobody is signed in."""


class NotAllowedError(AppError):
    """The role does not permit it."""


class NotFoundError(AppError):
    """There is no such thing, or it is not yours to know about."""


class InputError(AppError):
    """What a person or a caller typed cannot be used."""


class SpApiError(AppError):
    """Amazon did not do what was asked."""

    def __init__(
        self, message: str, hint: str = "", *, status: int = 0, code: str = ""
    ) -> None:
        super().__init__(message, hint)
        self.status = status
        self.code = code


class ThrottledError(SpApiError):
    """Amazon asks us to slow down."""

    retryable = True


class UnavailableError(SpApiError):
    """Amazon is down, slow, or its answer is not one."""

    retryable = True


class AuthorizationExpiredError(SpApiError):
    """The refresh token no longer opens the account."""


class RequestRefusedError(SpApiError):
    """Amazon refuses the request as such: asking again will not help."""


class ReportFailedError(SpApiError):
    """A report ended FATAL, or is not the report that was asked for."""


class SyncError(AppError):
    """A sync cannot go on."""


class StoppedError(SyncError):
    """Somebody asked it to stop."""


class DatabaseError(AppError):
    """A workspace file cannot be used."""


class WrongKeyError(DatabaseError):
    """The key does not open the file."""


class CorruptFileError(DatabaseError):
    """The file is damaged."""


class FileBusyError(DatabaseError):
    """Another process holds the file."""


class DiskFullError(DatabaseError):
    """There is no room left."""


class SpreadsheetError(AppError):
    """A file cannot be read or written."""


class KeyMissingError(AppError):
    """A key that should exist does not."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One bad piece of data: a value, never raised.

    Attributes:
        source: Where it came from, such as a dataset or a file name.
        row: 1-based row in that source, None when it is about the whole.
        column: The column's name in the source, empty for the whole row.
        message: What is wrong.
        hint: What to do about it.
    """

    source: str
    row: int | None
    column: str
    message: str
    hint: str
