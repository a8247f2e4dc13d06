"""Modules of the project are read; those of libraries stay names."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from rnnlint.frontend import build_program
from rnnlint.frontend.modules import Library
from rnnlint.frontend.values import LazyImport
from rnnlint.source.document import Document
from tests.frontend.support import build, settings_of

MAKER = "import keras\nUNITS = 6\ndef make(units=UNITS):\n    return keras.layers.LSTM(units)\n"


def test_module_beside_the_file(tmp_path: Path) -> None:
    program = build("import maker\nmaker.make()\nmaker.make(maker.UNITS + 1)\n", tmp_path, maker=MAKER)
    assert settings_of(program, "units") == [6, 7]


def test_module_under_another_name(tmp_path: Path) -> None:
    assert settings_of(build("import maker as m\nm.make()\n", tmp_path, maker=MAKER), "units") == [6]


def test_module_of_a_package(tmp_path: Path) -> None:
    files = {"parts/__init__": "", "parts/maker": MAKER}
    for text in (
        "from parts.maker import make\nmake()\n",
        "from parts import maker\nmaker.make()\n",
        "import parts.maker\nparts.maker.make()\n",
        "import parts.maker as m\nm.make()\n",
    ):
        assert settings_of(build(text, tmp_path, **files), "units") == [6]


def test_package_without_init(tmp_path: Path) -> None:
    assert settings_of(
        build("from parts.maker import make\nmake()\n", tmp_path, **{"parts/maker": MAKER}), "units"
    ) == [6]


def test_relative_imports_inside_a_package(tmp_path: Path) -> None:
    program = build(
        "from parts import make, sizes\nmake(sizes.UNITS)\n",
        tmp_path,
        **{
            "parts/__init__": "from .maker import make\nfrom . import sizes\n",
            "parts/maker": "from ..parts.sizes import UNITS\nimport keras\n"
            "def make(n):\n    keras.layers.LSTM(n + UNITS)\n",
            "parts/sizes": "UNITS = 4\n",
        },
    )
    assert settings_of(program, "units") == [8]


def test_file_inside_a_package_sees_the_package(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "__init__.py").write_text("")
    (tmp_path / "parts" / "maker.py").write_text(MAKER)
    for text in ("from .maker import make\nmake()\n", "from parts.maker import make\nmake()\n"):
        path = tmp_path / "parts" / "train.py"
        path.write_text(text)
        assert settings_of(build_program(Document("parts/train.py", text, path)), "units") == [6]


def test_module_in_a_given_root(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "maker.py").write_text(MAKER)
    (tmp_path / "scripts").mkdir()
    path = tmp_path / "scripts" / "train.py"
    text = "from maker import make\nmake()\n"
    path.write_text(text)
    assert build_program(Document("train.py", text, path)).layers == ()
    found = build_program(Document("train.py", text, path), (tmp_path / "library",))
    assert settings_of(found, "units") == [6]


def test_modules_that_import_each_other(tmp_path: Path) -> None:
    program = build(
        "from one import make\nmake()\n",
        tmp_path,
        one="import keras\nfrom two import UNITS\nSIZE = 3\ndef make():\n    keras.layers.LSTM(UNITS)\n",
        two="import one\nUNITS = 5\ndef later():\n    return one.SIZE\n",
    )
    assert settings_of(program, "units") == [5]


def test_module_that_imports_itself(tmp_path: Path) -> None:
    program = build("import main\nimport keras\nkeras.layers.LSTM(3)\n", tmp_path)
    assert settings_of(program, "units") == [3]


def test_missing_modules_leave_the_rest(tmp_path: Path) -> None:
    program = build(
        """
        from nowhere import UNITS
        from .sibling import thing
        from absent.deeply import *
        import keras
        keras.layers.LSTM(thing)
        keras.layers.LSTM(4)
        """,
        tmp_path,
    )
    assert settings_of(program, "units") == ["?", 4]


def test_name_that_a_module_does_not_have(tmp_path: Path) -> None:
    program = build("from maker import absent\nimport keras\nkeras.layers.LSTM(absent)\n", tmp_path, maker=MAKER)
    assert settings_of(program, "units") == ["?"]


def test_module_that_cannot_be_parsed(tmp_path: Path) -> None:
    program = build("import broken\nimport keras\nkeras.layers.LSTM(3)\nbroken.f()\n", tmp_path, broken="def (")
    assert settings_of(program, "units") == [3]


def test_module_of_the_project_comes_before_a_library_of_the_same_name(tmp_path: Path) -> None:
    program = build("from keras import layers\nlayers(3)\n", tmp_path, keras="def layers(n):\n    return n\n")
    assert program.layers == ()


def test_main_guard_of_an_imported_module_is_not_run(tmp_path: Path) -> None:
    program = build(
        "import maker\nmaker.make()\n", tmp_path, maker=f"{MAKER}if __name__ == '__main__':\n    make(99)\n"
    )
    assert settings_of(program, "units") == [6]


def test_site_in_another_file_names_the_place_it_was_reached_from(tmp_path: Path) -> None:
    program = build("import maker\n\nmaker.make()\n", tmp_path, maker=MAKER)
    site = program.layers[0].site
    assert site.span.path.endswith("maker.py")
    assert site.span.line == 4
    assert site.via is not None
    assert (site.via.path, site.via.line) == ("main.py", 3)


def test_assignment_to_an_attribute_of_a_module_is_seen(tmp_path: Path) -> None:
    text = "import config, keras\nconfig.UNITS = 8\nkeras.layers.LSTM(config.UNITS)\n"
    assert settings_of(build(text, tmp_path, config="UNITS = 3\n"), "units") == [8]


CIRCLES = {
    "stars": {"one": "from two import *\n", "two": "from one import *\n"},
    "a package that imports its own star": {
        "parts/__init__": "from parts.api import *\n",
        "parts/api": "from parts import layers\n",
    },
}


@pytest.mark.parametrize("circle", CIRCLES)
def test_imports_in_a_circle_cost_one_statement(circle: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    searches = []
    original = Library.seeking

    def counted(self: Library, lazy: LazyImport, name: str, steps: int) -> AbstractContextManager[None]:
        searches.append(name)
        return original(self, lazy, name, steps)

    monkeypatch.setattr(Library, "seeking", counted)
    lost = {
        "stars": "from one import lost\n",
        "a package that imports its own star": "from parts import layers as lost\n",
    }
    text = f"import keras\n{lost[circle]}lost.LSTM(3)\nkeras.layers.LSTM(4)\n"
    program = build(text, tmp_path, **CIRCLES[circle])
    assert settings_of(program, "units") == [4]
    assert len(searches) < 20
