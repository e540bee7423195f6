"""What a script reckons of a split is what the server reckons: static/js/split.js."""

import json
import random
import subprocess
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from koshelok.core.money import to_json
from koshelok.debtors.split import split

SCRIPT = Path(__file__).resolve().parents[2] / "static" / "js" / "split.js"
CASES = 400
DRIVER = """
import {{ plain, split, tiyin }} from {url};
let text = "";
for await (const chunk of process.stdin) text += chunk;
const answers = JSON.parse(text).map(({{ open, amount, first }}) => {{
  const debts = open.map(({{ id, remaining }}) => ({{ id, remaining: tiyin(remaining) }}));
  const {{ covers, credit, closed }} = split(debts, tiyin(amount), first);
  return {{
    covers: covers.map((c) => [c.debt, plain(c.amount), plain(c.left)]),
    credit: plain(credit),
    closed,
  }};
}});
console.log(JSON.stringify(answers));
"""


@dataclass
class _Open:
    id: int
    remaining: Decimal


def _case(chance: random.Random) -> dict[str, Any]:
    most = chance.choice([100, 10_000, 10**12, 10**17])
    sums = [Decimal(chance.randint(1, most)) / 100 for _ in range(chance.randint(0, 12))]
    ids = chance.sample(range(1, 1000), len(sums))
    amount = chance.choice(
        [sum(sums, Decimal(0)), sum(sums[:3], Decimal(0)), Decimal(chance.randint(0, most)) / 100]
    )
    return {
        "open": [{"id": i, "remaining": to_json(s)} for i, s in zip(ids, sums, strict=True)],
        "amount": to_json(amount),
        "first": [*chance.sample(ids, chance.randint(0, min(3, len(ids)))), 9999],
    }


def _here(case: dict[str, Any]) -> dict[str, Any]:
    debts = [_Open(debt["id"], Decimal(debt["remaining"])) for debt in case["open"]]
    found = split(debts, Decimal(case["amount"]), case["first"])
    return {
        "covers": [[c.debt, to_json(c.amount), to_json(c.left)] for c in found.covers],
        "credit": to_json(found.credit),
        "closed": found.closed,
    }


def test_the_twins_agree() -> None:
    chance = random.Random(20261121)  # the same cases each time
    cases = [_case(chance) for _ in range(CASES)]
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", DRIVER.format(url=json.dumps(SCRIPT.as_uri()))],
        input=json.dumps(cases), capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert json.loads(ran.stdout) == [_here(case) for case in cases]
