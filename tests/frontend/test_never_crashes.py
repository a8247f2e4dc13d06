"""Whatever is done to a program mechanically, it is still turned into a Program."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from functools import cache

import libcst as cst
import pytest
from libcst import matchers

from rnnlint.frontend import build_program
from rnnlint.source.document import Document
from tests.metamorphic.programs import program_of
from tests.rules.support import discover

Mutation = Callable[[cst.Module, random.Random], cst.Module]

SHARE = 3  # each way of mutation is tried on one fixture of so many
NOWHERE = cst.Name("defined_nowhere")
OPERANDS: Mapping[type[cst.CSTNode], tuple[str, ...]] = {
    cst.Arg: ("value",),
    cst.Assign: ("value",),
    cst.Attribute: ("value",),
    cst.BinaryOperation: ("left", "right"),
    cst.Comparison: ("left",),
    cst.CompFor: ("iter",),
    cst.DictElement: ("key", "value"),
    cst.Element: ("value",),
    cst.For: ("iter",),
    cst.If: ("test",),
    cst.Index: ("value",),
    cst.Return: ("value",),
    cst.Slice: ("lower", "upper"),
    cst.Subscript: ("value",),
}


def nodes(module: cst.Module, *types: type[cst.CSTNode]) -> list[cst.CSTNode]:
    """The nodes of these types, outermost first."""
    return list(matchers.findall(module, matchers.MatchIfTrue(lambda node: isinstance(node, types))))


def replaced(module: cst.Module, old: cst.CSTNode, new: cst.CSTNode) -> cst.Module:
    """The module with one node replaced."""
    result = module.deep_replace(old, new)
    assert isinstance(result, cst.Module)
    return result


def without_a_statement(module: cst.Module, choice: random.Random) -> cst.Module:
    statements = nodes(module, cst.SimpleStatementLine, cst.For, cst.If, cst.With, cst.FunctionDef, cst.ClassDef)
    return replaced(module, choice.choice(statements), cst.SimpleStatementLine([cst.Pass()]))


def with_a_statement_in_a_loop(module: cst.Module, choice: random.Random) -> cst.Module:
    statement = choice.choice(nodes(module, cst.SimpleStatementLine))
    assert isinstance(statement, cst.SimpleStatementLine)
    endless = cst.While(cst.Call(NOWHERE), cst.IndentedBlock([statement]))
    return replaced(module, statement, endless)


def with_arguments_swapped(module: cst.Module, choice: random.Random) -> cst.Module:
    calls = [node for node in nodes(module, cst.Call) if isinstance(node, cst.Call) and len(node.args) > 1]
    if not calls:
        return module
    call = choice.choice(calls)
    values = [arg.value for arg in reversed(call.args)]
    return replaced(
        module,
        call,
        call.with_changes(args=[arg.with_changes(value=v) for arg, v in zip(call.args, values, strict=True)]),
    )


def with_none_for_an_expression(module: cst.Module, choice: random.Random) -> cst.Module:
    return replaced(module, choice.choice(list(operands(module))), cst.Name("None"))


def with_an_unknown_name_for_an_expression(module: cst.Module, choice: random.Random) -> cst.Module:
    return replaced(module, choice.choice(list(operands(module))), NOWHERE)


def with_another_expression_for_an_expression(module: cst.Module, choice: random.Random) -> cst.Module:
    old, new = choice.sample(list(operands(module)), 2)
    return replaced(module, old, new.deep_clone())


def with_a_function_cut_short(module: cst.Module, choice: random.Random) -> cst.Module:
    functions = [
        node for node in nodes(module, cst.FunctionDef) if isinstance(node, cst.FunctionDef) and len(node.body.body) > 1
    ]
    if not functions:
        return module
    function = choice.choice(functions)
    kept = list(function.body.body)[: choice.randrange(1, len(function.body.body))]
    return replaced(module, function, function.with_deep_changes(function.body, body=kept))


MUTATIONS: tuple[Mutation, ...] = (
    without_a_statement,
    with_a_statement_in_a_loop,
    with_arguments_swapped,
    with_none_for_an_expression,
    with_an_unknown_name_for_an_expression,
    with_another_expression_for_an_expression,
    with_a_function_cut_short,
)


def operands(module: cst.Module) -> Iterator[cst.BaseExpression]:
    """The expressions that can stand for one another."""
    for node in nodes(module, *OPERANDS):
        for name in OPERANDS[type(node)]:
            value = getattr(node, name)
            if isinstance(value, cst.BaseExpression):
                yield value


@cache
def sources() -> tuple[tuple[str, cst.Module], ...]:
    """Each fixture's main file as a tree."""
    programs = [(fixture.name, program_of(fixture)) for fixture in discover()]
    return tuple((name, cst.parse_module(program.files[program.main])) for name, program in programs)


def is_python(text: str) -> bool:
    try:
        compile(text, "mutated.py", "exec")
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_mutated_program_is_still_run(mutation: Mutation) -> None:
    built = 0
    for name, module in sources()[MUTATIONS.index(mutation) % SHARE :: SHARE]:
        text = mutation(module, random.Random(f"{mutation.__name__} {name}")).code
        if is_python(text):
            build_program(Document(name, text))
            built += 1
    assert built > len(sources()) // SHARE // 2
