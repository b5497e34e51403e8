"""Citations of a printed page and of web sources, with and without publisher and date."""

import pytest

from targets.load import dataset
from targets.wording.citation import cite
from tests.invented import HEADER, code_lists, record

SOURCES = (
    "id,title,title_en,publisher,publisher_en,published,year,year_basis,url,sha256,lines,note,note_en\n"
    "page,大会召开,A conference,,,,2022,inferred,,,9,,\n"
    "paper,大会召开,A conference,宁波日报,Ningbo Daily,2022-02-10,2022,printed,,,9,,\n"
    "web,统计公报,Statistical report,宁波市统计局,Ningbo Statistics Bureau,2023-03-01,2023,printed,https://example.com/a,,,,\n"
    "undated,统计公报,Statistical report,宁波市统计局,,,2023,inferred,https://example.com/b,,,,\n"
    "unsigned,统计公报,Statistical report,,,,2023,printed,https://example.com/c,,,,\n"
    "dated,统计公报,Statistical report,,,2023-03-01,2023,printed,https://example.com/d,,,,\n"
)
ZH = "转引自：目标追踪[DB/OL]. 记录{id}, 数据版本{version}[2026-11-24]. http://x/records?record={id}."
EN = "Quoted in Target Tracker, record {id}, data version {version}. Accessed 2026-11-24. http://x/records?record={id}."


@pytest.fixture(scope="module")
def invented() -> dataset.Dataset:
    rows = [HEADER]
    for source in ("page", "paper", "web", "undated", "unsigned", "dated"):
        stands = {
            "source": source,
            "line": "8" if source in ("page", "paper") else "",
            "as_printed": "达5家",
            "unit": "家",
        }
        rows.append(record(f"a-{source}", "target", "", "ge", "5", "国家级制造业单项冠军企业数", "宁波市", **stands))
    files = code_lists()
    files |= {
        "targets": ("\n".join(rows) + "\n").encode(),
        "sources": SOURCES.encode(),
        "exclusions": "source,line,as_printed,reason\npage,1,一流,word\n".encode(),
    }
    return dataset.build(files)


CITED = {
    "page": (
        "大会召开[N]. [出版者不详], [2022]: 第8行.",
        "“A conference” [大会召开]. [publisher unknown], [2022], line 8.",
    ),
    "paper": (
        "大会召开[N]. 宁波日报, 2022-02-10: 第8行.",
        "Ningbo Daily. “A conference” [大会召开]. 2022-02-10, line 8.",
    ),
    "web": (
        "宁波市统计局. 统计公报[EB/OL]. (2023-03-01)[2026-11-24]. https://example.com/a.",
        "Ningbo Statistics Bureau. “Statistical report” [统计公报]. 2023-03-01. Accessed 2026-11-24. https://example.com/a.",
    ),
    "undated": (
        "宁波市统计局. 统计公报[EB/OL]. [2023][2026-11-24]. https://example.com/b.",
        "宁波市统计局. “Statistical report” [统计公报]. [2023]. Accessed 2026-11-24. https://example.com/b.",
    ),
    "unsigned": (
        "统计公报[EB/OL]. [出版者不详], 2023[2026-11-24]. https://example.com/c.",
        "“Statistical report” [统计公报]. [publisher unknown], 2023. Accessed 2026-11-24. https://example.com/c.",
    ),
    "dated": (
        "统计公报[EB/OL]. [出版者不详], (2023-03-01)[2026-11-24]. https://example.com/d.",
        "“Statistical report” [统计公报]. [publisher unknown], 2023-03-01. Accessed 2026-11-24. https://example.com/d.",
    ),
}
"""The beginning of a citation in both languages, by source."""


def test_a_record_is_cited_with_its_source(invented):
    for source, heads in CITED.items():
        record = f"a-{source}"
        row = invented.frame.set_index("id", drop=False).loc[record]
        for lang, head, tail in zip(("zh", "en"), heads, (ZH, EN), strict=True):
            said = cite(invented, lang, row, f"http://x/records?record={record}", "2026-11-24")
            assert said == f"{head} {tail.format(id=record, version=invented.version)}"
