"""2019 年脚本里的习惯今天会怎样。"""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

# --8<-- [start:network]
net = nn.Sequential(
    nn.Conv2d(3, 6, 5),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(6, 16, 5),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(16 * 5 * 5, 120),
    nn.ReLU(),
    nn.Linear(120, 84),
    nn.ReLU(),
    nn.Linear(84, 10),
)
layers = [sum(p.numel() for p in layer.parameters()) for layer in net]
print(" + ".join(str(count) for count in layers if count), "=", sum(layers))
# --8<-- [end:network]

torch.manual_seed(0)
images, labels = torch.rand(10, 3, 32, 32), torch.arange(10)
loader = DataLoader(TensorDataset(images, labels), batch_size=4)

try:
    # --8<-- [start:range-error]
    right = [0] * 10
    for batch, truth in loader:  # 10 张图，每批 4 张：最后一批 2 张
        hits = net(batch).argmax(dim=1) == truth
        for i in range(4):
            right[truth[i]] += hits[i].item()
    # --8<-- [end:range-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

try:
    # --8<-- [start:squeeze-error]
    hits = net(images[:1]).argmax(dim=1) == labels[:1]
    hits = hits.squeeze()  # 批里只有一张，唯一的一维也没了
    print(hits.shape)
    hits[0]
    # --8<-- [end:squeeze-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

# --8<-- [start:count]
right = torch.zeros(10, dtype=torch.long)
seen = torch.zeros(10, dtype=torch.long)
for batch, truth in loader:
    hits = net(batch).argmax(dim=1) == truth
    right += torch.bincount(truth[hits], minlength=10)  # 一批几张都行
    seen += torch.bincount(truth, minlength=10)
print(seen.tolist())
# --8<-- [end:count]

# --8<-- [start:percent]
correct, total = 447, 450
print("%d %%" % (100 * correct / total))  # 直接截掉小数
print(f"{100 * correct / total:.1f} %")
# --8<-- [end:percent]


# --8<-- [start:graph]
def nodes(tensor):
    """一个张量背后还留着多少个图上的节点。"""
    seen, stack = set(), [tensor.grad_fn]
    while stack:
        node = stack.pop()
        if node and node not in seen:
            seen.add(node)
            stack += [before for before, _ in node.next_functions]
    return len(seen)


tensor_sum, number_sum = 0.0, 0.0
for _ in range(100):
    loss = nn.functional.cross_entropy(net(images), labels)
    tensor_sum = tensor_sum + loss
    number_sum += loss.item()
print(nodes(loss), nodes(tensor_sum), type(number_sum).__name__)
# --8<-- [end:graph]


# --8<-- [start:saved]
def kept_for_backward(run):
    """跑 run() 时 autograd 为反传留下多少字节，同一块只数一次。"""
    kept = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        alive.append(tensor)  # 都留着，地址就不会重复用
        return tensor

    alive = []
    hooks = torch.autograd.graph.saved_tensors_hooks(pack, lambda kept: kept)
    with hooks:
        run()
    return sum(kept.values())


batch = torch.rand(256, 3, 32, 32)
print(f"{kept_for_backward(lambda: net(batch)) / 2**20:.0f} MiB")
with torch.no_grad():
    print(f"{kept_for_backward(lambda: net(batch)) / 2**20:.0f} MiB")
# --8<-- [end:saved]

# --8<-- [start:pixels]
import numpy as np
from PIL import Image

picture = Image.fromarray(np.array([[0, 128, 255]], dtype=np.uint8))
values = np.asarray(picture)
print(values.dtype, values.tolist())  # PIL 图是 0 到 255
tensor = torch.from_numpy(values / 255)
print(tensor.tolist())  # ToTensor 换成 0 到 1 ……
print(((tensor - 0.5) / 0.5).tolist())  # …… Normalize(0.5, 0.5) 换成 −1 到 1
# --8<-- [end:pixels]
