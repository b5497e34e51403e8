"""Answers that have been made once and are kept for the next reader, within a budget of bytes."""

from targets.once import Once


class Kept(Once):
    """Bytes by what tells them apart; the least used go first, and one larger than a quarter is never kept."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def _measure(self, made: bytes) -> int:
        return len(made)

    def _keep(self, key: str, made: bytes, size: int) -> None:
        if size > self.most // 4:
            return
        self._kept[key] = made, size
        self.size += size
        while self.size > self.most:
            self.size -= self._kept.popitem(last=False)[1][1]
