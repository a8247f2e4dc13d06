"""Finds the rules: every module below a folder of this package that defines a Rule."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from rnnlint import rules
from rnnlint.rules.base import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """One instance of every rule, sorted by code."""
    found: dict[str, Rule] = {}
    for module in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, Rule) and "code" in vars(value):
                found[value.code] = value()
    return tuple(found[code] for code in sorted(found))
