"""Write the table of docs/spapi.md: `python -m tests.contract.coverage_table`."""

from pathlib import Path

from core.spapi.operations import OPERATIONS, Operation
from core.spapi.sandbox.server import ANSWERS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "spapi.md"
START, END = "<!-- table: made by tests.contract.coverage_table -->", "<!-- end -->"
HEAD = """\
| operation | address | rate per second / burst | next page by | role | sandbox |
|---|---|---|---|---|---|
"""


def table() -> str:
    """Return the table in Markdown, one row per operation."""
    return HEAD + "".join(_row(operation) for operation in OPERATIONS.values())


def page_with(made: str) -> str:
    """Return the page with this table in it."""
    before, _, rest = PAGE.read_text().partition(START)
    return f"{before}{START}\n{made}{END}{rest.partition(END)[2]}"


def _row(operation: Operation) -> str:
    cells = (
        operation.name,
        f"{operation.method} `{operation.path}`",
        f"{operation.rate:g} / {operation.burst}",
        f"`{operation.next_token}`" if operation.next_token else "one answer",
        operation.role,
        "yes" if operation.name in ANSWERS else "no",
    )
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    PAGE.write_text(page_with(table()))
