"""The standard library and small helpers: options, partial functions, copies, progress bars."""

from __future__ import annotations

from math import isfinite

from rnnlint.finding import Confidence
from rnnlint.frontend.builtins import FUNCTIONS as BUILTINS
from rnnlint.frontend.builtins import lowered, partial
from rnnlint.frontend.dispatch import Call, function, kind_of, method
from rnnlint.frontend.escapes import TRACKED
from rnnlint.frontend.machine import size_of
from rnnlint.frontend.values import Const, LayerValue, Mapping, Opaque, Sequence, Symbol, Thing, Union, Value, settled
from rnnlint.program.size import term

function("functools.partial")(partial)


@function("argparse.ArgumentParser", "configargparse.ArgParser", "configargparse.ArgumentParser")
def parser(call: Call) -> Value:
    """A parser of options."""
    return Thing("parser", call.site, options=Mapping({}, complete=False))


@method("parser", "add_argument", "add")
def add_argument(call: Call) -> Value:
    """An option with its default, which the command line may override."""
    assert isinstance(call.receiver, Thing)
    options: Mapping = call.receiver.slots["options"]
    names = [settled(value) for value in call.args if isinstance(settled(value), str)]
    target = settled(call.get(None, "dest"))
    long = [name for name in names if name.startswith("--")] or names
    if not target and long:
        target = long[0].lstrip("-").replace("-", "_")
    if isinstance(target, str):
        options.slots[target] = _default(call)
    return Opaque("an option")


def _default(call: Call) -> Value:
    action = settled(call.get(None, "action"))
    if action in {"store_true", "store_false"}:
        return Union((Const(False, call.place, Confidence.MEDIUM), Const(True, call.place, Confidence.MEDIUM)))
    default = call.get(None, "default")
    if default is None or settled(default, 0) is None:
        return Opaque("an option without a default")
    return lowered(default)


@method("parser", "add_argument_group", "add_mutually_exclusive_group")
def group(call: Call) -> Value:
    """A group of options."""
    return call.receiver


@method("parser", "parse_args", "parse_known_args")
def parse_args(call: Call) -> Value:
    """The options."""
    assert isinstance(call.receiver, Thing)
    options: Value = call.receiver.slots["options"]
    if call.path == "parse_known_args":
        return Sequence("tuple", (options, Sequence("list", None, Opaque("an argument"))))
    return options


@method("parser", "set_defaults")
def set_defaults(call: Call) -> Value:
    """Defaults set later."""
    assert isinstance(call.receiver, Thing)
    call.receiver.slots["options"].slots.update({k: lowered(v) for k, v in call.keywords.items()})
    return Const(None)


@function("types.SimpleNamespace", "argparse.Namespace", "easydict.EasyDict", "collections.OrderedDict",
          "ml_collections.ConfigDict")  # fmt: skip
def namespace(call: Call) -> Value:
    """Names with values."""
    if call.args and isinstance(call.args[0], Sequence):
        pairs = call.args[0].items or ()
        entries = {}
        for pair in pairs:
            if isinstance(pair, Sequence) and pair.items is not None and len(pair.items) == 2:
                entries[settled(pair.items[0])] = pair.items[1]
        return Mapping(entries, complete=call.args[0].items is not None)
    return BUILTINS["dict"](call)


@function("collections.defaultdict", "collections.Counter")
def open_mapping(call: Call) -> Value:
    """A dictionary with entries that are not known."""
    return Mapping({}, complete=False)


@function("collections.deque")
def deque(call: Call) -> Value:
    """A deque."""
    return Sequence("list", None, Opaque("an item"))


@function("copy.copy", "copy.deepcopy")
def copied(call: Call) -> Value:
    """A copy: an object of its own for a layer, the same facts for all else."""
    value = call.get(0, "x") or Opaque("nothing")
    if kind_of(value) in TRACKED:
        call.machine.happen("reset", call.node, value)
    return LayerValue(value.layer) if isinstance(value, LayerValue) else value


@function(
    "tqdm.tqdm",
    "tqdm.auto.tqdm",
    "tqdm.notebook.tqdm",
    "tqdm.std.tqdm",
    "tqdm.tqdm_notebook",
)
def through(call: Call) -> Value:
    """What comes out is what goes in."""
    return call.args[0] if call.args else call.keywords.get("iterable", Opaque("nothing"))


@function("tqdm.trange", "tqdm.auto.trange", "tqdm.notebook.trange")
def trange(call: Call) -> Value:
    """A range with a progress bar."""
    return BUILTINS["range"](call)


@function("itertools.chain", "itertools.chain.from_iterable")
def chain(call: Call) -> Value:
    """Iterables one after the other."""
    return Sequence("list", call.args)


@function(
    "math.floor",
    "math.ceil",
    "math.trunc",
    "numpy.floor",
    "numpy.ceil",
    "numpy.round",
    "numpy.int64",
    "numpy.int32",
)
def whole(call: Call) -> Value:
    """A whole number."""
    value = call.get(0, "x")
    constant = settled(value)
    if isinstance(constant, int | float) and isfinite(constant):
        return Const(int(constant), call.place)
    size = size_of(value)
    return Symbol(term("int", size)) if size is not None else Opaque("a number")


@function("sys.exit", "os._exit")
def leave(call: Call) -> Value:
    """The end of the run."""
    return Const(None)


@function("pytest.raises")
def failing(call: Call) -> Value:
    """A block of which the program says that it fails."""
    return Thing("failing", call.site)
