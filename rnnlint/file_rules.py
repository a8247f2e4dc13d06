"""The rules about files and suppression comments, which the engine reports itself: their documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rnnlint.finding import Applicability, Severity
from rnnlint.program.program import Program
from rnnlint.rules.base import Rule, Verdict
from rnnlint.silencing import UNUSED_SUPPRESSION
from rnnlint.source.problems import INVALID_SYNTAX, IO_ERROR


class FileRule(Rule):
    """A rule whose findings come from reading a file, not from the Program."""

    def check(self, program: Program) -> Iterator[Verdict]:
        """Nothing: the Program of a file that was read has nothing to say here."""
        return iter(())


class UnusedSuppression(FileRule):
    """A suppression comment silences nothing.

    ## What it does
    Reports a `# noqa: RNN...`, `# rnnlint: ignore[...]` or `# rnnlint: file-ignore[...]` comment, or one of
    the rules it names, when no finding is silenced by it. Says so when it names a rule that does not exist, and
    when a `# rnnlint:` comment cannot be followed: an unknown directive such as `noqa` or `disable`, empty
    brackets, a bracket that is not closed. Such a comment silences nothing; the message holds the right form.

    ## Why it is bad
    The fault it spoke of is gone, or the comment stands on the wrong line. Left in place it hides the next
    fault of that kind. One that is misspelt does not do what its author takes it to do.

    ## Example
    ```python
    model.add(LSTM(64))  # noqa: RNN101
    ```

    ## Use instead
    ```python
    model.add(LSTM(64))
    ```

    ## How it is confirmed
    It needs no probe: the same run shows that no finding met the comment.

    ## When it is silent
    A bare `# noqa`, codes of other tools, and rules that this run did not select are never reported. Neither
    is a file in which something could not be read or analysed.

    ## Fix safety
    Safe: it removes the comment, or the idle rules from it. What is misspelt is left to its author.

    ## References
    - [flake8: selecting and ignoring violations](https://flake8.pycqa.org/en/latest/user/violations.html)
    """

    code: ClassVar[str] = UNUSED_SUPPRESSION[0]
    name: ClassVar[str] = UNUSED_SUPPRESSION[1]
    severity: ClassVar[Severity] = Severity.WARNING
    fixes: ClassVar[tuple[Applicability, ...]] = (Applicability.SAFE,)


class IoError(FileRule):
    """A file cannot be read.

    ## What it does
    Reports a path that does not exist, a file or folder that may not be read, text that its encoding does not
    allow, and a notebook that is not JSON.

    ## Why it is bad
    A file that is skipped in silence looks like a file without faults.

    ## Example
    ```console
    rnnlint trian.py
    ```

    ## Use instead
    ```console
    rnnlint train.py
    ```

    ## How it is confirmed
    It needs no probe: the message holds the reason that the system or the decoder gave.

    ## When it is silent
    Excluded files and files that git ignores are not read.

    ## Fix safety
    There is no fix.

    ## References
    - [PEP 263: defining Python source code encodings](https://peps.python.org/pep-0263/)
    """

    code: ClassVar[str] = IO_ERROR[0]
    name: ClassVar[str] = IO_ERROR[1]
    severity: ClassVar[Severity] = Severity.ERROR


class InvalidSyntax(FileRule):
    """A file, or a cell of a notebook, is not valid Python.

    ## What it does
    Reports CPython's own message at its own place. In a notebook the cell is skipped, not the notebook.
    Python 2 code and IPython magics in a .py file are named as such.

    ## Why it is bad
    Nothing can be said about code that does not parse; skipping it in silence would look like a clean file.

    ## Example
    ```python
    print history.history["loss"]
    ```

    ## Use instead
    ```python
    print(history.history["loss"])
    ```

    ## How it is confirmed
    It needs no probe: the message is that of the Python that runs rnnlint.

    ## When it is silent
    Magics, shell lines and help requests of notebooks are masked, and cells of other languages are skipped.

    ## Fix safety
    There is no fix.

    ## References
    - [Python: the full grammar](https://docs.python.org/3/reference/grammar.html)
    """

    code: ClassVar[str] = INVALID_SYNTAX[0]
    name: ClassVar[str] = INVALID_SYNTAX[1]
    severity: ClassVar[Severity] = Severity.ERROR


FILE_RULES: tuple[Rule, ...] = (UnusedSuppression(), IoError(), InvalidSyntax())
