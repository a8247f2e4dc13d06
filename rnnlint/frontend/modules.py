"""Imports: names of libraries stay names; the project's own modules are found with astroid and read on demand."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import libcst as cst

from rnnlint.frontend import UnparsableError
from rnnlint.frontend.catalog.removed_names import LIBRARIES
from rnnlint.frontend.drift import note_import
from rnnlint.frontend.machine import Frame, Machine
from rnnlint.frontend.parse import parse
from rnnlint.frontend.values import Const, External, LazyImport, ModuleValue, Opaque, Scope, Value
from rnnlint.source.document import Document
from rnnlint.source.memory import at_forget
from rnnlint.source.observe import content, kind, places_of_module
from rnnlint.source.reading import UnreadableError, decode

MAX_MODULES = 30
MAX_BYTES = 300_000
MAX_IMPORT_DEPTH = 5


def dotted(node: cst.BaseExpression | None) -> str:
    """`a.b.c` as text."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        return f"{dotted(node.value)}.{node.attr.value}"
    return ""


class CircularImportError(RecursionError):
    """A name is imported from where it is imported from: looking for it would not come to an end."""


class Library:
    """The project's modules around one file, each run at most once."""

    def __init__(self, entry: Path | None, roots: tuple[Path, ...], working: Path) -> None:
        self.entry = entry
        self.working = working
        self.paths = [str(path) for path in dict.fromkeys(_search_paths(entry, roots))]
        self.loaded: dict[Path, ModuleValue | None] = {}
        self.found: dict[tuple[Path | None, int, str], Path | None] = {}
        self.depth = 0
        self._sought: set[tuple[int, str, int, int]] = set()

    @contextmanager
    def seeking(self, lazy: LazyImport, name: str, steps: int) -> Iterator[None]:
        """A name is looked for through an import. `steps` are those that the program has run.

        Raises:
            CircularImportError: the same search is under way, and neither a statement was run nor a module read since.
        """
        search = (id(lazy), name, steps, len(self.loaded))
        if search in self._sought:
            raise CircularImportError(name)
        self._sought.add(search)
        try:
            yield
        finally:
            self._sought.remove(search)

    def find(self, name: str, start: Path | None, level: int) -> Path | None:
        """The file of a module of the project, or None for an installed or missing one; looked for once."""
        key = (start if level else None, level, name)
        if key not in self.found:
            self.found[key] = self._look_for(name, start, level)
        return self.found[key]

    def _look_for(self, name: str, start: Path | None, level: int) -> Path | None:
        if not name and not level:
            return None
        if level:
            if start is None:
                return None
            folder = start.parent
            for _ in range(level - 1):
                folder = folder.parent
            return _in_folder(folder, name)
        reached = [_reached(path, name.split(".")) for path in self.paths]
        return self._by_astroid(name) if any(reached) else None

    def _by_astroid(self, name: str) -> Path | None:
        from astroid import modutils

        try:
            spec = modutils.file_info_from_modpath(name.split("."), path=self.paths)
        except Exception:
            return None
        location = getattr(spec, "location", None)
        if not location:
            return None
        path = Path(location)
        path = path / "__init__.py" if kind(str(path)) == "folder" else path
        inside = any(path.is_relative_to(folder) for folder in self.paths)
        return path.resolve() if inside and path.suffix == ".py" and kind(str(path)) == "file" else None


@at_forget
def _forget_finds() -> None:
    """astroid and importlib remember what they found in a folder, and what they did not."""
    importlib.invalidate_caches()
    for name, module in list(sys.modules.items()):
        if name == "astroid.modutils" or name.startswith("astroid.interpreter._import"):
            holders = [module, *(value for value in vars(module).values() if isinstance(value, type))]
            for function in [getattr(holder, key) for holder in holders for key in list(vars(holder))]:
                if hasattr(function, "cache_clear"):
                    function.cache_clear()


def _reached(folder: str, parts: list[str]) -> bool:
    """Whether the first part of a module's name is in a folder; the others are looked up for the record."""
    for depth, part in enumerate(parts):
        places = {(end, kind_of) for end, kind_of, _ in places_of_module(folder, part)}
        if not places & {("", "folder"), (".py", "file")}:
            return depth > 0
        folder = str(Path(folder, part))
    return True


def _in_folder(folder: Path, name: str) -> Path | None:
    base = folder.joinpath(*name.split(".")) if name else folder
    for candidate in (base.with_suffix(".py") if name else None, base / "__init__.py"):
        if candidate is not None and kind(str(candidate)) == "file":
            return candidate.resolve()
    return None


def _search_paths(entry: Path | None, roots: tuple[Path, ...]) -> list[Path]:
    if entry is None:
        return list(roots)
    folder = entry.parent
    paths = [folder, *roots]
    while kind(str(folder / "__init__.py")) == "file" and folder.parent != folder:
        folder = folder.parent
        paths.append(folder)
    for ancestor in (entry.parent, *list(entry.parents)[1:4]):
        marked = any(kind(str(ancestor / name)) for name in (".git", "pyproject.toml", "setup.py", "requirements.txt"))
        if marked:
            paths.extend([ancestor, ancestor / "src"])
            break
    return [path for path in paths if kind(str(path)) == "folder"]


def load(m: Machine, library: Library, path: Path, name: str) -> ModuleValue | None:
    """The module in a file, run when it is first asked for."""
    if path in library.loaded:
        return library.loaded[path]
    if len(library.loaded) >= MAX_MODULES or library.depth >= MAX_IMPORT_DEPTH:
        return None
    library.loaded[path] = None
    document = _read(path, library.working)
    if document is None:
        return None
    try:
        syntax = parse(document)
    except UnparsableError:
        return None
    module = ModuleValue(name, syntax)
    library.loaded[path] = module
    library.depth += 1
    try:
        execute_module(m, module, name)
    finally:
        library.depth -= 1
    return module


def _read(path: Path, working: Path) -> Document | None:
    data = content(str(path), str(MAX_BYTES))
    try:
        text = decode(data) if data is not None else None
    except UnreadableError:
        return None
    if text is None:
        return None
    display = str(path.relative_to(working)) if path.is_relative_to(working) else str(path)
    return Document(display, text, path)


def execute_module(m: Machine, module: ModuleValue, name: str) -> None:
    """Run a module's body, outside of the loops that run where it is first used."""
    module.scope.slots["__name__"] = Const(name)
    m.frames.append(Frame(module))
    turns, m.turns = m.turns, []
    branches, m.branches = m.branches, []
    try:
        m.run(module.syntax.tree.body, module.scope)
    finally:
        m.frames.pop()
        m.turns, m.branches = turns, branches


def run_import(m: Machine, node: cst.Import, scope: Scope) -> None:
    """`import a.b as c`."""
    for alias in node.names:
        path = dotted(alias.name)
        _note(m, path, alias)
        if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
            m.heap.write(scope, alias.asname.name.value, LazyImport(path, 0, "", node))
            continue
        first = path.split(".", 1)[0]
        if "." not in path:
            m.heap.write(scope, first, LazyImport(first, 0, "", node))
            continue
        top = _module(m, m.frame.module, first, 0, node)
        if top is not None:
            _import_submodules(m, path, top, node)
        m.heap.write(scope, first, top or External(first))


def _import_submodules(m: Machine, path: str, top: ModuleValue, node: cst.CSTNode) -> None:
    parts = path.split(".")
    holder = top
    for index in range(1, len(parts)):
        inner = _module(m, m.frame.module, ".".join(parts[: index + 1]), 0, node)
        if inner is None:
            return
        holder.scope.slots[parts[index]] = inner
        holder = inner


def run_import_from(m: Machine, node: cst.ImportFrom, scope: Scope) -> None:
    """`from a.b import c as d`, `from . import e`, `from f import *`."""
    path, level = dotted(node.module), len(node.relative)
    if isinstance(node.names, cst.ImportStar):
        scope.stars.append(LazyImport(path, level, "*", node))
        return
    for alias in node.names:
        name = dotted(alias.name)
        if not level:
            _note(m, f"{path}.{name}", alias)
        target = alias.asname.name.value if alias.asname and isinstance(alias.asname.name, cst.Name) else name
        m.heap.write(scope, target, LazyImport(path, level, name, node))


def _note(m: Machine, path: str, node: cst.CSTNode) -> None:
    """A library's name, unless a module of the project has it."""
    first = path.split(".", 1)[0]
    if first in LIBRARIES and m.library.find(first, m.frame.module.syntax.document.path, 0) is None:
        note_import(m, path, node)


def resolve(m: Machine, lazy: LazyImport, importer: ModuleValue | None) -> Value:
    """What an import is bound to, now that it is used."""
    if importer is None:
        return Opaque("an import outside a module")
    with m.library.seeking(lazy, lazy.name, m.steps):
        module = _module(m, importer, lazy.path, lazy.level, lazy.node)
        if not lazy.name:
            return module or External(lazy.path)
        return _member(m, importer, module, lazy)


def from_star(m: Machine, name: str, star: LazyImport, importer: ModuleValue | None) -> Value | None:
    """What a star import binds a name to, if it does."""
    from rnnlint.frontend.catalog.exports import exports
    from rnnlint.frontend.expressions import lookup

    module = _module(m, importer, star.path, star.level, star.node) if importer is not None else None
    if module is not None:
        if name.startswith("_"):
            return None
        with m.library.seeking(star, name, m.steps):
            return lookup(m, name, module.scope)
    path = f"{star.path}.{name}"
    if not exports(star.path, name):
        return None
    _note(m, path, star.node)
    return External(path)


def _member(m: Machine, importer: ModuleValue, module: ModuleValue | None, lazy: LazyImport) -> Value:
    from rnnlint.frontend.expressions import lookup

    if module is not None:
        found = lookup(m, lazy.name, module.scope)
        if found is not None:
            return found
    path = f"{lazy.path}.{lazy.name}" if lazy.path else lazy.name
    submodule = _module(m, importer, path, lazy.level, lazy.node)
    if submodule is not None:
        return submodule
    if module is not None:
        return Opaque(f"{lazy.name} is not found in {module.name}")
    return Opaque("a module that is not found") if lazy.level else External(path)


def _module(m: Machine, importer: ModuleValue, name: str, level: int, node: cst.CSTNode) -> ModuleValue | None:
    library, current = m.library, importer.syntax
    path = library.find(name, current.document.path, level)
    if path is None or path == current.document.path:
        return None
    before = m.via
    if current is m.entry:
        m.via = m.entry.span(node)
    try:
        return load(m, library, path, name)
    finally:
        m.via = before
