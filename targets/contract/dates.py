"""Days as text YYYY-MM-DD: today in China, and the check of a written one."""

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))


def today() -> str:
    """Return the day it is in China, as YYYY-MM-DD."""
    return datetime.now(CHINA).date().isoformat()


def read_day(text: str) -> str:
    """Return a day written YYYY-MM-DD as it is; raise ValueError for anything else."""
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError(text)
    return text
