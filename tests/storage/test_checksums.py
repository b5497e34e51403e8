"""Checksums: written by one command, kept by the repository, and what tells a cut file from an edit."""

import errno
import json
import os

import pytest
from frictionless import Package

from targets.contract.schema import DATA_FOLDER, InvalidDataError, resources
from targets.load import dataset
from targets.load.files import read_folder
from targets.storage.checksums import find_changed, find_truncated, main, read_checksums, write_checksums


def judge(folder):
    """Return what the checksums say of a folder: problems in Chinese, and the changed files."""
    files = read_folder(folder)
    checksums, data = read_checksums(files.package), dataset.build(files.contents)
    return [p.say("zh") for p in find_truncated(checksums, files, data)], find_changed(checksums, files)


def edit(folder, change, name="targets.csv"):
    path = folder / name
    path.write_bytes(change(path.read_bytes()))


def describe(folder, change):
    path = folder / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    change(package["resources"][0])
    path.write_text(json.dumps(package), encoding="utf-8")


def test_the_projects_data_has_its_checksums():
    assert judge(DATA_FOLDER) == ([], ()), "run: make checksums"


def test_writing_again_changes_nothing(folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_checksums(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_an_edit_is_a_change_until_checksums_are_written(folder):
    edit(folder, lambda content: content.replace(",4000,亿元".encode(), ",4001,亿元".encode()))
    assert judge(folder) == ([], ("targets.csv",))
    write_checksums(folder)
    assert judge(folder) == ([], ())
    assert Package(str(folder / "datapackage.json")).validate().valid


def test_an_independent_reader_knows_the_checksums(folder):
    edit(folder, lambda content: content.replace(",4000,亿元".encode(), ",4001,亿元".encode()))
    report = Package(str(folder / "datapackage.json")).validate()
    assert [type for (type,) in report.flatten(["type"])] == ["hash-count"]
    edit(folder, lambda content: content.rstrip().rpartition(b"\n")[0] + b"\n")
    report = Package(str(folder / "datapackage.json")).validate()
    assert {type for (type,) in report.flatten(["type"])} == {"hash-count", "byte-count", "row-count"}


def test_a_new_record_is_shown_as_a_change(folder):
    edit(folder, lambda content: content + content.rstrip().rpartition(b"\n")[2].replace(b",", b"-b,", 1) + b"\n")
    assert judge(folder) == ([], ("targets.csv",))


def test_a_file_with_fewer_records_is_cut_off(folder):
    rows = read_checksums((folder / "datapackage.json").read_bytes())["targets"].rows
    edit(folder, lambda content: content.rstrip().rpartition(b"\n")[0] + b"\n")
    assert judge(folder)[0] == [
        f"targets.csv：只有{rows - 1}条记录，写入校验和时有{rows}条，文件可能被截断；"
        "请恢复文件，如确要删去记录，请运行 make checksums 重新写入"
    ]
    write_checksums(folder)
    assert judge(folder) == ([], ())


def test_an_unfinished_last_line_is_cut_off(folder):
    size = len((folder / "exclusions.csv").read_bytes())
    edit(folder, lambda content: content[:-1], "exclusions.csv")
    rows = len(dataset.load(folder).tables["exclusions"])
    assert judge(folder)[0] == [
        f"exclusions.csv，第{rows + 1}行：最后一行没有写完，文件比写入校验和时短（{size - 1}字节，当时{size}字节），"
        "可能被截断；请恢复文件，或补上行尾换行"
    ]


@pytest.mark.parametrize("save", [lambda text: text.encode("gb18030"), lambda text: text.encode("utf-16")])
def test_another_encoding_is_not_cut_off(folder, save):
    edit(folder, lambda content: save(content.decode()))
    assert judge(folder) == ([], ("targets.csv",))


def test_a_folder_without_package_has_no_checksums(folder):
    (folder / "datapackage.json").unlink()
    edit(folder, lambda content: content.rstrip().rpartition(b"\n")[0] + b"\n")
    assert judge(folder) == ([], None)
    write_checksums(folder)
    assert judge(folder) == ([], ())
    assert read_checksums((folder / "datapackage.json").read_bytes()).keys() == resources().keys()


def test_an_old_schema_is_renewed_and_what_the_folder_says_of_itself_stays(folder, capsys):
    path = folder / "datapackage.json"
    current = json.loads(path.read_text(encoding="utf-8"))
    own = {"name": "my-city", "title": "我的城市", "description": "说明", "licenses": [{"name": "CC0-1.0"}]}
    old = json.loads(json.dumps(current)) | own | {"contributors": [{"title": "A reader"}]}
    old["resources"][0]["schema"]["fields"].pop()
    old["resources"][1]["schema"]["fields"][0]["title"] = "旧标题"
    gone, notes = old["resources"][-1] | {"name": "colours"}, {"name": "notes", "path": "notes.md"}
    old["resources"] = [*old["resources"][:-1], gone, notes]
    path.write_text(json.dumps(old), encoding="utf-8")
    edit(folder, lambda content: content.replace(",4000,亿元".encode(), ",4001,亿元".encode()))

    assert main([str(folder)]) == 0
    said = "The schema in datapackage.json was an old one and has been renewed."
    assert capsys.readouterr().out.splitlines().count(said) == 1
    written = json.loads(path.read_text(encoding="utf-8"))
    resources_written = written.pop("resources")
    del current["resources"][0]["bytes"], current["resources"][0]["hash"]
    described = resources_written[0]
    assert described | current["resources"][0] == described
    assert resources_written[1:-2] == current["resources"][1:]
    assert [each["name"] for each in resources_written[-2:]] == ["colours", "notes"]
    assert written == {key: value for key, value in old.items() if key != "resources"}
    assert judge(folder) == ([], ())

    assert main([str(folder)]) == 0
    assert said not in capsys.readouterr().out


BROKEN = {
    "half a checksum": (lambda each: each.pop("hash"), "datapackage.json，值“targets.csv”：这个文件的校验和"),
    "rows as text": (lambda each: each.update(rows="70"), "datapackage.json，值“targets.csv”：这个文件的校验和"),
    "rows as truth": (lambda each: each.update(rows=True), "datapackage.json，值“targets.csv”：这个文件的校验和"),
    "another hash": (lambda each: each.update(hash="md5:0"), "datapackage.json，值“targets.csv”：这个文件的校验和"),
    "hash as number": (lambda each: each.update(hash=1), "datapackage.json，值“targets.csv”：这个文件的校验和"),
    "unknown file": (
        lambda each: each.update(name="colours"),
        "datapackage.json，值“colours”：有校验和，但不认识这个文件",
    ),
    "name as list": (lambda each: each.update(name=["targets"]), ""),
}


@pytest.mark.parametrize(("change", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_checksum_is_a_sentence(folder, change, said):
    describe(folder, change)
    content = (folder / "datapackage.json").read_bytes()
    if not said:
        assert "targets" not in read_checksums(content)
        return
    with pytest.raises(InvalidDataError) as raised:
        read_checksums(content)
    assert [p.say("zh").partition("（")[0].partition("；")[0] for p in raised.value.problems] == [said]


def test_what_is_no_package_is_a_sentence():
    for content in (b"", b"{", b"[]", b"null", b'{"resources": 1}', b'{"resources": [1]}', b"\xff", b"[" * 100_000):
        with pytest.raises(InvalidDataError) as raised:
            read_checksums(content)
        assert [p.rule for p in raised.value.problems] == ["not_a_package"], content[:20]


def test_the_command_says_what_it_wrote_or_why_not(folder, capsys):
    assert main([str(folder)]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith(f"Wrote the checksums of {len(resources())} files with ")
    edit(folder, lambda content: content.replace(",4000,亿元".encode(), ",四千,亿元".encode()))
    before = (folder / "datapackage.json").read_bytes()
    assert main([str(folder)]) == 1
    assert "“value”列，值“四千”" in capsys.readouterr().err
    assert (folder / "datapackage.json").read_bytes() == before


def test_a_full_disk_is_a_sentence_and_the_old_checksums_stand(folder, capsys, monkeypatch):
    """Nothing half written is left beside it."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def fail(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    assert main([str(folder)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "datapackage.json没有写成（No space left on device），原来的文件没有变。",
        "datapackage.json could not be written (No space left on device); the old one is unchanged.",
    ]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", "请核对：targets.csv第2行印的是“首破3000亿元”，录的是“超过 30000 亿元”"),
        ("en", "Check targets.csv, line 2: printed is 首破3000亿元, entered “over 30000 亿元”"),
    ],
)
def test_the_command_tells_of_a_number_that_is_not_the_printed_one(folder, capsys, lang, said):
    assert main([str(folder)]) == 0
    assert "首破3000亿元" not in capsys.readouterr().out
    edit(folder, lambda content: content.replace(b",gt,3000,", b',gt,"30,000",', 1))
    assert main([str(folder)]) == 0
    assert said in capsys.readouterr().out.splitlines()
