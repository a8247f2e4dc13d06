"""IPython's own syntax, masked by Python of the same lines and, where code is kept, the same columns."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PYTHON_LINE_MAGICS = frozenset({"time", "timeit", "prun", "memit", "mprun", "lprun", "debug"})
_PYTHON_CELL_MAGICS = _PYTHON_LINE_MAGICS | {
    "capture",
    "notify",
    "pyinstrument",
    "scalene",
    "snakeviz",
    "wandb",
}
_CELL_MAGIC = re.compile(r"%%(\w+)(.*)")
_ESCAPE = re.compile(r"(\s*)(?:[%!/,;]|\?{1,2})")
_LINE_MAGIC = re.compile(r"(\s*)(%(\w+)(?:\s+-\w+(?:\s+[\d.]+)?)*\s+)(\S.*)")
_ASSIGNED_MAGIC = re.compile(r"(\s*[^#=]+=\s*)([!%])(.*)")
_HELP = re.compile(r"(\s*)(?:\?{1,2}\s*[\w.*%]+|%{0,2}[\w.*]+(?:\[[^\]]*\])*\?{1,2})\s*;?\s*$")
_SHELL_WORDS = re.compile(
    r"(?:pip3?|conda|mamba|cd|ls|ll|pwd|mkdir|rmdir|rm|cp|mv|cat|head|less|more|man|wget|git|matplotlib)"
    r"(?:\s+[^\s=(\[.,:+*/%&|<>-]|\s+[-./~*]|\s*$)"
)
_QUOTE = re.compile(r"[rRbBuUfF]{0,2}(\"\"\"|'''|\"|')")
_KEPT_PREFIX = "pass;"
_NOT_KEPT = ("for ", "with ", "if ", "while ", "try:", "-", "!", "%")


def mask_magics(text: str) -> str:
    """The cell without magics, shell lines and help requests.

    Bodies of magics that run Python (`%%time`) are kept; those of other languages (`%%bash`) become blank.
    """
    lines = text.split("\n")
    start = 0
    while (start := _first_code_line(lines, start)) < len(lines):
        magic = _CELL_MAGIC.match(lines[start])
        if magic is None:
            break
        if magic[1] not in _PYTHON_CELL_MAGICS:
            return "\n" * (len(lines) - 1)
        lines[start] = ""
        start += 1
    return "\n".join(_mask_lines(lines))


def mask_shell_words(text: str) -> str:
    """The cell without lines such as `pip install x`, which IPython's automagic runs."""
    return "\n".join("pass" if _SHELL_WORDS.match(line) else line for line in text.split("\n"))


def _first_code_line(lines: list[str], start: int) -> int:
    while start < len(lines) and (not lines[start].strip() or lines[start].lstrip().startswith("#")):
        start += 1
    return start


def _mask_lines(lines: list[str]) -> list[str]:
    masked: list[str] = []
    state = _State()
    in_magic = False
    for line in lines:
        if in_magic:
            in_magic = line.endswith("\\")
            masked.append("")
            continue
        python = (_mask_line(line) if state.at_statement else None) or line
        in_magic = line.endswith("\\") and not python.endswith("\\")
        state.advance(python)
        masked.append(python)
    return masked


def _mask_line(line: str) -> str | None:
    """What stands for a line that opens a statement, or None when the line is Python."""
    if help_request := _HELP.match(line):
        return f"{help_request[1]}pass"
    if escape := _ESCAPE.match(line):
        return _keep_timed_code(line) or f"{escape[1]}pass"
    if assigned := _ASSIGNED_MAGIC.match(line):
        kept = _LINE_MAGIC.match(assigned[2] + assigned[3])
        if kept and kept[3] in _PYTHON_LINE_MAGICS:
            return assigned[1] + " " * len(kept[2]) + kept[4]
        return f"{assigned[1]}get_ipython().getoutput()"
    return None


def _keep_timed_code(line: str) -> str | None:
    """`%time model.fit(x)` runs Python: it stays at its columns behind a statement as wide as the magic."""
    magic = _LINE_MAGIC.match(line)
    if magic is None or magic[3] not in _PYTHON_LINE_MAGICS or magic[4].startswith(_NOT_KEPT):
        return None
    indent, head, _, code = magic.groups()
    return indent + _KEPT_PREFIX.ljust(len(head)) + code


@dataclass(slots=True)
class _State:
    """Whether the next line opens a statement: not within a string, a bracket or a continued line."""

    quote: str = ""
    depth: int = 0
    continued: bool = False

    @property
    def at_statement(self) -> bool:
        return not self.quote and not self.depth and not self.continued

    def advance(self, line: str) -> None:
        position = 0
        self.continued = False
        while position < len(line):
            position = self._in_string(line, position) if self.quote else self._in_code(line, position)
        if len(self.quote) == 1:
            self.quote = self.quote if line.endswith("\\") else ""

    def _in_string(self, line: str, position: int) -> int:
        if line[position] == "\\":
            return position + 2
        if line.startswith(self.quote, position):
            position += len(self.quote)
            self.quote = ""
            return position
        return position + 1

    def _in_code(self, line: str, position: int) -> int:
        character = line[position]
        if character == "#":
            return len(line)
        if opening := _QUOTE.match(line, position):
            self.quote = opening[1]
            return opening.end()
        if character in "([{":
            self.depth += 1
        elif character in ")]}":
            self.depth = max(0, self.depth - 1)
        elif character == "\\" and position == len(line) - 1:
            self.continued = True
        return position + 1
