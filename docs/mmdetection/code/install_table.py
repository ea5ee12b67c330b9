"""安装一页的表：由 install_matrix.json 的规则算出，每种情形走哪一条路。"""

import json
from pathlib import Path

MATRIX = json.loads((Path(__file__).parent / "install_matrix.json").read_text(encoding="utf-8"))


def choose(pick):
    """第一条合得上的规则说的路：它的名字。"""
    return next(rule["way"] for rule in MATRIX["rules"] if all(pick[key] in allowed for key, allowed in rule["when"].items()))


def tried(pick):
    """跑过没有：在别的系统上跑过，不算在这里跑过。"""
    way = MATRIX["ways"][choose(pick)]
    if not way["ran"]:
        return "没有"
    system = MATRIX["questions"]["system"][way["ran_on"]].split("（")[0]
    return "跑过" if way["ran_on"] == pick["system"] else f"只在 {system} 上"


def commands(pick):
    """这种情形的命令，版本都填好。"""
    card, torch = MATRIX["questions"]["card"][pick["card"]], MATRIX["questions"]["torch"][pick["torch"]]
    index = "cpu" if pick["cuda"] == "cpu" else "cu" + pick["cuda"].replace(".", "")
    fill = {"{index}": index, "{arch}": card["capability"] or "", "{torch}": torch["version"]}
    made = []
    for line in MATRIX["ways"][choose(pick)]["commands"]:
        for old, new in fill.items():
            line = line.replace(old, new)
        made.append(line)
    return made


# --8<-- [start:table]
print("| 你的情形 | 走哪条路 | 约几分钟 | 跑过没有 |\n| --- | --- | ---: | --- |")
for situation in MATRIX["situations"]:
    way = MATRIX["ways"][choose(situation["pick"])]
    print(f"| {situation['label']} | {way['title']} | {way['minutes']} | {tried(situation['pick'])} |")
# --8<-- [end:table]
