"""Whom a script finds is whom the database finds: static/js/people.js, sql/search.sql."""

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok.infra.db import session

SCRIPT = Path(__file__).resolve().parents[2] / "static" / "js" / "people.js"
PEOPLE, QUERIES = 300, 300
CASES = [str, str.upper, str.lower]
MARKS = "'’‘ʻʼ`´"
BETWEEN = [" ", "  ", "-", ", ", " «", "» ", ".", "\u00a0", " — ", " № "]
PARTS = [
    "o{}g'il", "O{}tkir", "Qo{}ldosh", "G{}ulom", "Sho{}ra", "Chori", "Yo{}ldosh", "Malika",
    "Ýusup",
    "ўткир", "Қодир", "Ғулом", "Ҳасан", "ЎҒЛОН", "Ёқуб", "Щербакова", "Цой", "Юсупова", "Объект",
    "Маъмура", "Эльёр", "Жасур", "Чўлпон", "Шаҳло", "Їжак", "Ґанна", "Єва", "Якуб", "2-uy", "дом7",
    "12", "90", "ǅ", "ẞ", "é", "🙂", "Abdurahmonjonabduqahhorovtoshmuhammadov",
]  # fmt: skip
FOUND = text("""
    SELECT coalesce(
        debtor_search(1, :name, :phone) @@ debtor_query(1, :query), false
    )
""")
DRIVER = """
import {{ fold, search }} from {url};
let text = "";
for await (const chunk of process.stdin) text += chunk;
const {{ people, queries }} = JSON.parse(text);
const one = ([name, phone], id) => ({{ id, name, phone, last: "", debt: "0.00", credit: "0.00" }});
console.log(JSON.stringify({{
  folded: people.map(([name]) => fold(name)),
  found: queries.map(([query, who]) => search([one(people[who], who)], query).found.length === 1),
}}));
"""


def _name(chance: random.Random) -> str:
    words = [
        chance.choice(CASES)(chance.choice(PARTS)).format(chance.choice(MARKS))
        for _ in range(chance.randint(1, 4))
    ]
    return "".join(word + chance.choice(BETWEEN) for word in words).strip()


def _query(chance: random.Random, name: str, phone: str) -> str:
    """A part of them, as somebody else would write it; or of somebody else."""
    pieces = []
    for _ in range(chance.randint(1, 2)):
        source = chance.choice([name, name, phone, _name(chance)])
        start = chance.randrange(len(source))
        piece = source[start : start + chance.randint(1, 8)]
        pieces.append(chance.choice(CASES)(piece))
    return chance.choice([" ", " ", "-", ""]).join(pieces)


def _there(cases: dict[str, Any]) -> dict[str, Any]:
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", DRIVER.format(url=json.dumps(SCRIPT.as_uri()))],
        input=json.dumps(cases), capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    said: dict[str, Any] = json.loads(ran.stdout)
    return said


@pytest.fixture
def cases() -> dict[str, Any]:
    """The same people and queries each time."""
    chance = random.Random(20261121)
    people = [(_name(chance), f"+9989{chance.randint(0, 10**8 - 1):08}") for _ in range(PEOPLE)]
    asked = [who % PEOPLE for who in range(QUERIES)]
    queries = [(_query(chance, *people[who]), who) for who in asked]
    return {"people": people, "queries": [(query, who) for query, who in queries if query.strip()]}


def test_the_twins_agree(app: Flask, cases: dict[str, Any]) -> None:
    there, people = _there(cases), cases["people"]
    with app.app_context():
        folded = [
            session.scalar(text("SELECT fold_text(:name)"), {"name": name}) for name, _ in people
        ]
        found = [
            session.scalar(FOUND, {"name": people[who][0], "phone": people[who][1], "query": query})
            for query, who in cases["queries"]
        ]
    pairs = zip(people, folded, there["folded"], strict=True)
    assert [(name, here, out) for (name, _), here, out in pairs if here != out] == []
    both = zip(cases["queries"], found, there["found"], strict=True)
    wrong = [(query, people[who], here) for (query, who), here, out in both if here != out]
    assert wrong == []
    assert QUERIES // 4 < sum(found) < QUERIES * 3 // 4
