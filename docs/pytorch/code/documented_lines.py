"""What the two Chinese documents of the 2019 list say, and a way to see what torch does.

The first column of each table is code or a name in the documents, the second what they say of it, the third what
torch does today. The third is run here; the second was read in the documents, at the versions that the note names.
"""

import warnings

import torch
import torch.nn.functional as F
from torch import nn
from torch.autograd import Variable
from torch.utils.data import DataLoader

# The functions on the page torch of pytorch-cn, in its order.
NAMES = """
is_tensor is_storage set_default_tensor_type numel set_printoptions eye from_numpy linspace logspace ones rand randn
randperm arange range zeros cat chunk gather index_select masked_select nonzero split squeeze stack t transpose unbind
unsqueeze manual_seed initial_seed get_rng_state set_rng_state default_generator bernoulli multinomial normal save load
get_num_threads set_num_threads abs acos add addcdiv addcmul asin atan atan2 ceil clamp cos cosh div exp floor fmod frac
lerp log log1p mul neg pow reciprocal remainder round rsqrt sigmoid sign sin sinh sqrt tan tanh trunc cumprod cumsum dist
mean median mode norm prod std sum var eq equal ge gt kthvalue le lt max min ne sort topk cross diag histc renorm trace
tril triu addbmm addmm addmv addr baddbmm bmm btrifact btrisolve dot eig gels geqrf ger gesv inverse mm mv orgqr ormqr
potrf potri potrs pstrf qr svd symeig trtrs
""".split()

# (code, what pytorch-cn says the result is); names as in ``table``.
CHANGED = [
    ("torch.sum(a, 1).shape", "4×1"),
    ("torch.max(a, 1)[0].shape", "4×1"),
    ("(column + row).shape", "3×1"),
    ("torch.arange(1, 4).dtype", "float"),
    ("torch.eq(a, a).dtype", "uint8"),
    ("type(torch.mean(a)).__name__", "float"),
    ("F.dropout(ones).min().item()", "1.0"),
    ("F.pairwise_distance(a, a).shape", "4×1"),
    ("torch.linspace(0, 1).shape", "100"),
    ("torch.cat((a, a), dimension=0).shape", "8×4"),
    ("torch.tril(a, k=1).shape", "4×4"),
    ("torch.add(line, square).shape", "4"),
]

# (code, what pytorch-handbook says); names as in ``table``.
HANDBOOK = [
    ("Variable(y).requires_grad", "`Variable()` 什么都没做"),
    ("conv(torch.ones(1, 8, 8)).shape", "`torch.nn` 不收单个样本"),
    ("cleared.weight.grad", "清零后印出一串 0"),
    ("iter(loader).next()", "取一批数据"),
    ("pooled(torch.ones(1, 1, 20, 20)).shape", "大小不同会报错"),
]


def names() -> dict[str, object]:
    """Fresh objects for the code in the tables."""
    w = torch.tensor(2.0, requires_grad=True)
    cleared = nn.Linear(2, 2)
    cleared(torch.ones(1, 2)).sum().backward()
    cleared.zero_grad()
    conv = nn.Conv2d(1, 2, 3)
    return {
        **{"torch": torch, "F": F, "Variable": Variable, "y": w * 2, "cleared": cleared, "conv": conv},
        **{"a": torch.ones(4, 4), "column": torch.ones(3, 1), "row": torch.ones(3), "ones": torch.ones(1000)},
        **{"line": torch.ones(4), "square": torch.ones(2, 2), "loader": DataLoader([1, 2])},
        "pooled": nn.Sequential(conv, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 3)),
    }


def today(code: str) -> str:
    """What an expression gives today, as the cell of a table: a shape as 4×1, 报错 for an exception."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = eval(code, names())
        except Exception:
            return "报错"
    if isinstance(value, torch.Size):
        return "×".join(map(str, value))
    return str(value).removeprefix("torch.")


def table(title: str, rows: list[tuple[str, str]]) -> None:
    """Print a Markdown table."""
    print(f"| 代码 | {title} | 2.13 |\n| --- | --- | --- |")
    for code, said in rows:
        print(f"| `{code}` | {said} | {today(code)} |")
