"""How does a command speak to the person who typed it?

Results go to standard output; progress and errors to standard error.
"""

import getpass
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Table

from core.kernel.errors import InputError

_WIDE = 160
_MARK = {"ok": "[green]ok[/]", "warning": "[yellow]warning[/]", "bad": "[red]bad[/]"}


def console(*, is_error: bool = False) -> Console:
    """Return where to write: as wide as the window, wide enough for a pipe."""
    stream = sys.stderr if is_error else sys.stdout
    width = None if stream.isatty() else _WIDE
    return Console(file=stream, width=width, highlight=False)


def say(text: str) -> None:
    """Write one line of a result."""
    sys.stdout.write(f"{text}\n")


def complain(message: str, hint: str = "") -> None:
    """Write what went wrong and what to do about it."""
    sys.stderr.write(f"{message} {hint}".strip() + "\n")


def secret(prompt: str, *, from_stdin: bool) -> str:
    """Ask for a secret, or read it from standard input.

    Raises:
        InputError: Nothing came, or no text.
    """
    try:
        if not from_stdin and sys.stdin.isatty():
            return getpass.getpass(prompt)
        text = sys.stdin.readline().strip()
    except UnicodeDecodeError as error:
        raise InputError(
            "Standard input is not text in UTF-8.", "Check what is piped into it."
        ) from error
    if not text:
        raise InputError(
            "Nothing came on standard input.",
            "Pipe the secret into the command; it never belongs in its arguments.",
        )
    return text


class SyncScreen:
    """Bars that move while a sync runs, where somebody can see them."""

    def __init__(self) -> None:
        self._bars = Progress(
            TextColumn("{task.fields[where]:<20}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[doing]}"),
            console=console(is_error=True),
            disable=not sys.stderr.isatty(),
        )
        self._tasks: dict[tuple[str, str], TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def show(self, told: dict[str, Any]) -> None:
        """Show how far every dataset is."""
        for part in told.get("progress", ()):
            key = (part["connection"], part["dataset"])
            if key not in self._tasks:
                self._tasks[key] = self._bars.add_task(
                    "", where=" ".join(key), doing="", total=None
                )
            doing = part["doing"]
            if part["eta_seconds"] is not None:
                doing = f"{doing} (about {_duration(part['eta_seconds'])} to go)"
            self._bars.update(
                self._tasks[key],
                completed=part["done"],
                total=part["total"],
                doing=escape(doing),
            )


def show_results(results: Sequence[dict[str, Any]]) -> None:
    """Write how each dataset ended, and below it what went wrong."""
    table = Table("dataset", "rows", "as of", "status", "region", box=None)
    table.columns[1].justify = "right"
    for row in results:
        table.add_row(
            row["dataset"],
            str(row["rows"]),
            (row["as_of"] or "")[:16].replace("T", " "),
            row["status"],
            row["region"],
        )
    console().print(table)
    for row in results:
        if row["status"] != "ok" and row["message"]:
            where = f"{row['region']} {row['dataset']}:"
            complain(f"{where} {row['message']}", row["hint"])


def show_checks(checks: Sequence[dict[str, Any]]) -> None:
    """Write what was examined, with a remedy where something is not well."""
    table = Table("", "", "", box=None, show_header=False)
    for check in checks:
        finding = escape(f"{check['finding']} {check['hint']}".strip())
        table.add_row(_MARK[check["verdict"]], check["subject"], finding)
    console().print(table)


def _duration(seconds: float) -> str:
    return f"{round(seconds)} s" if seconds < 90 else f"{round(seconds / 60)} min"
