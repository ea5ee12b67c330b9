"""读 MMDetection 的配置，但不运行它：Python 源码 → 一棵记得住行号的值。

配置看起来是 Python，其实是数据：一串 ``名字 = dict(…)``、列表、数字和字符串。这里只认这些，别的（函数调用、循环、导入）
一概不执行，记作 UNKNOWN 或放进 ``unread``，从不猜。所以读一份陌生人的配置也不会出事。
``_base_`` 按 MMEngine 的规矩合并：dict 逐键合并，列表整个换掉，``_delete_=True`` 连底稿一起换掉。
"""

import ast
import operator
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

UNKNOWN = type("Unknown", (), {"__repr__": lambda self: "UNKNOWN"})()
ARITHMETIC = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv}
LONGEST = 1000  # 一个算出来的列表最多几项：配置里用不到更长的


class Tuple(list):
    """圆括号写的一列。3.x 里尺寸必须是圆括号的，所以要记住；比较时与方括号的一样。"""


@dataclass(frozen=True, eq=False)
class Value:
    """配置里的一个值。``data`` 是 dict（键 → Value）、list（Value）、数、字符串、布尔、None，或 UNKNOWN。"""

    line: int  # 0：不是从老配置里来的，是补上的
    text: str  # 文件里怎么写的
    data: object
    file: str = ""  # 写在哪份底稿里；空的就是这份配置自己
    note: str = ""  # 为什么变成这样（翻译时填）

    def get(self, key: str, default: object = None) -> object:
        """一个键下面的常量；没有这个键、或者不是常量，就是 default。"""
        child = self.data.get(key) if isinstance(self.data, dict) else None
        return default if child is None or isinstance(child.data, dict | list) or child.data is UNKNOWN else child.data

    def at(self, path: str) -> "Value | None":
        """``a.b.c`` 处的值，没有就是 None。"""
        value: Value | None = self
        for key in path.split("."):
            value = value.data.get(key) if value is not None and isinstance(value.data, dict) else None
        return value

    @property
    def items(self) -> "list[Value]":
        return self.data if isinstance(self.data, list) else []

    @property
    def keys(self) -> "dict[str, Value]":
        return self.data if isinstance(self.data, dict) else {}

    @property
    def place(self) -> str:
        """``12``，或者 ``_base_/x.py:12``。"""
        return f"{self.file}:{self.line}" if self.file else str(self.line)


def literal(value: Value) -> object:
    """写进新配置的值：圆括号的仍是圆括号的。"""
    if isinstance(value.data, dict):
        return {key: literal(inner) for key, inner in value.data.items()}
    if isinstance(value.data, list):
        inside = [literal(inner) for inner in value.data]
        return tuple(inside) if isinstance(value.data, Tuple) else inside
    return value.data


def plain(value: Value) -> object:
    """比较用的值：不带行号，圆括号和方括号不分。"""
    if isinstance(value.data, dict):
        return {key: plain(inner) for key, inner in value.data.items()}
    return [plain(inner) for inner in value.data] if isinstance(value.data, list) else value.data


@dataclass
class OldConfig:
    """一份配置：顶层的名字，被别的值用到的名字（helpers），不是数据的语句，找不到的底稿。"""

    tops: dict[str, Value] = field(default_factory=dict)
    helpers: set[str] = field(default_factory=set)
    unread: list[Value] = field(default_factory=list)
    bases: list[Value] = field(default_factory=list)  # 自己写的 _base_
    missing: list[Value] = field(default_factory=list)  # 找不到的底稿
    file: str = ""
    below: dict[str, Value] = field(default_factory=dict)  # 底稿的顶层名字，给 _base_.x 用


def read(source: str, file: str = "", below: dict[str, Value] | None = None, path: Path | None = None) -> OldConfig:
    """读一份配置的文字（不管 ``_base_``）。语法不对抛 SyntaxError，Python 自己也解析不了的抛 ValueError；里面说是 ``path``。"""
    config = OldConfig(file=file, below=below or {})
    try:
        for statement in ast.parse(source, str(path or file or "<配置>")).body:
            _statement(statement, config)
    except (RecursionError, MemoryError):
        raise ValueError(f"读不了 {path or file}：嵌套太深") from None
    return config


def _text(path: Path) -> str:
    """文件里的文字，编码照 Python 的规矩：UTF-8（有没有 BOM 都行），或者开头两行写明的。抛 OSError、ValueError。"""
    try:
        with tokenize.open(path) as file:
            text = file.read()
    except (UnicodeDecodeError, SyntaxError):
        raise ValueError(f"读不了 {path}，它不是 UTF-8：另存为 UTF-8，或者在第一行写明编码（# -*- coding: gbk -*-）") from None
    if "\0" in text:
        raise ValueError(f"读不了 {path}：里面有空字符，不是文字")
    return text


def read_file(path: Path, home: Path | None = None, seen: tuple[Path, ...] = ()) -> OldConfig:
    """读一份配置，连同它的 ``_base_``。``home`` 是 ``mmdet::`` 所指的文件夹。抛 OSError、SyntaxError、ValueError。"""
    source = _text(path)
    name = "" if not seen else path.name
    first = read(source, name, path=path)
    merged, missing = OldConfig(), _unknown_bases(first)
    for base in bases(first):
        inner = _base_path(str(base.data), path, home)
        if inner is None or inner in seen or not inner.is_file():
            missing.append(base)
            continue
        below = read_file(inner, home, (*seen, path))
        for key, value in below.tops.items():
            merged.tops[key] = merge(merged.tops[key], value) if key in merged.tops else value
        merged.helpers |= below.helpers
        merged.unread += below.unread
        missing += below.missing
    own = read(source, name, merged.tops, path) if merged.tops else first
    tops = dict(merged.tops)
    for key, value in own.tops.items():
        tops[key] = merge(tops[key], value) if key in tops else _without_marks(value)
    tops.pop("_base_", None)
    return OldConfig(tops, own.helpers | merged.helpers, [*merged.unread, *own.unread], bases(first), missing)


def bases(config: OldConfig) -> list[Value]:
    """它继承的文件，照它自己写的。"""
    return [base for base in _said_bases(config) if isinstance(base.data, str)]


def _unknown_bases(config: OldConfig) -> list[Value]:
    """要运行才知道是哪个文件的底稿：也算找不到。"""
    return [base for base in _said_bases(config) if not isinstance(base.data, str)]


def _said_bases(config: OldConfig) -> list[Value]:
    value = config.tops.get("_base_")
    return [] if value is None or value.data is None or value.data == [] else value.items or [value]


def merge(below: Value, above: Value) -> Value:
    """把上面的值盖到底稿上，规矩同 MMEngine。"""
    if not (isinstance(above.data, dict) and isinstance(below.data, dict)) or above.get("_delete_") is True:
        return _without_marks(above)
    joined = dict(below.data)
    for key, value in above.data.items():
        if key != "_delete_":
            joined[key] = merge(joined[key], value) if key in joined else _without_marks(value)
    return replace(above, data=joined)


def _without_marks(value: Value) -> Value:
    if not isinstance(value.data, dict):
        return value
    return replace(value, data={key: _without_marks(inner) for key, inner in value.data.items() if key != "_delete_"})


def _base_path(base: str, path: Path, home: Path | None) -> Path | None:
    if "::" not in base:
        return (path.parent / base).resolve()
    return home / base.partition("::")[2] if home is not None and base.startswith("mmdet::") else None


def _statement(statement: ast.stmt, config: OldConfig) -> None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=node) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as node):
            config.tops[name] = _value(node, config)
        case ast.Expr(value=ast.Constant()):
            pass  # 说明文字
        case _:
            config.unread.append(Value(statement.lineno, ast.unparse(statement).splitlines()[0], UNKNOWN, config.file))


def _value(node: ast.expr, config: OldConfig) -> Value:
    return Value(node.lineno, ast.unparse(node), _data(node, config), config.file)


def _data(node: ast.expr, config: OldConfig) -> object:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List():
            return list(_items(node.elts, config))
        case ast.Tuple():
            return Tuple(_items(node.elts, config))
        case ast.Call(func=ast.Name(id="dict"), args=arguments, keywords=keywords) if len(arguments) < 2:
            inner = [(None, argument) for argument in arguments] + [(word.arg, word.value) for word in keywords]
            return dict(_pairs(inner, config))
        case ast.Dict(keys=keys, values=values):
            names = [key if key is None else _data(key, config) for key in keys]
            known = all(name is None or isinstance(name, str) for name in names)  # 别的键写不成原来的样子
            return dict(_pairs([*zip(names, values)], config)) if known else UNKNOWN
        case ast.Name(id=name):
            config.helpers.add(name)
            return config.tops[name].data if name in config.tops else UNKNOWN
        case ast.Set(elts=[ast.Set(elts=[inner])]):  # {{_base_.x}}
            return _data(inner, config)
        case ast.Attribute() | ast.Subscript():
            return _inside(node, config)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            number = _data(operand, config)
            return -number if isinstance(number, int | float) else UNKNOWN
        case ast.BinOp(left=left, op=op, right=right):
            return _sum(op, _data(left, config), _data(right, config))
        case ast.JoinedStr(values=parts):
            return _joined(parts, config)
    config.helpers.update(inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))
    return UNKNOWN


def _inside(node: ast.expr, config: OldConfig) -> object:
    """``_base_.a.b[0]``、``a['b']``：从底稿或本文件的名字里取。"""
    match node:
        case ast.Attribute(value=ast.Name(id="_base_"), attr=key):
            return config.below[key].data if key in config.below else UNKNOWN
        case ast.Attribute(value=holder, attr=key) | ast.Subscript(value=holder, slice=ast.Constant(value=str(key))):
            inside = _data(holder, config)
            return inside[key].data if isinstance(inside, dict) and key in inside else UNKNOWN
        case ast.Subscript(value=holder, slice=index):
            inside, at = _data(holder, config), _data(index, config)
            fits = isinstance(inside, list) and type(at) is int and -len(inside) <= at < len(inside)
            return inside[at].data if fits else UNKNOWN
    return UNKNOWN


def _joined(parts: list[ast.expr], config: OldConfig) -> object:
    texts = [_data(part.value if isinstance(part, ast.FormattedValue) else part, config) for part in parts]
    formatted = any(isinstance(part, ast.FormattedValue) and (part.format_spec or part.conversion != -1) for part in parts)
    simple = all(isinstance(text, str | int) for text in texts) and not formatted
    return "".join(map(str, texts)) if simple else UNKNOWN


def _items(nodes: list[ast.expr], config: OldConfig) -> Iterator[Value]:
    for node in nodes:
        if isinstance(node, ast.Starred):
            inner = _value(node.value, config)
            yield from inner.items if isinstance(inner.data, list) else [replace(inner, text="*" + inner.text, data=UNKNOWN)]
        else:
            yield _value(node, config)


def _pairs(pairs: list[tuple[object, ast.expr]], config: OldConfig) -> Iterator[tuple[str, Value]]:
    for key, node in pairs:
        value = _value(node, config)
        if key is None and isinstance(value.data, dict):  # **img_norm_cfg
            yield from value.data.items()
        elif key is None:
            yield "**" + value.text, replace(value, data=UNKNOWN)
        else:
            yield str(key), value


def _sum(op: ast.operator, left: object, right: object) -> object:
    numbers = all(isinstance(side, int | float) for side in (left, right))
    alike = isinstance(op, ast.Add) and any(isinstance(left, kind) and isinstance(right, kind) for kind in (str, list))
    repeated = isinstance(op, ast.Mult) and isinstance(left, list) and type(right) is int and len(left) * right <= LONGEST
    if type(op) not in ARITHMETIC or not (numbers or alike or repeated):
        return UNKNOWN
    try:
        return ARITHMETIC[type(op)](left, right)
    except (ZeroDivisionError, OverflowError):
        return UNKNOWN
