"""How a year was found, in words; and the misprints, in words."""

from targets.load import dataset
from targets.progress.evidence import say_misprint, say_year_basis


def said_of(data: dataset.Dataset, record: str, lang: str = "zh") -> str:
    return say_year_basis(data, lang, data.frame.set_index("id").loc[record])


def test_how_a_year_was_found_is_said(data):
    said = {
        "zhenhai-gross-output-2021": ("原文印明", "printed in the source"),
        "ningbo-champions": ("原文没有年份", "the source names no year"),
        "zhenhai-gross-output-2022": (
            "“今年”（第6行）：即来源年份2022",
            "“今年” (line 6): the year of the source, 2022",
        ),
        "zeekr-talent-2025": (
            "“3年”（第298行）：来源年份2022 + 3 = 2025",
            "“3年” (line 298): year of the source 2022 + 3 = 2025",
        ),
    }
    assert {record: (said_of(data, record), said_of(data, record, "en")) for record in said} == said


def test_a_past_year_is_said_with_a_minus_sign(data):
    row = data.frame.set_index("id").loc["zhenhai-gross-output-2022"].copy()
    row["year_evidence"], row["year"], row["year_line"] = "去年", 2021, None
    assert say_year_basis(data, "zh", row) == "“去年”：来源年份2022 − 1 = 2021"  # noqa: RUF001


def test_changing_the_year_of_the_source_changes_every_inferred_year_and_its_sentence(data, folder):
    path = folder / "sources.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",2022,inferred", ",2024,inferred"), encoding="utf-8")
    moved = dataset.load(folder)
    of_page = (data.frame["year_basis"] == "inferred") & (data.frame["source"] == "ningbo-2022")
    inferred = data.frame.loc[of_page, "id"].tolist()
    assert len(inferred) == 14
    for record in inferred:
        before, after = said_of(data, record), said_of(moved, record)
        year = data.frame.set_index("id").at[record, "year"]
        assert moved.frame.set_index("id").at[record, "year"] == year + 2
        assert after == before.replace("来源年份2022", "来源年份2024").replace(f"= {year}", f"= {year + 2}")


def test_a_misprint_is_said_with_its_reason(data):
    record = "zhenhai-producer-services-revenue-2022"
    assert say_misprint(data, "zh", record).startswith("原文印作“生产线服务业”，读作“生产性服务业”：统计上没有")
    assert say_misprint(data, "en", record).startswith(
        "printed “生产线服务业”, read as “生产性服务业”: There is no such"
    )
    assert say_misprint(data, "zh", "ningbo-champions") == ""
