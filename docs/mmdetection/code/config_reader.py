"""Read an MMDetection config without running it: Python source → a tree of values that know their line.

Old configs are data in Python's clothes: assignments of ``dict(…)``, lists, numbers and strings. Only these are
understood; nothing is executed or imported, so a config from a stranger can do no harm. What is not understood
(calls, comprehensions, imports, ``if``) is kept as UNKNOWN or listed in ``unread``, never guessed.
"""

import ast
import operator
from collections.abc import Iterator
from dataclasses import dataclass, field

UNKNOWN = type("Unknown", (), {"__repr__": lambda self: "UNKNOWN"})()
ARITHMETIC = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


@dataclass(frozen=True, eq=False)
class Value:
    """A value in a config. ``data`` is a dict or a list of Values, a number, a string, a bool, None, or UNKNOWN."""

    line: int
    text: str  # as the file writes it
    data: object

    def get(self, key: str) -> object:
        """The constant under a key, or None where there is no such key or no constant."""
        child = self.data.get(key) if isinstance(self.data, dict) else None
        return None if child is None or isinstance(child.data, dict | list) or child.data is UNKNOWN else child.data


@dataclass
class OldConfig:
    """The top-level names of a file, the names that other values are made of, and the lines that are not plain data."""

    tops: dict[str, Value] = field(default_factory=dict)
    helpers: set[str] = field(default_factory=set)
    unread: list[tuple[int, str]] = field(default_factory=list)


def read(source: str) -> OldConfig:
    """Read a config's source text. Raises SyntaxError, or ValueError for what Python itself cannot parse."""
    config = OldConfig()
    try:
        for statement in ast.parse(source).body:
            _statement(statement, config)
    except (RecursionError, MemoryError):
        raise ValueError("nested too deeply to read") from None
    return config


def _statement(statement: ast.stmt, config: OldConfig) -> None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=node):
            config.tops[name] = _value(node, config)
        case ast.Expr(value=ast.Constant()):
            pass  # a docstring or a stray string
        case _:
            config.unread.append((statement.lineno, ast.unparse(statement).splitlines()[0]))


def _value(node: ast.expr, config: OldConfig) -> Value:
    return Value(node.lineno, ast.unparse(node), _data(node, config))


def _data(node: ast.expr, config: OldConfig) -> object:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List() | ast.Tuple():
            return list(_items(node.elts, config))
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
            return dict(_pairs([(word.arg, word.value) for word in keywords], config))
        case ast.Dict(keys=keys, values=values):
            return dict(_pairs([(key if key is None else _data(key, config), value) for key, value in zip(keys, values)], config))
        case ast.Name(id=name):
            config.helpers.add(name)
            return config.tops[name].data if name in config.tops else UNKNOWN
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            number = _data(operand, config)
            return -number if isinstance(number, int | float) else UNKNOWN
        case ast.BinOp(left=left, op=op, right=right):
            return _sum(op, _data(left, config), _data(right, config))
    _note_names(node, config)
    return UNKNOWN


def _items(nodes: list[ast.expr], config: OldConfig) -> Iterator[Value]:
    for node in nodes:
        inner = _value(node.value, config) if isinstance(node, ast.Starred) else None
        if inner is not None and isinstance(inner.data, list):
            yield from inner.data
        else:
            yield _value(node, config)


def _pairs(pairs: list[tuple[object, ast.expr]], config: OldConfig) -> Iterator[tuple[str, Value]]:
    for key, node in pairs:
        value = _value(node, config)
        if key is None and isinstance(value.data, dict):  # **img_norm_cfg
            yield from value.data.items()
        else:
            yield ("**" + value.text if key is None else str(key)), value


def _sum(op: ast.operator, left: object, right: object) -> object:
    numbers = all(isinstance(side, int | float) for side in (left, right))
    texts = isinstance(op, ast.Add) and all(isinstance(side, str) for side in (left, right))
    lists = isinstance(op, ast.Add) and all(isinstance(side, list) for side in (left, right))
    if type(op) not in ARITHMETIC or not (numbers or texts or lists):
        return UNKNOWN
    try:
        return ARITHMETIC[type(op)](left, right)
    except (ZeroDivisionError, OverflowError):
        return UNKNOWN


def _note_names(node: ast.expr, config: OldConfig) -> None:
    config.helpers.update(inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))
