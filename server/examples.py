"""How to get the data in other programs: the one place where the examples stand, and from which they are tested."""

EXAMPLES = {
    "excel": """\
let
    Source = Csv.Document(Web.Contents("{url}"), [Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]),
    Targets = Table.PromoteHeaders(Source, [PromoteAllScalars = true])
in
    Targets
""",
    "pandas": """\
import pandas as pd

targets = pd.read_csv("{url}")
""",
    "r": """\
targets <- read.csv("{url}", fileEncoding = "UTF-8-BOM")
""",
    "curl": """\
curl --fail --silent --show-error --compressed --output targets.csv "{url}"
""",
}
"""Each takes the address of the CSV file, percent-encoded, so that it can stand in double quotes anywhere."""


def write_example(name: str, url: str) -> str:
    """Return an example for an address."""
    return EXAMPLES[name].replace("{url}", url)
