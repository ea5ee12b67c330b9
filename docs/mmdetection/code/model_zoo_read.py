"""不联网读模型库：mmdet 安装包里带着 metafile。"""

# --8<-- [start:entry]
from collections import Counter
from importlib.metadata import distribution
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import yaml

CONFIGS = distribution("mmdet").locate_file("mmdet/.mim/configs")
entries = {}
for path in sorted(CONFIGS.glob("*/metafile.yml")):
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for entry in (content.get("Models") or []) if isinstance(content, dict) else content:
        entries[PurePosixPath(entry["Config"]).stem] = entry  # 以配置文件的名字为准，原因见下

print(yaml.safe_dump(entries["faster-rcnn_r50_fpn_1x_coco"], sort_keys=False, width=100))
# --8<-- [end:entry]

# --8<-- [start:names]
renamed = [config for config, entry in entries.items() if config != entry["Name"].removesuffix(".py")]
print(len(entries), "个模型，名字与配置文件不同的：", len(renamed))
print("例：", entries["yolox_s_8xb8-300e_coco"]["Name"], "的配置是", "yolox_s_8xb8-300e_coco.py")
# --8<-- [end:names]

# --8<-- [start:addresses]
weights = [entry["Weights"] for entry in entries.values() if isinstance(entry.get("Weights"), str)]
places = Counter("/".join([urlsplit(url).netloc, *urlsplit(url).path.split("/")[1:3]]) for url in weights)
for place, number in places.most_common(2):
    print(f"{number:4}  {place}")
print(f"{sum(places.values()):4}  合计")
# --8<-- [end:addresses]

# --8<-- [start:suffix]
import re

SUFFIX = re.compile(r"-([0-9a-f]{8})\.pth$")
with_hash = [url for url in weights if SUFFIX.search(url)]
print(len(with_hash), "/", len(weights), "个文件名以 8 位十六进制结尾")
print([url.rsplit("/", 1)[1] for url in weights if not SUFFIX.search(url)])
# --8<-- [end:suffix]


# --8<-- [start:memory]
def box_ap(entry):
    """一条记录的 COCO 框 AP；没有就是 0。"""
    for result in entry.get("Results") or []:
        if result.get("Dataset") == "COCO" and isinstance((result.get("Metrics") or {}).get("box AP"), (int, float)):
            return result["Metrics"]["box AP"]
    return 0


memory = {name: (entry.get("Metadata") or {}).get("Training Memory (GB)") for name, entry in entries.items()}
print("| 不超过 | 个数 | 框 AP | 显存 | 配置名 |\n| ---: | ---: | ---: | ---: | --- |")
for limit in (4, 6, 8, 12, 24):
    fits = [name for name, used in memory.items() if isinstance(used, (int, float)) and used <= limit]
    best = max(fits, key=lambda name: box_ap(entries[name]))
    print(f"| {limit} GB | {len(fits)} | {box_ap(entries[best])} | {memory[best]} GB | {best} |")
# --8<-- [end:memory]

# --8<-- [start:speed]
timed = []
for name, entry in entries.items():
    if "crop640" in name:
        continue  # metafile 写 800 × 1333，配置却在 640 × 640 上测
    for run in (entry.get("Metadata") or {}).get("inference time (ms/im)") or []:
        if (run["hardware"], run["mode"], str(run["resolution"])) == ("V100", "FP32", "(800, 1333)") and box_ap(entry):
            timed.append((run["value"], -box_ap(entry), name))
print("| V100 每图 | 框 AP | 配置名 |\n| ---: | ---: | --- |")
best = 0
for milliseconds, negative_ap, name in sorted(timed):
    if -negative_ap > best:  # 模型库里没有比它又快又准的
        best = -negative_ap
        print(f"| {milliseconds:.0f} ms | {best} | {name} |")
# --8<-- [end:speed]
