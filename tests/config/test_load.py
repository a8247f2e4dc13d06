"""Configuration files: which one holds, what it may say, and how it fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnnlint.config.load import Configuration, find_file, inline_layer
from rnnlint.config.select import ConfigurationError
from rnnlint.config.settings import Settings
from rnnlint.finding import Confidence, Severity


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_toml", ".toml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def settings(folder: Path) -> Settings:
    return Configuration().settings_for(str(folder))


def test_defaults(project: Path) -> None:
    assert find_file(str(project)) is None
    here = settings(project)
    assert (here.fail_on, here.min_confidence, here.scope) == (Severity.WARNING, Confidence.MEDIUM, "all")
    assert here.respect_gitignore


def test_the_closest_file_holds_alone(project: Path) -> None:
    write(project, pyproject_toml='[tool.rnnlint]\nscope = "recurrent"\nfail-on = "error"\n')
    write(project, sub__rnnlint_toml='fail-on = "advice"\n')
    assert settings(project).scope == "recurrent"
    assert settings(project / "other").fail_on is Severity.ERROR
    assert settings(project / "sub").fail_on is Severity.ADVICE
    assert settings(project / "sub" / "deep").scope == "all"


def test_own_files_go_before_the_project_file(project: Path) -> None:
    write(project, pyproject_toml='[tool.rnnlint]\nfail-on = "error"\n')
    (project / ".rnnlint.toml").write_text('fail-on = "warning"\n', encoding="utf-8")
    assert find_file(str(project)) == str(project / ".rnnlint.toml")
    write(project, rnnlint_toml='fail-on = "advice"\n')
    assert find_file(str(project)) == str(project / "rnnlint.toml")


def test_project_files_of_others_are_not_read(project: Path) -> None:
    write(project, pyproject_toml="this is [not TOML")
    assert find_file(str(project)) is None
    write(project, pyproject_toml='[project]\ndependencies = ["rnnlint"]\n')
    assert find_file(str(project)) is None


def test_extend_holds_below(project: Path) -> None:
    write(project, base_toml='select = ["RNN1"]\nscope = "recurrent"\nextend-exclude = ["a"]\n')
    write(project, sub__rnnlint_toml='extend = "../base.toml"\nscope = "all"\nextend-exclude = ["b"]\n')
    here = settings(project / "sub")
    assert here.scope == "all"
    assert here.selections[0].select == ("RNN1",)
    assert here.excludes(str(project / "a"))
    assert here.excludes(str(project / "sub" / "b"))


def test_per_file_ignores_are_relative_to_their_file(project: Path) -> None:
    write(project, rnnlint_toml='[per-file-ignores]\n"tests/**/*.py" = ["RNN1"]\n"!src/*" = ["RNN2"]\n')
    tests, others = settings(project).per_file_ignores
    assert tests.applies_to(str(project / "tests" / "a.py"))
    assert tests.applies_to(str(project / "tests" / "deep" / "a.py"))
    assert not tests.applies_to(str(project / "src" / "tests" / "a.py"))
    assert others.applies_to(str(project / "a.py"))
    assert not others.applies_to(str(project / "src" / "a.py"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []", 'unknown key "selct"; did you mean "select"?\nallowed keys: baseline, exclude, extend'),
        ('select = "RNN1"', '"select" must be a list of strings, not "RNN1"'),
        ("select = [1]", '"select" must be a list of strings'),
        ("preview = 1", '"preview" must be true or false, not 1'),
        ('fail-on = "never"', '"fail-on" must be "error" or "warning" or "advice", not "never"'),
        ('per-file-ignores = ["a"]', '"per-file-ignores" must be a table of lists of strings'),
        ('scope = "all"\nselect = [', "not valid TOML: "),
        ('extend = "gone.toml"', "gone.toml: no such file or directory"),
        ('extend = "rnnlint.toml"', "extends itself"),
    ],
)
def test_mistakes_name_the_file_and_the_key(project: Path, text: str, message: str) -> None:
    write(project, rnnlint_toml=text)
    with pytest.raises(ConfigurationError) as refusal:
        settings(project)
    assert str(project) in str(refusal.value)
    assert message in str(refusal.value)


def test_broken_toml_names_the_line(project: Path) -> None:
    write(project, pyproject_toml="[tool.rnnlint]\nscope = all\n")
    with pytest.raises(ConfigurationError, match="at line 2"):
        settings(project)


def test_files_that_are_not_text_are_refused(project: Path) -> None:
    (project / "rnnlint.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="not valid utf-8"):
        settings(project)


def test_given_file_isolation_and_inline_options(project: Path) -> None:
    write(project, rnnlint_toml='scope = "recurrent"\n', other_toml='fail-on = "advice"\n')
    folder = str(project)
    assert Configuration(isolated=True).settings_for(folder).scope == "all"
    given = Configuration([inline_layer("preview = true")], file=str(project / "other.toml")).settings_for(folder)
    assert (given.scope, given.fail_on, given.preview) == ("all", Severity.ADVICE, True)
    with pytest.raises(ConfigurationError, match="no meaning"):
        inline_layer('extend = "x.toml"')
