"""What stands in a file's place may be anything: it is read, or refused with a sentence, and never waited for."""

import os
import socket

import pytest

from targets.contract.schema import InvalidDataError
from targets.load import files
from targets.load.files import READABLE, read_folder, replace_file


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(os.path.relpath(path))


def make_loop(path):
    path.symlink_to(path)


def make_deep_loop(path):
    path.symlink_to(path.with_name("other"))
    path.with_name("other").symlink_to(path)


SAYINGS = {
    "not_a_file": "units.csv：这是文件夹或特殊文件；应是普通的CSV文件",
    "missing": "units.csv：找不到文件；应在数据文件夹中",
    "unreadable": "units.csv：无法读取；应是可读的普通CSV文件",
}
IN_ITS_PLACE = {
    "pipe that nobody writes to": (os.mkfifo, "not_a_file"),
    "folder": (lambda path: path.mkdir(), "not_a_file"),
    "socket": (make_socket, "unreadable"),
    "link to an endless file": (lambda path: path.symlink_to("/dev/zero"), "not_a_file"),
    "link to a terminal": (lambda path: path.symlink_to("/dev/tty"), "unreadable"),
    "link to a folder": (lambda path: path.symlink_to(path.parent), "not_a_file"),
    "dangling link": (lambda path: path.symlink_to("nowhere"), "missing"),
    "link to itself": (make_loop, "unreadable"),
    "ring of links": (make_deep_loop, "unreadable"),
    "nothing": (lambda path: None, "missing"),
}


@pytest.mark.parametrize(("make", "rule"), IN_ITS_PLACE.values(), ids=IN_ITS_PLACE)
def test_what_is_no_file_is_refused_without_waiting(folder, monkeypatch, make, rule):
    monkeypatch.chdir(folder)
    (folder / "units.csv").unlink()
    make(folder / "units.csv")
    with pytest.raises(InvalidDataError) as raised:
        read_folder(folder)
    assert [p.say("zh") for p in raised.value.problems] == [SAYINGS[rule]]


def test_a_link_to_a_file_is_that_file(folder):
    (folder / "units.csv").rename(folder / "kept.csv")
    (folder / "units.csv").symlink_to("kept.csv")
    assert read_folder(folder).contents["units"] == (folder / "kept.csv").read_bytes()


def test_a_file_too_large_is_refused_unread(folder):
    """The file is a hole: it takes no room on the disk."""
    with (folder / "units.csv").open("r+b") as file:
        file.truncate(files.MOST_BYTES + 1)
    with pytest.raises(InvalidDataError) as raised:
        read_folder(folder)
    assert [p.say("en") for p in raised.value.problems] == [
        "units.csv: the file is larger than 512 MB and was not read"
    ]


def test_a_file_that_grows_while_it_is_read_is_refused(folder, monkeypatch):
    status = os.stat(folder / "reasons.csv")
    monkeypatch.setattr(files.os, "fstat", lambda handle: status)
    with pytest.raises(InvalidDataError) as raised:
        read_folder(folder, most=100)
    assert {p.rule for p in raised.value.problems} == {"too_big"}


def test_a_package_that_is_no_file_is_named(folder):
    (folder / "datapackage.json").unlink()
    os.mkfifo(folder / "datapackage.json")
    with pytest.raises(InvalidDataError) as raised:
        read_folder(folder)
    assert [(p.file, p.rule) for p in raised.value.problems] == [("datapackage.json", "not_a_file")]


def test_what_is_replaced_is_there_as_a_whole_or_as_it_was(tmp_path):
    path = tmp_path / "state" / "kept.txt"
    replace_file(path, lambda file: file.write(b"first"), READABLE)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"first", READABLE)

    def fail(file):
        file.write(b"sec")
        raise OSError("cut")

    with pytest.raises(OSError, match="cut"):
        replace_file(path, fail)
    assert [(one.name, one.read_bytes()) for one in path.parent.iterdir()] == [("kept.txt", b"first")]
