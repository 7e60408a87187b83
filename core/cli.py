"""What can be done without a browser? `python -m core --help`.

A command talks to the running app through its socket; where none runs, it
opens the data folder itself. Every error is one sentence and a remedy.
"""

import base64
import logging
import os
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from core import cli_keys, terminal
from core.kernel import log
from core.kernel.errors import AppError, InputError
from core.kernel.settings import Settings

app = typer.Typer(
    help="Stockener: inventory for Amazon FBA sellers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
workspace_app = typer.Typer(help="Workspaces.", no_args_is_help=True)
app.add_typer(workspace_app, name="workspace")
app.add_typer(cli_keys.app, name="key")

Name = Annotated[str, typer.Argument(help="The workspace's name.", show_default=False)]


def main() -> None:
    """Run the command line and end the process with its status."""
    log.configure(logging.INFO if sys.flags.dev_mode else logging.CRITICAL)
    sys.exit(status_of(sys.argv[1:]))


def status_of(arguments: list[str]) -> int:
    """Run one command and return its exit status."""
    try:
        return int(app(arguments, standalone_mode=False, prog_name="core") or 0)
    except AppError as error:
        terminal.complain(error.message, error.hint)
    except typer.TyperException as error:
        said = error.format_message() if hasattr(error, "format_message") else ""
        if said:
            terminal.complain(said, "See: python -m core --help")
    except (KeyboardInterrupt, typer.Abort):
        terminal.complain("Stopped.")
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        terminal.complain(
            f"The command ended unexpectedly ({type(error).__name__}).",
            "To see why, repeat it with: python -X dev -m core",
        )
    return 1


@app.command()
def init(
    owner: Annotated[str, typer.Option(help="The operator's e-mail address.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from there.")
    ] = False,
) -> None:
    """Make the first account, the operator."""
    password = terminal.secret("Password: ", from_stdin=password_stdin)
    done = _run("init", {"email": owner, "password": password})
    terminal.say(f"{done['email']} runs this instance now.")


@workspace_app.command("add")
def add_workspace(
    name: Name,
    owner: Annotated[
        str | None, typer.Option(help="Whose it is; the operator's by default.")
    ] = None,
    home: Annotated[
        str | None, typer.Option(help="The marketplace meant when none is named.")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="With a demo seller.")] = False,
    retention: Annotated[
        str, typer.Option(help="How long figures are kept: 3m to 18m, or active.")
    ] = "18m",
    accept_amazon_policy: Annotated[
        bool,
        typer.Option(
            "--accept-amazon-policy",
            help="You have read what Amazon's policy says about keeping data.",
        ),
    ] = False,
) -> None:
    """Make a workspace."""
    values = {
        "name": name,
        "owner": owner,
        "home": home,
        "demo": demo,
        "retention": retention,
        "accepts_policy": accept_amazon_policy,
    }
    done = _run("workspace add", values)
    terminal.say(f"The workspace {done['name']} is ready.")


@app.command()
def connect(
    name: Name,
    region: Annotated[str, typer.Option(help="NA, EU or FE.")],
    seller_id: Annotated[str, typer.Option(help="Amazon's id of the seller.")],
    refresh_token_stdin: Annotated[
        bool,
        typer.Option("--refresh-token-stdin", help="Read the token from there."),
    ] = False,
) -> None:
    """Connect a seller account to a workspace."""
    token = terminal.secret("Refresh token: ", from_stdin=refresh_token_stdin)
    values = {
        "name": name,
        "region": region.upper(),
        "seller_id": seller_id,
        "refresh_token": token,
    }
    done = _run("connect", values)
    places = ", ".join(done["marketplaces"]) or "no marketplace yet"
    terminal.say(f"Connected {seller_id} in {region.upper()}: {places}.")


@app.command()
def sync(
    name: Name,
    datasets: Annotated[
        str | None, typer.Option(help="Comma separated; all by default.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="How far back, such as 90d.")
    ] = None,
) -> None:
    """Fetch what is new at Amazon."""
    wanted = None if datasets is None else [d.strip() for d in datasets.split(",")]
    values = {"name": name, "datasets": wanted, "since": since}
    with terminal.SyncScreen() as screen:
        done = _run("sync", values, screen.show)
    terminal.show_results(done["results"])
    if done["status"] != "ok":
        raise typer.Exit(1)


@app.command()
def ask(
    name: Name,
    question: Annotated[str, typer.Argument(help="Such as velocity.")],
    param: Annotated[
        list[str] | None, typer.Option(help="A parameter, such as as_of=2026-11-20.")
    ] = None,
    form: Annotated[
        Literal["csv", "json", "parquet"], typer.Option("--format", help="Of the file.")
    ] = "csv",
    out: Annotated[
        Path | None, typer.Option(help="A file instead of standard output.")
    ] = None,
) -> None:
    """Answer a question about a workspace."""
    values = {
        "name": name,
        "question": question,
        "params": _params(param or []),
        "format": form,
    }
    if out is None:
        _run("ask", values, lambda told: _write(sys.stdout.buffer, told))
        sys.stdout.flush()
        return
    draft = out.with_name(f".{out.name}.part")
    try:
        with draft.open("wb") as file:
            _run("ask", values, lambda told: _write(file, told))
        draft.replace(out)
    except OSError as error:
        raise InputError(
            f"{out} cannot be written: {error.strerror}.", "Choose another file."
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


@app.command()
def doctor() -> None:
    """Say what is configured, reachable, stale or insecure."""
    done = _run("doctor", {})
    terminal.show_checks(done["checks"])
    if any(check["verdict"] == "bad" for check in done["checks"]):
        raise typer.Exit(1)


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 8123,
    orders: Annotated[
        Path | None, typer.Option(help="A Parquet file of real order lines.")
    ] = None,
    skus: Annotated[int, typer.Option(help="How many SKUs the seller has.")] = 400,
    seed: Annotated[int, typer.Option(help="Another seed is another seller.")] = 1,
    rates: Annotated[
        Literal["amazon", "fast"], typer.Option(help="Whose limits it keeps.")
    ] = "amazon",
    faults: Annotated[str, typer.Option(help="What goes wrong, and how often.")] = "",
    began: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="The first day of the seller's history; two years ago by default.",
        ),
    ] = None,
) -> None:
    """Serve a double of Amazon on this machine."""
    from core.services import run_sandbox

    run_sandbox(
        port=port,
        orders=orders,
        skus=skus,
        seed=seed,
        began=began and began.date(),
        rates=rates,
        faults=faults,
        now=Settings.load().now,
        out=sys.stdout,
    )


@app.command(hidden=True)
def demo_sandbox(
    began: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])],
) -> None:
    """Serve the demo's seller until standard input closes."""
    from core.services import run_demo_sandbox

    run_demo_sandbox(began.date(), Settings.load().now)


def _run(command: str, values: dict[str, Any], tell: Any = None) -> dict[str, Any]:
    from core import control_socket

    settings = Settings.load()
    return control_socket.run(settings, command, values, tell or (lambda _told: None))


def _write(file: Any, told: dict[str, Any]) -> None:
    file.write(base64.b64decode(told["piece"]))


def _params(given: list[str]) -> dict[str, str]:
    params: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise InputError(
                f"“{text[:60]}” is no parameter.", "Write it as --param name=value."
            )
        if name in params:
            raise InputError(f"“{name}” is given twice.", "Give each parameter once.")
        params[name] = value
    return params
