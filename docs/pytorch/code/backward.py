"""What Tensor.backward computes, shown piece by piece: the code of the note on backward (torch 2.13.0)."""

# --8<-- [start:scalar]
import torch

w = torch.tensor(3.0, requires_grad=True)
loss = (2 * w - 1) ** 2  # one element: backward() needs no argument
loss.backward()
print(w.grad)  # 2 · (2w − 1) · 2 at w = 3
# --8<-- [end:scalar]

# --8<-- [start:vector-error]
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = torch.stack([x[0] * x[1], x[1] ** 2 + x[2]])  # two elements
y.backward()
# --8<-- [end:vector-error]

# --8<-- [start:vector]
v = torch.tensor([10.0, 1.0])  # one weight for each element of y
y.backward(v)
print(x.grad)

x.grad = None
y = torch.stack([x[0] * x[1], x[1] ** 2 + x[2]])
(v * y).sum().backward()  # the same thing, written as a scalar
print(x.grad)
# --8<-- [end:vector]

# --8<-- [start:shape-error]
y = torch.stack([x[0] * x[1], x[1] ** 2 + x[2]])
y.backward(torch.ones(3))
# --8<-- [end:shape-error]

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

torch.func.jvp(torch.sin, (m,), (m,))  # the first call loads parts of torch that warn about themselves

# --8<-- [start:jvp]
direction = torch.tensor([1.0, 0.0])
value, change = torch.func.jvp(k, (m,), (direction,))
print(change)  # J·u, a column of J here; backward never gives this
# --8<-- [end:jvp]

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
cross_entropy = torch.nn.functional.cross_entropy  # the mean over the batch

cross_entropy(model(inputs), targets).backward()
whole = model.weight.grad.clone()

model.zero_grad()
for part in range(4):  # 4 parts of 2 samples
    rows = slice(2 * part, 2 * part + 2)
    (cross_entropy(model(inputs[rows]), targets[rows]) / 4).backward()
print(torch.allclose(model.weight.grad, whole))
# --8<-- [end:micro-batches]

# --8<-- [start:twice-error]
w = torch.tensor(3.0, requires_grad=True)
loss = w**2
loss.backward()
loss.backward()
# --8<-- [end:twice-error]

# --8<-- [start:twice-silent]
w = torch.tensor(3.0, requires_grad=True)
loss = w + 1  # addition saves no tensor, so nothing was freed
loss.backward()
loss.backward()
print(w.grad)
# --8<-- [end:twice-silent]

# --8<-- [start:instead-of-retain]
w = torch.tensor(3.0, requires_grad=True)
shared = w**2
first, second = shared.sin(), shared.cos()
(first + second).backward()  # one pass for both
print(w.grad)

w.grad = None
shared = w**2
first, second = shared.sin(), shared.cos()
first.backward(retain_graph=True)  # two passes: `shared` must be kept
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
print(text.split(" (Triggered")[0])  # without the place in torch
# --8<-- [end:nonleaf]

# --8<-- [start:retain-grad]
middle = w * 3
middle.retain_grad()
(middle**2).sum().backward()
print(middle.grad)
# --8<-- [end:retain-grad]

# --8<-- [start:moved-leaf]
late = torch.ones(2, requires_grad=True).to(torch.float64)
print(late.is_leaf)  # .to() made another tensor, which is no leaf
early = torch.ones(2).to(torch.float64).requires_grad_()
print(early.is_leaf)
# --8<-- [end:moved-leaf]

# --8<-- [start:optimizer-error]
torch.optim.SGD([late], lr=0.1)
# --8<-- [end:optimizer-error]

# --8<-- [start:three-ways]
w = torch.tensor([1.0, 2.0], requires_grad=True)

cut = (w * 3).detach()
with torch.no_grad():
    quiet = w * 3
with torch.inference_mode():
    bare = w * 3
print(cut.requires_grad, quiet.requires_grad, bare.requires_grad)

scale = torch.tensor(2.0, requires_grad=True)
(quiet * scale).sum().backward()  # a constant like any other
print(scale.grad)
# --8<-- [end:three-ways]

# --8<-- [start:inference-saved-error]
(bare * scale).sum().backward()
# --8<-- [end:inference-saved-error]

# --8<-- [start:inference-grad-error]
bare.requires_grad_()
# --8<-- [end:inference-grad-error]

# --8<-- [start:inference-inplace-error]
bare.add_(1)
# --8<-- [end:inference-inplace-error]

# --8<-- [start:inference-inplace-after]
print(bare)  # 3 and 6 before: the sum was done all the same
# --8<-- [end:inference-inplace-after]

# --8<-- [start:inference-clone]
scale.grad = None
(bare.clone() * scale).sum().backward()  # a clone is a normal tensor again
print(scale.grad)
(bare + scale).sum().backward()  # addition saves nothing: no clone needed
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
    """3w without a graph, made anew in each of the three ways."""
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
print(layer(batch).requires_grad)  # eval() still records a graph

layer.train()
with torch.no_grad():
    layer(batch)
print(layer.running_mean)  # no_grad() still updates the statistics
# --8<-- [end:eval-is-not-no-grad]

# --8<-- [start:leaf-inplace-error]
w = torch.tensor([1.0, 2.0], requires_grad=True)
w += 1
# --8<-- [end:leaf-inplace-error]

# --8<-- [start:view-inplace-error]
w[0] = 5.0
# --8<-- [end:view-inplace-error]

# --8<-- [start:leaf-inplace]
with torch.no_grad():
    w += 1  # what an optimizer does
print(w)
# --8<-- [end:leaf-inplace]

# --8<-- [start:saved-inplace-error]
x = torch.tensor([0.5, 1.0], requires_grad=True)
y = x.sigmoid()  # its backward needs its own output
y.mul_(2)
y.sum().backward()
# --8<-- [end:saved-inplace-error]

# --8<-- [start:harmless-inplace]
x = torch.tensor([0.5, 1.0], requires_grad=True)
y = x + 1  # its backward needs nothing
y.mul_(2)
y.sum().backward()
print(x.grad)
# --8<-- [end:harmless-inplace]

# --8<-- [start:data]
x = torch.tensor([0.5, 1.0], requires_grad=True)
y = x.sigmoid()
y.data.zero_()  # autograd does not see it
y.sum().backward()
print(x.grad)

x.grad = None
x.sigmoid().sum().backward()
print(x.grad)  # the truth
# --8<-- [end:data]

# --8<-- [start:detach-error]
y = x.sigmoid()
y.detach().zero_()  # same memory, and the same version counter
y.sum().backward()
# --8<-- [end:detach-error]

# --8<-- [start:no-graph-error]
torch.tensor([1.0, 2.0]).sum().backward()
# --8<-- [end:no-graph-error]

# --8<-- [start:integer-error]
torch.tensor([1, 2], requires_grad=True)
# --8<-- [end:integer-error]

# --8<-- [start:numpy-error]
torch.ones(2, requires_grad=True).numpy()
# --8<-- [end:numpy-error]

# --8<-- [start:second]
x = torch.tensor(2.0, requires_grad=True)
(slope,) = torch.autograd.grad(x**3, x, create_graph=True)
(curvature,) = torch.autograd.grad(slope, x)
print(slope.item(), curvature.item())  # 3x² and 6x at x = 2
# --8<-- [end:second]

# --8<-- [start:second-error]
(slope,) = torch.autograd.grad(x**3, x)  # create_graph forgotten
torch.autograd.grad(slope, x)
# --8<-- [end:second-error]

# --8<-- [start:penalty]
w = torch.tensor([1.0, 2.0], requires_grad=True)
x = torch.tensor([3.0, -1.0], requires_grad=True)
out = (w * x).sum() ** 2
(slope,) = torch.autograd.grad(out, x, create_graph=True)
penalty = (slope.norm() - 1) ** 2  # how far the gradient's length is from 1
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


def show(module, grad_input, grad_output):
    print("in", grad_input[0].tolist(), "out", grad_output[0].tolist())


handle = layer.register_full_backward_hook(show)
layer(torch.ones(1, 2, requires_grad=True)).sum().backward()
handle.remove()
# --8<-- [end:module-hook]

# --8<-- [start:parameter-hook]
def step_at_once(parameter):
    with torch.no_grad():
        parameter -= 0.1 * parameter.grad
    parameter.grad = None  # freed before the next layer's gradient comes


layer.zero_grad()
layer.weight.register_post_accumulate_grad_hook(step_at_once)
layer(torch.ones(1, 2)).sum().backward()
print(layer.weight.detach(), layer.weight.grad)
# --8<-- [end:parameter-hook]

# --8<-- [start:unused-error]
a = torch.tensor(1.0, requires_grad=True)
b = torch.tensor(1.0, requires_grad=True)
torch.autograd.grad(a * 2, (a, b))
# --8<-- [end:unused-error]

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
    ("`x.round()`", torch.round, (0.3,)),
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

# --8<-- [start:anomaly-error]
x = torch.tensor(0.0, requires_grad=True)
with torch.autograd.detect_anomaly(), warnings.catch_warnings():
    warnings.simplefilter("ignore")  # names the line; not shown here
    torch.where(x > 0, x.sqrt(), 0.0).backward()
# --8<-- [end:anomaly-error]

# --8<-- [start:broadcast]
prediction = torch.tensor([[1.0], [2.0], [3.0]])  # 3×1, from a model
truth = torch.tensor([1.0, 2.0, 3.0])  # 3
print(torch.nn.functional.mse_loss(prediction, truth))
print(((prediction - truth) ** 2).mean())  # by hand: no warning
print(torch.nn.functional.mse_loss(prediction.squeeze(1), truth))
# --8<-- [end:broadcast]

# --8<-- [start:gradcheck]
point = torch.tensor([2.0, 3.0], dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(k, (point,)))  # k as above
# --8<-- [end:gradcheck]
