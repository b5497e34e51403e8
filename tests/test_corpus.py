"""Every broken or hostile file is refused with its rule and line, or read as what it says."""

from itertools import chain

import pytest

from targets import dataset
from targets.files import read_folder
from targets.schema import DATA_FOLDER, InvalidDataError, resources
from targets.seal import check_seal, read_seal
from tests.corpus import CASES
from tests.invented import code_lists


@pytest.fixture(scope="module")
def good() -> dict[str, bytes]:
    return code_lists()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_file_is_refused_with_its_place_or_read_as_it_says(case, good):
    files = good | {case.name: case.content}
    if not case.rule:
        built = dataset.build(files)
        first = built.tables["targets"].iloc[0].to_dict() | built.frame.iloc[0].to_dict()
        assert {column: first[column] for column, _ in case.cells} == dict(case.cells)
        return
    with pytest.raises(InvalidDataError) as raised:
        dataset.build(files)
    found = [(p.file, p.rule, p.line) for p in raised.value.problems]
    assert (resources()[case.name].path, case.rule, case.line) in found
    for problem in raised.value.problems:
        for lang in ("zh", "en"):
            assert len(problem.say(lang)) < 400


def test_the_corpus_is_large():
    assert len(CASES) >= 100


def cuts(content: bytes) -> list[int]:
    """Places to cut a file: spread over all of it, every line end, and the last line in steps."""
    ends = [at + 1 for at, byte in enumerate(content) if byte == 10][:-1]
    return sorted(
        {*range(1, len(content), len(content) // 20), *ends[::8], ends[-1], *range(ends[-1], len(content), 9)}
    )


def test_no_cut_of_the_real_targets_goes_unnoticed():
    files = read_folder(DATA_FOLDER)
    whole, sealed = files.contents["targets"], read_seal(files.package)
    caught = {"refused": 0, "seal": 0}
    for cut in chain(cuts(whole), range(len(whole) - 3, len(whole))):
        short = type(files)({**files.contents, "targets": whole[:cut]}, files.package)
        try:
            data = dataset.build(short.contents)
        except InvalidDataError:
            caught["refused"] += 1
        else:
            rules = [p.rule for p in check_seal(sealed, short, data)]
            assert rules in (["fewer_rows"], ["cut_off"]), cut
            caught["seal"] += 1
    assert min(caught.values()) > 0
