"""Days with the same results: what is computed for one of them is kept for all."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import wraps
from typing import TypeVar

from targets.contract.dates import today
from targets.load.dataset import Dataset, per_dataset
from targets.progress.actuals import known_days

Result = TypeVar("Result")


@dataclass(frozen=True)
class _Period:
    """All days with the same results: since when they have been what they are, and the day they are computed for."""

    since: str
    asof: str = field(compare=False)


def per_period(function: Callable[..., Result]) -> Callable[..., Result]:
    """Keep what a function returns for a data set, a day and hashable arguments, for all days with the same results."""

    @per_dataset
    def of_period(data: Dataset, period: _Period, *arguments: Hashable) -> Result:
        return function(data, period.asof, *arguments)

    @wraps(function)
    def kept(data: Dataset, asof: str, *arguments: Hashable) -> Result:
        since = _since(data, asof)
        return of_period(data, _Period(since, today() if since == _since(data, today()) else asof), *arguments)

    return kept


def _since(data: Dataset, asof: str) -> str:
    """Return the day since when results have been what they are: a year began, or something was published."""
    published = next((day for day in known_days(data) if day <= asof), "")
    return max(f"{asof[:4]}-01-01", published)
