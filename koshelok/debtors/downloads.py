"""A statement's file as an answer, the same for pages and API."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Response, make_response

from koshelok.debtors.papers import TYPES, file_name, write_paper
from koshelok.debtors.queries import Statement


def send_paper(statement: Statement, format: str, words: dict[str, Any]) -> Response:
    """As an attachment; `words` are statement_words."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "statement"
        write_paper(path, format, statement, statement.lines, words)
        response = make_response(path.read_bytes())
    response.headers["Content-Type"] = TYPES[format]
    name = file_name(statement, format)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
