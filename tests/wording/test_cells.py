"""How a cell is written: the same words on a page and in the workbook."""

import numpy as np
import pandas as pd

from targets.wording.cells import write_cell


def test_a_cell_is_written_by_its_column(data):
    for column, value, zh, en in (
        ("actor", "镇海区", "镇海区", "Zhenhai District"),
        (
            "source",
            "ningbo-2022",
            "创新引领发展 智造成就未来",
            "Innovation leads development, smart manufacturing makes the future",
        ),
        ("kind", "target", "目标", "Target"),
        ("comparator", "ge", "不少于", "at least"),
        ("base_comparator", "ge", "不少于", "at least"),
        ("unit", "亿元", "亿元", "亿元 (RMB 100m)"),
        ("canonical_unit", "%", "%", "%"),
        ("state", "no_result", "∅ 未找到结果", "∅ no result found"),
        ("modality", "力争", "力争", "力争 (strive for)"),
        ("growth_bound", "at_most", "至多", "at most"),
        ("outcome", "confirmed", "已证实", "confirmed"),
        ("class_low", "met", "已达到", "met"),
        ("missing", "no_base", "没有基数", "no base"),
        ("dimension", "money", "金额", "Money"),
        ("note", "kind", "kind", "kind"),
        ("as_printed", "", "", ""),
        ("year", pd.NA, "", ""),
        ("year", 2022, "2022", "2022"),
        ("line", 1234, "1234", "1234"),
        ("target", 1234, "1,234", "1,234"),
        ("canonical_value", np.float64(4000.5), "4,000.5", "4,000.5"),
        ("ratio_low", 0.8249999, "0.82", "0.82"),
        ("low_closed", True, "是", "yes"),
    ):
        assert [write_cell(data, lang, column, value) for lang in ("zh", "en")] == [zh, en], column
