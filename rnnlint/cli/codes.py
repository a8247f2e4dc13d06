"""The exit codes."""

from __future__ import annotations

NOTHING_FAILS = 0
FINDINGS = 1
TROUBLE = 2
INTERRUPTED = 130
TERMINATED = 143
