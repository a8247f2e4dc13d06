"""The version of rnnlint, read by the build and by `rnnlint version`."""

__version__ = "0.1.0"
