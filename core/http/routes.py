"""Which addresses are ours beside the pages, and what stands before them all?"""

from collections.abc import Callable

from starlette.middleware import Middleware
from starlette.routing import Route

from core.http.api import answer_endpoint
from core.http.doors import Doors
from core.http.front import (
    FAVICON,
    SCRIPT,
    favicon_endpoint,
    front_endpoint,
    page_names,
    script_endpoint,
)
from core.http.headers import SecurityHeaders
from core.http.health import Counting, health_endpoint, metrics_endpoint
from core.http.session import session_endpoint
from core.services import Services


def routes(services: Callable[[], Services]) -> list[Route]:
    """Return our addresses.

    Args:
        services: Called at each request: the parts are built after the routes.
    """
    front = front_endpoint(services)
    return [
        Route("/healthz", health_endpoint(services)),
        Route("/metrics", metrics_endpoint(services)),
        Route("/api/session", session_endpoint(services), methods=["POST", "DELETE"]),
        Route("/api/v1/{workspace}/{answer}", answer_endpoint(services)),
        Route(SCRIPT, script_endpoint),
        Route(FAVICON, favicon_endpoint),
        *(Route(f"/{name}", front) for name in ("", *page_names())),
    ]


def middleware(services: Callable[[], Services]) -> list[Middleware]:
    """Return what every request passes, outermost first."""
    ours = {route.path.partition("{")[0] for route in routes(services)}
    return [
        Middleware(Counting),
        Middleware(SecurityHeaders, settings=lambda: services().settings),
        Middleware(Doors, services=services, ours=frozenset(ours)),
    ]
