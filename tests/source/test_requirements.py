"""The versions that files beside a script ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnnlint.source.requirements import brings, parse, requirements_near

Bounds = tuple[str, object, object, bool]


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("Keras==2.3.1", ("keras", (2, 3), (2, 3), False)),
        ("tensorflow-gpu >= 1.15, < 2.0", ("tensorflow", (1, 15), (2, 0), True)),
        ("torch>=2", ("torch", (2, 0), None, False)),
        ("torch~=1.8", ("torch", (1, 8), (2, 0), True)),
        ("tensorflow[and-cuda]==2.15.*", ("tensorflow", (2, 15), (2, 15), False)),
        ("dependencies:\n  - pytorch=1.4.0=py3.7_cuda", ("torch", (1, 4), (1, 4), False)),
        ('keras = "^2.8"', ("keras", (2, 8), (3, 0), True)),
        ('tensorflow = {version = "2.10.0", optional = true}', ("tensorflow", (2, 10), (2, 10), False)),
        ('install_requires=["numpy", "torchtext<=0.8"]', ("torchtext", None, (0, 8), False)),
    ],
)
def test_a_requirement_has_bounds(text: str, bounds: Bounds) -> None:
    (asked,) = parse(text, "a file")
    assert (asked.library, asked.lowest, asked.highest, asked.below) == bounds


@pytest.mark.parametrize(
    "text",
    ["keras", "keras-tuner==1.0", "pytorch-lightning==1.5", "tf_keras==2.15", "my-torch==0.1", "torchvision==0.9"],
)
def test_other_packages_and_open_requirements_say_nothing(text: str) -> None:
    assert list(parse(text, "a file")) == []


def test_the_nearest_file_decides(tmp_path: Path) -> None:
    inner = tmp_path / "project" / "models"
    inner.mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("keras==2.2.4\ntorch==1.0\n")
    (inner.parent / "environment.yml").write_text("dependencies:\n  - keras=3.3  # not keras=2.0\n")
    found = requirements_near(inner / "train.py")
    assert [one.text for one in found["keras"]] == ["keras=3.3"]
    assert [one.file for one in found["torch"]] == ["requirements.txt"]


def test_the_search_ends_at_the_repository(tmp_path: Path) -> None:
    inner = tmp_path / "project"
    (inner / ".git").mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("keras==2.2.4\n")
    assert requirements_near(inner / "train.py") == {}


def test_a_project_may_bring_its_own_keras(tmp_path: Path) -> None:
    script = tmp_path / "examples" / "train.py"
    assert not brings(script, "keras")
    (tmp_path / "keras").mkdir()
    (tmp_path / "keras" / "__init__.py").touch()
    assert brings(script, "keras")
    (tmp_path / "examples" / ".git").mkdir(parents=True)
    assert not brings(script, "keras")


def test_a_notebook_says_what_it_installs(tmp_path: Path) -> None:
    path = tmp_path / "train.ipynb"
    path.write_text(
        r'{"source": ["!pip install -q \"keras<3\"\n", "%tensorflow_version 1.x\n", "x = \"torch==1.0\"\n"]}'
    )
    found = requirements_near(path)
    assert {library: [one.highest for one in asked] for library, asked in found.items()} == {
        "keras": [(3, 0)],
        "tensorflow": [(2, 0)],
    }


def test_a_notebook_may_install_a_preview(tmp_path: Path) -> None:
    path = tmp_path / "train.ipynb"
    path.write_text('{"source": ["!pip install -q tf-nightly-2.0-preview\\n"]}')
    (asked,) = requirements_near(path)["tensorflow"]
    assert (asked.text, asked.lowest, asked.highest) == ("tf-nightly-2.0-preview", (2, 0), (2, 0))


@pytest.mark.parametrize("data", [b"\xff\xfek\x00e\x00r\x00a\x00s\x00=\x00=\x002\x00.\x001\x00", b"keras==2.1\n\xff"])
def test_any_encoding_is_read(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes(data)
    assert [one.highest for one in requirements_near(tmp_path / "train.py")["keras"]] == [(2, 1)]
