"""The formats that other programs read, held against their schemas and readers."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import junitparser
import pytest
from syrupy.assertion import SnapshotAssertion

from rnnlint.finding import Finding, Severity, Span
from rnnlint.outcome import Crash
from rnnlint.report.sarif import uri
from tests.report.files import CELL, NOTEBOOK, SCRIPT, SCRIPT_TEXT, findings, notebook_text, rendered, write_files

SCHEMAS = Path(__file__).parent / "schemas"
LINES_OF_TEXT = ["grouped", "github", "pylint", "azure", "html", "junit"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI_PROJECT_DIR", raising=False)
    write_files(tmp_path)
    return tmp_path


def check(document: Any, schema: str) -> None:
    definition = json.loads((SCHEMAS / schema).read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(definition)(definition).validate(document)


def sarif(**options: Any) -> dict[str, Any]:
    log = json.loads(rendered("sarif", findings(), **options))
    check(log, "sarif-2.1.0.json")
    return log["runs"][0]  # type: ignore[no-any-return]


def apply(text: str, region: dict[str, int], content: str) -> str:
    lines = text.split("\n")

    def offset(line: int, column: int) -> int:
        return sum(len(before) + 1 for before in lines[: line - 1]) + column - 1

    start = offset(region["startLine"], region["startColumn"])
    return text[:start] + content + text[offset(region["endLine"], region["endColumn"]) :]


@pytest.mark.parametrize("output_format", LINES_OF_TEXT)
def test_text(output_format: str, snapshot: SnapshotAssertion, folder: Path) -> None:
    text = rendered(output_format, findings()).replace(str(folder), "FOLDER")
    assert re.sub(r"rnnlint \d[\w.]*<", "rnnlint VERSION<", text) == snapshot


@pytest.mark.parametrize("output_format", ["sarif", "gitlab", "rdjson", "json-lines"])
def test_json(output_format: str, snapshot: SnapshotAssertion, folder: Path) -> None:
    text = rendered(output_format, findings(), rules=tuple).replace(str(folder), "FOLDER")
    assert text.isascii()
    assert re.sub(r'"version": "\d+\.\d+\.(?!0")[^"]*"', '"version": "VERSION"', text) == snapshot


@pytest.mark.parametrize("found", [findings(), ()], ids=["findings", "none"])
def test_schemas(found: tuple[Finding, ...]) -> None:
    check(json.loads(rendered("sarif", found)), "sarif-2.1.0.json")
    check(json.loads(rendered("rdjson", found)), "rdjson.json")
    check(json.loads(rendered("gitlab", found)), "gitlab.json")


def test_schemas_refuse_what_is_wrong() -> None:
    log = json.loads(rendered("sarif", findings()))
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    with pytest.raises(jsonschema.ValidationError):
        check(log, "sarif-2.1.0.json")
    issues = json.loads(rendered("gitlab", findings()))
    del issues[0]["location"]["positions"]
    with pytest.raises(jsonschema.ValidationError):
        check(issues, "gitlab.json")


def test_sarif_rules_are_explained() -> None:
    run = sarif()
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["RNN101", "RNN102", "RNN201", "RNN501", "RNN901"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert "## Why it is bad" in rules[0]["help"]["markdown"]
    assert rules[0]["shortDescription"]["text"].count("\n") == 0
    assert rules[0]["helpUri"].endswith("/unbounded-cell-activation")
    assert rules[0]["properties"] == {
        "precision": "medium",
        "problem.severity": "warning",
        "tags": ["explode", "flat"],
    }


def test_sarif_columns_are_code_points() -> None:
    run = sarif()
    assert run["columnKind"] == "unicodeCodePoints"
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert SCRIPT_TEXT.split("\n")[0][region["startColumn"] - 1 : region["endColumn"] - 1] == ', activation="relu"'


def test_sarif_shows_a_cell_in_its_file(folder: Path) -> None:
    result = sarif()["results"][3]
    place = result["locations"][0]
    region = place["physicalLocation"]["region"]
    line = (folder / NOTEBOOK).read_text(encoding="utf-8").split("\n")[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == r", activation=\"relu\""[: len(line)]
    assert place["logicalLocations"][0]["name"] == "cell 2"
    assert place["properties"] == {"cell": 2, "startLine": 3, "startColumn": 17, "endLine": 3, "endColumn": 36}
    assert result["message"]["text"].startswith("cell 2, line 3, column 17: ")
    related = sarif()["results"][0]["relatedLocations"]
    assert [unquote(entry["physicalLocation"]["artifactLocation"]["uri"]) for entry in related] == [
        NOTEBOOK,
        "gone.ipynb",
    ]
    assert "region" not in related[1]["physicalLocation"]


def test_sarif_fixes_apply(folder: Path) -> None:
    results = sarif()["results"]
    (change,) = results[3]["fixes"][0]["artifactChanges"]
    text = (folder / NOTEBOOK).read_text(encoding="utf-8")
    for replacement in reversed(change["replacements"]):
        text = apply(text, replacement["deletedRegion"], replacement["insertedContent"]["text"])
    source = "".join(json.loads(text)["cells"][1]["source"])
    assert source == "".join(CELL).replace(', activation="relu"))\n', 'name="é\\"))\n# new\n')
    assert results[3]["fixes"][0]["properties"] == {"applicability": "unsafe"}
    assert "fixes" not in results[2]


def test_sarif_says_what_is_refuted() -> None:
    result = sarif()["results"][2]
    assert (result["kind"], result["level"]) == ("pass", "none")
    assert result["properties"]["refuted"] is True
    assert result["properties"]["confirmation"]["outcome"] == "refuted"


def test_sarif_tells_failures_of_our_own() -> None:
    assert sarif()["invocations"] == [{"executionSuccessful": True}]
    (invocation,) = sarif(crashes=(Crash("a.py", "RNN101", "ValueError", "..."),))["invocations"]
    assert not invocation["executionSuccessful"]
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "ValueError in RNN101 on a.py"


def test_fingerprints_stay_when_lines_move_and_differ_for_each_finding(folder: Path) -> None:
    def prints(found: tuple[Finding, ...]) -> list[str]:
        return [
            result["partialFingerprints"]["statementHash/v1"]
            for result in json.loads(rendered("sarif", found))["runs"][0]["results"]
        ]

    def shifted(finding: Finding) -> Finding:
        span = finding.span
        lines, cells = (2, 0) if span.path == SCRIPT else (0, 1)
        moved = Span(span.path, span.cell + cells, span.line + lines, span.column, span.end_line + lines, 99)
        return Finding(finding.code, finding.name, finding.severity, finding.message, moved)

    before = prints(findings()[:6])
    marks = [issue["fingerprint"] for issue in json.loads(rendered("gitlab", findings()))]
    assert len(set(marks)) == len(marks)
    text = SCRIPT_TEXT.replace("(\n    x,\n    y,\n)", "( x,y )  # a comment\n\n\n\n")
    (folder / SCRIPT).write_text("\n# moved\n" + text, encoding="utf-8")
    (folder / NOTEBOOK).write_text(notebook_text(["new = 1", CELL], indent=None), encoding="utf-8")
    after = tuple(map(shifted, findings()[:6]))
    assert prints(after) == before
    again = [issue["fingerprint"] for issue in json.loads(rendered("gitlab", after))]
    assert again == marks[:6]


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a b/ü%.py", "a%20b/%C3%BC%25.py"), ("c:d.py", "c%3Ad.py"), ("/tmp/a b.py", "file:///tmp/a%20b.py")],
)
def test_uris(path: str, expected: str) -> None:
    assert uri(path) == expected


def test_gitlab_paths_are_relative_to_the_project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI_PROJECT_DIR", str(folder))
    monkeypatch.chdir(folder / "mö dels")
    finding = Finding("RNN101", "a", Severity.WARNING, "m", Span("träin 100%.py", 0, 1, 1, 1, 2))
    (issue,) = json.loads(rendered("gitlab", (finding,)))
    assert issue["location"]["path"] == SCRIPT


def test_reviewdog_counts_bytes(folder: Path) -> None:
    diagnostics = json.loads(rendered("rdjson", findings()))["diagnostics"]

    def cut(path: str, span: dict[str, Any]) -> bytes:
        line: bytes = (folder / path).read_bytes().split(b"\n")[span["start"]["line"] - 1]
        return line[span["start"]["column"] - 1 : span["end"]["column"] - 1]

    assert cut(SCRIPT, diagnostics[0]["location"]["range"]) == b', activation="relu"'
    assert cut(NOTEBOOK, diagnostics[3]["location"]["range"]) == rb", activation=\"relu\""
    assert [bool(entry.get("suggestions")) for entry in diagnostics] == [True, False, False, True, False, False, False]


def test_reviewdog_gets_one_suggestion_for_all_edits() -> None:
    ((suggestion,),) = [entry["suggestions"] for entry in json.loads(rendered("rdjson", findings()))["diagnostics"][:1]]
    assert suggestion["text"] == "))\nmodel.fit(\n    x,\n    y,\n    clip=1,\n"
    assert (suggestion["range"]["start"]["line"], suggestion["range"]["end"]) == (1, {"line": 5, "column": 1})


def test_junit_is_read(folder: Path) -> None:
    (folder / "report.xml").write_text(rendered("junit", findings()), encoding="utf-8")
    read = junitparser.JUnitXml.fromfile("report.xml")
    assert (read.tests, read.failures, read.skipped) == (7, 6, 1)
    cases = [case for suite in read for case in suite]
    assert [suite.name for suite in read] == [SCRIPT, NOTEBOOK, "gone.py"]
    assert cases[0].result[0].message == "this LSTM has\tactivation <relu> & 100% \N{REPLACEMENT CHARACTER}[31mred"
    assert isinstance(cases[2].result[0], junitparser.Skipped)
    assert "reason" not in cases[3].result[0].text
    assert "inconclusive: no shape is known" in cases[3].result[0].text
    (folder / "none.xml").write_text(rendered("junit", ()), encoding="utf-8")
    clean = junitparser.JUnitXml.fromfile("none.xml")
    assert (clean.tests, clean.failures) == (1, 0)


def test_commands_of_pipelines_stay_on_one_line() -> None:
    wild = "a,b:c]d;e%f.py"
    finding = Finding("RNN101", "a", Severity.WARNING, "100%\r\n::error::x", Span(wild, 0, 1, 2, 3, 4))
    (github,) = rendered("github", (finding,)).splitlines()
    assert "a%2Cb%3Ac]d;e%25f.py,line=1,endLine=3::" in github
    assert "col=" not in github
    (azure,) = rendered("azure", (finding,)).splitlines()
    assert "sourcepath=a,b:c%5Dd%3Be%AZP25f.py;" in azure


class _Page(HTMLParser):
    """What a browser finds in the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.articles: list[dict[str, str | None]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "input"}:
            self.open.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href"}]
        if tag == "article":
            self.articles.append(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_stands_alone_and_escapes() -> None:
    text = rendered("html", findings())
    page = _Page(text)
    assert text.isascii()
    assert page.open == []
    assert all(address.startswith("https://rnnlint.readthedocs.io/rules/") for address in page.addresses)
    assert [article["data-severity"] for article in page.articles][:3] == ["warning", "advice", "error"]
    assert page.articles[2]["class"] == "refuted"
    words = "".join(page.words)
    assert "activation <relu> & 100%" in words
    assert 's = "é' not in words
    assert 'model.add(LSTM(größe, activation="relu"))' in words
