"""What a script reads an amount as is what the server reads: static/js/money.js."""

import json
import random
import subprocess
from pathlib import Path

from koshelok.core.errors import Invalid
from koshelok.core.money import (
    AmountOutOfRange,
    AmountTooPrecise,
    InvalidAmount,
    format_amount,
    parse_amount,
)

SCRIPT = Path(__file__).resolve().parents[2] / "static" / "js" / "money.js"
CASES = 4000
WRONG = {InvalidAmount: "Amount", AmountOutOfRange: "Range", AmountTooPrecise: "Precise"}
MULTIPLIERS = ["k", "к", "ming", "минг", "тыс", "m", "mln", "млн", "м", "mlrd", "млрд", "тыс.", "K"]
WORDS = ["", "", "", *MULTIPLIERS, "kk", "constructor", "ё", "e5"]
SPACES = ["", "", "", " ", "\u202f", "\u00a0", "'", "ʻ", "_"]
SIGNS = ["+", "-", "\u2212", "–", " + ", " - ", "*", "\u00d7", "", "++"]
CURRENCIES = ["", "", "", " so'm", " so‘m.", " сум", "сўм", " UZS", " so'mm", "$"]
NAMED = [
    "", " ", "10.005", "90000000000000.01", "90 071 992 547 409.93", "9999999999999999.99",
    "9999999999999999.995", "10000000000000000", "0", "0.00", "5 - 5", "3 - 5", "-5", "+5", "5+",
    "0.000001k", "1.500", "1.500k", "1.500.25", "1.500.250", "1.500,250", "1.500.", "5.", ".5", ".",
    "1.5007", "0.500", "1234.567", "99999999 mlrd", "0.00000000000000001mlrd", "٣٤٥",
    "9" * 18, "9" * 19, "0" * 98 + "5", "9" * 101, "0." + "0" * 97 + "1", "1." + "0" * 30 + "1",
    "1." + "0" * 50 + "1 + 5",
]  # fmt: skip
DRIVER = """
globalThis.document = {{ querySelectorAll: () => [], addEventListener() {{}} }};
const {{ read, shown }} = await import({url});
let text = "";
for await (const chunk of process.stdin) text += chunk;
console.log(JSON.stringify(JSON.parse(text).map((one) => {{
  const {{ sum, wrong }} = read(one);
  return wrong ?? [String(sum), shown(sum)];
}})));
"""


def _number(chance: random.Random) -> str:
    whole = str(chance.randint(0, 10 ** chance.choice([1, 3, 6, 13, 16, 17])))
    part = "".join(chance.choices("0123456789", k=chance.choice([0, 0, 1, 2, 2, 3, 4, 12])))
    mark = chance.choice(".,")
    if chance.random() < 0.4:
        whole = f"{int(whole):,}".replace(",", chance.choice([" ", "\u202f", ".", ",", "'"]))
    return chance.choice(SPACES).join(whole + (mark + part if part else ""))


def _text(chance: random.Random) -> str:
    text = _number(chance) + chance.choice(WORDS)
    while chance.random() < 0.3:
        text += chance.choice(SIGNS) + _number(chance) + chance.choice(WORDS)
    return text + chance.choice(CURRENCIES)


def _garbled(chance: random.Random) -> str:
    return "".join(chance.choices("0123456789.,+- kmlnмтыс'", k=chance.randint(0, 12)))


def _here(text: str) -> str | list[str]:
    try:
        amount = parse_amount(text)
    except Invalid as error:
        return WRONG[type(error)]
    return [str(int(amount * 100)), format_amount(amount)]


def test_the_twins_agree() -> None:
    chance = random.Random(20261121)  # the same texts each time
    texts = [*NAMED, *(chance.choice([_text, _text, _garbled])(chance) for _ in range(CASES))]
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", DRIVER.format(url=json.dumps(SCRIPT.as_uri()))],
        input=json.dumps(texts), capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    there = dict(zip(texts, json.loads(ran.stdout), strict=True))
    here = {text: _here(text) for text in texts}
    assert {text: (there[text], said) for text, said in here.items() if there[text] != said} == {}
    assert len([said for said in here.values() if isinstance(said, list)]) > CASES // 6
    assert set(WRONG.values()) <= {said for said in here.values() if isinstance(said, str)}
