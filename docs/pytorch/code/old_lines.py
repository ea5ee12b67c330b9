"""2017 到 2020 年的写法、今天的写法，以及跑一行看它会怎样的办法。"""

import io
import warnings

import torch
import torch.nn.functional as F
from torch import nn
from torch.autograd import Variable
from torch.utils.data import DataLoader

# (当年的写法, 今天的写法)；两边都用 names 给的名字跑。
PAIRS = [
    ("Variable(x)", "x"),
    ("Variable(x, volatile=True)", "with torch.no_grad(): model(x)"),
    ("loss.data[0]", "loss.item()"),
    ("iter(loader).next()", "next(iter(loader))"),
    ("F.softmax(x)", "F.softmax(x, dim=1)"),
    ("nn.CrossEntropyLoss(size_average=False)", 'nn.CrossEntropyLoss(reduction="sum")'),
    ("nn.init.xavier_uniform(w)", "nn.init.xavier_uniform_(w)"),
    ("nn.utils.clip_grad_norm(w, 1)", "nn.utils.clip_grad_norm_(w, 1)"),
    ("F.upsample(image, scale_factor=2)", "F.interpolate(image, scale_factor=2)"),
    ("F.sigmoid(x)", "torch.sigmoid(x)"),
    ("torch.range(0, 3)", "torch.arange(0.0, 4.0)"),
    ("import torch.legacy", "import torch.nn"),
    ("import torch.utils.ffi", "import torch.utils.cpp_extension"),
    ("torch.gels(b, a)", "torch.linalg.lstsq(a, b)"),
    ("torch.lstsq(b, a)", "torch.linalg.lstsq(a, b)"),
    ("torch.btrifact(a)", "torch.linalg.lu_factor(a)"),
    ("torch.symeig(a)", "torch.linalg.eigh(a)"),
    ("torch.qr(a)", "torch.linalg.qr(a)"),
    ("x[x.byte()]", "x[x.bool()]"),
    ("x.masked_fill_(x.byte(), 0)", "x.masked_fill_(x.bool(), 0)"),
    ("x.add_(2, y)", "x.add_(y, alpha=2)"),
    ("schedule.step(); optimizer.step()", "optimizer.step(); schedule.step()"),
    ("Plateau(optimizer, verbose=True)", "Plateau(optimizer)"),
    ("torch.cuda.amp.GradScaler()", "torch.amp.GradScaler(device)"),
    ("torch.load(whole)", "model.load_state_dict(torch.load(weights))"),
    ("torch.jit.script(model)", "torch.export.export(model, (x,))"),
    ("torch.tensor(-7) / 2", 'torch.div(torch.tensor(-7), 2, rounding_mode="trunc")'),
]


def names() -> dict[str, object]:
    """上面各行可以用的新对象：张量 x、y（3×4），a、b（2×2、2×1），模型、优化器、文件。"""
    model = nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    whole, weights = io.BytesIO(), io.BytesIO()
    torch.save(model, whole)
    torch.save(model.state_dict(), weights)
    whole.seek(0)
    weights.seek(0)
    x = torch.arange(12.0).reshape(3, 4)
    model(x).sum().backward()
    return {
        **{"torch": torch, "nn": nn, "F": F, "Variable": Variable, "device": "cpu"},
        **{"Plateau": torch.optim.lr_scheduler.ReduceLROnPlateau, "schedule": torch.optim.lr_scheduler.StepLR(optimizer, 1)},
        **{"model": model, "optimizer": optimizer, "whole": whole, "weights": weights, "w": model.weight},
        **{"x": x, "y": torch.ones(3, 4), "image": torch.ones(1, 1, 2, 2), "loss": torch.tensor(1.0)},
        **{"a": torch.tensor([[2.0, 1.0], [1.0, 3.0]]), "b": torch.ones(2, 1), "loader": DataLoader([1, 2, 3])},
    }


def outcome(code: str) -> tuple[str, str]:
    """跑一行：返回 ("error", 异常名)、("warning", 警告类别) 或 ("silent", "")。"""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(code, names())
        except Exception as error:
            return "error", type(error).__name__
    return ("warning", caught[0].category.__name__) if caught else ("silent", "")


def listing(kind: str) -> None:
    """把旧写法落得这种下场的各对印成 Markdown 列表。"""
    for old, new in PAIRS:
        found, detail = outcome(old)
        if found == kind:
            print(f"- `{old}` → `{new}`" + (f"（`{detail}`）" if detail else ""))
