"""安装一页的表：由 install_matrix.json 的规则算出，每种情形走哪一条路。"""

import json
from pathlib import Path

MATRIX = json.loads((Path(__file__).parent / "install_matrix.json").read_text(encoding="utf-8"))


def choose(pick):
    """第一条合得上的规则说的路：它的名字。"""
    return next(rule["way"] for rule in MATRIX["rules"] if all(pick[key] in allowed for key, allowed in rule["when"].items()))


def tried(way, system):
    """跑过没有：在别的系统上跑过，不算在这里跑过。"""
    if not way["ran"]:
        return "没有跑过"
    if way["ran_on"] != system:
        return f"只在 {MATRIX['questions']['system'][way['ran_on']].split('（')[0]} 上跑过"
    return f"跑过（{way['ran_with']}）" if "ran_with" in way else "跑过"


def minutes(way):
    """约几分钟，是不是量出来的。"""
    return f"{way.get('guessed', '约')} {way['minutes']} 分"


def way_of(situation):
    return situation.get("way") or choose(situation["pick"])


def pythons(situation):
    """走同一条路的 Python，从旧到新。"""
    if "way" in situation:
        return MATRIX["ways"][situation["way"]]["python"]
    pick = situation["pick"]
    return [python for python in MATRIX["questions"]["python"] if choose(pick | {"python": python}) == choose(pick)]


def cudas(situation):
    """用得上的 CUDA：命令里写的在前，换成它也有命令的在后；"cpu" 是不用。"""
    pick = situation["pick"]
    if "way" in situation:
        return MATRIX["questions"]["torch"][pick["torch"]]["cuda"]
    if pick["cuda"] == "cpu":
        return ["cpu"]
    others = [cuda for cuda in MATRIX["questions"]["cuda"] if cuda != "cpu" and MATRIX["ways"][choose(pick | {"cuda": cuda})]["commands"]]
    return list(dict.fromkeys([pick["cuda"], *reversed(others)]))


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
print("| 你的情形 | Python | CUDA | 走哪条路 |\n| --- | --- | --- | --- |")
for situation in MATRIX["situations"]:
    way, fits = MATRIX["ways"][way_of(situation)], pythons(situation)
    cuda = "<br>".join("不用" if one == "cpu" else one for one in cudas(situation))
    told = f"[{way['title']}]({way['section']})<br>{minutes(way)}，{tried(way, situation['pick']['system'])}"
    print(f"| {situation['label']} | {fits[0]}–{fits[-1]} | {cuda} | {told} |")
# --8<-- [end:table]
