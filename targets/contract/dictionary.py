"""Writes data/README.md, the data dictionary, from datapackage.json: `python -m targets.contract.dictionary`."""

from targets.contract.schema import DATA_FOLDER, Field, Resource, resources
from targets.text import LANGUAGES, say


def write_dictionary() -> str:
    """Return the dictionary of every table and column as Markdown, both languages side by side."""
    parts = [say(lang, "dictionary.head") for lang in LANGUAGES]
    for resource in resources().values():
        parts.append(_section(resource))
    return "\n\n".join(parts) + "\n"


def _section(resource: Resource) -> str:
    lines = [
        f"## {resource.path} · {resource.titles['zh']} · {resource.titles['en']}",
        "",
        f"{resource.descriptions['zh']}。 {resource.descriptions['en']}.",
        "",
        "| column | 中文 | English |",
        "| --- | --- | --- |",
        *(_row(resource, field) for field in resource.fields),
    ]
    if resource.derived:
        lines += ["", *(say(lang, "dictionary.derived") for lang in LANGUAGES), ""]
        lines += ["| column | 中文 | English |", "| --- | --- | --- |"]
        lines += [_row(resource, field) for field in resource.derived]
    return "\n".join(lines)


def _row(resource: Resource, field: Field) -> str:
    cells = []
    for lang in LANGUAGES:
        said = [f"**{field.titles[lang]}**", field.descriptions[lang]]
        values = [f"`{c['value']}` {field.label(lang, c['value'])}" for c in field.categories]
        said += [say(lang, "comma").join(values)] if values else []
        said += [say(lang, "records.required")] if field.required else []
        said += [say(lang, "dictionary.optional")] if field.optional else []
        said += [f"→ {resource.foreign_keys[field.name][0]}.csv"] if field.name in resource.foreign_keys else []
        cells.append("<br>".join(said).replace("|", "\\|"))
    return f"| `{field.name}` | {cells[0]} | {cells[1]} |"


if __name__ == "__main__":
    (DATA_FOLDER / "README.md").write_text(write_dictionary(), encoding="utf-8")
