"""翻译用的工作台：造新值、记下每个决定、核对老配置里的每个值都有了下落。

新配置里的每个值都记着它从老配置的哪一行来（第 0 行：补上的，note 里写为什么）。
没有写进新配置的值，要么是“不用写了”（gone，有理由），要么是“要人来定”（hand）。两样都不是的，最后由 leftovers 报出来。
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from config_names import FREE, Names
from config_reader import UNKNOWN, Tuple, Value


ABSENT = "mmdet 3.3.0 的源码和配置里没有 {} 这个类"
ENTRIES = {"model", "data", "optimizer", "optimizer_config", "lr_config", "evaluation", "runner", "log_config", "checkpoint_config", "custom_hooks"}


@dataclass(frozen=True)
class Decision:
    """没有照搬的一个值：``kind`` 是 gone（不用写了）或 hand（要人来定）。"""

    kind: str
    value: Value
    path: str
    note: str


@dataclass
class Desk:
    """一次翻译的全部决定。"""

    names: Names
    decisions: list[Decision] = field(default_factory=list)
    used: set[Value] = field(default_factory=set)

    def hand(self, value: Value, path: str, note: str) -> None:
        self._decide(Decision("hand", value, path, note))

    def gone(self, value: Value | None, path: str, note: str) -> None:
        if value is not None:
            self._decide(Decision("gone", value, path, note))

    def _decide(self, decision: Decision) -> None:
        self.used.update(leaf for _, leaf in leaves(decision.value))
        said = {(known.value, known.note) for known in self.decisions}
        if (decision.value, decision.note) not in said:  # val 和 test 共用一条流水线时，同一处只说一次
            self.decisions.append(decision)

    def new(self, data: object, *origins: Value | None, note: str = "") -> Value:
        """由老值造出的新值；行号取第一个来处的。没有来处就是补上的，必须有理由。"""
        known = [origin for origin in origins if origin is not None]
        for origin in known:
            self.used.update(leaf for _, leaf in leaves(origin))
        line, file = (known[0].line, known[0].file) if known else (0, "")
        return _wrap(data, line, file, note or ("" if known else "补上的"))

    def keep(self, value: Value) -> Value:
        """这个值换个地方原样写进新配置。"""
        self.used.add(value)
        return value

    def added(self, data: object, note: str) -> Value:
        return self.new(data, note=note)

    def carry(self, value: Value, path: str) -> Value | None:
        """原样搬过去：每个类、每个键都要 3.3.0 认得，不认得的照搬但要人来定；算不出来的不搬。"""
        if value.data is UNKNOWN:
            self.hand(value, path, "要运行这份文件才知道是多少")
            return None
        self.used.add(value)
        if isinstance(value.data, dict):
            return replace(value, data=self._carry_dict(value, path))
        if isinstance(value.data, list):
            inside = [self.carry(inner, f"{path}[{index}]") for index, inner in enumerate(value.data)]
            return replace(value, data=type(value.data)(inner for inner in inside if inner is not None))
        return value

    def argument(self, kind: str, key: str, value: Value, path: str) -> Value | None:
        """搬一个类的一个参数：这个类不收它，就要人来定。"""
        doubt = self.doubt(kind, "", key)
        if doubt:
            self.hand(value, path, doubt)
        return self.carry(value, path)

    def _carry_dict(self, value: Value, path: str) -> dict[str, Value]:
        kind, outer = value.get("type"), path.rpartition(".")[2].split("[")[0]
        if kind is not None and not self.names.has(str(kind)):
            self.hand(value.keys["type"], f"{path}.type", ABSENT.format(kind))
        carried = {}
        for key, inner in value.keys.items():
            doubt = self.doubt(str(kind) if kind is not None else "", outer, key)
            if doubt:
                self.hand(inner, f"{path}.{key}", doubt)
            new = self.carry(inner, f"{path}.{key}")
            if new is not None:
                carried[key] = new
        return carried

    def doubt(self, kind: str, outer: str, key: str) -> str:
        """为什么这个键不能放心搬；能放心就是空的。"""
        if key == "type" or outer in FREE or key == "priority" and outer == "custom_hooks":  # 钩子的先后由 Runner 取走
            return ""
        if kind:
            if not self.names.has(kind) or self.names.takes(kind, key):
                return ""
            return f"3.3.0 的 {kind} 不收 {key}" if kind in self.names.sources else f"3.3.0 的配置里，{kind} 没有写过 {key}"
        return "" if key in self.names.seen.get(outer, ()) else f"3.3.0 的配置里，{outer} 下面没有写过 {key}"


def leaves(value: Value, path: str = "") -> Iterator[tuple[str, Value]]:
    """里面所有的叶子（空的 dict、list 也算一个）和它们的路径。"""
    if isinstance(value.data, dict) and value.data:
        for key, inner in value.data.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value.data, list) and any(isinstance(inner.data, dict | list) for inner in value.data):
        for index, inner in enumerate(value.data):
            yield from leaves(inner, f"{path}[{index}]")
    else:  # 常量，或者一串数：它们是一个值
        yield path, value


def without_unknown(value: Value, path: str, desk: Desk) -> Value | None:
    """去掉算不出来的值；还没有列出来的，列进要人来定。"""
    if value.data is UNKNOWN:
        desk.hand(value, path, "要运行这份文件才知道是多少")
        return None
    if isinstance(value.data, dict):
        inside = {key: without_unknown(inner, f"{path}.{key}", desk) for key, inner in value.data.items()}
        return replace(value, data={key: inner for key, inner in inside.items() if inner is not None})
    if isinstance(value.data, list):
        items = [without_unknown(inner, f"{path}[{index}]", desk) for index, inner in enumerate(value.data)]
        return replace(value, data=type(value.data)(inner for inner in items if inner is not None))
    return value


def leftovers(desk: Desk, tops: dict[str, Value], helpers: set[str]) -> list[Decision]:
    """没有下落的老值：谁也没有认领，所以要人来定。"""
    found = []
    for name, top in tops.items():
        if name in helpers and name not in ENTRIES:
            continue  # 别的值是由它组成的，在那里已经数过
        for path, leaf in leaves(top, name):
            if leaf not in desk.used and not any(inner in desk.used for inner in leaf.items):
                found.append(Decision("hand", leaf, path, "这个程序不认得"))
    return found


def _wrap(data: object, line: int, file: str, note: str) -> Value:
    """常量、dict、list → Value；已经是 Value 的原样放进去。"""
    if isinstance(data, Value):
        return data
    if isinstance(data, dict):
        return Value(line, "", {key: _wrap(inner, line, file, note) for key, inner in data.items()}, file, note)
    if isinstance(data, list | tuple):
        kind = Tuple if isinstance(data, tuple) else list
        return Value(line, repr(data), kind(_wrap(inner, line, file, note) for inner in data), file, note)
    return Value(line, repr(data), data, file, note)
