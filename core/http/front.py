"""Which HTML does a browser load before any page is drawn?

Streamlit's own, without its inline script, which our Content-Security-Policy
forbids, and with a pre-session cookie: the name a ticket is bound to.
"""

import re
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from core.http.headers import is_over_tls
from core.http.session import PRESESSION_COOKIE
from core.kernel.ids import new_token
from core.kernel.settings import CHECKOUT
from core.services import Services

SCRIPT = "/front.js"
FAVICON = "/favicon.png"
"""Where Streamlit's page looks for it; what it finds is ours, and an SVG."""
ICON = Path(__file__).with_name("icon.svg")
_INLINE = re.compile(r"<!--.*?-->\s*|<script>.*?</script>\s*", re.DOTALL)
_AGENT = re.compile(r'<link rel="service-desc"[^>]*>\s*')
_NO_SCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_SENTENCE = "<noscript><p>Stockener needs JavaScript.</p></noscript>"


def page_names() -> list[str]:
    """Return the addresses of the pages: the names of their files."""
    return sorted(
        path.stem for path in (CHECKOUT / "pages").glob("*.py") if path.stem[0] != "_"
    )


@cache
def front_html() -> str:
    """Return the HTML that every page begins with."""
    spec = find_spec("streamlit")
    assert spec is not None  # noqa: S101  # it is what runs us
    assert spec.origin is not None  # noqa: S101
    index = Path(spec.origin).with_name("static") / "index.html"
    html = _AGENT.sub("", _INLINE.sub("", index.read_text(encoding="utf-8")))
    html = _NO_SCRIPT.sub(_SENTENCE, html)
    html = html.replace("<title>Streamlit</title>", "<title>Stockener</title>", 1)
    return html.replace("<head>", f'<head>\n    <script src="{SCRIPT}"></script>', 1)


def front_endpoint(services: Callable[[], Services]) -> Callable[..., Any]:
    """Return the endpoint of `/` and of every page's address."""

    async def endpoint(request: Request) -> Response:
        # The cookie is in it: no cache may hand one browser's to another.
        response = HTMLResponse(front_html(), headers={"Cache-Control": "no-store"})
        if PRESESSION_COOKIE not in request.cookies:
            response.set_cookie(
                PRESESSION_COOKIE,
                new_token(),
                httponly=True,
                samesite="lax",
                secure=is_over_tls(services().settings),
            )
        return response

    return endpoint


async def script_endpoint(_request: Request) -> Response:
    """Return the script that the HTML names."""
    script = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    return Response(
        script, media_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )


async def favicon_endpoint(_request: Request) -> Response:
    """Return the icon of the browser's tab."""
    return Response(
        ICON.read_text(encoding="utf-8"),
        media_type="image/svg+xml",
        headers={"Cache-Control": "max-age=86400"},
    )
