"""The cage around a user's own network: what is cut out of the program, and what the code may not do."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from rnnlint.confirm.execute.cutting import CannotCutError, cut
from rnnlint.confirm.measurement import Measurement
from rnnlint.confirm.pool import Pool
from rnnlint.confirm.probes import OwnNetwork
from rnnlint.finding import Outcome

ROOT = Path(__file__).parents[2]
PROGRAM = """
import os
from torch import nn
WIDTH = 8 * 2
print("runs")
data = open("data.csv").read()
try:
    import tqdm
except ImportError:
    tqdm = None
def helper(x):
    return x
class Net(nn.Module):
    pass
if WIDTH:
    WIDTH = 3
net = Net(WIDTH, depth=2)
"""


def test_cuts_definitions_and_constants_only() -> None:
    definitions, construction = cut(PROGRAM.strip(), 16, 7)
    assert construction == "Net(WIDTH, depth=2)"
    assert "class Net(nn.Module)" in definitions
    assert "WIDTH = 8 * 2" in definitions
    assert "def helper" in definitions
    for gone in ("print", "open", "WIDTH = 3", "net ="):
        assert gone not in definitions


@pytest.mark.parametrize(
    ("line", "why"),
    [("net = Net(load(1))", "`load`"), ("net = Net(data.shape[1])", "`data`"), ("net = Net", "one call")],
)
def test_says_why_it_cannot_cut(line: str, why: str) -> None:
    with pytest.raises(CannotCutError, match=why):
        cut(f"class Net:\n    pass\ndata = read()\n{line}\n", 4, 7)


CAGED = """
import sys
from rnnlint.confirm.execute.cage import Cage, ForbiddenError
cage = Cage(())
cage.close()
try:
    exec({code!r})
except (ForbiddenError, MemoryError, Exception) as error:
    sys.stderr.write(type(error).__name__ + " ")
sys.stderr.write(cage.broken)
"""


def caged(code: str, folder: Path) -> str:
    process = subprocess.run(
        [sys.executable, "-c", CAGED.format(code=code)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=60,
    )
    return process.stderr


@pytest.mark.parametrize(
    ("code", "broken"),
    [
        ("import socket; socket.create_connection(('127.0.0.1', 9))", "socket."),
        ("import os; os.fork()", "os.fork"),
        ("import os; os.system('true')", "os.system"),
        ("import subprocess; subprocess.run(['true'])", "subprocess."),
        ("open('secret').read()", "it read"),
        ("open('made', 'w')", "for writing"),
        ("import pathlib; pathlib.Path('secret').unlink()", "os.remove"),
        ("import os; os.kill(os.getppid(), 9)", "os.kill"),
        ("try:\n    open('secret').read()\nexcept Exception:\n    pass", "it read"),
    ],
)
def test_the_cage_holds(code: str, broken: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("key", encoding="utf-8")
    assert f"ForbiddenError it called {broken}" in (said := caged(code, tmp_path)) or broken in said
    assert said.startswith("ForbiddenError")
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_memory_is_limited(tmp_path: Path) -> None:
    assert caged("bytearray(6 << 30)", tmp_path).startswith("MemoryError")


def test_computing_is_free(tmp_path: Path) -> None:
    assert caged("import json, decimal; assert sum(range(10)) == 45", tmp_path) == ""


NETWORK = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        {line}
        self.lstm = nn.LSTM(4, 16)
        self.head = nn.Linear(16, 1)

    def forward(self, x):
        out, _ = self.lstm(x)
        out = torch.einsum("ntu,uv->ntv", out, torch.eye(16))
        return self.head(out[:, -1])

loader = DataLoader(TensorDataset(torch.randn(1000, 20, 4), torch.randn(1000, 1)), batch_size=50)
net = Net()
optimizer = torch.optim.Adam(net.parameters())
for x, y in loader:
    loss = nn.functional.mse_loss(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


def run(folder: Path, mode: str, **lines: str) -> str:
    for name, line in lines.items():
        (folder / f"{name}.py").write_text(NETWORK.format(line=line), encoding="utf-8")
    process = subprocess.run(
        [
            sys.executable,
            "-m",
            "rnnlint",
            "--isolated",
            "--select=RNN107",
            f"--confirm={mode}",
            "--output-format=full",
            ".",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=120,
    )
    assert process.returncode == 1, process.stderr
    return process.stdout


def test_rebuilding_says_what_it_cannot_rebuild(tmp_path: Path) -> None:
    assert "inconclusive: " in run(tmp_path, "rebuild", net="pass")


@pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed")
def test_the_users_own_class_settles_it_and_what_it_must_not_do_is_stopped(tmp_path: Path) -> None:
    said = run(
        tmp_path,
        "execute",
        a_sound="pass",
        b_writes="open('made', 'w').write('x')",
        c_forks="import os; os.fork()",
        d_ends_not="exec('while True: pass')",
    )
    verdicts = [line for line in said.splitlines() if line.startswith(("confirmed", "refuted", "inconclusive"))]
    assert verdicts[0].startswith("confirmed: change of a sample's output when the others change")
    assert "for writing" in verdicts[1]
    assert "os.fork" in verdicts[2]
    assert "did not come to an end" in verdicts[3]
    assert not (tmp_path / "made").exists()


HELD = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 8, num_layers={layers}, dropout=0.4, batch_first=True)
        self.heads = {heads}

    def forward(self, x):
        return self.heads[0](self.lstm(x)[0][:, -1])
"""


@pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed")
@pytest.mark.parametrize(
    ("check", "layers", "heads", "outcome"),
    [
        ("unregistered", 2, "[nn.Linear(8, 1)]", Outcome.CONFIRMED),
        ("unregistered", 2, "nn.ModuleList([nn.Linear(8, 1)])", Outcome.REFUTED),
        ("passes", 1, "nn.ModuleList([nn.Linear(8, 1)])", Outcome.CONFIRMED),
        ("passes", 2, "nn.ModuleList([nn.Linear(8, 1)])", Outcome.REFUTED),
    ],
)
def test_checks_of_the_users_own_class(
    monkeypatch: pytest.MonkeyPatch, check: str, layers: int, heads: str, outcome: Outcome
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    text = HELD.format(layers=layers, heads=heads)
    with Pool() as pool:
        answer = pool.measure(OwnNetwork("torch", check, text, "Net()", (), (6, 9, 4)))
    assert isinstance(answer, Measurement), answer
    assert answer.outcome is outcome
