"""Imports: names of libraries stay names; the project's own modules are found with astroid and read on demand."""

from __future__ import annotations

from pathlib import Path

import libcst as cst

from rnnlint.frontend.machine import Frame, Machine
from rnnlint.frontend.parse import parse
from rnnlint.frontend.values import Const, External, ModuleValue, Opaque, Scope, Value
from rnnlint.source.document import Document

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


class Library:
    """The project's modules around one file, each run at most once."""

    def __init__(self, entry: Path | None, roots: tuple[Path, ...], working: Path) -> None:
        self.entry = entry
        self.working = working
        self.paths = [str(path) for path in dict.fromkeys(_search_paths(entry, roots))]
        self.loaded: dict[Path, ModuleValue | None] = {}
        self.depth = 0

    def find(self, name: str, start: Path | None, level: int) -> Path | None:
        """The file of a module of the project, or None for an installed or missing one."""
        if not name and not level:
            return None
        if level:
            if start is None:
                return None
            folder = start.parent
            for _ in range(level - 1):
                folder = folder.parent
            return _in_folder(folder, name)
        first = name.split(".", 1)[0]
        if not any((Path(path) / first).is_dir() or (Path(path) / f"{first}.py").is_file() for path in self.paths):
            return None
        return self._by_astroid(name)

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
        path = path / "__init__.py" if path.is_dir() else path
        inside = any(path.is_relative_to(folder) for folder in self.paths)
        return path.resolve() if inside and path.suffix == ".py" and path.is_file() else None


def _in_folder(folder: Path, name: str) -> Path | None:
    base = folder.joinpath(*name.split(".")) if name else folder
    for candidate in (base.with_suffix(".py") if name else None, base / "__init__.py"):
        if candidate is not None and candidate.is_file():
            return candidate.resolve()
    return None


def _search_paths(entry: Path | None, roots: tuple[Path, ...]) -> list[Path]:
    if entry is None:
        return list(roots)
    folder = entry.parent
    paths = [folder, *roots]
    while (folder / "__init__.py").is_file() and folder.parent != folder:
        folder = folder.parent
        paths.append(folder)
    for ancestor in (entry.parent, *list(entry.parents)[1:4]):
        marked = any((ancestor / name).exists() for name in (".git", "pyproject.toml", "setup.py", "requirements.txt"))
        if marked:
            paths.extend([ancestor, ancestor / "src"])
            break
    return [path for path in paths if path.is_dir()]


def load(m: Machine, library: Library, path: Path, name: str) -> ModuleValue | None:
    """The module in a file, run when it is first asked for."""
    if path in library.loaded:
        return library.loaded[path]
    if len(library.loaded) >= MAX_MODULES or library.depth >= MAX_IMPORT_DEPTH:
        return None
    library.loaded[path] = None
    document = _read(path, library.working)
    syntax = parse(document) if document is not None else None
    if syntax is None:
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
    try:
        if path.stat().st_size > MAX_BYTES:
            return None
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError):
        return None
    display = str(path.relative_to(working)) if path.is_relative_to(working) else str(path)
    return Document(display, text, path)


def execute_module(m: Machine, module: ModuleValue, name: str) -> None:
    """Run a module's body."""
    from rnnlint.frontend.statements import run_block

    module.scope.slots["__name__"] = Const(name)
    m.frames.append(Frame(module))
    try:
        run_block(m, module.syntax.tree.body, module.scope)
    finally:
        m.frames.pop()


def run_import(m: Machine, node: cst.Import, scope: Scope) -> None:
    """`import a.b as c`."""
    for alias in node.names:
        path = dotted(alias.name)
        if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
            value = _module(m, path, 0, node) or External(path)
            m.heap.write(scope, alias.asname.name.value, value)
            continue
        first = path.split(".", 1)[0]
        top = _module(m, first, 0, node)
        if top is None or "." in path:
            _import_submodules(m, path, top, node)
        bound = scope.slots.get(first)
        if not (isinstance(bound, ModuleValue) and bound is top):
            m.heap.write(scope, first, top or External(first))


def _import_submodules(m: Machine, path: str, top: ModuleValue | None, node: cst.CSTNode) -> None:
    parts = path.split(".")
    holder = top
    for index in range(1, len(parts)):
        inner = _module(m, ".".join(parts[: index + 1]), 0, node)
        if holder is None or inner is None:
            return
        holder.scope.slots[parts[index]] = inner
        holder = inner


def run_import_from(m: Machine, node: cst.ImportFrom, scope: Scope) -> None:
    """`from a.b import c as d`, `from . import e`, `from f import *`."""
    path, level = dotted(node.module), len(node.relative)
    module = _module(m, path, level, node)
    if isinstance(node.names, cst.ImportStar):
        scope.stars.append(module if module is not None else path)
        return
    for alias in node.names:
        name = dotted(alias.name)
        target = alias.asname.name.value if alias.asname and isinstance(alias.asname.name, cst.Name) else name
        m.heap.write(scope, target, _member(m, module, path, level, name, node))


def _member(
    m: Machine, module: ModuleValue | None, path: str, level: int, name: str, node: cst.CSTNode
) -> Value:
    from rnnlint.frontend.expressions import lookup

    if module is not None:
        found = lookup(name, module.scope)
        if found is not None:
            return found
    submodule = _module(m, f"{path}.{name}" if path else name, level, node)
    if submodule is not None:
        return submodule
    if module is not None:
        return Opaque(f"{name} is not found in {module.name}")
    return Opaque("a module that is not found") if level else External(f"{path}.{name}" if path else name)


def _module(m: Machine, name: str, level: int, node: cst.CSTNode) -> ModuleValue | None:
    library = m.library
    current = m.frame.module.syntax
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
