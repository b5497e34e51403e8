"""What has been made is kept for the next reader; readers who ask at once for the same wait for one making of it."""

import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any


class Once(ABC):
    """Things by what tells them apart, each with its size; how many are kept is for the subclass to say.

    `size` is that of all that is kept.
    """

    def __init__(self) -> None:
        self.size = 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._making: dict[Hashable, Future] = {}
        self._lock = threading.Lock()

    @abstractmethod
    def _measure(self, made: object) -> int:
        """Return the size of what was made, in bytes or whatever the subclass counts."""

    @abstractmethod
    def _keep(self, key: Hashable, made: object, size: int) -> None:
        """Keep what was made, or not, and let go what is too much; the lock is held."""

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever make returns
        """Return what is kept under the key, or make it and keep it; what make raises is raised for all who wait."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
            making = self._making.get(key)
            mine = making is None
            if mine:
                making = self._making[key] = Future()
        return self._make(key, make, making) if mine else making.result()

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
            self._keep(key, made, size)
        making.set_result(made)
        return made
