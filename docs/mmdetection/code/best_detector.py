"""页面上比较的模型的 COCO 成绩，读自 mmdet 安装包里的 metafile。"""

# --8<-- [start:read]
from importlib.metadata import distribution

import yaml

CONFIGS = distribution("mmdet").locate_file("mmdet/.mim/configs")  # 只读文件，不导入 mmdet


def zoo():
    """模型名 → COCO 成绩，例如 {"box AP": 50.4, "mask AP": 43.8}；有 metafile 的模型都在内。"""
    found = {}
    for path in sorted(CONFIGS.glob("*/metafile.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for model in (content.get("Models") or []) if isinstance(content, dict) else content:
            results = [r for r in model.get("Results") or [] if r.get("Dataset") == "COCO"]
            found[model["Name"]] = {k: v for r in results for k, v in (r.get("Metrics") or {}).items()}
    return found


values = zoo()
print(len(values), "个模型；HTC 加 DCN：", values["htc_x101-64x4d-dconv-c3-c5_fpn_ms-400-1400-16xb1-20e_coco"])
# --8<-- [end:read]

# --8<-- [start:zoo]
ROWS = [  # 叫法、配置名、看数字时还要知道的
    ("Faster R-CNN R50", "faster-rcnn_r50_fpn_1x_coco", "入门基线"),
    ("Cascade Mask R-CNN X101-32x4d + DCN", "cascade-mask-rcnn_x101-32x4d-dconv-c3-c5_fpn_1x_coco", "2019 年记录里的候选；这份配置 2020-06 才有"),
    ("HTC X101-64x4d + DCN", "htc_x101-64x4d-dconv-c3-c5_fpn_ms-400-1400-16xb1-20e_coco", "多尺度训练"),
    ("RTMDet-x", "rtmdet_x_8xb32-300e_coco", "实时系列"),
    ("RTMDet-Ins-x", "rtmdet-ins_x_8xb16-300e_coco", "实时系列"),
    ("DINO R50", "dino-4scale_r50_8xb2-12e_coco", "只训 12 轮"),
    ("Mask2Former Swin-L", "mask2former_swin-l-p4-w12-384-in21k_16xb1-lsj-100e_coco-panoptic", "全景标注训练"),
    ("DINO Swin-L", "dino-5scale_swin-l_8xb2-36e_coco", "权重来自第三方"),
    ("DDQ DETR Swin-L", "ddq-detr-4scale_swinl_8xb2-30e_coco", "权重来自论文作者"),
    ("Grounding DINO Swin-B", "grounding_dino_swin-b_finetune_16xb2_1x_coco", "先用大量额外数据预训练"),
]
print("| 模型 | 框 AP | 掩码 AP | 要知道的 | 配置名 |\n| --- | ---: | ---: | --- | --- |")
for label, name, note in ROWS:
    ap = values[name]
    print(f"| {label} | {ap['box AP']} | {ap.get('mask AP', '–')} | {note} | {name} |")
# --8<-- [end:zoo]

# --8<-- [start:highest]
numbers = {metric: {n: v[metric] for n, v in values.items() if isinstance(v.get(metric), (int, float))} for metric in ("box AP", "mask AP")}
for metric, table in numbers.items():
    name = max(table, key=table.get)
    print(f"{metric} 最高：{table[name]}  {name}")
# --8<-- [end:highest]
