"""The one reader of the mmdet 3.3.0 wheel for the tests of the notes on MMDetection and Docker.

The wheel carries what the repository shows on GitHub: ``mmdet/.mim/{configs,tools,model-index.yml}``. Files are read,
never imported: ``import mmdet`` would ask for mmcv and torch. Use it as ``from .wheel import config_paths, flags``
(in another folder of tests: ``from tests.mmdetection.wheel import …``).
"""

import ast
import warnings
from functools import cache
from importlib.metadata import distribution
from pathlib import Path, PurePosixPath

import yaml
from mmengine import Config


def package(name: str = "mmdet") -> Path:
    """The installed package folder of ``mmdet`` or ``mmengine`` (which comes as mmengine-lite)."""
    return Path(str(distribution({"mmengine": "mmengine-lite"}.get(name, name)).locate_file(name)))


def root() -> Path:
    """What stands in for the top of the repository: the folder that holds ``configs`` and ``tools``."""
    return package() / ".mim"


@cache
def config_paths() -> frozenset[str]:
    """Every config as the repository names it: ``configs/htc/htc_r50_fpn_1x_coco.py`` (``_base_`` files too)."""
    return frozenset(path.relative_to(root()).as_posix() for path in (root() / "configs").rglob("*.py"))


def tree(path: Path) -> ast.Module:
    """The syntax tree of a file. Old escapes in its strings make Python warn; that is no business of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        return ast.parse(path.read_text(encoding="utf-8"))


def load(path: str) -> Config:
    """A config of the wheel with its bases merged; ``path`` as in ``config_paths``. Raises FileNotFoundError."""
    return Config.fromfile(str(root() / path))


@cache
def tool_paths() -> frozenset[str]:
    """Every tool as the repository names it: ``tools/train.py``, ``tools/misc/print_config.py``, ``tools/dist_train.sh``."""
    return frozenset(p.relative_to(root()).as_posix() for p in (root() / "tools").rglob("*") if p.suffix in {".py", ".sh"})


@cache
def flags(tool: str) -> frozenset[str]:
    """Arguments of a Python tool, positional ones too: ``flags("tools/train.py")`` holds ``config`` and ``--work-dir``.

    Read from the ``add_argument`` calls, so a flag that argparse adds by itself (``--help``) is not in it.
    """
    return frozenset(
        argument.value
        for node in ast.walk(tree(root() / tool))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add_argument"
        for argument in node.args
        if isinstance(argument, ast.Constant)
    )


@cache
def models() -> dict[str, dict]:
    """Model name → its entry in a ``configs/*/metafile.yml`` (keys ``Config``, ``Metadata``, ``Results``, ``Weights``).

    Entries named twice keep the last one. Names of models are not always names of configs (see ``models_by_config``).
    """
    found: dict[str, dict] = {}
    for path in sorted((root() / "configs").glob("*/metafile.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for model in (content.get("Models") or []) if isinstance(content, dict) else content:
            found[model["Name"]] = model
    return found


@cache
def models_by_config() -> dict[str, dict]:
    """Config name without ``.py`` → the same entries. The folder in ``Config`` is wrong for some, the file name never."""
    return {PurePosixPath(model["Config"]).stem: model for model in models().values() if model.get("Config")}


def average_precision(name: str) -> dict[str, float]:
    """COCO values by the metafile for a model or config name: ``{"box AP": 50.4, "mask AP": 43.8}``.

    Raises KeyError for a name that is neither.
    """
    values: dict[str, float] = {}
    for result in (models_by_config() | models())[name].get("Results") or []:
        if result.get("Dataset") == "COCO":
            values |= {metric: value for metric, value in (result.get("Metrics") or {}).items() if metric in {"box AP", "mask AP"}}
    return values


@cache
def registered(name: str = "mmdet") -> dict[str, str]:
    """Class (or function) name → registry, of all that ``mmdet`` or ``mmengine`` registers: ``{"HybridTaskCascadeRoIHead": "MODELS"}``.

    Read from ``@REGISTRY.register_module(…)``; classes that a package registers in a loop are not seen.
    """
    found: dict[str, str] = {}
    for path in package(name).rglob("*.py"):
        if ".mim" in path.parts:
            continue
        for node in ast.walk(tree(path)):
            for decorator in getattr(node, "decorator_list", []):
                if isinstance(decorator, ast.Call) and getattr(decorator.func, "attr", "") == "register_module":
                    named = [k.value for k in decorator.keywords if k.arg == "name"] + decorator.args[:1]
                    alias = named[0].value if named and isinstance(named[0], ast.Constant) else node.name
                    found[alias] = decorator.func.value.id
    return found


@cache
def classes(name: str = "mmdet") -> frozenset[str]:
    """Every class that ``mmdet`` or ``mmengine`` defines, registered or not."""
    return frozenset(
        node.name
        for path in package(name).rglob("*.py")
        if ".mim" not in path.parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
    )
