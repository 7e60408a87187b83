"""What is written down while running, without any secret in it?"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_KEY = re.compile(
    r"(token|secret|password|authorization|cookie|signature|api_?key|master)",
    re.IGNORECASE,
)
SECRET_TEXT = re.compile(
    r"(Atz[ra]\|[\w\-+/=|]+"
    r"|amzn1\.oa2-cs\.[\w.\-]+"
    r"|(?<=X-Amz-Signature=)[^&\s\"']+"
    r"|(?<=X-Amz-Credential=)[^&\s\"']+"
    r"|(?<=Bearer )\S+)"
)
HIDDEN = "[hidden]"


def scrub(text: str) -> str:
    """Return a text with everything that looks like a credential hidden."""
    return SECRET_TEXT.sub(HIDDEN, text)


def scrub_event(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Hide secrets in one log event, by the name of the key and by its form."""
    for key, value in event.items():
        if key != "event" and SECRET_KEY.search(key):
            event[key] = HIDDEN
        elif isinstance(value, str):
            event[key] = scrub(value)
    return event


class _ScrubFilter(logging.Filter):
    """Scrubs what other libraries log through the standard library."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = scrub(record.getMessage())
        record.args = ()
        return True


def configure(level: int = logging.INFO) -> None:
    """Send scrubbed, structured lines to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_ScrubFilter())
    logging.basicConfig(level=level, handlers=[handler], format="%(message)s")
    # The first three log whole addresses, presigned ones included, at INFO.
    for chatty in ("httpx", "httpcore", "sp_api", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            scrub_event,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def get(name: str) -> Any:
    """Return a logger that names the module it speaks for."""
    return structlog.get_logger(module=name)
