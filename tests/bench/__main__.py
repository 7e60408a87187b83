"""Print every measured number beside its limit; exit 1 where one is missed."""

import importlib
import pkgutil
import sys

import tests.bench


def main(only: list[str]) -> int:
    missed = 0
    for module in sorted(m.name for m in pkgutil.iter_modules(tests.bench.__path__)):
        if module.startswith("_") or (only and module not in only):
            continue
        for name, measured, limit, unit in importlib.import_module(
            f"tests.bench.{module}"
        ).rows():
            verdict = "ok  " if measured <= limit else "MISS"
            missed += measured > limit
            print(f"{verdict} {measured:12.3f} of {limit:10.3f} {unit:<8} {name}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
