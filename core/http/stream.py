"""What may a visitor say on the stream that draws a page?

To run a whole page is open to all: the gate is its first statement. A part
of a page that runs by itself, more rows of a grid, a place for an upload:
these do not pass the gate, so they need a session that still lives. What is
left serves developers, empties everybody's cache or tells of the checkout.
"""

from collections.abc import Awaitable, Callable, Iterator
from enum import Enum, auto

from starlette.types import Message, Receive, Send

STOP, RUN, FILES, BEAT, BACKEND = 7, 11, 16, 17, 19
"""Numbers of the fields of Streamlit's `BackMsg`; a test holds them."""
FRAGMENT = 5
"""The number of `fragment_id` in a run's `ClientState`."""

_VARINT, _EIGHT, _TEXT, _FOUR = 0, 1, 2, 5


class For(Enum):
    """Whom a message is open to."""

    ALL = auto()
    MEMBERS = auto()
    NOBODY = auto()


def opened_to(content: bytes) -> For:
    """Return who may send a message; what cannot be read is for nobody."""
    try:
        fields = list(_fields(content))
        numbers = {number for number, _ in fields}
        if not numbers <= {STOP, RUN, FILES, BEAT, BACKEND}:
            return For.NOBODY
        is_part = any(
            inner == FRAGMENT
            for number, value in fields
            if number == RUN
            for inner, _ in _fields(value)
        )
    except (IndexError, ValueError):
        return For.NOBODY
    return For.MEMBERS if is_part or numbers & {FILES, BACKEND} else For.ALL


def guarded(
    receive: Receive, send: Send, is_member: Callable[[], Awaitable[bool]]
) -> Receive:
    """Return a stream of what the visitor may say.

    Whoever says something for members without being one any more is cut off:
    his browser connects anew, runs the page, and meets the gate.
    """

    async def receive_guarded() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            whom = opened_to(message.get("bytes") or b"")
            if whom is For.ALL or (whom is For.MEMBERS and await is_member()):
                return message
            if whom is For.MEMBERS:
                await send({"type": "websocket.close", "code": 1008})
                return {"type": "websocket.disconnect", "code": 1008}

    return receive_guarded


def _fields(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Return number and content of each field of a Protocol Buffers message."""
    at = 0
    while at < len(content):
        tag, at = _varint(content, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            _, end = _varint(content, at)
        elif kind == _TEXT:
            length, at = _varint(content, at)
            end = at + length
        elif kind in (_EIGHT, _FOUR):
            end = at + (8 if kind == _EIGHT else 4)
        else:
            raise ValueError(kind)
        if end > len(content):
            raise ValueError(end)
        yield number, content[at:end]
        at = end


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError(shift)
