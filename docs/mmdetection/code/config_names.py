"""mmdet 3.3.0 认得什么：哪些类、每个类收哪些参数、哪些配置与老配置同名。

一切读自装好的 mmdet（源码和随包的配置），不导入、不运行，所以不需要 torch 和 mmcv。
一个名字算“认得”，只有两种证据：源码里有这个类、它的 ``__init__`` 收这个参数；或者 3.3.0 自己的某份配置这样写过。
"""

import ast
import re
import warnings
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from config_reader import OldConfig, Value, read, read_file

VERSION = "3.3.0"
# torch 的优化器，MMEngine 全都登记；torch 不一定装了，所以写在这里
OPTIMIZERS = {"ASGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "LBFGS", "NAdam", "RAdam", "RMSprop", "Rprop", "SGD", "SparseAdam"}
FREE = {"custom_keys", "keymap", "path_mapping", "meta_keys", "dist_cfg"}  # 这些 dict 的键由用户自己起


class NotInstalled(Exception):
    """没有装 mmdet 3.3.0：没有它就没有可比的东西。"""


@dataclass(frozen=True)
class Signature:
    """一个类的 ``__init__`` 收哪些参数；``open`` 表示有 ``**kwargs``，要接着看父类。"""

    arguments: frozenset[str]
    open: bool
    parents: tuple[str, ...]


@dataclass
class Names:
    """装好的 mmdet 里的名字。"""

    package: Path
    others: tuple[Path, ...] = ()
    _known: dict[str, Signature | None] = field(default_factory=dict)

    @property
    def configs(self) -> Path:
        return self.package / ".mim" / "configs"

    @cached_property
    def files(self) -> frozenset[str]:
        """3.3.0 的全部配置的文件名。"""
        return frozenset(path.name for path in self.configs.rglob("*.py"))

    @cached_property
    def sources(self) -> dict[str, list[Path]]:
        """类（或注册的函数）名 → 定义它的文件。"""
        found: dict[str, list[Path]] = defaultdict(list)
        for folder in (self.package, *self.others):
            for path in folder.rglob("*.py"):
                if ".mim" not in path.parts:
                    for name in re.findall(r"^class (\w+)\b", path.read_text(encoding="utf-8"), re.MULTILINE):
                        found[name].append(path)
        return found

    @cached_property
    def seen(self) -> dict[str, set[str]]:
        """3.3.0 自己的配置里写过的键：``type`` 的值，或者（没有 type 时）外面那个键的名字 → 里面的键。"""
        found: dict[str, set[str]] = defaultdict(set)
        for path in self.configs.rglob("*.py"):
            for name, value in read(path.read_text(encoding="utf-8")).tops.items():
                _note(name, value, found)
        return found

    def has(self, kind: str) -> bool:
        return kind in self.sources or kind in self.seen or kind in OPTIMIZERS

    def takes(self, kind: str, key: str) -> bool:
        """这个类收不收这个参数。"""
        return key in self.seen.get(kind, ()) or self._takes(kind, key, ())

    def _takes(self, kind: str, key: str, above: tuple[str, ...]) -> bool:
        signature = None if kind in above else self.signature(kind)
        if signature is None:
            return key == "init_cfg" and kind == "BaseModule"
        return key in signature.arguments or (signature.open and any(self._takes(parent, key, (*above, kind)) for parent in signature.parents))

    def signature(self, kind: str) -> Signature | None:
        if kind not in self._known:
            self._known[kind] = next((found for path in self.sources.get(kind, []) if (found := _signature(path, kind))), None)
        return self._known[kind]

    def namesakes(self, name: str) -> list[Path]:
        """与老配置同名的配置：名字的各段相同，不论连字符还是下划线。"""
        wanted = _parts(name)
        return sorted(path for path in self.configs.rglob("*.py") if "_base_" not in path.parts and _parts(path.stem) == wanted)

    def namesake(self, path: Path) -> Path | None:
        """唯一的同名配置。几份都算同名的，取各段顺序也一样的、几卡几图也没有多写的、文件夹也相同的；仍有几份就不猜。"""
        def nearness(one: Path) -> tuple[bool, bool, bool]:
            exact = one.stem.replace("-", "_") == path.stem.replace("-", "_")
            return _order(one.stem) == _order(path.stem), exact, one.parent.name == path.parent.name

        same = sorted(self.namesakes(path.stem), key=nearness, reverse=True)
        alone = len(same) == 1 or len(same) > 1 and nearness(same[0]) > nearness(same[1])
        return same[0] if alone else None

    def load(self, path: Path) -> OldConfig:
        return read_file(path, self.configs)


def installed() -> Names:
    """装好的 mmdet；没有装、或者不是 3.3.0，抛 NotInstalled。"""
    try:
        found = distribution("mmdet")
    except PackageNotFoundError:
        raise NotInstalled("没有装 mmdet") from None
    if found.version != VERSION:
        raise NotInstalled(f"装的是 mmdet {found.version}")
    return Names(Path(str(found.locate_file("mmdet"))), tuple(_engines()))


def _engines() -> list[Path]:
    folders = []
    for name in ("mmengine-lite", "mmengine"):
        try:
            folders.append(Path(str(distribution(name).locate_file("mmengine"))))
        except PackageNotFoundError:
            continue
    return folders[:1]


def _parts(name: str) -> frozenset[str]:
    """``libra_faster_rcnn_x101_64x4d_fpn_1x_coco`` → 它的各段。"""
    return frozenset(_order(name))


def _order(name: str) -> list[str]:
    """各段，照先后；2.x 与 3.x 写法不同的写成一样，coco 和几卡几图（2.x 的 ``8x2``、3.x 的 ``8xb2``）不算。"""
    old = {"mstrain": "ms", "fp16": "amp"}
    words = [old.get(word, word) for word in re.split(r"[-_]", name)]
    return [word for word in words if word != "coco" and not re.fullmatch(r"\d+xb?\d+", word)]


def _note(key: str, value: Value, found: dict[str, set[str]]) -> None:
    if isinstance(value.data, dict):
        found[str(value.get("type") or key)].update(value.data)
        for name, inner in value.data.items():
            _note(name, inner, found)
    for inner in value.items:
        _note(key, inner, found)


def _signature(path: Path, kind: str) -> Signature | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == kind:
            parents = tuple(base.attr if isinstance(base, ast.Attribute) else base.id for base in node.bases if isinstance(base, ast.Name | ast.Attribute))
            init = next((part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"), None)
            if init is None:
                return Signature(frozenset(), True, parents)
            names = [argument.arg for argument in (*init.args.args, *init.args.kwonlyargs)]
            return Signature(frozenset(names) - {"self"}, init.args.kwarg is not None, parents)
    return None
