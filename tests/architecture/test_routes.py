"""Every route says who may use it, and every API operation is documented."""

from typing import Any

from flask import Flask

from koshelok.web.access import ATTRIBUTE


def test_every_route_declares_its_access(wired: Flask) -> None:
    missing = [
        rule.endpoint
        for rule in wired.url_map.iter_rules()
        if not hasattr(wired.view_functions[rule.endpoint], ATTRIBUTE)
    ]
    assert missing == []


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def test_every_api_route_is_documented(wired: Flask) -> None:
    document = wired.api_doc  # type: ignore[attr-defined]
    documented = {(method.upper(), path) for method, path, _ in _operations(document)}
    routes = set()
    for rule in wired.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            path = rule.rule
            for argument in rule.arguments:
                path = path.replace(f"<{argument}>", f"{{{argument}}}")
                for converter in ("int", "uuid", "path", "string"):
                    path = path.replace(f"<{converter}:{argument}>", f"{{{argument}}}")
            routes |= {(m, path) for m in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert routes - documented == set()


def test_every_operation_has_a_summary_its_errors_and_an_example(wired: Flask) -> None:
    document = wired.api_doc  # type: ignore[attr-defined]
    found = []
    for method, path, operation in _operations(document):
        label = f"{method} {path}"
        answers = operation["responses"]
        if not operation.get("summary"):
            found.append(f"{label}: no summary")
        if not any(status.startswith("2") for status in answers):
            found.append(f"{label}: no success")
        if "429" not in answers or "503" not in answers:
            found.append(f"{label}: no errors")
    assert found == []
    for name, schema in document["components"]["schemas"].items():
        assert schema.get("type") in {"object", None}, name
