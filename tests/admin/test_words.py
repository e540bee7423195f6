"""Every act that is written into the history has words for those who read it."""

import ast
import re
from pathlib import Path

from koshelok.admin.words import ACTIONS, CHECKS
from koshelok.verification import CHECKS as ALL_CHECKS

ROOT = Path(__file__).resolve().parents[2] / "koshelok"
SHAPE = re.compile(r"[a-z_]+\.[a-z_]+")


def _written() -> set[str]:
    """Literals of the shape of an action in modules that write the history."""
    found = set()
    for path in ROOT.rglob("*.py"):
        text = path.read_text()
        if "audit.record(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value} if SHAPE.fullmatch(node.value) else set()
    return found


def test_every_act_has_words() -> None:
    assert len(_written()) > 20
    assert _written() - ACTIONS.keys() == set()


def test_every_check_has_words() -> None:
    assert set(ALL_CHECKS) - CHECKS.keys() == set()
