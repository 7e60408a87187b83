"""Which questions can be asked of a workspace, and how are they asked?

A question is a module of this package with a `QUESTION`; its SQL lies beside
it. Page, API route and command line all come through `ask`.
"""

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa

import core.analytics
from core.database.workspace_db import WorkspaceDb
from core.kernel.errors import InputError, NotFoundError
from core.kernel.marketplaces import (
    MARKETPLACES,
    NON_AMAZON,
    POOL_BY_CODE,
    marketplace,
)

COMMON = ("as_of", "marketplace", "pool", "search", "sku")
"""What every question may be told."""


@dataclass(frozen=True, slots=True)
class Params:
    """What was asked for; None means everything, or the default.

    Attributes:
        as_of: The last day whose rows may be used.
        marketplace: Codes, `Non-Amazon` among them.
        pool: Codes of pools of stock.
        search: Text in SKU, ASIN or title, in any case.
        sku: One SKU, to the letter.
        since: The first day wanted (`daily`).
        until: The last day wanted, included (`daily`).
    """

    as_of: date | None = None
    marketplace: tuple[str, ...] | None = None
    pool: tuple[str, ...] | None = None
    search: str | None = None
    sku: str | None = None
    since: date | None = None
    until: date | None = None

    def marketplaces(self) -> list[str] | None:
        """Return the codes of the marketplaces wanted, None for all."""
        if self.marketplace is None and self.pool is None:
            return None
        return [
            code
            for code, pool in _pool_of().items()
            if (self.marketplace is None or code in self.marketplace)
            and (self.pool is None or pool in self.pool)
        ]

    def pools(self) -> list[str] | None:
        """Return the codes of the pools wanted, None for all."""
        if self.marketplace is None:
            return None if self.pool is None else list(self.pool)
        chosen = {_pool_of()[code] for code in self.marketplace} - {""}
        return sorted(chosen if self.pool is None else chosen & set(self.pool))

    def of_skus(self) -> dict[str, Any]:
        """Return what the SQL files call `$sku` and `$search`."""
        return {"sku": self.sku, "search": self.search}

    def everywhere(self) -> "Params":
        """Return the same, without any choice of rows."""
        return replace(Params(), as_of=self.as_of)


@dataclass(frozen=True, slots=True)
class Question:
    """One question and the function that answers it.

    Attributes:
        name: As in addresses and on the command line.
        grain: What one row of the answer is.
        params: The names that may be given.
        answer: From a workspace and parameters to the answer.
        stream: The same in batches, for answers that are long.
    """

    name: str
    grain: str
    params: tuple[str, ...]
    answer: Callable[[WorkspaceDb, Params], pa.Table]
    stream: Callable[[WorkspaceDb, Params], pa.RecordBatchReader] | None = None


def ask(
    db: WorkspaceDb, name: str, params: Mapping[str, str] | None = None
) -> pa.Table:
    """Return the answer to a question, parameters being text as typed."""
    question = find(name)
    return question.answer(db, parse(question, params or {}))


def stream(
    db: WorkspaceDb, name: str, params: Mapping[str, str] | None = None
) -> pa.RecordBatchReader:
    """Return the answer to a question in batches, never whole in memory."""
    question = find(name)
    parsed = parse(question, params or {})
    if question.stream is not None:
        return question.stream(db, parsed)
    return question.answer(db, parsed).to_reader()


def find(name: str) -> Question:
    """Return a question by its name."""
    if name not in QUESTIONS:
        raise NotFoundError(
            f"There is no question “{name}”.", f"Ask one of {', '.join(QUESTIONS)}."
        )
    return QUESTIONS[name]


def parse(question: Question, params: Mapping[str, str]) -> Params:
    """Return parameters from text; empty text is as if it was not given."""
    found: dict[str, Any] = {}
    for name, text in params.items():
        if name not in question.params:
            raise InputError(
                f"“{question.name}” takes no parameter “{name}”.",
                f"It takes {', '.join(question.params)}.",
            )
        if text.strip():
            found[name] = _PARSERS[name](name, text.strip())
    parsed = Params(**found)
    if parsed.since and parsed.until and parsed.since > parsed.until:
        raise InputError(
            f"since is “{parsed.since}”, which is after until, “{parsed.until}”.",
            "Give the earlier day as since.",
        )
    return parsed


def sql_beside(module_file: str, name: str = "") -> str:
    """Return the SQL file that lies beside a module, by default its twin."""
    path = Path(module_file)
    return _read(path.with_name(f"{name}.sql") if name else path.with_suffix(".sql"))


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def _pool_of() -> dict[str, str]:
    return {place.code: place.pool for place in MARKETPLACES} | {NON_AMAZON: ""}


def _day(name: str, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise InputError(
            f"{name} is “{text}”, which is not a day.",
            "Write a day as YYYY-MM-DD, for example 2026-02-28.",
        )
    return found


def _marketplace(text: str) -> str:
    return NON_AMAZON if text.lower() == NON_AMAZON.lower() else marketplace(text).code


def _codes(name: str, text: str) -> tuple[str, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    try:
        return tuple(dict.fromkeys(_marketplace(part) for part in parts))
    except InputError as error:
        raise InputError(
            f"{name} is “{text}”. {error.message}",
            f"{error.hint.rstrip('.')}, {NON_AMAZON}; several with commas between.",
        ) from error


def _pools(name: str, text: str) -> tuple[str, ...]:
    parts = [part.strip().upper() for part in text.split(",") if part.strip()]
    parts = ["UK" if part == "GB" else part for part in parts]
    for part in parts:
        if part not in POOL_BY_CODE:
            raise InputError(
                f"{name} is “{text}”. There is no pool of stock “{part}”.",
                f"Use one of {', '.join(POOL_BY_CODE)}; several with commas between.",
            )
    return tuple(dict.fromkeys(parts))


def _text(_name: str, text: str) -> str:
    return text


_PARSERS: dict[str, Callable[[str, str], Any]] = {
    "as_of": _day,
    "marketplace": _codes,
    "pool": _pools,
    "search": _text,
    "sku": _text,
    "since": _day,
    "until": _day,
}
assert set(_PARSERS) == {field.name for field in fields(Params)}  # noqa: S101


class _Registry(Mapping[str, Question]):
    """The questions of this package, found when first looked at."""

    @staticmethod
    @cache
    def _found() -> dict[str, Question]:
        modules = pkgutil.iter_modules(core.analytics.__path__)
        loaded = [import_module(f"core.analytics.{module.name}") for module in modules]
        found = [module.QUESTION for module in loaded if hasattr(module, "QUESTION")]
        return {question.name: question for question in found}

    def __getitem__(self, name: str) -> Question:
        return self._found()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())


QUESTIONS: Mapping[str, Question] = _Registry()
