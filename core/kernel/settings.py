"""How is this instance configured? Read once, frozen, said plainly."""

import os
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.kernel.errors import SettingsError

CHECKOUT = Path(__file__).resolve().parents[2]


def config_folder() -> Path:
    """Return the user's configuration folder, where development keys live."""
    base = _Environment().xdg_config_home
    return (base or Path.home() / ".config") / "stockener"


def forget_variables(*names: str) -> None:
    """Remove variables that a library would obey behind our back."""
    for name in names:
        os.environ.pop(name, None)  # noqa: TID251  # this is the module for it


class _Environment(BaseSettings):
    """The one variable that is not ours."""

    xdg_config_home: Path | None = None


class Settings(BaseSettings):
    """What the operator decides, from `STOCKENER_*` or `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="STOCKENER_",
        env_file=".env",
        frozen=True,
        extra="forbid",
        env_ignore_empty=True,
    )

    data_dir: Path = CHECKOUT / "data"
    """Where control.db, workspaces and backups live."""
    keys_dir: Path | None = None
    """Where wrapped keys live; never inside a backup of data."""
    master_key: SecretStr | None = None
    """The key that wraps all others: 32 bytes as base64."""
    master_key_file: Path | None = None
    """A file that holds the master key instead."""
    public_url: str = "http://127.0.0.1:8501"
    """The address under which people reach the app."""
    bind_address: str = "127.0.0.1"
    """The address that the server listens on."""
    env: Literal["development", "production"] = "development"
    """Production is also assumed whenever an address is not loopback."""
    lwa_client_id: str = ""
    """Login with Amazon: the application's client id."""
    lwa_client_secret: SecretStr = SecretStr("")
    """Login with Amazon: the application's client secret."""
    spapi_endpoint: str = ""
    """Overrides every Amazon host; loopback only, for tests."""
    lwa_endpoint: str = ""
    """Overrides the token endpoint; loopback only, for tests."""
    google_api_endpoint: str = ""
    """Overrides Google's hosts; loopback only, for tests."""
    google_client_id: str = ""
    """Google OAuth client id, for Sheets."""
    google_client_secret: SecretStr = SecretStr("")
    """Google OAuth client secret."""
    smtp_url: SecretStr = SecretStr("")
    """Where mail goes out: smtp://user:password@host:port."""
    privacy_contact: str = ""
    """The address shown for privacy inquiries."""
    metrics_token: SecretStr = SecretStr("")
    """The bearer token of /metrics; empty keeps it closed."""
    trusted_proxy: str = ""
    """The proxy whose forwarding headers are believed."""
    backup_target: str = ""
    """A second place for backups: a folder or s3:// address."""
    oidc_issuer: str = ""
    """Single sign-on: the provider's address."""
    oidc_client_id: str = ""
    """Single sign-on: our client id."""
    oidc_client_secret: SecretStr = SecretStr("")
    """Single sign-on: our client secret."""
    now: datetime | None = Field(default=None)
    """The calendar stands still at this instant; for tests."""

    @field_validator("now")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            message = "needs a time zone, such as 2026-11-21T12:00:00Z"
            raise ValueError(message)
        return value

    @field_validator("spapi_endpoint", "lwa_endpoint", "google_api_endpoint")
    @classmethod
    def _loopback(cls, value: str) -> str:
        if value and not is_loopback(value):
            message = "must be a loopback address such as http://127.0.0.1:8123"
            raise ValueError(message)
        return value.rstrip("/")

    @property
    def is_production(self) -> bool:
        """Tell whether strangers may reach this instance."""
        return (
            self.env == "production"
            or not is_loopback(self.public_url)
            or not is_loopback(f"//{self.bind_address}")
        )

    @property
    def keys_folder(self) -> Path:
        """Return the folder of wrapped keys."""
        return self.keys_dir or config_folder() / "keys"

    @classmethod
    def load(cls, **overrides: Any) -> Self:
        """Read the environment and `.env`.

        Raises:
            SettingsError: A value is unknown, malformed or forbidden.
        """
        try:
            settings = cls(**overrides)
        except ValidationError as error:
            raise SettingsError(*_explain(error)) from error
        except (OSError, ValueError) as error:
            raise SettingsError(
                "The file .env cannot be read.",
                "It must be text in UTF-8; .env.example shows the form.",
            ) from error
        _refuse_unsafe(settings)
        return settings


def is_loopback(address: str) -> bool:
    """Tell whether an address can only be reached from this machine."""
    host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _explain(error: ValidationError) -> tuple[str, str]:
    first = error.errors(include_url=False, include_input=False)[0]
    name = "_".join(str(part) for part in first["loc"]).upper()
    name = name if name.startswith("STOCKENER_") else f"STOCKENER_{name}"
    if first["type"] == "extra_forbidden":
        return f"There is no setting {name}.", "See .env.example for all of them."
    reason = first["msg"].removeprefix("Value error, ")
    return (
        f"{name} cannot be used: {reason}.",
        "Correct it in the environment or in .env; .env.example shows the form.",
    )


def _refuse_unsafe(settings: Settings) -> None:
    if not settings.is_production:
        return
    if settings.master_key is None and settings.master_key_file is None:
        raise SettingsError(
            "This instance can be reached by others, but has no master key.",
            "Set STOCKENER_MASTER_KEY or STOCKENER_MASTER_KEY_FILE.",
        )
    if settings.data_dir.resolve().is_relative_to(CHECKOUT):
        raise SettingsError(
            "This instance can be reached by others, but keeps its data in the"
            " folder of the program.",
            "Set STOCKENER_DATA_DIR to a folder outside it.",
        )
    for name in ("spapi_endpoint", "lwa_endpoint", "google_api_endpoint", "now"):
        if getattr(settings, name):
            raise SettingsError(
                f"STOCKENER_{name.upper()} is for tests and refused in production.",
                "Remove it from the environment and from .env.",
            )
