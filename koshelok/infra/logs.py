"""Logs as JSON lines with a request id, and without secrets."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class JsonFormatter(logging.Formatter):
    """One JSON object a line; extra fields of the record are kept."""

    def __init__(self, context: Callable[[], dict[str, object]]) -> None:
        super().__init__()
        self._context = context

    def format(self, record: logging.LogRecord) -> str:
        """Render the record with the current request's context."""
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **self._context(),
        }
        entry |= {k: v for k, v in vars(record).items() if k not in _STANDARD}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


def configure_logs(context: Callable[[], dict[str, object]], *, level: int = logging.INFO) -> None:
    """Send every logger's lines to standard error as JSON."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(context))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
