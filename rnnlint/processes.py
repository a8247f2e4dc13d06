"""Runs one function over many arguments in several processes, in order, surviving the death of one.

The processes don't outlive the one that started them, however it ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_all(
    function: Callable[..., Result], tasks: Sequence[tuple[Any, ...]], jobs: int
) -> Iterator[Result | BaseException]:
    """The result of each task, or the exception that ended it.

    A process that dies takes the pool with it; the tasks it leaves are run again, each in its own process.
    """
    with _pool(min(jobs, len(tasks))) as pool:
        futures = [pool.submit(function, *task) for task in tasks]
        try:
            for task, future in zip(tasks, futures, strict=True):
                result = _result(future)
                yield _run_alone(function, task) if isinstance(result, BrokenProcessPool) else result
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _run_alone(function: Callable[..., Result], task: tuple[Any, ...]) -> Result | BaseException:
    with _pool(1) as pool:
        return _result(pool.submit(function, *task))


def _result(future: Future[Result]) -> Result | BaseException:
    try:
        return future.result()
    except Exception as error:
        return error


def _pool(workers: int) -> ProcessPoolExecutor:
    method = "fork" if sys.platform == "linux" else "spawn"
    return ProcessPoolExecutor(workers, multiprocessing.get_context(method), _settle_in)


def _settle_in() -> None:
    """What a process does first: it makes itself mortal, by a signal and with its parent."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_follow_parent, name="follow the parent", daemon=True).start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
