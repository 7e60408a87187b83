"""What does the double answer to those who want reports?"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from core.spapi.sandbox.answers import Answer, Call, House, own_marketplace
from core.spapi.sandbox.refusals import instant, invalid, not_found, value, values
from core.spapi.sandbox.reports import kinds
from core.spapi.sandbox.reports.life import Report, Request


def create(house: House, call: Call) -> Answer:
    """Take a report request in."""
    body = call.body
    kind, places = body["reportType"], body["marketplaceIds"]
    if kind not in kinds.TYPES:
        raise invalid(f"Invalid reportType: {kind}")
    if not isinstance(places, list) or not 1 <= len(places) <= 25:
        raise invalid("marketplaceIds takes 1 to 25 values.")
    for place in places:
        own_marketplace(call.seller, str(place))
    now = house.clock.now()
    start = _body_instant(body, "dataStartTime", now)
    end = _body_instant(body, "dataEndTime", now)
    if start > now + timedelta(minutes=5) or end > now + timedelta(minutes=5):
        raise invalid("dataStartTime and dataEndTime must not be in the future.")
    if start > end:
        raise invalid("dataStartTime must be before dataEndTime.")
    options = body.get("reportOptions") or {}
    if not isinstance(options, dict) or not all(
        isinstance(text, str) for text in options.values()
    ):
        raise invalid("reportOptions must be a map of strings.")
    kinds.check_options(kind, options)
    request = Request(
        seller_id=call.seller.seller_id,
        report_type=kind,
        marketplace_ids=tuple(places),
        start=start,
        end=end,
        options=tuple(sorted(options.items())),
        dated="dataStartTime" in body,
    )
    return {"reportId": house.reports.create(call.seller, request).report_id}


def _body_instant(body: Mapping[str, Any], name: str, now: datetime) -> datetime:
    return instant(name, str(body[name])) if body.get(name) else now


def one(house: House, call: Call) -> Answer:
    """Return one report."""
    found = house.reports.find(call.seller, call.path["reportId"])
    if found is None:
        raise not_found(f"Report {call.path['reportId']}")
    house.reports.settle(found)
    return _report(house, found)


def _report(house: House, shown: Report) -> Answer:
    status = shown.status(house.clock)
    answer: Answer = {
        "reportId": shown.report_id,
        "reportType": shown.request.report_type,
        "marketplaceIds": list(shown.request.marketplace_ids),
        "dataStartTime": _z(shown.request.start),
        "dataEndTime": _z(shown.request.end),
        "createdTime": _z(shown.created),
        "processingStatus": status,
    }
    if status != "IN_QUEUE":
        answer["processingStartTime"] = _z(shown.created)
    if shown.ended:
        answer["processingEndTime"] = _z(shown.ended)
    if status == "DONE" and shown.document:
        answer["reportDocumentId"] = shown.document.document_id
    return answer


def many(house: House, call: Call) -> Answer:
    """Return a page of the seller's reports, the newest first."""
    token = value(call.query, "nextToken")
    if token and len(call.query) > 1:
        raise invalid("nextToken must be the only parameter.")
    if not token and "reportTypes" not in call.query:
        raise invalid("Either reportTypes or nextToken is required.")
    if token:
        page = house.pages.turn((call.seller.seller_id,), (), 0, token)
    else:
        size = int(value(call.query, "pageSize") or 10)
        chosen = _chosen_reports(house, call)
        page = house.pages.turn((call.seller.seller_id,), chosen, size, "")
    answer: Answer = {"reports": [_report(house, shown) for shown in page.rows]}
    return answer | ({"nextToken": page.token} if page.token else {})


def _chosen_reports(house: House, call: Call) -> list[Report]:
    now = house.clock.instant()
    kinds = set(values(call.query, "reportTypes"))
    statuses = set(values(call.query, "processingStatuses"))
    places = set(values(call.query, "marketplaceIds"))
    since = value(call.query, "createdSince")
    until = value(call.query, "createdUntil")
    oldest = instant("createdSince", since) if since else now - timedelta(days=90)
    newest = instant("createdUntil", until) if until else now
    if oldest < now - timedelta(days=90, minutes=5):
        raise invalid("createdSince must not be older than 90 days.")
    return [
        shown
        for shown in house.reports.of(call.seller)
        if shown.request.report_type in kinds
        and (not statuses or shown.status(house.clock) in statuses)
        and (not places or places & set(shown.request.marketplace_ids))
        and oldest <= shown.created <= newest
    ]


def document(house: House, call: Call) -> Answer:
    """Return where a document can be downloaded for five minutes."""
    identity = call.path["reportDocumentId"]
    found = house.reports.documents.get(identity)
    if found is None or not house.reports.owns(call.seller, identity):
        raise not_found(f"Document {identity}")
    expired = house.faults.strikes("expired-url")
    answer = {
        "reportDocumentId": identity,
        "url": house.reports.documents.url(call.base, found, expired=expired),
    }
    return answer | ({"compressionAlgorithm": "GZIP"} if found.is_gzip else {})


def _z(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
