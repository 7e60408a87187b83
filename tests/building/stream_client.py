"""A visitor without a browser: it speaks Streamlit's stream and nothing else."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

ANSWER_SECONDS = 60


def visit(
    base: str,
    page: str = "",
    *,
    query: str = "",
    cookies: str = "",
    origin: str | None = None,
    page_hash: str = "",
) -> list[ForwardMsg]:
    """Open a page as a browser would and return everything that was sent."""
    address = base.replace("http", "ws", 1) + "/_stcore/stream"
    headers = {"Cookie": cookies} if cookies else {}
    state = ClientState(query_string=query, page_name=page, page_script_hash=page_hash)
    with connect(
        address,
        subprotocols=["streamlit"],  # type: ignore[list-item]
        origin=origin,  # type: ignore[arg-type]
        additional_headers=headers,
        max_size=None,
        open_timeout=ANSWER_SECONDS,
    ) as stream:
        stream.send(BackMsg(rerun_script=state).SerializeToString())
        return list(_until_finished(stream))


def _until_finished(stream: Any) -> Iterator[ForwardMsg]:
    while True:
        message = ForwardMsg.FromString(stream.recv(timeout=ANSWER_SECONDS))
        yield message
        if message.WhichOneof("type") == "script_finished" and (
            message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        ):
            return


def drawn(messages: list[ForwardMsg]) -> list[ForwardMsg]:
    """Return what was put on the page."""
    return [m for m in messages if m.WhichOneof("type") == "delta"]


def words(messages: list[ForwardMsg]) -> set[str]:
    """Return every text in messages, however deep."""
    return {text for message in messages for text in _texts(message)}


def _texts(message: Message) -> Iterator[str]:
    for field, value in message.ListFields():
        repeated = field.is_repeated if hasattr(field, "is_repeated") else False
        values = value if repeated else [value]
        if hasattr(value, "items"):
            values = list(value.values()) + list(value.keys())
        for one in values:
            if isinstance(one, Message):
                yield from _texts(one)
            elif isinstance(one, str):
                yield one
            elif isinstance(one, bytes):
                yield one.decode(errors="replace")
