"""把权重文件另存成一个小的、普通的 torch.load 就收的，其间不执行旧文件里的任何代码。

    python strip_checkpoint.py 旧的.pth 新的.pth

torch 2.6 起，torch.load 拒收写着张量和普通容器以外的类的文件。
MMEngine 的权重就是：训练日志里有 HistoryBuffer 和 NumPy 的对象。
这个程序在安全模式里读，凡是这样的对象都换成一个什么也不做的占位，再留下权重和 meta 里的普通数据。
优化器、日志和学习率的安排都丢掉，所以新文件用来推理、测试和 load_from，不能 --resume。
"""

# --8<-- [start:placeholder]
import argparse
import re
import sys
from pathlib import Path
from pickle import UnpicklingError

import torch


class Placeholder:
    """站在文件写着的、我们不要的类或函数的位置上：什么都收，什么也不做。"""

    def __new__(cls, *args, **kwargs):
        return super().__new__(cls)

    def __init__(self, *args, **kwargs):
        pass

    def __setstate__(self, state):
        pass


REFUSED = re.compile(r"Unsupported global: GLOBAL (\S+) was not an allowed global")
REASON = re.compile(r"((?:Trying to|Can only) .+)")  # 一长段报错里的一句


def read_inert(path):
    """权重文件的内容（带占位），和被换掉的名字。

    文件要的更多（os、sys 这类模块 torch 一概不给），或者不是权重文件：ValueError；读不了：OSError。
    """
    replaced = []
    while True:
        inert = [(Placeholder, name if "." in name else f"builtins.{name}") for name in replaced]
        with torch.serialization.safe_globals(inert):
            try:
                return torch.load(path, map_location="cpu", weights_only=True), replaced
            except UnpicklingError as error:
                refused = REFUSED.search(str(error))
                if refused is None or refused[1] in replaced:
                    reason = REASON.search(str(error))
                    raise ValueError(f"{path}: {reason[1] if reason else '不是 torch 读得懂的权重文件'}") from error
                replaced.append(refused[1])
            except OSError:
                raise
            except Exception as error:  # 坏的、别家的文件，怎么报错都可能
                raise ValueError(f"{path}: 不是 torch 读得懂的权重文件（{type(error).__name__}）") from error
# --8<-- [end:placeholder]


# --8<-- [start:strip]
def is_plain(value):
    """里面有没有占位，多深都算；没有就是 True。"""
    if isinstance(value, dict):
        return all(is_plain(k) and is_plain(v) for k, v in value.items())
    if isinstance(value, (list, tuple, set)):
        return all(map(is_plain, value))
    return not isinstance(value, Placeholder)


def strip(old, new):
    """把 old 的权重和 meta 里的普通数据写到 new；返回换掉了什么、丢掉了什么。

    没有全是张量的 state_dict：ValueError；read_inert 的错误照旧。
    """
    content, replaced = read_inert(old)
    weights = content.get("state_dict") if isinstance(content, dict) else None
    if not isinstance(weights, dict) or not is_plain(weights):
        raise ValueError(f"{old}: 里面没有全是张量的 state_dict")
    meta = content.get("meta") or {}
    kept = {key: value for key, value in meta.items() if is_plain(value)}
    torch.save({"state_dict": weights, "meta": kept}, new)
    torch.load(new, weights_only=True)  # 为的就是它，所以马上试一次
    dropped = sorted(set(content) - {"state_dict", "meta"}) + sorted(f"meta.{key}" for key in set(meta) - set(kept))
    return replaced, dropped
# --8<-- [end:strip]


def main(arguments=None):
    parser = argparse.ArgumentParser(description="把 MMEngine 的权重剥成 torch.load 就收的。")
    parser.add_argument("old", type=Path, help="要读的权重；里面的代码不会执行")
    parser.add_argument("new", type=Path, help="写到哪里；不能是已有的文件")
    args = parser.parse_args(arguments)
    if args.new.exists():
        parser.error(f"{args.new} 已经有了，换一个名字")
    if torch.__version__ < (2, 6):
        parser.error(f"要 torch 2.6 以上，这里是 {torch.__version__}")
    try:
        replaced, dropped = strip(args.old, args.new)
    except (OSError, ValueError) as error:
        print(f"错误：{error}", file=sys.stderr)
        return 1
    print("留下：state_dict、meta")
    print("丢掉：" + ("、".join(dropped) or "没有"))
    print("换成占位：" + ("、".join(replaced) or "没有"))
    print(f"大小：{args.old.stat().st_size} → {args.new.stat().st_size} 字节")
    return 0


if __name__ == "__main__":
    sys.exit(main())
