"""长训练之前的三招自检，双精度。"""

import math
from argparse import Namespace

import torch
from image_data import digits
from image_model import build, set_statistics
from image_training import fit
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
parts, classes = digits()

# --8<-- [start:first-loss]
model = build(1, 10)
set_statistics(model, parts["train"])
images, labels = next(iter(DataLoader(parts["train"], 64)))
loss = nn.functional.cross_entropy(model(images), labels)
print(f"{loss.item():.3f}, ln 10 = {math.log(10):.3f}")
# --8<-- [end:first-loss]

# --8<-- [start:one-batch]
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for step in range(100):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
hits = model(images).argmax(dim=1) == labels
print(f"{loss.item():.4f}, {len(labels)} 张对 {hits.sum().item()} 张")
# --8<-- [end:one-batch]

# --8<-- [start:shuffled-labels]
images, labels = parts["train"].tensors
labels = labels[torch.randperm(len(labels))]
nonsense = DataLoader(TensorDataset(images, labels), 64, shuffle=True)
val = DataLoader(parts["val"], 256)
*_, last = fit(build(1, 10), nonsense, val, Namespace(epochs=4, lr=0.1))
print(f"{last.val_accuracy:.2f}")
# --8<-- [end:shuffled-labels]
