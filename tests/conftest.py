"""What the tests share: the project's data, and small folders of invented data to break."""

import shutil
from pathlib import Path

import pytest

from targets import dataset
from targets.dataset import Dataset
from targets.schema import DATA_FOLDER


@pytest.fixture(scope="session")
def data() -> Dataset:
    """The project's own data."""
    return dataset.load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the data folder, to be changed."""
    return Path(shutil.copytree(DATA_FOLDER, tmp_path / "data"))
