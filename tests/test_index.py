"""What the addresses of the pages return: Streamlit's page, in the language of the address."""

import pytest

from server.index import read_index, write_index
from targets.text import say


@pytest.mark.parametrize(
    ("path", "tag", "title"),
    [
        ("/", "zh-CN", "zh"),
        ("/records?lang=en", "en", "en"),
        ("/records?lang=<b>", "zh-CN", "zh"),
        ("/overview?lang=zh&lang=en", "en", "en"),
    ],
)
def test_page_is_in_the_language_of_its_address(house, path, tag, title):
    page = house.get(path).text
    assert f'<html lang="{tag}">' in page
    assert f"<title>{say(title, 'app.title')}</title>" in page


def test_streamlit_s_page_is_otherwise_its_own():
    own, ours = read_index().splitlines(), write_index("en").splitlines()
    assert [a for a, b in zip(own, ours, strict=True) if a != b] == ["    <title>Streamlit</title>"]


def test_new_page_of_streamlit_is_noticed(monkeypatch):
    monkeypatch.setattr("server.index.read_index", lambda: '<html lang="fr"><title>Streamlit</title>')
    with pytest.raises(ValueError, match="stands 0 times"):
        write_index("zh")
