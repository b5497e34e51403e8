"""The files of deploy/ keep their promises, so far as that can be seen without their machines."""

import configparser
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"


@pytest.fixture(scope="module")
def dockerfile():
    """The instructions of the Dockerfile, continued lines joined."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [re.split(r"\s+", line, maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def unit():
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(DEPLOY / "target-tracker.service", encoding="utf-8")
    return parser


def given(dockerfile, name):
    return [value for instruction, value in dockerfile if instruction == name]


def flags(command):
    """What uvicorn is told, but for where it listens and how many workers it has."""
    said = " ".join(command)
    return sorted(re.sub(r"--(host|port|workers) \S+", "", said).split()[1:])


def test_image_runs_as_nobody_with_the_tested_versions(dockerfile):
    assert given(dockerfile, "USER") == ["10001:10001"]
    assert "-r requirements.txt -c constraints.txt" in given(dockerfile, "RUN")[0]
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", given(dockerfile, "FROM")[0])
    assert "/healthz" in given(dockerfile, "HEALTHCHECK")[0]


def test_image_holds_everything_that_runs_and_nothing_else(dockerfile):
    copied = {source.rstrip("/") for line in given(dockerfile, "COPY") for source in line.split()[:-1]}
    assert copied == {
        *(p.parent.name for p in ROOT.glob("*/*.py") if p.parent.name not in ("tests", "benchmarks")),
        ".streamlit",
        "data",
        "dashboard.py",
        "requirements.txt",
        "constraints.txt",
    }
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").split() if line[0] == "!"}
    assert copied == allowed


def test_image_and_unit_start_the_same_command(dockerfile, unit):
    started = json.loads(given(dockerfile, "CMD")[0])
    assert flags(started) == flags(unit["Service"]["ExecStart"].split())
    assert "--no-access-log" in started


def test_containers_can_write_only_their_state(compose):
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["restart"] == "always"
        assert service["ulimits"]["nofile"] == 65536
        assert service["mem_limit"]
        assert service["logging"]["options"]["max-size"]
        writable = [volume for volume in service["volumes"] if not volume.endswith(":ro")]
        assert writable == ([] if name == "front" else [f"state-{name[-1]}:/state"])


def test_front_knows_the_processes(compose):
    conf = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    behind = re.findall(r"server (\S+):8501", conf)
    assert behind == [name for name in compose["services"] if name != "front"]
    assert "server_tokens off;" in conf and "ip_hash" not in conf and "sticky" not in conf


def test_unit_is_hardened(unit):
    service = unit["Service"]
    wanted = {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "DynamicUser": "yes",
        "LimitNOFILE": "65536",
        "Restart": "always",
    }
    assert {name: service[name] for name in wanted} == wanted
    assert service["MemoryMax"] and "MALLOC_ARENA_MAX=2" in service["Environment"]


@pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed: apt-get install systemd"
)
def test_unit_is_understood_by_systemd(tmp_path):
    text = (DEPLOY / "target-tracker.service").read_text(encoding="utf-8")
    copy = tmp_path / "target-tracker.service"
    copy.write_text(text.replace("/opt/target-tracker/.venv/bin/uvicorn", "/bin/true"), encoding="utf-8")
    said = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")
