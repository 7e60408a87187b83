"""What may a browser do with our answers? Said in headers, on every one."""

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.kernel.settings import Settings

_SOURCES = {
    "default-src": "'self'",
    # blob: is how Streamlit loads a small component's own script.
    "script-src": "'self' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "frame-src": "'none'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
CONTENT_SECURITY_POLICY = "; ".join(f"{kind} {what}" for kind, what in _SOURCES.items())

_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
_OVER_TLS = {"Strict-Transport-Security": "max-age=31536000"}
# Streamlit lets other origins read some of its answers; nobody has to.
_DROPPED = (
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Credentials",
)


class SecurityHeaders:
    """Adds the headers to every HTTP answer.

    Args:
        settings: Called when needed; PUBLIC_URL says whether TLS is used.
    """

    def __init__(self, app: ASGIApp, settings: Callable[[], Settings]) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and dress its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, dressed)

    def _dress(self, headers: MutableHeaders) -> None:
        for name in _DROPPED:
            del headers[name]
        for name, value in _ALWAYS.items():
            headers[name] = value
        if is_over_tls(self._settings()):
            headers.update(_OVER_TLS)


def is_over_tls(settings: Settings) -> bool:
    """Tell whether people reach us by https."""
    return settings.public_url.lower().startswith("https://")
