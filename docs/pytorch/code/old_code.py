"""2017 到 2020 年的代码在 torch 2.13.0 上会怎样。"""

import torch
from old_lines import listing
from torch import nn
from torch.autograd import Variable
from torch.utils.data import DataLoader

torch.set_warn_always(True)

# --8<-- [start:errors]
listing("error")
# --8<-- [end:errors]

# --8<-- [start:warnings]
listing("warning")
# --8<-- [end:warnings]

# --8<-- [start:silent]
listing("silent")
# --8<-- [end:silent]

# --8<-- [start:cut]
w = torch.tensor(3.0, requires_grad=True)
print(Variable(w).requires_grad, Variable(w * 2).requires_grad)  # 叶子、计算结果，都断开了
fresh = Variable(w, requires_grad=True)  # 要求梯度，得到的却是一个新叶子
(fresh * 2).backward()
print(w.grad, fresh.grad)
# --8<-- [end:cut]

try:
    # --8<-- [start:cut-error]
    (Variable(w) * 2).backward()
    # --8<-- [end:cut-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

# --8<-- [start:trunc]
print(torch.tensor(-7) // 2, torch.div(torch.tensor(-7), 2, rounding_mode="trunc"))
# --8<-- [end:trunc]

# --8<-- [start:volatile]
model = nn.Linear(4, 2)
x = Variable(torch.ones(1, 4), volatile=True)
print(model(x).requires_grad)  # 照样建图
# --8<-- [end:volatile]

try:
    # --8<-- [start:index-error]
    loss = torch.tensor(1.5)
    loss.data[0]
    # --8<-- [end:index-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

try:
    # --8<-- [start:next-error]
    iter(DataLoader([1, 2, 3])).next()
    # --8<-- [end:next-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")


try:
    # --8<-- [start:function-error]
    class Double(torch.autograd.Function):
        def forward(self, x):  # 2017 年：对象的方法
            return 2 * x


    Double()(torch.ones(1))
    # --8<-- [end:function-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")


# --8<-- [start:function]
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 2 * x

    @staticmethod
    def backward(ctx, gradient):
        return 2 * gradient


x = torch.ones(1, requires_grad=True)
Double.apply(x).backward()
print(x.grad)
# --8<-- [end:function]
