"""用微调好的网络认照片。

    finetune_predict.py finetuned.pt 照片.jpg …
"""

import sys
from pathlib import Path

import torch
from finetune_data import as_input, for_testing
from finetune_model import ResNet18
from image_data import open_image


# --8<-- [start:predict]
def predict(saved: Path, photo: Path) -> tuple[str, float]:
    """认一张照片：最像的类和它的份额（0 到 1）。"""
    kept = torch.load(saved, map_location="cpu", weights_only=True)
    model = ResNet18(len(kept["classes"]))
    model.load_state_dict(kept["state"])
    model.eval()
    image = for_testing(open_image(photo, "RGB"), kept["size"])  # 与验证时同样的缩放、裁剪
    with torch.inference_mode():
        shares = model(as_input(image)[None]).softmax(dim=1)[0]  # [None]：一张也要成一批
    best = shares.argmax().item()
    return kept["classes"][best], shares[best].item()
# --8<-- [end:predict]


if __name__ == "__main__":
    for name in sys.argv[2:]:
        print(f"{name}：{{}} {{:.2f}}".format(*predict(Path(sys.argv[1]), Path(name))))
