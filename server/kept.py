"""Answers that have been made once and are kept for the next reader, within a budget of bytes."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future


class Kept:
    """Bytes by what tells them apart; the least used go first, and one larger than a quarter is never kept.

    Readers who ask at once for the same wait for one making of it.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._making: dict[str, Future[bytes]] = {}
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], bytes]) -> bytes:
        """Return the bytes under the key, or make them; what make raises is raised for all who wait."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            made = self._making.get(key)
            mine = made is None
            if mine:
                made = self._making[key] = Future()
        return self._make(key, make, made) if mine else made.result()

    def _make(self, key: str, make: Callable[[], bytes], made: Future) -> bytes:
        try:
            content = make()
        except BaseException as error:
            with self._lock:
                del self._making[key]
            made.set_exception(error)
            raise
        with self._lock:
            del self._making[key]
            self._keep(key, content)
        made.set_result(content)
        return content

    def _keep(self, key: str, content: bytes) -> None:
        if len(content) > self.most // 4:
            return
        self._kept[key] = content
        self.size += len(content)
        while self.size > self.most:
            self.size -= len(self._kept.popitem(last=False)[1])
