"""The server as a process: exit codes, a missing extra, and failures that it survives."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.support import COMMAND, FAULTY, ROOT

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
SHUTDOWN: list[dict[str, Any]] = [{"id": 9, "method": "shutdown"}, {"method": "exit"}]
BREAKING = """
import sys
import rnnlint.lsp.linting as linting
real = linting.lint_bytes
def failing(data, *rest):
    print("stray output")
    if b"Tagger" in data:
        raise RuntimeError("made to fail")
    return real(data, *rest)
linting.lint_bytes = failing
from rnnlint.cli.main import run
sys.argv = ["rnnlint", "server"]
sys.exit(run())
"""


def message(content: dict[str, Any]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **content}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def hello(**capabilities: Any) -> list[dict[str, Any]]:
    return [
        {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": capabilities}},
        {"method": "initialized", "params": {}},
    ]


def opening(uri: str, text: str) -> dict[str, Any]:
    document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    return {"method": "textDocument/didOpen", "params": {"textDocument": document}}


def talk(messages: list[dict[str, Any]], command: list[str] = COMMAND) -> tuple[int, list[dict[str, Any]], str]:
    process = subprocess.run(
        command, input=b"".join(map(message, messages)), capture_output=True, env=ENVIRONMENT, timeout=60, check=False
    )
    received = []
    rest = process.stdout
    while rest:
        header, _, rest = rest.partition(b"\r\n\r\n")
        length = int(header.split(b"Content-Length: ")[1].split(b"\r\n")[0])
        received.append(json.loads(rest[:length]))
        rest = rest[length:]
    return process.returncode, received, process.stderr.decode()


@pytest.mark.parametrize(
    ("ending", "code"), [(SHUTDOWN, 0), ([{"method": "exit"}], 1), ([], 1)], ids=["orderly", "exit", "end of input"]
)
def test_exit_code(ending: list[dict[str, Any]], code: int) -> None:
    result, received, errors = talk([*hello(), *ending])
    assert result == code
    assert received[0]["result"]["serverInfo"]["name"] == "rnnlint"
    assert "Traceback" not in errors


def test_a_failure_is_logged_and_survived(tmp_path: Path) -> None:
    pulling = hello(textDocument={"diagnostic": {}}, workspace={"diagnostics": {"refreshSupport": True}})
    bad, good = (tmp_path / "bad.py").as_uri(), (tmp_path / "good.py").as_uri()
    requests = [
        {"id": 2 + number, "method": "textDocument/diagnostic", "params": {"textDocument": {"uri": uri}}}
        for number, uri in enumerate((bad, good))
    ]
    process = subprocess.Popen(
        [sys.executable, "-c", BREAKING],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    opened = [opening(bad, FAULTY), opening(good, "x = 1  # noqa: RNN101\n")]
    unknown: list[dict[str, Any]] = [
        {"id": 8, "method": "no/such", "params": {}},
        {"method": "textDocument/didChange", "params": {}},
    ]
    for content in [*pulling, *opened, *unknown, *requests]:
        process.stdin.write(message(content))
    process.stdin.flush()
    answers: dict[int, Any] = {}
    logged = []
    while not {2, 3, 8} <= answers.keys():
        length = int(process.stdout.readline().split(b": ")[1])
        while process.stdout.readline().strip():
            pass
        content = json.loads(process.stdout.read(length))
        if "id" in content:
            answers[content["id"]] = content
        elif content["method"] == "window/logMessage":
            logged.append(content["params"]["message"])
    rest, errors = process.communicate(b"".join(map(message, SHUTDOWN)), timeout=30)
    assert process.returncode == 0
    assert answers[2]["result"]["items"] == []
    assert [item["code"] for item in answers[3]["result"]["items"]] == ["RNN001"]
    assert answers[8]["error"]["code"] == -32601
    assert any("RuntimeError: made to fail" in text for text in logged)
    assert b"stray output" in errors
    assert b"stray output" not in rest


def test_over_tcp() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [*COMMAND, "--tcp", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.PIPE)
    until = time.monotonic() + 30
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port))
            break
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.05)
    with connection:
        connection.sendall(b"".join(map(message, [*hello(), *SHUTDOWN])))
        assert b'"serverInfo"' in b"".join(iter(partial(connection.recv, 4096), b""))
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, b"")


def test_without_the_extra(tmp_path: Path) -> None:
    blocked = "import sys; sys.modules['pygls'] = None; sys.argv = ['rnnlint', 'server']\n"
    program = f"{blocked}from rnnlint.cli.main import run; sys.exit(run())"
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=ENVIRONMENT, check=False
    )
    assert process.returncode == 2
    assert process.stderr == "rnnlint: error: the language server needs the extra lsp: pip install 'rnnlint[lsp]'\n"
    assert not process.stdout


@pytest.mark.parametrize(
    "arguments", [["--tcp", "nowhere"], ["--tcp", "h:99999"], ["--stdi"], ["--stdio", "--tcp", "h:1"]]
)
def test_wrong_arguments(arguments: list[str]) -> None:
    process = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert process.returncode == 2
    assert process.stderr.startswith("rnnlint server: error: ")
