"""A bounded cache with single flight: simultaneous requests for one value wait for one computation."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any


class Cache:
    """Values by key; once their sizes add up to more than `most`, the least recently used are dropped.

    `measure` gives the size of a value, by default one each. A value larger than `largest` is returned but not cached.
    """

    def __init__(self, most: int, measure: Callable[[Any], int] = lambda _: 1, largest: int | None = None) -> None:
        self.most, self.largest = most, largest
        self.size = 0
        self._measure = measure
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._making: dict[Hashable, Future] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever make returns
        """Return the cached value, or make it; what make raises is raised for all who wait, and not cached."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
            making = self._making.get(key)
            if first := making is None:
                making = self._making[key] = Future()
        return self._make(key, make, making) if first else making.result()

    def _make(self, key: Hashable, make: Callable[[], Any], making: Future) -> Any:  # noqa: ANN401
        try:
            made = make()
            size = self._measure(made)
        except BaseException as error:
            with self._lock:
                del self._making[key]
            making.set_exception(error)
            raise
        with self._lock:
            del self._making[key]
            if size <= (self.most if self.largest is None else self.largest):
                self._kept[key] = made, size
                self.size += size
            while self.size > self.most:
                self.size -= self._kept.popitem(last=False)[1][1]
        making.set_result(made)
        return made
