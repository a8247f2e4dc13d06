"""`rnnlint clean`: remove the cache."""

from __future__ import annotations

import argparse
import os

from rnnlint.cache.folder import NAME, NotOursError, remove
from rnnlint.cli.arguments import clean_parser, configuration
from rnnlint.cli.codes import NOTHING_FAILS
from rnnlint.cli.output import tell
from rnnlint.config.select import ConfigurationError
from rnnlint.config.settings import Settings


def clean(arguments: list[str]) -> int:
    """Run the command; the exit code."""
    options = clean_parser().parse_args(arguments)
    folder = cache_folder(options, configuration(options).settings_for(os.getcwd()))
    try:
        removed = remove(folder)
    except NotOursError as error:
        raise ConfigurationError(f"cannot clean: {error}") from error
    except OSError as error:
        raise ConfigurationError(f"cannot remove {folder}: {(error.strerror or str(error)).lower()}") from error
    tell(f"removed {folder}" if removed else f"no cache in {os.path.dirname(folder)}")
    return NOTHING_FAILS


def cache_folder(options: argparse.Namespace, settings: Settings) -> str:
    """The folder that `--cache-dir` names, or the usual one."""
    return os.path.abspath(options.cache_dir) if options.cache_dir else os.path.join(settings.root, NAME)
