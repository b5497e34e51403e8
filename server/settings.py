"""The settings of a server, read once from the environment at its start."""

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from targets.contract.schema import DATA_FOLDER

_HOST = re.compile(r"(\*\.)?[\w-]+(\.[\w-]+)*|\[[0-9a-f:.]+\]", re.ASCII)
_ORIGIN = re.compile(r"'self'|https?://(\*\.)?[A-Za-z0-9.-]+(:\d+)?")
_POSITIVE = re.compile("0*[1-9][0-9]*")


@dataclass(frozen=True)
class Settings:
    """What an operator may set; deploy/README.md tells what each setting means.

    `hosts` are in lower case, none for any; `max_connections` is None for `default_max_connections`; `url` names
    a backend, which goes before the folder `data`; `state` is None for `.state` beside that folder.
    """

    hosts: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()
    max_connections: int | None = None
    metrics: bool = False
    data: Path = DATA_FOLDER
    url: str = ""
    state: Path | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the variables that begin with TARGETS_; raise ValueError, in words, for a value that cannot be meant."""
        hosts = environment.get("TARGETS_HOSTS", "").lower().replace(",", " ").split()
        ancestors = environment.get("TARGETS_FRAME_ANCESTORS", "").split()
        most = environment.get("TARGETS_MAX_CONNECTIONS", "")
        metrics = environment.get("TARGETS_METRICS", "")
        _check("TARGETS_HOSTS", hosts, _HOST, "no host name such as dash.example.cn")
        _check("TARGETS_FRAME_ANCESTORS", ancestors, _ORIGIN, "no origin such as https://www.example.cn")
        _check("TARGETS_MAX_CONNECTIONS", [most] if most else [], _POSITIVE, "no number of visitors such as 500")
        _check("TARGETS_METRICS", [metrics], re.compile("[01]?"), "neither 1, to open /metrics, nor 0")
        return cls(
            hosts=tuple(hosts),
            frame_ancestors=tuple(ancestors),
            max_connections=int(most) if most else None,
            metrics=metrics == "1",
            data=Path(environment.get("TARGETS_DATA", DATA_FOLDER)),
            url=environment.get("TARGETS_URL", ""),
            state=Path(state) if (state := environment.get("TARGETS_STATE")) else None,
        )


def _check(name: str, values: list[str], pattern: re.Pattern[str], fault: str) -> None:
    for value in values:
        if not pattern.fullmatch(value):
            raise ValueError(f"{name}: {value!r} is {fault}")


def default_max_connections() -> int:
    """Return how many visitors a process takes: half of its file descriptors, at four for each, and at most 1,000.

    The soft limit of descriptors is first raised to the hard one, so far as that makes sense.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return 1000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1000 if soft == resource.RLIM_INFINITY else max(1, min(1000, soft // 8))
