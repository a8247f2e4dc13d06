"""Turns Keras Sequential models, from a list or from `.add`, into models of the functional interface."""

# ruff: noqa: N802 (libcst names its hooks after the nodes)

from __future__ import annotations

import re
from collections.abc import Sequence

import libcst as cst

from tests.metamorphic.names import after_imports, statement

KERAS = "keras_of_ours"
USES_TENSORFLOW = re.compile(r"^\s*(?:from|import) tensorflow\b(?!\.python)", re.MULTILINE)
USES_KERAS = re.compile(r"^\s*(?:from|import) keras\b", re.MULTILINE)


def make_functional(module: cst.Module) -> cst.Module | None:
    """The module with every Sequential whose layers are written out and whose input shape is known."""
    if USES_TENSORFLOW.search(module.code):
        importing = f"from tensorflow import keras as {KERAS}\n"
    elif USES_KERAS.search(module.code):
        importing = f"import keras as {KERAS}\n"
    else:
        return None
    rewriting = _Functional(module)
    rewritten = module.visit(rewriting)
    if not rewriting.models:
        return None
    body = list(rewritten.body)
    place = after_imports(body)
    return rewritten.with_changes(body=[*body[:place], statement(importing), *body[place:]])


class _Functional(cst.CSTTransformer):
    """Rewrites each block of statements on its own."""

    def __init__(self, module: cst.Module) -> None:
        super().__init__()
        self.module = module
        self.models = 0

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        return updated_node.with_changes(body=self._rewritten(updated_node.body))

    def leave_IndentedBlock(self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock) -> cst.BaseSuite:
        return updated_node.with_changes(body=self._rewritten(updated_node.body))

    def _rewritten(self, block: Sequence[cst.BaseStatement]) -> list[cst.BaseStatement]:
        done: list[cst.BaseStatement] = []
        waiting = list(block)
        while waiting:
            node = waiting.pop(0)
            made = _sequential(node)
            if made is None:
                done.append(node)
                continue
            name, layers, returned = made
            while not returned and waiting and (added := self._added(waiting[0], name)) is not None:
                layers.append(added)
                waiting.pop(0)
            if not layers or any(_adds(self.module.code_for_node(rest), name) for rest in waiting):
                return list(block)
            lines = self._chain(name, layers, returned)
            if lines is None:
                return list(block)
            self.models += 1
            done.extend(lines)
        return done

    def _added(self, node: cst.BaseStatement, name: str) -> cst.BaseExpression | None:
        """The layer in `name.add(layer)`."""
        call = _expression(node)
        if not isinstance(call, cst.Call) or self.module.code_for_node(call.func) != f"{name}.add":
            return None
        return call.args[0].value

    def _chain(self, name: str, layers: list[cst.BaseExpression], returned: bool) -> list[cst.BaseStatement] | None:
        """The statements that call one layer after another and make the model of them."""
        entry = self._entry(layers[0])
        if entry is None:
            return None
        first, rest = entry
        start, tensor = f"{name}_entry", f"{name}_tensor"
        called = [*rest, *map(self.module.code_for_node, layers[1:])]
        texts = [f"{start} = {first}\n", f"{tensor} = {start}\n"]
        texts += [f"{tensor} = {layer}({tensor})\n" for layer in called]
        model = f"{KERAS}.Model({start}, {tensor})\n"
        return [*map(statement, texts), statement(f"return {model}" if returned else f"{name} = {model}")]

    def _entry(self, layer: cst.BaseExpression) -> tuple[str, list[str]] | None:
        """The input that a first layer implies, and the layers that follow from it; None if unknown."""
        if not isinstance(layer, cst.Call):
            return None
        kind = self.module.code_for_node(layer.func).split(".")[-1]
        if kind == "Input":
            return self.module.code_for_node(layer), []
        if kind == "InputLayer":
            shape = self.module.code_for_node(layer.args[0].value)
            batched = layer.args[0].keyword is not None and layer.args[0].keyword.value == "batch_shape"
            return f"{KERAS}.Input({'batch_shape' if batched else 'shape'}={shape})", []
        shapes = [arg for arg in layer.args if arg.keyword and arg.keyword.value == "input_shape"]
        if shapes:
            kept = [arg for arg in layer.args if arg not in shapes]
            plain = layer.with_changes(args=kept)
            shape = self.module.code_for_node(shapes[0].value)
            return f"{KERAS}.Input(shape={shape})", [self.module.code_for_node(plain)]
        if kind == "Embedding":
            return f"{KERAS}.Input(shape=(None,))", [self.module.code_for_node(layer)]
        return None


def _expression(node: cst.BaseStatement) -> cst.BaseExpression | None:
    if isinstance(node, cst.SimpleStatementLine) and isinstance(node.body[0], cst.Expr):
        return node.body[0].value
    return None


def _sequential(node: cst.BaseStatement) -> tuple[str, list[cst.BaseExpression], bool] | None:
    """The name, the listed layers and whether it is returned, if a statement makes a Sequential."""
    if not isinstance(node, cst.SimpleStatementLine):
        return None
    match node.body[0]:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=cst.Call() as call):
            returned = False
        case cst.Return(value=cst.Call() as call):
            name, returned = "returned", True
        case _:
            return None
    match call.func:
        case cst.Name(value="Sequential") | cst.Attribute(attr=cst.Name(value="Sequential")):
            pass
        case _:
            return None
    match call.args:
        case []:
            return name, [], returned
        case [cst.Arg(value=cst.List(elements=elements), keyword=None)]:
            if any(isinstance(element, cst.StarredElement) for element in elements):
                return None
            return name, [element.value for element in elements], returned
        case _:
            return None


def _adds(code: str, name: str) -> bool:
    return re.search(rf"\b{name}\.add\(", code) is not None
