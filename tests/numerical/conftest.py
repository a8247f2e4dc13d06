"""The real frameworks on the CPU, quietly, and the markers that select the tests of one of them."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "keras: runs TensorFlow and Keras")
    config.addinivalue_line("markers", "torch: runs PyTorch")
