"""Say for an MMDetection config of 1.x or 2.x which keys changed and what they are called in 3.3.0.

    python docs/mmdetection/code/translate_config.py OLD.py
    python docs/mmdetection/code/translate_config.py OLD.py --age 1      (when the file itself does not tell)

The config is read, never run. The report names each changed key with its line; what has no counterpart, and what
only a person can decide, is said too. It does not write a new config: start from the one of 3.3.0 and carry your own
changes over. Beside this file: config_reader.py (reads), config_renames.py (the table), config_rewrites.py.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from config_reader import UNKNOWN, OldConfig, Value, read
from config_renames import RULES, SAME
from config_rewrites import Outcome, Spot, hand, not_data

NEW = ["train_dataloader", "optim_wrapper", "param_scheduler", "val_evaluator", "default_hooks", "env_cfg"]
NEW += ["train_cfg.max_epochs", "train_cfg.max_iters", "train_cfg.val_interval"]
NEW += ["model.data_preprocessor", "data_preprocessor", "*_pipeline[[]*:PackDetInputs"]
NEW_BASE = re.compile(r"mmdet::|(.*/)?(?!mstrain-)[a-z0-9]+(-[a-z0-9]+)+_[^/]*\.py$")  # only 3.x writes cascade-rcnn_r50: 2.x cascade_rcnn_r50
SIGNS = {  # keys (or types) of an age; those of 2.x that stand in 3.x too count only when nothing says 3.x
    "1": ["data.imgs_per_gpu", "model.bbox_roi_extractor", "model.*head.target_means", "model.*.anchor_scales"],
    "2": ["data.samples_per_gpu", "model.roi_head", "model.*.bbox_coder", "model.*.anchor_generator", "runner", "_base_"],
}
EITHER = "Nothing in this file tells 2.x from 3.x: if it was written for 3.x, there is nothing to translate."
CANNOT = {
    "1": "boxes lost their '+1', RoIAlign is aligned by half a pixel, low-quality matches left the R-CNN stage:\n"
    "  1.x weights do not fit 3.3.0, and a retrained model gives other numbers.",
    "2": "whether a checkpoint of 2.x fits 3.3.0 cannot be read from a config.",
}
HEADINGS = {"moved": "Renamed, moved or rewritten", "gone": "Gone: nothing to write", "hand": "Not translated: decide yourself"}


@dataclass(frozen=True)
class Finding:
    """What became of one key: where it stands (all lines that say the same), its path, how it is written."""

    lines: tuple[int, ...]
    old: str
    value: Value
    outcome: Outcome


@dataclass(frozen=True)
class Place:
    """Where the walk stands: the path as shown, as matched (plain, and with types), and where it went in 3.3.0."""

    shown: str
    plain: str
    typed: str
    new: str

    def child(self, key: str, value: Value) -> "Place":
        kind = f":{value.get('type')}" if value.get("type") else ""
        dot = "." if self.plain else ""
        end = f"{dot}{key}"
        return Place(self.shown + end, self.plain + end, self.typed + end + kind, self.new + end)

    def item(self, index: int, value: Value) -> "Place":
        kind = f":{value.get('type')}" if value.get("type") else ""
        return Place(f"{self.shown}[{index}]", f"{self.plain}[]", f"{self.typed}[]{kind}", f"{self.new}[{index}]")

    def matches(self, pattern: str) -> bool:
        return fnmatchcase(self.plain, pattern) or fnmatchcase(self.typed, pattern)


TOP = Place("", "", "", "")


def age_of(config: OldConfig) -> tuple[str, list[str]]:
    """The age ("1", "2", "3", or "" for unknown or mixed) and the keys that show it."""
    places = [place for name, value in config.tops.items() for place, _ in nodes(TOP.child(name, value), value)]
    new = sorted(sign.replace("[[]", "[") for sign in NEW if any(place.matches(sign) for place in places))
    new += [f"_base_ {base}" for base in bases(config) if NEW_BASE.match(base)]
    if new:
        return "3", new
    paths = [place.plain for place in places]
    found = {age: [sign for sign in signs if any(fnmatchcase(path, sign) for path in paths)] for age, signs in SIGNS.items()}
    if bool(found["1"]) == bool(found["2"]):
        return "", found["1"] + found["2"]
    age = "1" if found["1"] else "2"
    return age, found[age]


def bases(config: OldConfig) -> list[str]:
    """The files that a config inherits from, as it writes them."""
    value = config.tops.get("_base_")
    inside = [] if value is None else value.data if isinstance(value.data, list) else [value]
    return [base.data for base in inside if isinstance(base.data, str)]


def known(name: str) -> bool:
    """Whether this is a top-level key of old configs."""
    return name in SAME or any(fnmatchcase(name, rule.pattern) for rule in RULES)


def nodes(place: Place, value: Value) -> Iterator[tuple[Place, Value]]:
    yield place, value
    for inner, child in children(place, value):
        yield from nodes(inner, child)


def children(place: Place, value: Value) -> Iterator[tuple[Place, Value]]:
    """What is inside: the values of a dict, the dicts and lists of a list (its numbers belong together)."""
    if isinstance(value.data, dict):
        yield from ((place.child(key, child), child) for key, child in value.data.items())
    elif isinstance(value.data, list):
        yield from ((place.item(i, child), child) for i, child in enumerate(value.data) if isinstance(child.data, dict | list))


def translate(config: OldConfig, age: str) -> tuple[list[Finding], int]:
    """All findings in the order of the file, each once, and the number of values without a known change."""
    steps_first = sorted(config.tops, key=lambda name: not name.endswith("_pipeline"))
    found, same = {}, set()
    for name in steps_first:
        top, value = TOP.child(name, config.tops[name]), config.tops[name]
        if not (known(name) or name.endswith("_pipeline")):
            if name not in config.helpers:  # what others are made of is reached through them
                found[id(value)] = Finding((value.line,), name, value, hand("not known to this program"))
            continue
        for origin, finding in walk(top, value, value, config, age):
            if finding is None:
                same.add(id(origin))
            else:  # a pipeline is reached by its own name and from each dataset: the first way counts
                found.setdefault((id(origin), finding.outcome.kind, finding.outcome.note), finding)
    unread = [
        Finding((line,), "", Value(line, text, UNKNOWN), hand("not plain data: this program does not run the file"))
        for line, text in config.unread
    ]
    return sorted(merge([*found.values(), *unread]), key=lambda f: f.lines), len(same)


def merge(findings: list[Finding]) -> list[Finding]:
    """Join findings that say the same of several lines."""
    joined: dict[object, Finding] = {}
    for finding in sorted(findings, key=lambda f: f.lines):
        key = (finding.old.rpartition(".")[2], finding.value.text, finding.outcome)
        first = joined.get(key, finding)
        joined[key] = replace(first, lines=tuple(sorted({*first.lines, *finding.lines})))
    return list(joined.values())


def walk(place: Place, value: Value, around: Value, config: OldConfig, age: str) -> Iterator[tuple[Value, Finding | None]]:
    """Each value inside with what became of it; None stands for no known change."""
    rule = next((rule for rule in RULES if age in rule.age and place.matches(rule.pattern)), None)
    spot = Spot(place.plain.rpartition(".")[2], value, around, config.tops)
    answer = (rule.answer(spot) if rule else None) or (not_data(spot) if around is not value else None)
    inside = list(children(place, value))
    if answer is None and not inside:
        yield value, None
    new = place.new
    for outcome in answer if isinstance(answer, list) else [answer] if answer else []:
        said = outcome.new.format(up=place.new.rpartition(".")[0], here=place.new, text=value.text, key=spot.key)
        yield value, Finding((value.line,), place.shown, value, replace(outcome, new=said))
        new = said if outcome.kind == "moved" else new
    if not (rule and rule.whole and answer):
        for inner, child in children(replace(place, new=new), value):
            yield from walk(inner, child, value, config, age)


def namesakes(path: Path) -> list[str]:
    """Configs of an installed mmdet whose names have the same parts: ``libra_faster_rcnn_…`` → ``libra-faster-rcnn_…``."""
    def parts(name: str) -> frozenset[str]:
        words = {"ms" if word == "mstrain" else word for word in re.split(r"[-_]", name)}
        return frozenset(word for word in words - {"coco"} if not re.fullmatch(r"\d+xb\d+", word))

    try:
        folder = Path(str(distribution("mmdet").locate_file("mmdet/.mim/configs")))
    except PackageNotFoundError:
        return []
    same = [config for config in folder.rglob("*.py") if parts(config.stem) == parts(path.stem)]
    return sorted(f"configs/{config.relative_to(folder).as_posix()}" for config in same)


def shorten(text: str, width: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


def shows_2x(finding: Finding) -> bool:
    """Whether a finding tells 2.x from 3.x: a changed key, except one that configs of 3.3.0 still write."""
    return finding.outcome.kind in ("moved", "gone") and not finding.old.endswith(".deformable_groups")


def report(findings: list[Finding], same: int, age: str) -> Iterator[str]:
    """The report, line by line."""
    for kind, heading in HEADINGS.items():
        chosen = [finding for finding in findings if finding.outcome.kind == kind]
        if chosen:
            yield f"\n{heading}"
        for finding in chosen:
            yield from entry(finding)
    if age == "2" and not any(map(shows_2x, findings)):
        yield f"\n{EITHER}"
    yield f"\n{same} other values: no change is known to this program.\nNo renaming can carry over: {CANNOT[age]}"


def entry(finding: Finding) -> Iterator[str]:
    outcome, leaf = finding.outcome, not isinstance(finding.value.data, dict)
    text = " ".join(finding.value.text.split())
    said = [finding.old, shorten(text) if leaf else ""]
    yield f"  {', '.join(map(str, finding.lines)):>5}  {' = '.join(filter(None, said))}"
    if outcome.new:
        yield f"         → {outcome.new}{'' if ' = ' in outcome.new or not leaf else ' = ' + text}"
    if outcome.note:
        yield f"           ({outcome.note})"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Say what the keys of an MMDetection 1.x or 2.x config are called in 3.3.0.")
    parser.add_argument("config", type=Path, help="an old config (.py); it is read, never run")
    parser.add_argument("--age", choices=["1", "2"], help="its major version, when the file itself does not tell")
    asked = parser.parse_args(arguments)
    try:
        config = read(asked.config.read_text(encoding="utf-8"))
    except OSError as error:
        parser.error(f"cannot read {asked.config}: {error.strerror}")
    except SyntaxError as error:
        parser.error(f"{asked.config} is not Python: line {error.lineno}: {error.msg}")
    except ValueError as error:  # bytes that are no text, null characters, nesting
        parser.error(f"cannot read {asked.config}: {error}")
    age, signs = age_of(config)
    if age == "3":
        print(f"{asked.config}: written for 3.x already ({', '.join(signs)}); nothing to translate.")
        return 0
    if not any(map(known, config.tops)):
        parser.error(f"{asked.config} has no key of an MMDetection config")
    if not (asked.age or age):
        found = ", ".join(signs) or "no sign"
        parser.error(f"cannot tell whether {asked.config} is of 1.x or 2.x ({found}): say --age 1 or --age 2")
    findings, same = translate(config, asked.age or age)
    print(f"{asked.config}: read as {asked.age or age}.x ({'you said so' if asked.age else ', '.join(signs)})")
    for name in namesakes(asked.config):
        print(f"in 3.3.0 a config of this name is {name}")
    print("\n".join(report(findings, same, asked.age or age)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
