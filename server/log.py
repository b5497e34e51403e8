"""The log: one JSON object a line, without IP addresses, hosts or queries, and a few lines of a kind in a minute."""

import hashlib
import json
import logging
import time
import traceback
from collections import Counter
from datetime import UTC, datetime

LOG = logging.getLogger("target-tracker")
REFUSED: Counter[str] = Counter()
"""How often the server has refused something since it started, by reason."""
MOST_LINES, SPAN = 5, 60.0
"""Lines of one kind in as many seconds; further ones are counted in the next line of that kind."""
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """Write a record as one line of JSON; line breaks in values and tracebacks are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, logger, message, what was given as extra, and the traceback."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields |= {name: value for name, value in vars(record).items() if name not in _PLAIN}
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False, default=str)


class RateLimit(logging.Filter):
    """Let a few lines of each kind through in a span, and say in the next how many were left out."""

    def __init__(self) -> None:
        super().__init__()
        self._kinds: dict[tuple, list[float]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is written; the kind is its text before values are put in."""
        if len(self._kinds) > 1000:
            self._kinds.clear()
        kind = record.name, str(record.msg)[:200], getattr(record, "reason", None), getattr(record, "fault", None)
        now = time.monotonic()
        began, written, left_out = self._kinds.get(kind, (now, 0, 0))
        if now - began > SPAN:
            began, written = now, 0
        if written >= MOST_LINES:
            self._kinds[kind] = [began, written, left_out + 1]
            return False
        if left_out:
            record.left_out = left_out
        self._kinds[kind] = [began, written + 1, 0]
        return True


def configure() -> None:
    """Send every log of the process through one handler; what the web server says of a visitor is not logged."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    handler.addFilter(RateLimit())
    logging.root.handlers = [handler]
    for name in logging.root.manager.loggerDict:
        logger = logging.getLogger(name)
        if name.partition(".")[0] in ("streamlit", "uvicorn", "websockets"):
            logger.handlers.clear()
            logger.propagate = True
    logging.getLogger("uvicorn.access").propagate = False
    for name in ("uvicorn", "uvicorn.error", "websockets"):
        logging.getLogger(name).setLevel(logging.WARNING)
    LOG.setLevel(logging.INFO)


def refuse(reason: str) -> None:
    """Count a refusal and log its reason."""
    REFUSED[reason] += 1
    LOG.warning("refused", extra={"reason": reason, "count": REFUSED[reason]})


def report_fault(error: BaseException) -> str:
    """Log an error of the program and return its number: the same fault always has the same."""
    frames = traceback.extract_tb(error.__traceback__)
    place = "\n".join(f"{frame.filename}:{frame.lineno}" for frame in frames[-5:])
    number = hashlib.sha256(f"{type(error).__qualname__}\n{place}".encode()).hexdigest()[:8].upper()
    LOG.error("fault", extra={"fault": number}, exc_info=error)
    return number
