"""Which addresses are ours beside the pages, and what stands before them all?"""

from collections.abc import Callable

from starlette.middleware import Middleware
from starlette.routing import Route

from core.http.api import answer_endpoint
from core.http.doors import Doors
from core.http.headers import SecurityHeaders
from core.http.health import Counting, health_endpoint, metrics_endpoint
from core.http.session import PresessionCookie, session_endpoint
from core.services import Services


def routes(services: Callable[[], Services]) -> list[Route]:
    """Return our addresses.

    Args:
        services: Called at each request: the parts are built after the routes.
    """
    return [
        Route("/healthz", health_endpoint(services), methods=["GET"]),
        Route("/metrics", metrics_endpoint(services), methods=["GET"]),
        Route("/api/session", session_endpoint(services), methods=["POST", "DELETE"]),
        Route("/api/v1/{workspace}/{answer}", answer_endpoint(services)),
    ]


def middleware(services: Callable[[], Services]) -> list[Middleware]:
    """Return what every request passes, outermost first."""
    return [
        Middleware(Counting),
        Middleware(SecurityHeaders, settings=lambda: services().settings),
        Middleware(Doors, services=services),
        Middleware(PresessionCookie, services=services),
    ]
