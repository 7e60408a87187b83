"""Does a request come from our own pages, and was it meant for us?"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from core.kernel.settings import Settings, is_loopback


def is_our_host(headers: Mapping[str, str], settings: Settings) -> bool:
    """Tell whether a request names this instance.

    A name that somebody else made point here (DNS rebinding) is not ours.
    """
    try:
        name = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    except ValueError:
        return False
    if not name:
        return False
    known = {urlsplit(settings.public_url).hostname, settings.bind_address}
    return is_loopback(f"//{_bracketed(name)}") or name in known


def is_our_page(headers: Mapping[str, str], settings: Settings) -> bool:
    """Tell whether the request's Origin is given and is our own."""
    origin = urlsplit(headers.get("origin", ""))
    if origin.scheme not in ("http", "https") or not origin.netloc:
        return False
    public = urlsplit(settings.public_url)
    return origin.netloc == headers.get("host") or (
        (origin.scheme, origin.netloc) == (public.scheme, public.netloc)
    )


def is_same_site_fetch(headers: Mapping[str, str], settings: Settings) -> bool:
    """Tell whether one of our pages sent this by its own script."""
    return is_our_page(headers, settings) and (
        headers.get("sec-fetch-site", "same-origin") == "same-origin"
    )


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name else name
