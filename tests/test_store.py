"""The data being shown: the last good set stays while a newer one is broken."""

import os

from targets.schema import DATA_FOLDER, resources
from targets.store import Store


def rewrite(folder, name: str, change) -> None:
    """Replace a file by name, with a new time even where the clock is coarse."""
    path = folder / name
    text = change(path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))


def test_an_unchanged_folder_is_loaded_once(folder):
    store = Store(folder)
    assert store.current() is store.current()
    assert len(store.current().dataset.frame) == 70


def test_an_edit_is_shown_and_changes_the_version(folder):
    store = Store(folder)
    before = store.current().dataset
    rewrite(folder, "targets.csv", lambda text: text.replace(",4000,亿元", ",4001,亿元"))
    after = store.current().dataset
    assert after.version != before.version
    assert after.frame["canonical_value"].eq(4001).sum() == 1


def test_a_broken_file_keeps_the_last_good_data_and_says_why(folder):
    store = Store(folder)
    good = store.current().dataset
    rewrite(folder, "targets.csv", lambda text: text.replace(",4000,亿元", ",四千,亿元"))
    state = store.current()
    assert state.dataset is good
    assert [p.say("zh").partition("；")[0] for p in state.problems] == [
        "targets.csv，第6行，“value”列，值“四千”：应是普通数字，例如 4000 或 2.2"
    ]
    rewrite(folder, "targets.csv", lambda text: text.replace(",四千,亿元", ",4000,亿元"))
    assert store.current().problems == ()
    assert store.current().dataset.version == good.version


def test_a_missing_file_keeps_the_last_good_data(folder):
    store = Store(folder)
    good = store.current().dataset
    (folder / "units.csv").unlink()
    assert store.current().dataset is good
    assert [p.say("en") for p in store.current().problems] == [
        "units.csv: the file is missing; it was expected in the data folder"
    ]


def test_files_are_never_mixed(folder):
    """A target that needs a new district waits for the code list that has it."""
    store = Store(folder)
    good = store.current().dataset
    rewrite(
        folder, "targets.csv", lambda text: text.replace("a-1", "a-1").replace(",余姚市,余姚市,", ",余姚市,慈溪市,", 1)
    )
    assert store.current().dataset is good
    rewrite(folder, "districts.csv", lambda text: text + "慈溪市,Cixi,宁波市,6\n")
    assert "慈溪市" in set(store.current().dataset.frame["district"])


def test_a_first_start_on_a_broken_folder_has_no_data(tmp_path):
    state = Store(tmp_path).current()
    assert state.dataset is None
    assert len(state.problems) == len(resources())
    assert Store(DATA_FOLDER).current().dataset is not None
