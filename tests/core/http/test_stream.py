"""On the stream a stranger may ask for whole pages, and for nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from core.http import stream
from core.http.stream import For, guarded, opened_to

WHOLE = BackMsg(rerun_script=ClientState(page_name="sync", query_string="a=b"))
PART = BackMsg(rerun_script=ClientState(fragment_id="x"))
EMPTY_CACHES = BackMsg(clear_cache=True)


def of(message: BackMsg) -> bytes:
    content: bytes = message.SerializeToString()
    return content


def test_the_numbers_are_streamlits() -> None:
    numbers = {field.name: field.number for field in BackMsg.DESCRIPTOR.fields}
    assert numbers["stop_script"] == stream.STOP
    assert numbers["rerun_script"] == stream.RUN
    assert numbers["file_urls_request"] == stream.FILES
    assert numbers["app_heartbeat"] == stream.BEAT
    assert numbers["backend_operation_request"] == stream.BACKEND
    inner = {field.name: field.number for field in ClientState.DESCRIPTOR.fields}
    assert inner["fragment_id"] == stream.FRAGMENT


def test_whole_pages_and_heartbeats_are_for_all() -> None:
    assert opened_to(of(WHOLE)) is For.ALL
    assert opened_to(of(BackMsg(app_heartbeat=True))) is For.ALL
    assert opened_to(of(BackMsg(stop_script=True))) is For.ALL


def test_what_does_not_pass_the_gate_is_for_members() -> None:
    files, rows = BackMsg(), BackMsg()
    files.file_urls_request.session_id = "x"
    rows.backend_operation_request.session_id = "x"
    for message in (PART, files, rows):
        assert opened_to(of(message)) is For.MEMBERS


@pytest.mark.parametrize(
    "message",
    [
        EMPTY_CACHES,
        BackMsg(load_git_info=True),
        BackMsg(set_run_on_save=True),
        BackMsg(debug_shutdown_runtime=True),
        BackMsg(debug_disconnect_websocket=True),
    ],
)
def test_the_developers_messages_are_for_nobody(message: BackMsg) -> None:
    assert opened_to(of(message)) is For.NOBODY
    assert opened_to(of(message) + of(WHOLE)) is For.NOBODY
    assert opened_to(of(WHOLE) + of(message)) is For.NOBODY


def test_a_part_hidden_behind_a_whole_page_is_found() -> None:
    assert opened_to(of(WHOLE) + of(PART)) is For.MEMBERS
    assert opened_to(of(PART) + of(WHOLE)) is For.MEMBERS


@given(st.binary(max_size=60))
def test_what_nobody_can_read_is_never_an_error(content: bytes) -> None:
    assert opened_to(content) in For


@pytest.mark.parametrize("content", [b"\xff", b"\x5a\x05a", b"\x80" * 12, b"\x5b"])
def test_what_is_cut_short_is_for_nobody(content: bytes) -> None:
    assert opened_to(content) is For.NOBODY


def passed(contents: list[bytes], *, is_member: bool) -> tuple[list[Any], list[Any]]:
    """Return what comes through until the end, and what was sent back."""
    waiting = [{"type": "websocket.receive", "bytes": one} for one in contents]
    sent: list[Any] = []

    async def receive() -> Any:
        return waiting.pop(0) if waiting else {"type": "websocket.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    async def member() -> bool:
        return is_member

    async def read(source: Callable[[], Awaitable[Any]]) -> list[Any]:
        got = [await source()]
        while got[-1]["type"] == "websocket.receive":
            got.append(await source())
        return [one["bytes"] for one in got[:-1]]

    # In a thread: the driver of a browser may have a loop running in this one.
    with ThreadPoolExecutor(1) as aside:
        reading = read(guarded(receive, send, member))
        return aside.submit(asyncio.run, reading).result(), sent


def test_a_strangers_part_cuts_him_off() -> None:
    got, sent = passed([of(WHOLE), of(PART), of(WHOLE)], is_member=False)
    assert got == [of(WHOLE)]
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_a_members_part_comes_through() -> None:
    got, sent = passed([of(WHOLE), of(PART)], is_member=True)
    assert got == [of(WHOLE), of(PART)]
    assert sent == []


def test_a_message_for_nobody_is_lost() -> None:
    got, sent = passed([of(EMPTY_CACHES), b"\xff", of(WHOLE)], is_member=True)
    assert got == [of(WHOLE)]
    assert sent == []
