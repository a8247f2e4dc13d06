"""`python -m rnnlint`."""

from __future__ import annotations

import sys

from rnnlint.cli.main import run

if __name__ == "__main__":
    sys.exit(run())
