"""在自己的图片上检测，两种写法：DetInferencer 一行出图，底层接口拿到数。

    python infer_picture.py toy_retinanet.py work_dirs/toy_retinanet/weights.pth data/toy/val/000001.jpg
"""

import json
import sys
from pathlib import Path

from mmdet.apis import DetInferencer, inference_detector, init_detector

config, weights, picture = sys.argv[1:]

# --8<-- [start:inferencer]
inferencer = DetInferencer(model=config, weights=weights, device="cpu", show_progress=False)
inferencer(picture, out_dir="out", pred_score_thr=0.3, no_save_pred=False)
# --8<-- [end:inferencer]
print(*sorted(str(path) for path in Path("out").rglob("*") if path.is_file()), sep="\n")

# --8<-- [start:read]
found = json.loads(Path("out/preds", Path(picture).stem + ".json").read_text())
for label, score, box in zip(found["labels"], found["scores"], found["bboxes"]):
    if score >= 0.3:
        print(label, round(score, 2), [round(side) for side in box])
# --8<-- [end:read]

# --8<-- [start:lowlevel]
model = init_detector(config, weights, device="cpu")
names = model.dataset_meta["classes"]
result = inference_detector(model, picture).pred_instances
keep = result[result.scores >= 0.3]
for label, score, box in zip(keep.labels.tolist(), keep.scores.tolist(), keep.bboxes.tolist()):
    print(names[label], round(score, 2), [round(side) for side in box])
# --8<-- [end:lowlevel]
