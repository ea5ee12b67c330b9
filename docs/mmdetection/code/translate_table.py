"""翻译程序的成绩单：compare_translations.py 数出来的，排成一张表。"""

import json
from pathlib import Path

counts = json.loads((Path(__file__).parent / "translate_counts.json").read_text(encoding="utf-8"))
values = counts["values"]
total = sum(values.values())
rows = [
    ("有同名者的配置", f"{counts['configs']} 份"),
    ("两边全部的值（一边没有也算不同）", f"{total} 个"),
    ("值一样", f"{values['same']} 个，{values['same'] / total:.1%}"),
    ("值不同", f"{values['other']} 个"),
    ("只有老的有", f"{values['mine']} 个"),
    ("只有 3.3.0 有", f"{values['theirs']} 个"),
    ("不同的值在报告里列出", f"{counts['listed']} 个"),
    ("九成七以上一样的配置", f"{counts['over_97']} 份"),
    ("最差的一份", f"`{counts['worst'][1]}`，{counts['worst'][0]:.0%} 一样"),
    ("要人来定", f"{counts['undecided']} 处，在 {counts['with_undecided']} 份里"),
    ("读出的值与 MMEngine 相同", f"{counts['reader_same']} 份"),
    ("没有与 MMEngine 比", f"{counts['reader_runs']} 份有运行才知道的值，{counts['reader_imports']} 份要导入没有装的模块（`mmcls`）"),
]

build = counts["build"]


def several(failed: dict[str, str]) -> str:
    """几份，是哪些。"""
    return f"{len(failed)} 份" + (f"：{'、'.join(f'`{name}`' for name in failed)}" if failed else "")


made = [
    ("每个文件夹取名字最短的一份，名字里写着小骨干的再取一份", f"{build['configs']} 份"),
    ("造出来了", f"{build['built']} 份"),
    ("造不出来：这里缺东西，3.3.0 的同名者也造不出来", several(build["here"])),
    ("造不出来：列了要人来定", several(build["undecided"])),
    ("造不出来，又什么都没有列", several(build["silent"])),
    ("参数不到 2500 万、玩具数据够用的", f"{build['small']} 份"),
    ("其中训练了两步，损失都是有限的数", f"{build['trained']} 份"),
    ("没有训练成", several(build["untrained"])),
]

# --8<-- [start:table]
print("| 项 | 数 |\n| --- | --- |")
for item, number in rows:
    print(f"| {item} | {number} |")
# --8<-- [end:table]
# --8<-- [start:built]
print("| 项 | 数 |\n| --- | --- |")
for item, number in made:
    print(f"| {item} | {number} |")
# --8<-- [end:built]
