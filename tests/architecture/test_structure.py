"""The rules of the house, proved: one commit, no float near money, features apart, sizes."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "koshelok").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MAY_COMMIT = {"koshelok/infra/unit_of_work.py"}
FEATURES = {
    "archive",
    "identity",
    "workspaces",
    "finance",
    "budgets",
    "messaging",
    "audit",
    "home",
    "ledger",
    "wallet",
    "admin",
    "jobs",
    "debtors",
    "shop",
}
SHARED_MODULES = {
    "operations", "queries", "errors", "events", "numbers", "verification",
    "periods",  # the calendar of finance
    "words", "import_words",  # what people call codes
}  # fmt: skip
SHARED_SCHEMAS = {"jobs"}  # a job's JSON is the answer of whatever starts one
MAY_CONNECT = {"registry", "cli", "verification", "worker", "app", "i18n", "devserver"}
MAY_MEASURE_IN_FLOAT = {"core/clock.py", "web/health.py", "worker.py", "devserver.py"}
MAX_FILE, MAX_TEMPLATE, MAX_VIEW, MAX_OPERATION = 300, 150, 20, 40


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in SOURCES:
        yield _name(path), ast.parse(path.read_text())


def test_only_the_unit_of_work_commits() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
        and name not in MAY_COMMIT
    ]
    assert found == []


def test_no_float_comes_near_money() -> None:
    found = []
    for name, tree in _trees():
        if name.removeprefix("koshelok/") in MAY_MEASURE_IN_FLOAT or "/infra/" in name:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id == "float":
                found.append(f"{name}:{node.lineno} float")
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                found.append(f"{name}:{node.lineno} {node.value}")
    assert found == []


def _guarded_by_type_checking(tree: ast.Module) -> set[int]:
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def test_features_meet_only_through_operations_queries_errors_and_events() -> None:
    found = []
    for name, tree in _trees():
        parts = Path(name).with_suffix("").parts[1:]
        if parts[0] in MAY_CONNECT or parts[0] not in FEATURES:
            continue
        spared = _guarded_by_type_checking(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or node.lineno in spared:
                continue
            target = (node.module or "").split(".")
            if target[0] != "koshelok" or len(target) < 2 or target[1] not in FEATURES - {parts[0]}:
                continue
            modules = {target[2]} if len(target) > 2 else {alias.name for alias in node.names}
            shared = SHARED_MODULES | ({"schemas"} if target[1] in SHARED_SCHEMAS else set())
            found += [f"{name}:{node.lineno} {m}" for m in modules - shared]
    assert found == []


def test_operations_and_queries_name_the_workspace_or_the_person() -> None:
    """Every public operation is keyword-only, so that no caller can swap actor and workspace."""
    found = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in _trees()
        if "/operations" in name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and len(node.args.args) > 1
    ]
    assert found == []


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_FILE


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_templates_stay_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_TEMPLATE


def _body_lines(node: ast.FunctionDef) -> int:
    body = node.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_views_and_operations_stay_short() -> None:
    found = []
    for name, tree in _trees():
        limit = MAX_VIEW if "/views" in name or "/api" in name else MAX_OPERATION
        if not any(part in name for part in ("/views", "/api", "/operations")):
            continue
        found += [
            f"{name}:{node.lineno} {node.name} {_body_lines(node)}"
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and _body_lines(node) > limit
        ]
    assert found == []


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_templates_keep_the_content_security_policy(path: Path) -> None:
    text = path.read_text()
    for forbidden in (
        " style=",
        "<style",
        "hx-on",
        "js:",
        "onclick=",
        "onsubmit=",
        "|safe",
        "| safe",
    ):
        assert forbidden not in text, forbidden
    for start in text.split("<script")[1:]:
        tag = start.split(">", 1)[0]
        assert "src=" in tag or 'type="application/json"' in tag, tag
