"""Bank statements as banks give them to programs: OFX 1.x (SGML, tags left open) and 2.x (XML).

Read tag after tag, so memory stays bounded, and by no parser of XML, so no entity of a file is ever
looked up. Both kinds say `<TAG>value`, and that is all of them that is read.
"""

import html
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from koshelok.infra.tables_in import BrokenTable, Cell, Row, encoding_of

HEADER = ("Date", "Amount", "Note", "ID", "Currency")
_SNIFFED, _CHUNK, _LONGEST = 4096, 1 << 16, 1 << 16
_START = re.compile(rb"OFXHEADER|<\?OFX|<OFX>", re.IGNORECASE)
_CHARSET = re.compile(rb"CHARSET:\s*(125[0-8])")
_TAG = re.compile(r"<(/?)([A-Za-z0-9_.]++)[^<>]*>([^<]*)")
_DAY = "%Y%m%d"
_RECORD, _ACCOUNT, _ACCOUNT_DIGITS = "STMTTRN", "ACCTID", 4


def is_ofx(path: Path) -> bool:
    """Whether a file says of itself that it is a statement."""
    with path.open("rb") as file:
        return _START.search(file.read(_SNIFFED)) is not None


def read_ofx(path: Path) -> Iterator[Row]:
    """Its records as a table: a header, then the day, the signed amount, who and why, the bank's
    own name of the record, and the currency. Raises Invalid (field `file`)."""
    yield 1, list(HEADER)
    account, currency = "", ""
    record: dict[str, str] | None = None
    number = 1
    try:
        for closing, tag, value in _tags(path):
            if tag == _RECORD:
                if record:
                    number += 1
                    yield number, _row(record, account, currency)
                record = None if closing else {}
            elif record is not None:
                if value and not closing:
                    record.setdefault(tag, value)
            elif tag == _ACCOUNT and value:
                account = value
            elif tag == "CURDEF" and value:
                currency = value
    except UnicodeError as error:
        raise BrokenTable from error


def _tags(path: Path) -> Iterator[tuple[bool, str, str]]:
    with path.open(encoding=_encoding(path), newline=None) as file:
        rest = ""
        while chunk := file.read(_CHUNK):
            text = rest + chunk
            end = text.rfind("<")
            if end < 0 or len(text) - end > _LONGEST:
                rest = text[-_LONGEST:] if end < 0 else ""
                continue
            yield from _found(text[:end])
            rest = text[end:]
        yield from _found(rest)


def _found(text: str) -> Iterator[tuple[bool, str, str]]:
    for match in _TAG.finditer(text):
        yield bool(match[1]), match[2].upper(), _plain(match[3])


def _plain(value: str) -> str:
    value = " ".join(value.replace("\0", "").split())
    return html.unescape(value) if "&" in value else value


def _row(record: dict[str, str], account: str, currency: str) -> list[Cell]:
    note = [record.get(name, "") for name in ("NAME", "MEMO")]
    if note[1] in note[0]:
        note.pop()
    own = record.get("FITID", "")
    return [
        _day(record.get("DTPOSTED", "")),
        record.get("TRNAMT", ""),
        ", ".join(filter(None, note)),
        f"{account[-_ACCOUNT_DIGITS:]}:{own}" if own else "",
        record.get("CURSYM", currency),
    ]


def _day(written: str) -> Cell:
    """`20261121120000.000[+5:UZT]` is a day of that zone."""
    with suppress(ValueError):
        return _date(written[:8])
    return written


def _date(digits: str) -> date:
    return datetime.strptime(digits, _DAY).date()  # noqa: DTZ007  # a day has no zone


def _encoding(path: Path) -> str:
    """UTF-8 where it is; else what it says, or Windows' Cyrillic."""
    found = encoding_of(path)
    with path.open("rb") as file:
        said = _CHARSET.search(file.read(_SNIFFED))
    return f"cp{said[1].decode()}" if said and found == "cp1251" else found
