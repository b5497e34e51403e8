"""Every broken or hostile file is refused with its rule and line, or read as what it says."""

import pytest

from targets.contract.schema import DATA_FOLDER, InvalidDataError, resources
from targets.load import dataset
from targets.load.csv_reader import TO_ASCII
from targets.load.files import read_folder
from targets.storage.checksums import find_truncated, read_checksums
from tests.corpus import CASES, NO_NUMBERS, Case, row, table
from tests.invented import code_lists


def check(case: Case, good: dict[str, bytes]) -> None:
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
        assert max(len(problem.say(lang)) for lang in ("zh", "en")) < 400


def test_a_file_is_refused_with_its_place_or_read_as_it_says():
    good, wrong = code_lists(), {}
    for name, case in CASES.items():
        try:
            check(case, good)
        except (AssertionError, pytest.fail.Exception) as error:
            wrong[name] = str(error)
        except Exception as error:
            error.add_note(name)
            raise
    assert wrong == {}
    assert len(CASES) >= 100


def test_what_is_no_number_is_refused_in_every_record():
    records = table(*(row(n, value=text) for n, text in enumerate(NO_NUMBERS)))
    with pytest.raises(InvalidDataError) as raised:
        dataset.build(code_lists() | {"targets": records.encode()})
    found = [(p.line, p.rule, p.value) for p in raised.value.problems]
    assert found == [(line, "not_number", text.translate(TO_ASCII)) for line, text in enumerate(NO_NUMBERS, 2)]


def test_no_cut_of_the_real_targets_goes_unnoticed():
    files = read_folder(DATA_FOLDER)
    whole, checksums = files.contents["targets"], read_checksums(files.package)
    ends = [at + 1 for at, byte in enumerate(whole) if byte == 10][:-1]
    cuts = {*range(1, ends[-1], len(whole) // 10), *ends[::20], *range(ends[-1], len(whole), 25)}
    refused = 0
    for cut in sorted(cuts | {*range(len(whole) - 3, len(whole))}):
        short = type(files)({**files.contents, "targets": whole[:cut]}, files.package)
        try:
            data = dataset.build(short.contents)
        except InvalidDataError:
            refused += 1
        else:
            assert [p.rule for p in find_truncated(checksums, short, data)] in (["fewer_rows"], ["cut_off"]), cut
    assert 0 < refused < len(cuts)
