"""Which reports did we ask for and not load yet? Kept in the workspace file."""

from core.database.workspace_db import Load, WorkspaceDb
from core.kernel.clock import Clock
from core.spapi.reports import ReportRequest

_THIS = (
    "connection_id = $connection and report_type = $report_type"
    " and from_at = $start and to_at = $end"
)


class Remembered:
    """The reports of one connection, so that a killed sync finds them again."""

    def __init__(self, db: WorkspaceDb, connection: int, clock: Clock) -> None:
        self._db = db
        self._connection = connection
        self._clock = clock

    def find(self, request: ReportRequest) -> str | None:
        """Return the id of a report asked for earlier, None if there is none."""
        sql = f"select report_id from report_requests where {_THIS}"
        found = self._db.ask(sql, **self._key(request))
        return str(found[0][0]) if found.num_rows else None

    def remember(self, request: ReportRequest, report_id: str) -> None:
        """Keep the id of a report until it is loaded."""
        with self._db.load() as load:
            self.loaded(load, request)
            load.run(
                "insert into report_requests values ($connection, $report_type,"
                " $start, $end, $report_id, $requested_at)",
                report_id=report_id,
                requested_at=self._clock.instant(),
                **self._key(request),
            )

    def forget(self, request: ReportRequest) -> None:
        """Drop the id of a report that leads nowhere."""
        with self._db.load() as load:
            self.loaded(load, request)

    def loaded(self, load: Load, request: ReportRequest) -> None:
        """Drop the id of a report in the load that brings its rows."""
        load.run(f"delete from report_requests where {_THIS}", **self._key(request))

    def _key(self, request: ReportRequest) -> dict[str, object]:
        return {
            "connection": self._connection,
            "report_type": request.report_type,
            "start": request.start,
            "end": request.end,
        }
