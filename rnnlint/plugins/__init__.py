"""Doors for other programs that call rnnlint on one file at a time."""
