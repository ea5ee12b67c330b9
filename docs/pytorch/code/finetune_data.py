"""微调用的照片：读文件夹、增广，以及造一个小小的练习集。"""

import random
from pathlib import Path

import numpy as np
import torch
from image_data import FolderDataset, open_image
from PIL import Image, ImageEnhance, ImageOps
from torch import Tensor

MEAN = (0.485, 0.456, 0.406)  # ImageNet 的均值和标准差：预训练时用过的，微调要用同样的
STD = (0.229, 0.224, 0.225)


# --8<-- [start:augment]
def for_training(image: Image.Image, size: int, dice: random.Random) -> Image.Image:
    """随机裁一块缩到 size×size，一半左右翻转，亮度略变。

    想要的面积是 35% 到 100%，长宽比 3:4 到 4:3；超出照片的一边截短，面积和长宽比就都变了。
    """
    area = image.width * image.height * dice.uniform(0.35, 1)
    ratio = dice.uniform(3 / 4, 4 / 3)
    width = min(round((area * ratio) ** 0.5), image.width)
    height = min(round((area / ratio) ** 0.5), image.height)
    left, top = dice.randint(0, image.width - width), dice.randint(0, image.height - height)
    image = image.resize((size, size), Image.Resampling.BILINEAR, box=(left, top, left + width, top + height))
    if dice.random() < 0.5:
        image = ImageOps.mirror(image)
    return ImageEnhance.Brightness(image).enhance(dice.uniform(0.8, 1.2))


def for_testing(image: Image.Image, size: int) -> Image.Image:
    """短边缩到 size 的 256/224，再裁中间 size×size：长宽比不变。"""
    return ImageOps.fit(image, (size, size), Image.Resampling.BILINEAR, bleed=0.0625)
# --8<-- [end:augment]


# --8<-- [start:photos]
def as_input(image: Image.Image) -> Tensor:
    """给网络的 3×S×S：先是 0 到 1，再按 ImageNet 归一化。"""
    values = torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1) / 255
    return (values - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1)


class Photos(FolderDataset):
    """ROOT/<类名>/*.jpg；一项是 (3×S×S 的张量, 类的序号)。怎样找图，与图像分类一样。"""

    def __init__(self, root: Path, size: int, *, training: bool, seed: int = 0) -> None:
        super().__init__(root, size, channels=3)
        self.training, self.dice = training, random.Random(seed)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        path, label = self.items[index]
        image = open_image(path, "RGB")
        image = for_training(image, self.size, self.dice) if self.training else for_testing(image, self.size)
        return as_input(image), label
# --8<-- [end:photos]


# --8<-- [start:practice]
def make_practice_set(root: Path, each: int = 12, side: int = 96) -> Path:
    """从 scikit-learn 自带的两张照片（寺庙、花）里裁小图：ROOT/{train,val}/{寺庙,花}/。

    训练的块取自照片左边六成，验证的取自右边四成，两边没有一个像素相同。
    """
    from sklearn.datasets import load_sample_images

    dice = random.Random(0)
    for name, pixels in zip(("寺庙", "花"), load_sample_images().images):
        height, width, _ = pixels.shape
        edge = width * 6 // 10
        for part, low, high in (("train", 0, edge), ("val", edge, width)):
            folder = root / part / name
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(each):
                left, top = dice.randint(low, high - side), dice.randint(0, height - side)
                Image.fromarray(pixels[top : top + side, left : left + side]).save(folder / f"{number:02}.png")
    return root
# --8<-- [end:practice]
