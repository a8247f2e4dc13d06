"""The generated pages: each rule at its address, every option and command described, measurements that can be drawn."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import rnnlint
from rnnlint.cli.arguments import COMMANDS
from rnnlint.config.options import OPTIONS
from rnnlint.config.settings import OUTPUT_FORMATS
from rnnlint.finding import DOCUMENTATION_URL
from rnnlint.rulebook import every_rule
from rnnlint.rules.base import Rule
from scripts.documentation.command_page import parsers
from scripts.documentation.measurements import FOLDER, read
from scripts.documentation.plots import HEIGHT, WIDTH, plot
from scripts.documentation.rule_index import HUNDREDS, SYMPTOMS, navigation
from scripts.documentation.site import completed, generated_files

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted((DOCS / "pages").glob("*.md"))
FIGURES = sorted(FOLDER.glob("*.csv"))
OF_OTHERS = {"ci", "editors"}  # name the options of other programs too

each_rule = pytest.mark.parametrize("rule", every_rule(), ids=lambda rule: rule.code)
each_figure = pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.stem)
each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return generated_files()


@each_rule
def test_a_rule_is_served_at_its_address(rule: Rule, files: dict[str, str]) -> None:
    site = re.search(r"^site_url: (\S+)$", (DOCS / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
    assert site is not None
    assert f"{DOCUMENTATION_URL}/{rule.name}" == f"{site[1]}rules/{rule.name}"
    assert f"rules/{rule.name}.md" in files


@each_rule
def test_a_rules_page_holds_all_of_its_text(rule: Rule, files: dict[str, str]) -> None:
    page = files[f"rules/{rule.name}.md"]
    assert [line for line in rule.documentation().splitlines() if line and line not in page.splitlines()] == []


@each_rule
def test_a_rule_is_found_from_index_symptoms_and_side_bar(rule: Rule, files: dict[str, str]) -> None:
    assert f"| {rule.code} | [{rule.name}]({rule.name}.md)" in files["rules/index.md"]
    assert files["symptoms.md"].count(f"rules/{rule.name}.md") == len(rule.symptoms)
    assert f"rules/{rule.name}.md" in str(navigation())
    assert rule.code[3] in HUNDREDS
    assert set(rule.symptoms) <= set(SYMPTOMS)


@each_figure
def test_a_figure_belongs_to_a_rule_and_is_drawn(path: Path, files: dict[str, str]) -> None:
    code = path.stem.partition("-")[0]
    (rule,) = [rule for rule in every_rule() if rule.code == code]
    measurement = read(path)
    figure = plot(measurement)
    assert figure in files[f"rules/{rule.name}.md"]
    assert "\n\n" not in figure
    for element in ET.fromstring(figure).iter():
        for name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy"):
            place = float(element.get(name, "0"))
            assert 0 <= place <= (WIDTH if "x" in name else HEIGHT), (element.tag, name, place)


@each_figure
def test_a_figure_says_what_was_measured(path: Path) -> None:
    measurement = read(path)
    assert all(measurement.about.values())
    assert measurement.series
    for points in measurement.series.values():
        assert all(point.lowest <= point.median <= point.highest for point in points)
        assert not any(math.isnan(point.median) for point in points)


@pytest.mark.parametrize("text", ["# title: x\nseries,x\n", "series,x,median,lowest,highest\na,1,1,1,1\n"])
def test_a_figure_without_its_header_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "RNN101-x.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="the header must hold"):
        read(path)


def test_every_option_is_described() -> None:
    text = completed((DOCS / "pages" / "configuration.md").read_text("utf-8"))
    assert [key for key in OPTIONS if f"### {key}\n\n" not in text] == []


def test_every_command_is_described() -> None:
    text = completed((DOCS / "pages" / "commands.md").read_text("utf-8"))
    for name in COMMANDS:
        assert f"## rnnlint {name}\n" in text
    for parser in parsers().values():
        for option in parser._option_string_actions:
            assert f"`{option}" in text


def test_every_format_is_described() -> None:
    text = completed((DOCS / "pages" / "formats.md").read_text("utf-8"))
    assert re.findall(r"^### (\S+)$", text, re.MULTILINE) == list(OUTPUT_FORMATS)
    assert "train.py:4:37: RNN101 " in text
    assert "4 | model = Sequential" in text
    assert str(Path.cwd()) not in text


def test_every_public_name_is_described() -> None:
    text = completed((DOCS / "pages" / "interface.md").read_text("utf-8"))
    assert [name for name in rnnlint.__all__ if name != "__version__" and f"### {name} {{#" not in text] == []
    assert "lint_source(text: str, filename: str = '<stdin>'" in text


@pytest.mark.parametrize("path", [path for path in PAGES if path.stem not in OF_OTHERS], ids=lambda path: path.stem)
def test_pages_name_no_option_that_does_not_exist(path: Path) -> None:
    known = {option for parser in parsers().values() for option in parser._option_string_actions}
    named = set(re.findall(r"(?<=[`\s])--[a-z][a-z-]+", path.read_text("utf-8")))
    assert named <= known


@each_page
def test_generated_parts_are_known(path: Path) -> None:
    assert "<!-- generated:" not in completed(path.read_text("utf-8"))


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "benchmarks/accuracy/README.md"])
def test_links_within_the_repository_lead_somewhere(name: str) -> None:
    path = DOCS.parent / name
    links = re.findall(r"\]\(([^)#\s]+)", path.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []
