"""A report is found again before it is asked for, and asked for once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.kernel.errors import ReportFailedError, UnavailableError
from core.spapi.report_requests import ReportRequest
from core.spapi.reports import Reports, fetch_report
from tests.building.loopback import TOKEN_PATH, Asked, Loopback, Reply, Serve, amazon_at
from tests.building.simulated_clock import START, SimulatedClock

DE = "A1PA6795UKMFR9"
LEDGER = "GET_LEDGER_SUMMARY_VIEW_DATA"
ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
REPORTS = "/reports/2021-06-30/reports"


class Memory:
    """What a sync would keep in its table."""

    def __init__(self) -> None:
        self.kept: dict[tuple[Any, ...], str] = {}

    @staticmethod
    def _key(request: ReportRequest) -> tuple[Any, ...]:
        return request.report_type, request.start, request.end

    def find(self, request: ReportRequest) -> str | None:
        return self.kept.get(self._key(request))

    def remember(self, request: ReportRequest, report_id: str) -> None:
        self.kept[self._key(request)] = report_id

    def forget(self, request: ReportRequest) -> None:
        self.kept.pop(self._key(request), None)


class Press:
    """Amazon's report maker: each report takes some seconds to make."""

    def __init__(self, serve: Serve, clock: SimulatedClock) -> None:
        self._clock = clock
        self.made: dict[str, dict[str, Any]] = {}
        self.seconds = 0.0
        self.ends: list[str] = []
        self.lost_answers = 0
        self.server: Loopback = serve(self._answer)

    def _answer(self, asked: Asked) -> Any:
        if asked.path == TOKEN_PATH:
            return None
        if asked.path == "/file":
            return Reply(b"sku\nA\n")
        if asked.path.startswith("/reports/2021-06-30/documents/"):
            document = asked.path.rpartition("/")[2]
            return {"reportDocumentId": document, "url": f"{self.server.address}/file"}
        if asked.method == "POST":
            return self._create(asked.json())
        if asked.path == REPORTS:
            return {"reports": [self._facts(i) for i in self.made if self._alive(i)]}
        return self._look(asked.path.rpartition("/")[2])

    def _create(self, body: dict[str, Any]) -> Reply:
        number = f"R{len(self.made) + 1}"
        status = self.ends.pop(0) if self.ends else "DONE"
        self.add(number, body, status)
        if self.lost_answers:
            self.lost_answers -= 1
            return Reply(b"", 503)
        return Reply({"reportId": number}, 202)

    def add(self, number: str, body: dict[str, Any], status: str = "DONE") -> None:
        self.made[number] = {
            **body,
            "status": status,
            "done_at": self._clock.monotonic() + self.seconds,
            "createdTime": self._clock.instant().isoformat(),
        }

    def _alive(self, number: str) -> bool:
        return self._facts(number)["processingStatus"] not in ("FATAL", "CANCELLED")

    def _look(self, number: str) -> Any:
        if number not in self.made:
            return Reply({"errors": [{"code": "NotFound", "message": "Gone."}]}, 404)
        return self._facts(number)

    def _facts(self, number: str) -> dict[str, Any]:
        report = self.made[number]
        is_waiting = report["done_at"] > self._clock.monotonic()
        names = ("reportType", "marketplaceIds", "dataStartTime", "dataEndTime")
        facts = {name: report[name] for name in names}
        facts["createdTime"] = report["createdTime"]
        facts["reportId"] = number
        facts["processingStatus"] = "IN_PROGRESS" if is_waiting else report["status"]
        if facts["processingStatus"] == "DONE":
            facts["reportDocumentId"] = f"D{number}"
        return facts

    def count(self, method: str, path: str) -> int:
        return sum(a.method == method and a.path == path for a in self.server.asked)


@pytest.fixture
def press(serve: Serve, clock: SimulatedClock) -> Press:
    return Press(serve, clock)


def asked_for(report_type: str = LEDGER, day: int = 1, **changes: Any) -> ReportRequest:
    start = datetime(2026, 11, day, tzinfo=UTC)
    facts: dict[str, Any] = {"marketplace_ids": (DE,), "end": start + timedelta(days=1)}
    return ReportRequest(report_type, start=start, **{**facts, **changes})


def listed(request: ReportRequest) -> dict[str, Any]:
    return {
        "reportType": request.report_type,
        "marketplaceIds": list(request.marketplace_ids),
        "dataStartTime": request.start.isoformat(),
        "dataEndTime": request.end.isoformat(),
    }


def test_a_report_is_made_and_downloaded(press: Press, clock: SimulatedClock) -> None:
    press.seconds = 5
    memory = Memory()
    options = {"aggregateByLocation": "COUNTRY"}
    request = asked_for(options=options)
    amazon = amazon_at(press.server.address, clock)
    document = fetch_report(amazon, request, remembered=memory)
    assert document is not None
    assert document.table(["sku"]).num_rows == 1
    assert memory.find(request) == "R1"
    (body,) = [a.json() for a in press.server.api if a.method == "POST"]
    assert body["reportOptions"] == options


def test_a_remembered_report_is_not_asked_for_again(
    press: Press, clock: SimulatedClock
) -> None:
    memory = Memory()
    request = asked_for()
    amazon = amazon_at(press.server.address, clock)
    Reports(amazon, memory).submit(request)
    assert fetch_report(amazon, request, remembered=memory)
    assert press.count("POST", REPORTS) == 1


def test_a_report_of_a_killed_sync_is_found_in_amazons_list(
    press: Press, clock: SimulatedClock
) -> None:
    request = asked_for()
    press.add("R7", listed(request))
    memory = Memory()
    amazon = amazon_at(press.server.address, clock)
    assert fetch_report(amazon, request, remembered=memory)
    assert press.count("POST", REPORTS) == 0
    assert memory.find(request) == "R7"


OTHERS = {
    "another type": asked_for(ORDERS),
    "another day": asked_for(day=2),
    "another marketplace": asked_for(marketplace_ids=("A1F83G8C2ARO7P",)),
    "more marketplaces": asked_for(marketplace_ids=(DE, "A1F83G8C2ARO7P")),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_a_report_about_something_else_is_left_alone(
    press: Press, clock: SimulatedClock, other: ReportRequest
) -> None:
    press.add("R7", listed(other))
    amazon = amazon_at(press.server.address, clock)
    fetch_report(amazon, asked_for(), remembered=Memory())
    assert press.count("POST", REPORTS) == 1


@pytest.mark.parametrize(("report_type", "hours"), [(LEDGER, 4), (ORDERS, 0.5)])
def test_a_report_is_as_good_as_new_within_its_freshness(
    press: Press, clock: SimulatedClock, report_type: str, hours: float
) -> None:
    request = asked_for(report_type)
    amazon = amazon_at(press.server.address, clock)
    fetch_report(amazon, request, remembered=Memory())
    clock.pass_time(hours * 3600 - 60)
    fetch_report(amazon, request, remembered=Memory())
    assert press.count("POST", REPORTS) == 1
    clock.pass_time(120)
    fetch_report(amazon, request, remembered=Memory())
    assert press.count("POST", REPORTS) == 2


def test_the_list_is_asked_for_once_per_type(
    press: Press, clock: SimulatedClock
) -> None:
    reports = Reports(amazon_at(press.server.address, clock), Memory())
    list(reports.fetch([asked_for(day=day) for day in range(1, 6)]))
    list(reports.fetch([asked_for(ORDERS, day=day) for day in range(1, 6)]))
    assert press.count("GET", REPORTS) == 2


def test_a_forgotten_id_is_asked_for_anew(press: Press, clock: SimulatedClock) -> None:
    memory = Memory()
    memory.remember(asked_for(), "GONE")
    amazon = amazon_at(press.server.address, clock)
    assert fetch_report(amazon, asked_for(), remembered=memory)
    assert memory.find(asked_for()) == "R1"


def test_no_data_is_none_and_not_remembered(
    press: Press, clock: SimulatedClock
) -> None:
    press.ends = ["CANCELLED"]
    memory = Memory()
    amazon = amazon_at(press.server.address, clock)
    assert fetch_report(amazon, asked_for(), remembered=memory) is None
    assert memory.kept == {}


def test_orders_that_are_said_to_be_none_are_asked_for_once_more(
    press: Press, clock: SimulatedClock
) -> None:
    press.ends = ["CANCELLED", "DONE"]
    memory = Memory()
    amazon = amazon_at(press.server.address, clock)
    assert fetch_report(amazon, asked_for(ORDERS), remembered=memory)
    assert press.count("POST", REPORTS) == 2


def test_that_there_are_no_orders_is_believed_when_it_is_said_twice(
    press: Press, clock: SimulatedClock
) -> None:
    press.ends = ["CANCELLED", "CANCELLED"]
    memory = Memory()
    amazon = amazon_at(press.server.address, clock)
    assert fetch_report(amazon, asked_for(ORDERS), remembered=memory) is None
    assert press.count("POST", REPORTS) == 2
    assert memory.kept == {}


def test_a_fatal_report_is_an_error_and_not_remembered(
    press: Press, clock: SimulatedClock
) -> None:
    press.ends = ["FATAL"]
    memory = Memory()
    amazon = amazon_at(press.server.address, clock)
    with pytest.raises(ReportFailedError, match=LEDGER):
        fetch_report(amazon, asked_for(), remembered=memory)
    assert memory.kept == {}
    assert press.count("POST", REPORTS) == 1


def test_a_fatal_report_gives_way_to_one_that_was_made_meanwhile(
    press: Press, clock: SimulatedClock
) -> None:
    press.ends = ["FATAL"]
    amazon = amazon_at(press.server.address, clock)
    reports = Reports(amazon, Memory())
    pending = reports.submit(asked_for())
    press.add("R9", listed(asked_for()))
    assert reports.wait(pending)
    assert pending.report_id == "R9"


def test_a_remembered_report_that_ended_fatal_is_asked_for_anew(
    press: Press, clock: SimulatedClock
) -> None:
    press.add("R1", listed(asked_for()), "FATAL")
    memory = Memory()
    memory.remember(asked_for(), "R1")
    amazon = amazon_at(press.server.address, clock)
    assert fetch_report(amazon, asked_for(), remembered=memory)
    assert memory.find(asked_for()) == "R2"


def test_a_request_whose_answer_was_lost_is_not_made_twice(
    press: Press, clock: SimulatedClock
) -> None:
    press.lost_answers = 1
    amazon = amazon_at(press.server.address, clock)
    assert fetch_report(amazon, asked_for(), remembered=Memory())
    assert press.count("POST", REPORTS) == 1


def test_a_report_that_is_never_done_is_left_to_the_next_sync(
    press: Press, clock: SimulatedClock
) -> None:
    press.seconds = 10_000
    memory = Memory()
    amazon = amazon_at(press.server.address, clock)
    with pytest.raises(UnavailableError, match="still making"):
        fetch_report(amazon, asked_for(), remembered=memory)
    assert memory.find(asked_for()) == "R1"
    assert len(press.server.api) < 200


def test_many_reports_are_in_the_making_at_once(
    press: Press, clock: SimulatedClock
) -> None:
    press.seconds = 30
    amazon = amazon_at(press.server.address, clock)
    requests = [asked_for(ORDERS, day=day) for day in range(1, 26)]
    order, posted = [], []
    for request, document in Reports(amazon, Memory()).fetch(requests):
        assert document is not None
        order.append(request)
        posted.append(press.count("POST", REPORTS))
    assert order == requests
    assert posted[0] >= 15
    assert amazon.limits.surprises == {}
    # Ten beyond the burst of 15, one a minute; then the last one is made.
    assert clock.monotonic() - 1000 <= 1.1 * 10 / 0.0167 + press.seconds * 1.25


def test_the_first_looks_are_quick_and_the_last_ones_are_rare(
    press: Press, clock: SimulatedClock
) -> None:
    press.seconds = 600
    amazon = amazon_at(press.server.address, clock)
    fetch_report(amazon, asked_for(), remembered=Memory())
    assert 0.3 <= clock.slept[0] <= 2
    assert max(clock.slept) <= 20


def test_calendar_and_real_time_may_differ(press: Press, clock: SimulatedClock) -> None:
    class Still(SimulatedClock):
        def now(self) -> datetime:
            return START - timedelta(days=40)

    press.add("R7", listed(asked_for()))
    amazon = amazon_at(press.server.address, Still())
    assert fetch_report(amazon, asked_for(), remembered=Memory())
    assert press.count("POST", REPORTS) == 0


@pytest.mark.parametrize(
    ("places", "fallback"),
    [((DE,), "cp1252"), (("A1VC38T7YXB528",), "cp932"), (("unknown",), "cp1252")],
)
def test_the_marketplace_decides_the_last_encoding(
    places: tuple[str, ...], fallback: str
) -> None:
    assert asked_for(marketplace_ids=places).fallback == fallback
