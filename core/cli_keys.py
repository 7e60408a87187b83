"""How are the keys kept safe? `python -m core key --help`."""

import base64
from pathlib import Path
from typing import Annotated, Any

import typer

from core import terminal
from core.kernel.errors import InputError, SettingsError
from core.kernel.keys import write_secret
from core.kernel.recovery import LARGEST_COPY, SHORTEST_PASSPHRASE
from core.kernel.settings import Settings

app = typer.Typer(help="Keys and their recovery copy.", no_args_is_help=True)

FromStdin = Annotated[
    bool, typer.Option("--passphrase-stdin", help="Read the passphrase from there.")
]


@app.command("export")
def export_keys(
    out: Annotated[Path, typer.Option(help="The new file.")],
    passphrase_stdin: FromStdin = False,  # noqa: FBT002  # an option of a command
) -> None:
    """Write a recovery copy: all keys in one file, sealed under a passphrase."""
    if out.exists():
        raise _exists(out)
    passphrase = terminal.secret("Passphrase: ", from_stdin=passphrase_stdin)
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise InputError(
            f"The passphrase is shorter than {SHORTEST_PASSPHRASE} characters.",
            "Take a longer one, such as five random words.",
        )
    done = _run("key export", {"passphrase": passphrase})
    try:
        write_secret(out, base64.b64decode(done["copy"]))
    except FileExistsError as error:
        raise _exists(out) from error
    except SettingsError as error:
        raise InputError(f"{out} cannot be written.", "Choose another file.") from error
    terminal.say(
        f"{out} opens everything: keep it away from this machine, and confirm it"
        f" with: python -m core key confirm {out} --passphrase-stdin"
    )


@app.command("confirm")
def confirm_keys(
    file: Annotated[Path, typer.Argument(help="A recovery copy.", show_default=False)],
    passphrase_stdin: FromStdin = False,  # noqa: FBT002  # an option of a command
) -> None:
    """Make sure that a recovery copy opens and holds every key of this instance."""
    try:
        with file.open("rb") as source:
            copy = source.read(LARGEST_COPY + 1)
    except OSError as error:
        raise InputError(
            f"{file} cannot be read: {error.strerror}.",
            "Name the file that “key export” wrote.",
        ) from error
    if len(copy) > LARGEST_COPY:
        raise InputError(
            f"{file} is too large to be a recovery copy.",
            "Name the file that “key export” wrote.",
        )
    passphrase = terminal.secret("Passphrase: ", from_stdin=passphrase_stdin)
    text = base64.b64encode(copy).decode()
    done = _run("key confirm", {"copy": text, "passphrase": passphrase})
    terminal.say(f"Confirmed: {file} holds the master key and all {done['keys']} keys.")


@app.command("rotate")
def rotate_keys(
    new_key_stdin: Annotated[  # noqa: FBT002  # an option of a command
        bool,
        typer.Option(
            "--new-key-stdin",
            help="Read the new key from there, where the environment holds it.",
        ),
    ] = False,  # an option of a command
) -> None:
    """Give the keys a new master key."""
    new = terminal.secret("New key: ", from_stdin=True) if new_key_stdin else None
    done = _run("key rotate", {"new_key": new})
    if done["is_in_place"]:
        terminal.say(
            f"A new master key wraps all {done['keys']} keys. Make and confirm a new"
            " recovery copy: python -m core key export --out FILE --passphrase-stdin"
        )
    else:
        terminal.say(
            f"The new master key wraps all {done['keys']} keys. Put it into"
            " STOCKENER_MASTER_KEY now and restart the app; then make and confirm a"
            " new recovery copy."
        )


def _exists(out: Path) -> InputError:
    return InputError(
        f"{out} is there already and is never overwritten.", "Name a new file."
    )


def _run(command: str, values: dict[str, Any]) -> dict[str, Any]:
    from core import control_socket

    return control_socket.run(Settings.load(), command, values, lambda _told: None)
