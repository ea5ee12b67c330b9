"""Hold the translator of old configs against every config of the mmdet 2.28.2 wheel that has a namesake in 3.3.0.

    python scripts/compare_translations.py [--torch-index URL|default]        (make test-clean)

Fetches the wheel with pip (2 MB), translates each config, compares it by value with its namesake, and writes the counts
to docs/mmdetection/code/translate_counts.json, which the page and the tests read. The reader is compared with mmengine
on the way: both must merge every config of the wheel to the same values. Exits with 1 when they do not.

Of each folder of configs the translation with the shortest name is also built, and the shortest that names a light backbone;
where it is small and the toy data will do it is trained for two iterations (scripts/build_configs.py). Where building fails,
its namesake of 3.3.0 is built too, which tells what the machine lacks from what the translation lacks. For that pip fetches
mmcv-lite and its libraries (100 MB), and torch where there is none.
"""

import argparse
import functools
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

CODE = Path(__file__).resolve().parents[1] / "docs" / "mmdetection" / "code"
PARTS = "changed compare desk early hooks loaders meaning names network rates reader run scores steps transformer yolox"
TRANSLATOR = [f"config_{name}.py" for name in PARTS.split()]
OLD = "2.28.2"
DATA = ("model", "data", "optimizer", "optimizer_config", "lr_config", "evaluation", "runner", "log_config", "checkpoint_config", "train_cfg", "test_cfg")

sys.path.insert(0, str(CODE))

import build_configs  # noqa: E402
import config_compare  # noqa: E402
import config_meaning  # noqa: E402
import config_names  # noqa: E402
import config_reader  # noqa: E402
import translate_config  # noqa: E402

LIGHT = re.compile(r"mobilenetv2|_r18_|_tiny_|_nano_|regnetx-400MF")  # backbones with which a detector may have less than SMALL parameters

DECIDED = config_meaning.Age("2", ["the wheel"])


def digest() -> str:
    """The translator that made the counts, as one number."""
    return hashlib.sha256(b"".join((CODE / name).read_bytes() for name in TRANSLATOR)).hexdigest()


def unpack(folder: Path) -> Path:
    """The configs of the old wheel, fetched with pip."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", f"mmdet=={OLD}", "--dest", str(folder)]
    subprocess.run(command, check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder)
    return folder / "mmdet" / ".mim" / "configs"


def against_mmengine(path: Path, config: config_reader.OldConfig) -> str:
    """``same`` or ``other``: what mmengine merges this config to; ``runs``: values that only running gives, ``imports``: mmengine cannot import its modules."""
    from mmengine import Config

    values = {key: config_reader.plain(value) for key, value in config.tops.items() if key in DATA}
    if config.unread or config.missing or "UNKNOWN" in repr(values):
        return "runs"
    try:
        theirs = Config.fromfile(str(path))._cfg_dict.to_dict()
    except ImportError:
        return "imports"
    return "same" if values == {key: untyped(value) for key, value in theirs.items() if key in DATA} else "other"


def untyped(value: object) -> object:
    if isinstance(value, dict):
        return {key: untyped(inner) for key, inner in value.items()}
    return [untyped(inner) for inner in value] if isinstance(value, list | tuple) else value


def sample(names: Iterable[str]) -> list[str]:
    """Of each folder the shortest name, and the shortest that names a light backbone: most others are too large to be trained here."""
    chosen = {}
    for name in sorted(names, key=lambda name: (len(name), name)):
        folder = name.partition("/")[0]
        chosen.setdefault((folder, False), name)
        if LIGHT.search(name):
            chosen.setdefault((folder, True), name)
    return list(dict.fromkeys(chosen.values()))


def built(pairs: dict[str, tuple[Path, Path]], folder: Path, index: str) -> dict:
    """Build a sample of the translations, and the namesakes of those that fail. ``pairs``: ``folder/name`` → old config, namesake."""
    names, undecided = config_names.installed(), set()
    mine = {name: folder / "translated" / f"{name.replace('/', '-')}.py" for name in sample(pairs)}
    (folder / "translated").mkdir()
    for name, path in mine.items():
        result = translate_config.translate(config_reader.read_file(pairs[name][0]), DECIDED, names)
        path.write_text(translate_config.written(result, name), encoding="utf-8")
        undecided |= {name} if result.hand else set()
    variables = build_configs.environment(folder, index)
    found = build_configs.outcomes([*mine.values()], variables, folder / "toy")
    failed = {name: pairs[name][1] for name, path in mine.items() if found[str(path)]["built"]}
    theirs = build_configs.outcomes([*failed.values()], variables)
    return summary({name: found[str(path)] for name, path in mine.items()}, {name: theirs[str(path)] for name, path in failed.items()}, undecided)


def summary(ours: dict[str, dict], theirs: dict[str, dict], undecided: set[str]) -> dict:
    """How many of a sample were built and trained, and why the others were not. ``theirs``: the namesakes of what failed."""
    failed = {name: one["built"] for name, one in ours.items() if one["built"]}
    here = {name for name in failed if theirs[name]["built"]}  # the machine has not what the namesake wants either
    small = {name: one["trained"] for name, one in ours.items() if one["trained"] is not None}
    return {
        "configs": len(ours), "built": len(ours) - len(failed),
        "here": {name: why for name, why in failed.items() if name in here},
        "undecided": {name: why for name, why in failed.items() if name in undecided - here},
        "silent": {name: why for name, why in failed.items() if name not in undecided | here},
        "small": len(small), "trained": sum(not why for why in small.values()),
        "untrained": {name: why for name, why in small.items() if why},
    }


def count(root: Path, folder: Path, index: str) -> dict:
    """All counts over the configs below a root; a folder to work in, and where torch comes from."""
    names, pairs = config_names.installed(), {}
    config_reader.read_file = functools.cache(config_reader.read_file)  # the same bases come again and again
    values, reader, per_config, undecided, crashed, listed = Counter(), Counter(), [], [], [], 0
    for path in sorted(root.rglob("*.py")):
        same = None if "_base_" in path.parts else names.namesake(path)
        if same is None:
            continue
        pairs[path.relative_to(root).as_posix().removesuffix(".py")] = (path, same)
        config = config_reader.read_file(path)
        reader[against_mmengine(path, config)] += 1
        try:
            result = translate_config.translate(config, DECIDED, names)
        except Exception as error:  # counted, never passed over
            crashed.append(f"{path.name}: {error!r}")
            continue
        differences = config_compare.compare(result.made, config_reader.read_file(same, names.configs).tops)
        kinds = Counter(difference.kind for difference in differences)
        values += kinds
        report = "\n".join(translate_config.compared(differences))
        listed += sum(f"  {difference.path}\n" in report for difference in differences if difference.kind != "same")
        per_config.append((kinds["same"] / kinds.total(), path.stem))
        undecided.append(len(result.hand))
    print("\n".join(crashed))
    shares = sorted(share for share, _ in per_config)
    return {
        "old": OLD, "new": config_names.VERSION, "sources": digest(),
        "configs": len(per_config), "crashed": len(crashed),
        "values": {kind: values[kind] for kind in ("same", "other", "mine", "theirs")},
        "listed": listed,
        "over_97": sum(share >= 0.97 for share in shares), "over_90": sum(share >= 0.9 for share in shares),
        "worst": [round(shares[0], 3), min(per_config)[1]],
        "undecided": sum(undecided), "with_undecided": sum(found > 0 for found in undecided),
        **{f"reader_{kind}": reader[kind] for kind in ("same", "other", "runs", "imports")},
        "build": built(pairs, folder, index),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="Hold the translator of old configs against a whole wheel.")
    parser.add_argument("--torch-index", default="", help="another package index for torch, or: default (pip's own)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = count(unpack(Path(folder)), Path(folder), asked.torch_index)
    (CODE / "translate_counts.json").write_text(json.dumps(counts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(counts, indent=2))
    return 1 if counts["reader_other"] or counts["crashed"] or counts["build"]["silent"] else 0


if __name__ == "__main__":
    sys.exit(main())
