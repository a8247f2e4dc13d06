"""Lints real repositories with two versions of rnnlint and shows as markdown how the findings differ.

    python scripts/primer.py                               # the last commit against the work tree
    python scripts/primer.py --old v0.1.0 --new HEAD       # two commits
    python scripts/primer.py ~/code/forecast ~/code/tagger # these folders, instead of those in scripts/primer.toml

The repositories of scripts/primer.toml are fetched from GitHub into a cache folder, only the commits named there. The
exit code is 1 when a version crashed, ran out of time or a repository could not be fetched, and 2 for wrong use.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIST = Path(__file__).with_name("primer.toml")
WORK_TREE = "the work tree"
OPTIONS = ("--output-format", "json", "--isolated", "--preview", "--min-confidence", "low", "--jobs", "1")
NO_PROMPT = {"GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "1"}


class UsageError(Exception):
    """A wrong argument or list; the argument is the message for the reader."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of rnnlint: `folder` holds its package."""

    label: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Repository:
    """A folder to lint; `url` is what a path in it is appended to for a link, or empty."""

    label: str
    folder: Path
    url: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What one version says of one place; `cell` is 0 in a script."""

    code: str
    file: str
    cell: int
    row: int
    column: int
    name: str
    severity: str
    confidence: str
    message: str

    @property
    def place(self) -> tuple[Any, ...]:
        """What stays the same when only the words change."""
        return self.code, self.file, self.cell, self.row, self.column

    @property
    def line(self) -> tuple[Any, ...]:
        """What stays the same when it is reported elsewhere on the line."""
        return self.code, self.file, self.cell, self.row


@dataclass(frozen=True, slots=True)
class Run:
    """What one version made of one repository; `findings` is None when it gave no answer."""

    findings: tuple[Finding, ...] | None
    seconds: float
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A finding that only one version has, or that they word or grade differently."""

    repository: Repository
    old: Finding | None
    new: Finding | None

    @property
    def kind(self) -> str:
        """How it is told."""
        return "added" if self.old is None else "gone" if self.new is None else "changed"

    @property
    def shown(self) -> Finding:
        """The finding as the newer version has it, if it does."""
        finding = self.new or self.old
        assert finding is not None
        return finding


def git(*arguments: str, folder: Path = ROOT) -> bytes:
    """What git prints; UsageError with its own message when it fails."""
    environment = {**os.environ, **NO_PROMPT}
    try:
        process = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, check=False)
    except OSError as error:
        raise UsageError(f"git cannot be run: {error.strerror}") from error
    if process.returncode:
        reason = process.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(f"git {arguments[0]}: {reason[-1] if reason else 'failed'}")
    return process.stdout


def unpacked(ref: str, scratch: Path) -> Version:
    """The version at a git reference, below `scratch`; the work tree itself without one."""
    if not ref:
        return Version(WORK_TREE, ROOT)
    commit = git("rev-parse", "--verify", "--quiet", "--short", f"{ref}^{{commit}}").decode().strip()
    folder = scratch / commit
    if not folder.exists():
        with tarfile.open(fileobj=io.BytesIO(git("archive", "--format=tar", commit, "rnnlint"))) as archive:
            archive.extractall(folder, filter="data")
    return Version(ref if ref.startswith(commit) else f"{ref} ({commit})", folder)


def local(paths: Sequence[Path]) -> list[Repository]:
    """Folders of this machine, told apart by as much of their paths as it takes."""
    for path in paths:
        if not path.is_dir():
            raise UsageError(f"{path} is not a folder")
    names = Counter(path.resolve().name for path in paths)
    return [
        Repository(str(path) if names[path.resolve().name] > 1 else path.resolve().name, path.resolve())
        for path in paths
    ]


def listed(file: Path) -> list[tuple[str, str]]:
    """The names and commits in a list of public repositories."""
    try:
        entries = tomllib.loads(file.read_text("utf-8")).get("repository", [])
        return [(str(entry["name"]), str(entry["commit"])) for entry in entries]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{file} is no list of repositories with name and commit: {error}") from error


def fetched(name: str, commit: str, cache: Path) -> Repository:
    """One commit of a repository of GitHub, from the cache if it is there."""
    target = cache / f"{name.replace('/', '+')}@{commit[:12]}"
    if not target.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix=".fetching-") as scratch:
            tree = Path(scratch, "tree")
            git("init", "--quiet", str(tree), folder=cache)
            git("fetch", "--quiet", "--depth=1", f"https://github.com/{name}", commit, folder=tree)
            git("checkout", "--quiet", "FETCH_HEAD", folder=tree)
            tree.replace(target)
    return Repository(name, target.resolve(), f"https://github.com/{name}/blob/{commit}/")


def run(version: Version, repository: Repository, timeout: float) -> Run:
    """Lint a repository, without its own Python files in the way of rnnlint's imports (-P)."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("RNNLINT_")}
    environment |= {"PYTHONPATH": str(version.folder), "PYTHONIOENCODING": "utf-8"}
    caches = (version.folder / "rnnlint" / "cache").is_dir()  # from the version on that has one
    started = time.perf_counter()
    try:
        process = subprocess.run(
            [sys.executable, "-P", "-m", "rnnlint", *OPTIONS, *(["--no-cache"] if caches else []), "."],
            cwd=repository.folder,
            env=environment,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Run(None, timeout, f"no answer within {timeout:.0f} s")
    seconds = time.perf_counter() - started
    problem = ""
    if process.returncode not in (0, 1):
        said = process.stderr.decode(errors="replace").strip().splitlines()[-5:]
        problem = "\n".join((f"exit code {process.returncode}", *said))
    try:
        findings = sorted(finding(entry, repository.folder) for entry in json.loads(process.stdout))
    except (ValueError, KeyError, TypeError) as error:
        return Run(None, seconds, problem or f"its answer cannot be read: {error!r}")
    return Run(tuple(findings), seconds, problem)


def finding(entry: dict[str, Any], folder: Path) -> Finding:
    """A finding from rnnlint's JSON."""
    return Finding(
        entry["code"],
        Path(os.path.relpath(entry["filename"], folder)).as_posix(),
        entry["cell"] or 0,
        entry["location"]["row"],
        entry["location"]["column"],
        entry["name"],
        entry["severity"],
        entry["confidence"],
        entry["message"],
    )


def compared(repository: Repository, old: Iterable[Finding], new: Iterable[Finding]) -> Iterator[Change]:
    """What differs: equal findings are set aside first, then those at one place, then those on one line."""
    _, before, after = paired(old, new, lambda finding: finding)
    for key in (lambda finding: finding.place), (lambda finding: finding.line):
        pairs, before, after = paired(before, after, key)
        yield from (Change(repository, *pair) for pair in pairs)
    yield from (Change(repository, finding, None) for finding in before)
    yield from (Change(repository, None, finding) for finding in after)


def paired(
    old: Iterable[Finding], new: Iterable[Finding], key: Callable[[Finding], Any]
) -> tuple[list[tuple[Finding, Finding]], list[Finding], list[Finding]]:
    """Pairs of findings with one key, and what is left of the old and of the new."""
    waiting: defaultdict[Any, list[Finding]] = defaultdict(list)
    for entry in old:
        waiting[key(entry)].append(entry)
    pairs, left = [], []
    for entry in new:
        if partners := waiting[key(entry)]:
            pairs.append((partners.pop(0), entry))
        else:
            left.append(entry)
    return pairs, [entry for entries in waiting.values() for entry in entries], left


def report(versions: tuple[Version, Version], runs: dict[Repository, tuple[Run, Run]]) -> Iterator[str]:
    """The differences as markdown, rule by rule, below a table of the repositories."""
    changes = {
        repository: list(compared(repository, old.findings, new.findings))
        for repository, (old, new) in runs.items()
        if old.findings is not None and new.findings is not None
    }
    by_rule: defaultdict[str, list[Change]] = defaultdict(list)
    for entry in sorted((change for found in changes.values() for change in found), key=lambda change: change.shown):
        by_rule[f"{entry.shown.code} {entry.shown.name}"].append(entry)
    yield f"# {versions[0].label} → {versions[1].label}\n\n"
    yield f"{told(change for found in changes.values() for change in found) or 'No finding differs'} "
    yield f"in {len(changes)} repositories.\n\n"
    yield "| repository | findings | seconds | difference |\n|---|---|---|---|\n"
    for repository, (old, new) in runs.items():
        counts = " → ".join("none" if side.findings is None else str(len(side.findings)) for side in (old, new))
        difference = told(changes[repository]) or "none" if repository in changes else "not compared"
        yield f"| {repository.label} | {counts} | {old.seconds:.1f} → {new.seconds:.1f} | {difference} |\n"
    for rule, found in sorted(by_rule.items()):
        yield f"\n## {rule}: {told(found)}\n\n"
        yield from map(item, found)


def told(changes: Iterable[Change]) -> str:
    """How many changes there are of each kind."""
    counts = Counter(change.kind for change in changes)
    return ", ".join(f"{counts[kind]} {kind}" for kind in ("added", "gone", "changed") if counts[kind])


def item(change: Change) -> str:
    """One change, with the line of source that it speaks of."""
    entry, repository = change.shown, change.repository
    cell = f"cell {entry.cell}:" if entry.cell else ""
    place = f"{repository.label}/{entry.file}:{cell}{entry.row}"
    if repository.url:
        anchor = "" if entry.cell else f"#L{entry.row}"
        place = f"[{place}]({repository.url}{entry.file.replace(' ', '%20')}{anchor})"
    lines = [f"- **{change.kind}** {place}: {entry.message} ({entry.severity}, {entry.confidence} confidence)"]
    if change.old and change.new:
        for field in ("severity", "confidence", "message", "column"):
            was = getattr(change.old, field)
            if was != getattr(change.new, field):
                lines.append(f"  - {field} was: {was}")
    source = source_line(repository.folder / entry.file, entry.cell, entry.row)
    fence = "~~~" if "```" in source else "```"
    return "\n".join((*lines, "", f"  {fence}python", f"  {source}", f"  {fence}", ""))


def source_line(file: Path, cell: int, row: int) -> str:
    """A line of a script, or of a notebook's cell; empty when it is not there."""
    try:
        text = file.read_text("utf-8", errors="replace")
        if cell:
            source = json.loads(text)["cells"][cell - 1]["source"]
            text = source if isinstance(source, str) else "".join(source)
        return text.split("\n")[row - 1].strip()
    except (OSError, ValueError, LookupError, TypeError):
        return ""


def problems(versions: tuple[Version, Version], runs: dict[Repository, tuple[Run, Run]]) -> Iterator[tuple[str, str]]:
    """Where a version failed, and what it said."""
    for repository, pair in runs.items():
        for version, side in zip(versions, pair, strict=True):
            if side.problem:
                yield f"{version.label} on {repository.label}", side.problem


def collect(options: argparse.Namespace) -> tuple[list[Repository], list[tuple[str, str]]]:
    """The repositories to lint, and those that could not be fetched with the reason."""
    if options.folders:
        return local(options.folders), []
    repositories, missing = [], []
    for name, commit in listed(options.list):
        try:
            repositories.append(fetched(name, commit, options.cache))
        except (UsageError, OSError) as error:
            missing.append((f"fetching {name}", str(error)))
    return repositories, missing


def lint_all(
    versions: tuple[Version, Version], repositories: Sequence[Repository], jobs: int, timeout: float
) -> dict[Repository, tuple[Run, Run]]:
    """Both versions on every repository, some processes at a time."""
    with ThreadPoolExecutor(jobs) as pool:
        tasks = {
            repository: [pool.submit(run, version, repository, timeout) for version in versions]
            for repository in repositories
        }
        return {repository: (old.result(), new.result()) for repository, (old, new) in tasks.items()}


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "rnnlint-primer")
    parser = argparse.ArgumentParser(description="Show how the findings of two versions of rnnlint differ.")
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="folders to lint, instead of the list")
    parser.add_argument("--old", default="HEAD", metavar="REF", help="the version before [HEAD]")
    parser.add_argument("--new", default="", metavar="REF", help="the version after [the work tree]")
    parser.add_argument("--list", type=Path, default=LIST, metavar="FILE", help=f"public repositories [{LIST.name}]")
    parser.add_argument("--cache", type=Path, default=cache, metavar="FOLDER", help=f"where they are kept [{cache}]")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes at a time")
    parser.add_argument("--timeout", type=float, default=600, metavar="SECONDS", help="for each run [600]")
    parser.add_argument("-o", "--output-file", type=Path, metavar="FILE", help="write the report to a file")
    return parser


def main() -> int:
    """Lint, compare and print."""
    options = arguments().parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="rnnlint-primer-") as scratch:
            versions = unpacked(options.old, Path(scratch)), unpacked(options.new, Path(scratch))
            repositories, failures = collect(options)
            runs = lint_all(versions, repositories, max(options.jobs, 1), options.timeout)
    except UsageError as error:
        sys.stderr.write(f"primer: error: {error}\n")
        return 2
    failures += problems(versions, runs)
    text = "".join(report(versions, runs))
    for title, said in failures:
        text += f"\n## Failed: {title}\n\n```text\n{said}\n```\n"
    if options.output_file:
        options.output_file.write_text(text, encoding="utf-8")
    else:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        sys.stdout.write(text)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
