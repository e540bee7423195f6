"""`make bench`: every measurement, its bars, and 1 where one is not held.

`python -m bench transfers` runs one part.
"""

import sys
from collections.abc import Callable, Mapping

from bench import books, debtors, history, hot, imports, shop, transfers

PARTS: Mapping[str, Callable[[], list[str]]] = {
    "books": books.run,
    "transfers": transfers.run,
    "hot": hot.run,
    "history": history.run,
    "imports": imports.run,
    "debtors": debtors.run,
    "shop": shop.run,
}


def main(names: list[str]) -> int:
    """Measure and print; answers 1 where a bar is not held."""
    failed = [bar for name in names or PARTS for bar in _run(name)]
    print("\nAll bars hold." if not failed else "\nNot held:\n  " + "\n  ".join(failed))
    return 1 if failed else 0


def _run(name: str) -> list[str]:
    print(f"\n== {name}\n", flush=True)
    return PARTS[name]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
