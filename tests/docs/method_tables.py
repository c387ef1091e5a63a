"""Write the tables of docs/method.md that come from the code: `python tests/docs/method_tables.py`."""

from __future__ import annotations

from pathlib import Path

from consilience.reference.assumptions import load_assumptions

METHOD = Path(__file__).parents[2] / "docs" / "method.md"
START, END = "<!-- assumptions -->\n", "<!-- /assumptions -->"


def assumptions_table() -> str:
    """Every named assumption as a row of Markdown, in the order of the shipped table."""
    lines = ["| name | value | range | unit | why |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| `{row.name}` | {row.value:g} | {row.low:g} to {row.high:g} | {row.unit} | {row.why} |"
        for row in load_assumptions().values()
    ]
    return "\n".join(lines) + "\n"


def with_tables(page: str) -> str:
    """The page with its generated part made anew."""
    before, rest = page.split(START, 1)
    _, after = rest.split(END, 1)
    return before + START + assumptions_table() + END + after


if __name__ == "__main__":
    METHOD.write_text(with_tables(METHOD.read_text(encoding="utf-8")), encoding="utf-8")
