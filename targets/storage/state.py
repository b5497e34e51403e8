"""The state of a store: the data that readers see, and what is wrong with any newer version."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from targets.contract.schema import Problem
from targets.load.dataset import Data


@dataclass(frozen=True)
class State:
    """The data that readers see, and what is wrong with the files as they now are.

    `dataset`: the last good data, if there ever was any; `loaded`: when it passed its checks; `problems`: why
    the files as they are do not load; `failing_since`: when they were first found so; `changed`: which of
    the files shown differ from their checksums, None without any; `remote`: the data is in a backend, not a folder.
    """

    dataset: Data | None = None
    loaded: datetime | None = None
    problems: tuple[Problem, ...] = ()
    failing_since: datetime | None = None
    changed: tuple[str, ...] | None = None
    remote: bool = False

    @cached_property
    def mark(self) -> str:
        """A short hash of what readers see, equal in every process."""
        version = self.dataset.version if self.dataset else ""
        said = repr((version, self.changed, [problem.say("en") for problem in self.problems]))
        return hashlib.sha256(said.encode()).hexdigest()[:16]
