"""Tensor.backward 算了什么，一段一段看：backward 两页的代码（torch 2.13.0）。"""

# --8<-- [start:loop]
import torch

x = torch.tensor([1.0, 2.0, 3.0])
y = torch.tensor([3.0, 5.0, 7.0])  # 要找的是 y = 2x + 1
w = torch.tensor(0.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
optimizer = torch.optim.SGD([w, b], lr=0.1)

for step in range(3):
    prediction = w * x + b  # 1 前向
    loss = ((prediction - y) ** 2).mean()  # 2 损失：一个数
    optimizer.zero_grad()  # 3 清掉上一步的梯度
    loss.backward()  # 4 反传：算出梯度，加到 w.grad 和 b.grad 上
    print(f"第 {step} 步：损失 {loss:.3f}，w.grad = {w.grad:.3f}，b.grad = {b.grad:.3f}")
    optimizer.step()  # 5 走一步：w -= 0.1 * w.grad，b 同理
print(f"三步之后：w = {w:.3f}，b = {b:.3f}")
# --8<-- [end:loop]

# --8<-- [start:branch]
x = torch.tensor(2.0, requires_grad=True)
y = 3 * x + x**2  # x 走两条路到 y
y.backward()
print(x.grad)
# --8<-- [end:branch]

# --8<-- [start:graph]
def show(node, depth=0):
    """印出计算图：反向时从这个节点往下走。"""
    print("    " * depth + type(node).__name__)
    for below, _ in node.next_functions:
        if below is not None:  # 常数没有节点
            show(below, depth + 1)


x = torch.tensor(2.0, requires_grad=True)
y = 3 * x + x**2
show(y.grad_fn)
# --8<-- [end:graph]

# --8<-- [start:scalar]
w = torch.tensor(3.0, requires_grad=True)
loss = (2 * w - 1) ** 2  # 一个元素：backward() 不用参数
loss.backward()
print(w.grad)  # w = 3 处的 2 · (2w − 1) · 2
# --8<-- [end:scalar]

try:
    # --8<-- [start:vector-error]
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = torch.stack([x[0] * x[1], x[1] ** 2 + x[2]])  # 两个元素
    y.backward()
    # --8<-- [end:vector-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

# --8<-- [start:vector]
v = torch.tensor([10.0, 1.0])  # y 的每个元素一个份量
y.backward(v)
print(x.grad)

x.grad = None
y = torch.stack([x[0] * x[1], x[1] ** 2 + x[2]])
(v * y).sum().backward()  # 同一件事，写成标量
print(x.grad)
# --8<-- [end:vector]

try:
    # --8<-- [start:shape-error]
    y = torch.stack([x[0] * x[1], x[1] ** 2 + x[2]])
    y.backward(torch.ones(3))
    # --8<-- [end:shape-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

# --8<-- [start:columns]
def k(m):
    return torch.stack([m[0] ** 2 + 3 * m[1], m[1] ** 2 + 2 * m[0]])


m = torch.tensor([2.0, 3.0])
print("J =", torch.func.jacrev(k)(m).tolist())
for weights in ([1.0, 0.0], [0.0, 1.0], [1.0, 1.0]):
    leaf = m.clone().requires_grad_()
    k(leaf).backward(torch.tensor(weights))
    print("v =", weights, "→", leaf.grad.tolist())
# --8<-- [end:columns]

torch.func.jvp(torch.sin, (m,), (m,))  # 第一次调用会装入 torch 里几个自带警告的部分

# --8<-- [start:jvp]
direction = torch.tensor([1.0, 0.0])
value, change = torch.func.jvp(k, (m,), (direction,))
print(change)  # J·u，这里是 J 的第一列
# --8<-- [end:jvp]

# --8<-- [start:jvp-twice]
point = m.clone().requires_grad_()
v = torch.zeros(2, requires_grad=True)
(back,) = torch.autograd.grad(k(point), point, v, create_graph=True)  # vᵀJ，作为 v 的函数
back.backward(direction, inputs=[v])  # 它对 v 的导数，再乘 u
print(v.grad)
# --8<-- [end:jvp-twice]

# --8<-- [start:accumulate]
w = torch.tensor(1.0, requires_grad=True)
for step in range(3):
    (3 * w).backward()
    print(w.grad)
# --8<-- [end:accumulate]

# --8<-- [start:zero-grad]
optimizer = torch.optim.SGD([w], lr=0.1)
optimizer.zero_grad()
print(w.grad)
# --8<-- [end:zero-grad]

# --8<-- [start:micro-batches]
torch.manual_seed(0)
model = torch.nn.Linear(4, 3)
inputs, targets = torch.randn(8, 4), torch.randint(3, (8,))
cross_entropy = torch.nn.functional.cross_entropy  # 对整批取平均

cross_entropy(model(inputs), targets).backward()
whole = model.weight.grad.clone()

model.zero_grad()
for part in range(4):  # 4 小批，每批 2 个样本
    rows = slice(2 * part, 2 * part + 2)
    (cross_entropy(model(inputs[rows]), targets[rows]) / 4).backward()
print(torch.allclose(model.weight.grad, whole))
# --8<-- [end:micro-batches]

try:
    # --8<-- [start:twice-error]
    w = torch.tensor(3.0, requires_grad=True)
    loss = w**2
    loss.backward()
    loss.backward()
    # --8<-- [end:twice-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

# --8<-- [start:twice-silent]
w = torch.tensor(3.0, requires_grad=True)
loss = w + 1  # 加法什么也不存，也就没有什么被释放
loss.backward()
loss.backward()
print(w.grad)
# --8<-- [end:twice-silent]

try:
    # --8<-- [start:twice-constant-error]
    w = torch.tensor(2.0, requires_grad=True)
    loss = w * 5
    loss.backward()
    loss.backward()
    # --8<-- [end:twice-constant-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

# --8<-- [start:instead-of-retain]
w = torch.tensor(3.0, requires_grad=True)
shared = w**2
first, second = shared.sin(), shared.cos()
(first + second).backward()  # 两个损失，走一遍
print(w.grad)

w.grad = None
shared = w**2
first, second = shared.sin(), shared.cos()
first.backward(retain_graph=True)  # 走两遍：shared 那一段要留住
second.backward()
print(w.grad)
# --8<-- [end:instead-of-retain]

# --8<-- [start:leaves]
w = torch.tensor([1.0, 2.0], requires_grad=True)
middle = w * 3
middle.sum().backward()
print(w.is_leaf, middle.is_leaf)
print(w.grad)
# --8<-- [end:leaves]

# --8<-- [start:nonleaf]
import warnings

with warnings.catch_warnings(record=True) as caught:
    print(middle.grad)
text = str(caught[0].message)
print(text.split(" (Triggered")[0])  # 去掉 torch 源码里的位置
# --8<-- [end:nonleaf]

# --8<-- [start:retain-grad]
middle = w * 3
middle.retain_grad()
(middle**2).sum().backward()
print(middle.grad)
# --8<-- [end:retain-grad]

# --8<-- [start:moved-leaf]
late = torch.ones(2, requires_grad=True).to(torch.float64)
print(late.is_leaf)  # .to() 造出另一个张量，不是叶子
early = torch.ones(2).to(torch.float64).requires_grad_()
print(early.is_leaf)
# --8<-- [end:moved-leaf]

try:
    # --8<-- [start:optimizer-error]
    torch.optim.SGD([late], lr=0.1)
    # --8<-- [end:optimizer-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

# --8<-- [start:three-ways]
w = torch.tensor([1.0, 2.0], requires_grad=True)

cut = (w * 3).detach()
with torch.no_grad():
    quiet = w * 3
with torch.inference_mode():
    bare = w * 3
print(cut.requires_grad, quiet.requires_grad, bare.requires_grad)

scale = torch.tensor(2.0, requires_grad=True)
(quiet * scale).sum().backward()  # 和普通常数一样
print(scale.grad)
# --8<-- [end:three-ways]

try:
    # --8<-- [start:inference-saved-error]
    (bare * scale).sum().backward()
    # --8<-- [end:inference-saved-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

try:
    # --8<-- [start:inference-grad-error]
    bare.requires_grad_()
    # --8<-- [end:inference-grad-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

try:
    # --8<-- [start:inference-inplace-error]
    bare.add_(1)
    # --8<-- [end:inference-inplace-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

# --8<-- [start:inference-inplace-after]
print(bare)  # 原来是 3 和 6：报了错，加法还是做了
# --8<-- [end:inference-inplace-after]

# --8<-- [start:inference-clone]
scale.grad = None
(bare.clone() * scale).sum().backward()  # clone 出来的是普通张量
print(scale.grad)
(bare + scale).sum().backward()  # 加法不用存，不必 clone
print(scale.grad)
# --8<-- [end:inference-clone]


# --8<-- [start:three-ways-table]
def works(operation):
    try:
        operation()
    except RuntimeError:
        return "报错"
    return "可以"


def three_ways():
    """用三种写法各重新算一次不带图的 3w。"""
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    with torch.no_grad():
        quiet = w * 3
    with torch.inference_mode():
        bare = w * 3
    return (w * 3).detach(), quiet, bare


print("| 之后 | detach | no_grad | inference |\n| --- | --- | --- | --- |")
for text, operation in {
    "`t * scale` 再反传": lambda t: (t * scale).sum().backward(),
    "`t + scale` 再反传": lambda t: (t + scale).sum().backward(),
    "`t.requires_grad_()`": lambda t: t.requires_grad_(),
    "`t.add_(1)`": lambda t: t.add_(1),
}.items():
    found = [works(lambda: operation(tensor)) for tensor in three_ways()]
    print(f"| {text} |", " | ".join(found), "|")
# --8<-- [end:three-ways-table]

# --8<-- [start:eval-is-not-no-grad]
layer = torch.nn.BatchNorm1d(2)
batch = torch.tensor([[0.0, 4.0], [2.0, 8.0]])

layer.eval()
print(layer(batch).requires_grad)  # eval() 照样建图

layer.train()
with torch.no_grad():
    layer(batch)
print(layer.running_mean)  # no_grad() 照样更新统计量
# --8<-- [end:eval-is-not-no-grad]

try:
    # --8<-- [start:leaf-inplace-error]
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    w += 1
    # --8<-- [end:leaf-inplace-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

try:
    # --8<-- [start:view-inplace-error]
    w[0] = 5.0
    # --8<-- [end:view-inplace-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

# --8<-- [start:leaf-inplace]
with torch.no_grad():
    w += 1  # 优化器就是这样做的
print(w)
# --8<-- [end:leaf-inplace]

try:
    # --8<-- [start:saved-inplace-error]
    x = torch.tensor([0.5, 1.0], requires_grad=True)
    y = x.sigmoid()  # 它的反向要用自己的输出
    y.mul_(2)
    y.sum().backward()
    # --8<-- [end:saved-inplace-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

# --8<-- [start:harmless-inplace]
x = torch.tensor([0.5, 1.0], requires_grad=True)
y = x + 1  # 它的反向什么都不用
y.mul_(2)
y.sum().backward()
print(x.grad)
# --8<-- [end:harmless-inplace]

# --8<-- [start:data]
x = torch.tensor([0.5, 1.0], requires_grad=True)
y = x.sigmoid()
y.data.zero_()  # autograd 看不见这一步
y.sum().backward()
print(x.grad)

x.grad = None
x.sigmoid().sum().backward()
print(x.grad)  # 真正的答案
# --8<-- [end:data]

try:
    # --8<-- [start:detach-error]
    y = x.sigmoid()
    y.detach().zero_()  # 共用内存，也共用版本号
    y.sum().backward()
    # --8<-- [end:detach-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

try:
    # --8<-- [start:no-graph-error]
    torch.tensor([1.0, 2.0]).sum().backward()
    # --8<-- [end:no-graph-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

try:
    # --8<-- [start:integer-error]
    torch.tensor([1, 2], requires_grad=True)
    # --8<-- [end:integer-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

try:
    # --8<-- [start:numpy-error]
    torch.ones(2, requires_grad=True).numpy()
    # --8<-- [end:numpy-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

# --8<-- [start:second]
x = torch.tensor(2.0, requires_grad=True)
(slope,) = torch.autograd.grad(x**3, x, create_graph=True)
(curvature,) = torch.autograd.grad(slope, x)
print(slope.item(), curvature.item())  # x = 2 处的 3x² 和 6x
# --8<-- [end:second]

try:
    # --8<-- [start:second-error]
    (slope,) = torch.autograd.grad(x**3, x)  # 忘了 create_graph
    torch.autograd.grad(slope, x)
    # --8<-- [end:second-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

# --8<-- [start:penalty]
w = torch.tensor([1.0, 2.0], requires_grad=True)
x = torch.tensor([3.0, -1.0], requires_grad=True)
out = (w * x).sum() ** 2
(slope,) = torch.autograd.grad(out, x, create_graph=True)
penalty = (slope.norm() - 1) ** 2  # 梯度的长度离 1 多远
penalty.backward()
print(w.grad)
# --8<-- [end:penalty]

# --8<-- [start:tensor-hook]
x = torch.tensor([1.0, -4.0], requires_grad=True)
handle = x.register_hook(lambda gradient: gradient.clamp(-1, 1))
(x**2).sum().backward()
print(x.grad)
handle.remove()
# --8<-- [end:tensor-hook]

# --8<-- [start:module-hook]
layer = torch.nn.Linear(2, 1, bias=False)
torch.nn.init.constant_(layer.weight, 0.5)


def print_gradients(module, grad_input, grad_output):
    print("in", grad_input[0].tolist(), "out", grad_output[0].tolist())


handle = layer.register_full_backward_hook(print_gradients)
layer(torch.ones(1, 2, requires_grad=True)).sum().backward()
handle.remove()
# --8<-- [end:module-hook]

# --8<-- [start:parameter-hook]
def step_at_once(parameter):
    with torch.no_grad():
        parameter -= 0.1 * parameter.grad
    parameter.grad = None  # 下一层的梯度到来之前就释放


layer.zero_grad()
layer.weight.register_post_accumulate_grad_hook(step_at_once)
layer(torch.ones(1, 2)).sum().backward()
print(layer.weight.detach(), layer.weight.grad)
# --8<-- [end:parameter-hook]

try:
    # --8<-- [start:unused-error]
    a = torch.tensor(1.0, requires_grad=True)
    b = torch.tensor(1.0, requires_grad=True)
    torch.autograd.grad(a * 2, (a, b))
    # --8<-- [end:unused-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

# --8<-- [start:unused]
print(torch.autograd.grad(a * 2, (a, b), allow_unused=True))
print(torch.autograd.grad(a * 2, (a, b), materialize_grads=True))
# --8<-- [end:unused]


# --8<-- [start:kinks]
def slope_at(function, *point):
    x = torch.tensor(point, requires_grad=True)
    function(x).sum().backward()
    return ", ".join(f"{value:g}" for value in x.grad.tolist())


print("| 函数 | 在哪一点 | PyTorch 给的梯度 |")
print("| --- | --- | --- |")
for text, function, point in [
    ("`relu(x)`", torch.relu, (0.0,)),
    ("`x.clamp(min=0)`", lambda x: x.clamp(min=0), (0.0,)),
    ("`maximum(x, 0)`", lambda x: torch.maximum(x, torch.zeros(1)), (0.0,)),
    ("`x.abs()`", torch.abs, (0.0,)),
    ("`x.sqrt()`", torch.sqrt, (0.0,)),
    ("`x.norm()`", torch.norm, (0.0, 0.0)),
    ("`x.round()`", torch.round, (0.5,)),
    ("`x.max()`", torch.max, (1.0, 1.0)),
    ("`x.amax(0)`", lambda x: x.amax(0), (1.0, 1.0)),
    ("`x.max(0).values`", lambda x: x.max(0).values, (1.0, 1.0)),
    ("`where(x > 0, x.sqrt(), 0)`", lambda x: torch.where(x > 0, x.sqrt(), 0.0), (0.0,)),
]:
    print(f"| {text} | {', '.join(f'{value:g}' for value in point)} | {slope_at(function, *point)} |")
# --8<-- [end:kinks]

# --8<-- [start:where]
x = torch.tensor(0.0, requires_grad=True)
torch.where(x > 0, x.clamp(min=1e-12).sqrt(), 0.0).backward()
print(x.grad)
# --8<-- [end:where]

try:
    # --8<-- [start:anomaly-error]
    x = torch.tensor(0.0, requires_grad=True)
    with torch.autograd.detect_anomaly(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 另有一条警告指出是哪一行，这里不印
        torch.where(x > 0, x.sqrt(), 0.0).backward()
    # --8<-- [end:anomaly-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

# --8<-- [start:broadcast]
prediction = torch.tensor([[1.0], [2.0], [3.0]])  # 3×1，模型给的
truth = torch.tensor([1.0, 2.0, 3.0])  # 形状 3
print(torch.nn.functional.mse_loss(prediction, truth))
print(((prediction - truth) ** 2).mean())  # 手写的：没有警告
print(torch.nn.functional.mse_loss(prediction.squeeze(1), truth))
# --8<-- [end:broadcast]

# --8<-- [start:gradcheck]
point = torch.tensor([2.0, 3.0], dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(k, (point,)))  # k 在「非标量」一节
# --8<-- [end:gradcheck]
