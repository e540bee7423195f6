"""The leanest route that moves money: no token, no policy, one call of the ledger's function.

What the whole app answers is measured as a share of it: `granian bench.lean:app`.
"""

import os
import threading
from decimal import Decimal

import psycopg
from flask import Flask, Response, jsonify, request

from koshelok.core.ids import uuid7

app = Flask(__name__)
_ours = threading.local()
_URL = os.environ["DATABASE_URL"].replace("+psycopg", "")
_TRANSFER = """
    SELECT id, amount, commission, status, created_at FROM ledger_transfer(
        %s, 'transfer', %s, %s, %s, %s, %s, %s, '', '', NULL, NULL, NULL)
"""


def _connection() -> psycopg.Connection:
    if not hasattr(_ours, "connection"):
        _ours.connection = psycopg.connect(_URL, autocommit=True)
    return _ours.connection


@app.get("/healthz")
def alive() -> str:
    """It answers."""
    return "ok"


@app.post("/transfers")
def transfer() -> tuple[Response, int]:
    """Move money from account to account."""
    asked = request.get_json()
    amount = Decimal(asked["amount"])
    row = _connection().execute(
        _TRANSFER,
        [uuid7(), asked["from"], asked["to"], amount, amount / 100, asked["actor"],
         request.headers["Idempotency-Key"]],
    ).fetchone()  # fmt: skip
    assert row is not None
    id_, amount, commission, status, created_at = row
    return jsonify(id=id_, amount=str(amount), commission=str(commission), status=status,
                   created_at=created_at.isoformat()), 201  # fmt: skip
