"""把 1.x 或 2.x 的 MMDetection 配置翻成 3.3.0 的写法，并与 3.3.0 的同名配置逐值比较。

    python translate_config.py OLD.py
    python translate_config.py OLD.py --list              列出每一个值的下落
    python translate_config.py OLD.py --write NEW.py      写出新配置
    python translate_config.py OLD.py --like faster_rcnn/faster-rcnn_r50_fpn_1x_coco.py

老配置只读不跑。要先装好 mmdet 3.3.0（pip install --no-deps mmdet==3.3.0 就够，不要 torch 和 mmcv）。
没有可比的、认不得的、意思变了的、猜的，一律列在“要人来定”里，什么都不丢。
退出码：0 没有要人来定的；1 有；2 读不了这份文件。

分工：config_reader 读 → config_meaning 懂 → config_network（模型）、config_loaders、config_steps 和 config_scores（数据、评测）、config_run、config_rates 和 config_hooks（训练）写
→ config_compare 比；config_transformer、config_yolox 是 DETR 一族和 YOLOX 自己的规矩；config_changed 换算意思变了的参数，config_desk 记下每个决定，config_names 知道 3.3.0 有什么。
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from pprint import pformat

from config_compare import Difference, compare
from config_desk import Decision, Desk, leaves, leftovers, without_unknown
from config_loaders import loaders
from config_meaning import Age, age_of, read_meaning
from config_names import Names, NotInstalled, installed
from config_network import model
from config_rates import schedulers
from config_reader import OldConfig, Value, literal, plain, read_file
from config_run import loops, optimizer, runtime
from config_steps import Preprocessor

KNOWN = ("model", "data", "optimizer", "lr_config", "total_epochs", "runner", "train_cfg", "test_cfg", "train_pipeline", "img_norm_cfg")
GUESSED = {"1": "只凭它猜是 1.x，2.x 也收它：要是 2.x 的，加上 --age 2 再翻", "2": "只凭它猜是 2.x，1.1 起和 3.x 也收它：要是 1.x 的，加上 --age 1 再翻"}
LATER = {"1": "1.x 的框宽多算一个像素、RoIAlign 差半格，值一样也训练不出一样的成绩；1.x 的权重要先转换。", "2": "2.x 的权重能不能用，配置里看不出来。"}


@dataclass(frozen=True)
class Result:
    """翻译的结果：新配置的顶层键，和没有照搬的每一处。"""

    made: dict[str, Value]
    decisions: list[Decision]

    @property
    def hand(self) -> list[Decision]:
        return [decision for decision in self.decisions if decision.kind == "hand"]


def translate(config: OldConfig, age: Age, names: Names) -> Result:
    """老配置 → 3.x 的各个顶层键，和全部决定。"""
    old, desk, shared = read_meaning(config, age), Desk(names), Preprocessor()
    if age.guess is not None:
        desk.hand(age.guess, age.signs[0], GUESSED[age.number])
    made = dict(loaders(old, desk, shared))
    network = model(old, desk, shared)
    made |= {"model": network} if network is not None else {}
    made |= loops(old, desk) | {"optim_wrapper": optimizer(old, desk), "param_scheduler": schedulers(old.schedule, desk)} | runtime(old, desk, made.get("val_evaluator"))
    for name, value in old.odd:
        if value.data is None:
            desk.gone(value, name, "None：和没有写一样")
        else:
            desk.hand(value, name, "该是一个 dict：看不出它说什么，自己写")
    for value in config.missing:
        desk.hand(value, "_base_", "找不到这份底稿：它说的都没有读到，把它放到同样的位置再翻一次")
    for value in config.unread:
        desk.hand(value, "", "不是数据：这个程序不运行配置里的代码")
    kept = {key: without_unknown(value, key, desk) for key, value in made.items() if value is not None}
    lost = leftovers(desk, old.tops, config.helpers | {"data_root", "dataset_type", "_base_"})
    decisions = sorted([*desk.decisions, *lost], key=lambda decision: (decision.value.file, decision.value.line))
    return Result({key: value for key, value in kept.items() if value is not None}, decisions)


# --- 报告 ---


def shorten(text: str, width: int = 70) -> str:
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


def report(result: Result, differences: list[Difference] | None, age: Age, full: bool) -> Iterator[str]:
    """整份报告，一行一行。"""
    yield f"\n要人来定：{len(result.hand)} 处"
    for decision in result.hand:
        yield f"  {decision.value.place:>4}  {decision.path}  {shorten(decision.value.text)}"
        yield f"        {decision.note}"
    if differences is None:
        count = sum(1 for value in result.made.values() for _ in leaves(value))
        yield f"\n没有可比的同名配置：{count} 个值只核对过名字（3.3.0 有没有这个类、收不收这个参数），没有比过值。"
    else:
        yield from compared(differences)
    if full:
        yield from everything(result, differences)
    yield f"\n{LATER[age.number]}"


def compared(differences: list[Difference]) -> Iterator[str]:
    count = Counter(difference.kind for difference in differences)
    yield f"\n与同名配置比：{count['same']} 个值一样，{count['other']} 个不同，{count['mine']} 个只有你的有，{count['theirs']} 个只有 3.3.0 有。"
    for kind, heading in (("other", "值不同"), ("mine", "只有你的有"), ("theirs", "只有 3.3.0 有")):
        chosen = [difference for difference in differences if difference.kind == kind]
        if chosen:
            yield f"\n{heading}"
        for difference in chosen:
            yield from one(difference)


def one(difference: Difference) -> Iterator[str]:
    mine, theirs = difference.mine, difference.theirs
    line = mine.place if mine is not None and mine.line else "补"
    yield f"  {line if mine is not None else '':>4}  {difference.path}"
    sides = [("你的", mine), ("3.3.0", theirs)]
    yield "        " + "；".join(f"{name} {shorten(repr(plain(value)))}" for name, value in sides if value is not None)
    if mine is not None and mine.note:
        yield f"        {mine.note}"


def everything(result: Result, differences: list[Difference] | None) -> Iterator[str]:
    """--list：每个新值从哪一行来、比得怎样；不用写了的也列出来。"""
    words = {"same": "一样", "other": "不同", "mine": "3.3.0 没有"}
    verdicts = {difference.path: words.get(difference.kind, "") for difference in differences or []}
    yield "\n每一个值"
    for name, value in result.made.items():
        for path, leaf in leaves(value, name):
            line = leaf.place if leaf.line else "补"
            yield f"  {line:>4}  {path} = {shorten(repr(plain(leaf)))}  [{verdicts.get(path, '没有比过')}]{f'  {leaf.note}' if leaf.note else ''}"
    yield "\n不用写了"
    for decision in result.decisions:
        if decision.kind == "gone":
            yield f"  {decision.value.place:>4}  {decision.path}  {shorten(decision.value.text)}  （{decision.note}）"


def written(result: Result, source: str) -> str:
    """新配置的文字，开头列出要人来定的。"""
    lines = [f"# 由 {source} 翻译而来，3.3.0 的写法。"]
    lines += [f"# 要人来定：第 {d.value.place} 行 {d.path}：{shorten(d.value.text)}（{d.note}）" for d in result.hand]
    lines += [f"{name} = {pformat(literal(value), width=110, sort_dicts=False)}" for name, value in result.made.items() if value.data != {}]
    return "\n".join(lines) + "\n"


def save(path: Path, text: str) -> None:
    """写完整了才出现在那里。"""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


# --- 命令行 ---


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="把 MMDetection 1.x、2.x 的配置翻成 3.3.0 的写法，与同名配置逐值比较。")
    parser.add_argument("config", type=Path, help="老配置（.py）；只读，不运行")
    parser.add_argument("--age", choices=["1", "2"], help="它是 1.x 还是 2.x；文件里看不出来时才要写")
    parser.add_argument("--list", action="store_true", help="列出每一个值的下落")
    parser.add_argument("--like", metavar="CONFIG", help="与 3.3.0 的这份配置比（configs/ 下的路径），而不是同名的")
    parser.add_argument("--write", type=Path, metavar="NEW.py", help="把新配置写到这里")
    asked = parser.parse_args(arguments)
    try:
        names = installed()
        config = read_file(asked.config)
        like = chosen(asked.like, asked.config, names)
        theirs = names.load(like).tops if like is not None else None
    except NotInstalled as error:
        parser.error(f"{error}：先 pip install --no-deps mmdet==3.3.0")
    except OSError as error:
        parser.error(f"读不了 {error.filename or asked.config}：{error.strerror}")
    except SyntaxError as error:
        parser.error(f"{error.filename} 不是 Python：第 {error.lineno} 行，{error.msg}")
    except ValueError as error:  # 不是文字、有空字符、嵌套太深；--like 的那份没有
        parser.error(str(error))
    if asked.write and asked.write.exists() and asked.write.samefile(asked.config):
        parser.error(f"--write 的文件就是老配置：换一个名字，{asked.config} 不动")
    age = age_of(config, names)
    if age.number == "3":
        print(f"{asked.config}：已经是 3.x 的写法（{'、'.join(age.signs)}），不用翻。")
        return 0
    if not any(name in config.tops for name in KNOWN):
        parser.error(f"{asked.config} 里没有 MMDetection 配置的键")
    if not (asked.age or age.number):
        parser.error(f"看不出 {asked.config} 是 1.x 还是 2.x（{'、'.join(age.signs) or '没有依据'}）：加上 --age 1 或 --age 2")
    age = Age(asked.age, ["你说的"]) if asked.age else age
    result = translate(config, age, names)
    print(f"{asked.config}：按 {age.number}.x 读（{'猜的，只凭 ' if age.guess is not None else ''}{'、'.join(age.signs)}）")
    if like is not None:
        print(f"比的是 3.3.0 的 configs/{like.relative_to(names.configs).as_posix()}")
    print("\n".join(report(result, compare(result.made, theirs) if theirs is not None else None, age, asked.list)))
    if asked.write:
        try:
            save(asked.write, written(result, asked.config.name))
        except OSError as error:
            parser.error(f"写不了 {asked.write}：{error.strerror}")
        print(f"\n写到了 {asked.write}" + ("；要人来定的列在开头，定完再用。" if result.hand else ""))
    return 1 if result.hand else 0


def chosen(like: str | None, config: Path, names: Names) -> Path | None:
    """与哪一份比：指定的，或者同名的。"""
    if like is not None:
        path = names.configs / like.removeprefix("configs/")
        if not path.is_file():
            raise ValueError(f"3.3.0 没有 configs/{like.removeprefix('configs/')}")
        return path
    return names.namesake(config)


if __name__ == "__main__":
    sys.exit(main())
