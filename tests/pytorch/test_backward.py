"""docs/pytorch/backward.md, backward-errors.md: what the notes say in words, against finite differences and against torch."""

import re
import warnings
from xml.etree import ElementTree

import pytest
import torch

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def source(notes):
    """Both pages: what to know first, and what to look up."""
    return "\n".join((notes / name).read_text(encoding="utf-8") for name in ("backward.md", "backward-errors.md"))


@pytest.fixture(scope="module")
def chain(code):
    return code("draw_backward")


def jacobian(function, point, step=1e-6):
    """Rows: outputs; by central differences, in double precision."""
    columns = []
    for index in range(len(point)):
        ahead, behind = point.clone(), point.clone()
        ahead[index] += step
        behind[index] -= step
        columns.append((function(ahead) - function(behind)) / (2 * step))
    return torch.stack(columns, dim=1)


def doubles(*values):
    return torch.tensor(values, dtype=torch.float64)


def test_the_jacobian_and_the_product_in_the_note_are_those_of_finite_differences(source):
    found = jacobian(lambda x: torch.stack([x[0] * x[1], x[1] ** 2 + x[2]]), doubles(1, 2, 3))
    assert torch.allclose(found, doubles(2, 1, 0, 0, 4, 1).view(2, 3))
    assert torch.allclose(doubles(10, 1) @ found, doubles(20, 14, 1))
    assert r"\begin{pmatrix} 2 & 1 & 0 \\ 0 & 4 & 1 \end{pmatrix}" in source and "=(20,14,1)" in source


def test_a_product_with_ones_is_the_sum_of_the_rows_of_the_jacobian_column_by_column():
    found = jacobian(lambda m: torch.stack([m[0] ** 2 + 3 * m[1], m[1] ** 2 + 2 * m[0]]), doubles(2, 3))
    assert torch.allclose(found, doubles(4, 3, 2, 6).view(2, 2))
    assert torch.allclose(found.sum(dim=0), doubles(6, 9))


def test_the_gradient_of_the_penalty_is_that_of_finite_differences(notes):
    def penalty(w):
        x = doubles(3, -1)
        slope = 2 * (w @ x) * w  # d (w·x)² / dx
        return ((slope.norm() - 1) ** 2).reshape(1)

    shown = re.search(r"start:penalty\]\ntensor\(\[(.*)\]\)", (notes / "code" / "backward.out").read_text(encoding="utf-8"))
    (found,) = jacobian(penalty, doubles(1, 2))
    assert [f"{value:.4f}" for value in found] == [value.strip() for value in shown[1].split(",")]


def test_the_length_of_the_gradient_in_the_note_is_two_root_five(source):
    w, x = doubles(1, 2), doubles(3, -1)
    slope = 2 * (w @ x) * w
    assert slope.tolist() == [2, 4] and f"{slope.norm():.3f}" == "4.472"
    assert f"$w\\cdot x = {(w @ x).item():.0f}$，梯度 $2(w\\cdot x)w = (2,4)$" in source
    assert r"2\sqrt5 \approx 4.472" in source


def test_the_picture_shows_the_values_and_gradients_of_torch(chain):
    w = torch.tensor(float(chain.W), requires_grad=True)
    nodes = [w, 2 * w, 2 * w - 1, (2 * w - 1) ** 2]
    nodes[1] = 2 * w
    nodes[2] = nodes[1] - 1
    nodes[3] = nodes[2] ** 2
    for node in nodes[1:]:
        node.retain_grad()
    nodes[3].backward()
    assert [value for _, value in chain.VALUES] == [node.item() for node in nodes]
    assert chain.gradients() == [node.grad.item() for node in nodes]


def test_the_picture_on_the_page_is_the_one_that_the_code_draws(chain, source):
    assert chain.TARGET.read_text(encoding="utf-8") == chain.svg()
    ElementTree.fromstring(chain.svg())
    alt = re.search(r"!\[(.*)\]\(backward.assets/chain.svg\)", source)[1]
    for label, value in chain.VALUES:
        assert f"{label} = {value}" in alt
    whole, third, second, first = (int(value) for value in reversed(chain.gradients()))
    assert whole == 1
    assert f"{whole} 乘 {third} 得 {third}，乘 1 得 {second}，乘 2 得 {first}，加进 w.grad" in alt


def test_the_documentation_of_torch_uses_both_names_for_one_product():
    assert "Jacobian-vector product" in torch.autograd.backward.__doc__
    assert "vector-Jacobian product" in torch.autograd.grad.__doc__
    assert "can cause a memory leak" in torch.autograd.backward.__doc__
    assert "worked around in a much more efficient way" in torch.Tensor.backward.__doc__


def test_zero_grad_leaves_none_or_zeros_as_asked():
    for to_none in (True, False):
        layer = torch.nn.Linear(2, 1)
        layer(torch.ones(1, 2)).sum().backward()
        layer.zero_grad(set_to_none=to_none)
        assert (layer.weight.grad is None) == to_none
        assert to_none or layer.weight.grad.tolist() == [[0, 0]]


def test_parts_of_a_batch_need_equal_sizes_to_add_up():
    torch.manual_seed(0)
    model, inputs, targets = torch.nn.Linear(4, 3), torch.randn(8, 4), torch.randint(3, (8,))
    loss = torch.nn.functional.cross_entropy
    loss(model(inputs), targets).backward()
    whole = model.weight.grad.clone()
    model.zero_grad()
    for rows in (slice(0, 6), slice(6, 8)):  # two unequal parts
        (loss(model(inputs[rows]), targets[rows]) / 2).backward()
    assert not torch.allclose(model.weight.grad, whole)


def test_batch_normalisation_makes_parts_differ_from_the_whole():
    torch.manual_seed(0)
    model, inputs = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3)), torch.randn(8, 4)
    weights = torch.randn(8, 3)
    (model(inputs) * weights).mean().backward()
    whole = model[0].weight.grad.clone()
    model.zero_grad()
    for rows in (slice(0, 4), slice(4, 8)):
        ((model(inputs[rows]) * weights[rows]).mean() / 2).backward()
    assert not torch.allclose(model[0].weight.grad, whole)


def test_data_hides_a_change_and_detach_does_not():
    tensor = torch.ones(2)
    before = tensor._version
    tensor.data.zero_()
    assert tensor._version == before and tensor.tolist() == [0, 0]
    tensor.detach().add_(1)
    assert tensor._version == before + 1 and tensor.tolist() == [1, 1]


def test_a_refused_change_of_an_inference_tensor_has_happened():
    with torch.inference_mode():
        tensor = torch.tensor([3.0, 6.0])
    with pytest.raises(RuntimeError, match="Inplace update to inference tensor"):
        tensor.add_(1)
    assert tensor.tolist() == [4, 7]


def test_a_refused_change_of_a_leaf_has_not_happened():
    leaf = torch.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="a leaf Variable"):
        leaf.add_(1)
    assert leaf.tolist() == [1, 1]


def test_making_a_new_tensor_of_an_old_one_cuts_the_graph():
    old = torch.ones(2, requires_grad=True)
    with pytest.warns(UserWarning, match="clone"):
        assert not torch.tensor(old * 2).requires_grad


def test_a_parameter_that_is_not_used_keeps_none():
    used, unused = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
    (used * 2).backward()
    assert unused.grad is None


def test_the_answers_to_the_questions_are_right(source):
    x = torch.ones(3, requires_grad=True)
    (x * 2).backward(torch.tensor([1.0, 0.0, 0.0]))
    assert x.grad.tolist() == [2, 0, 0] and "    (2, 0, 0)：" in source

    assert not (torch.randn(3, requires_grad=True) * 0.01).is_leaf
    assert (torch.randn(3) * 0.01).requires_grad_().is_leaf

    layer = torch.nn.BatchNorm1d(2).train()
    batch = torch.tensor([[0.0, 4.0], [2.0, 8.0]])
    with torch.no_grad():
        training = layer(batch)
    assert not torch.allclose(training, layer.eval()(batch))


def test_a_hidden_state_carried_into_the_next_step_needs_detach():
    for cut in (False, True):
        cell, state = torch.nn.RNNCell(2, 3), torch.zeros(1, 3)
        state = cell(torch.ones(1, 2), state)
        state.sum().backward()
        state = cell(torch.ones(1, 2), state.detach() if cut else state)
        if cut:
            state.sum().backward()
        else:
            with pytest.raises(RuntimeError, match="backward through the graph a second time"):
                state.sum().backward()


def test_a_conversion_that_converts_nothing_returns_the_leaf_itself():
    leaf = torch.ones(2, requires_grad=True)
    assert leaf.to(torch.float32) is leaf and leaf.cpu() is leaf


def test_inference_mode_costs_less_than_no_grad_says_the_documentation():
    assert "removes additional overhead" in torch.inference_mode.__doc__


def test_the_note_names_the_size_of_a_jacobian_of_a_thousand_by_a_million(source):
    assert 1_000_000 * 1_000 == 10**9 and "一百万个参数、一千个中间量的 $J$ 有十亿个元素" in source


def test_the_scalar_example_and_the_second_derivative_are_as_in_the_text(source):
    step = 1e-4
    (slope,) = jacobian(lambda w: ((2 * w - 1) ** 2), doubles(3), step)
    assert slope.item() == pytest.approx(20) and r"2(2w-1)\cdot 2=20" in source
    first = [jacobian(lambda x: x**3, doubles(at), step).item() for at in (2 - step, 2, 2 + step)]
    assert first[1] == pytest.approx(12) and (first[2] - first[0]) / (2 * step) == pytest.approx(12)
    assert "一阶 $3x^2=12$，二阶 $6x=12$" in source


def test_broadcasting_by_hand_warns_of_nothing(source):
    prediction, truth = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([1.0, 2.0, 3.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ((prediction - truth) ** 2).mean() > 1
        assert tuple((prediction - truth).shape) == (3, 3) and "模型给 3×1，标签是 3，相减成了 3×3" in source
        with pytest.raises(UserWarning, match="target size"):
            torch.nn.functional.mse_loss(prediction, truth)


def test_the_first_step_of_the_loop_is_computed_by_hand_as_on_the_page(source):
    x, y = [1, 2, 3], [3, 5, 7]
    errors = [-value for value in y]  # every prediction is 0
    loss = sum(error**2 for error in errors) / 3
    slope = 2 / 3 * sum(error * at for error, at in zip(errors, x, strict=True))
    offset = 2 / 3 * sum(errors)
    assert (f"{loss:.3f}", f"{slope:.3f}", f"{offset:.0f}") == ("27.667", "-22.667", "-10")
    assert f"/3 = {loss:.3f}$" in source and f"= {slope:.3f}" in source and f"= {offset:.0f}" in source
    assert f"把 $w$ 加上 {-0.1 * slope:.3f}" in source


def test_multiplying_by_a_number_saves_it_and_adding_one_does_not():
    w = torch.tensor(2.0, requires_grad=True)
    product, total = w * 5, w + 1
    product.backward()
    total.backward()
    total.backward()
    with pytest.raises(RuntimeError, match="second time"):
        product.backward()


def test_clearing_between_backward_and_step_leaves_the_parameters_where_they_were():
    w = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)
    (w * w).backward()
    optimizer.zero_grad()
    optimizer.step()
    assert w.item() == 1


def test_every_tensor_without_requires_grad_is_a_leaf():
    assert (torch.ones(2) * 2).is_leaf
    assert not (torch.ones(2, requires_grad=True) * 2).is_leaf


def test_two_backward_passes_give_the_change_along_a_direction():
    def k(m):
        return torch.stack([m[0] ** 2 + 3 * m[1], m[1] ** 2 + 2 * m[0]])

    point, direction = doubles(2, 3), doubles(0.3, -2)
    _, expected = torch.func.jvp(k, (point,), (direction,))
    leaf, v = point.clone().requires_grad_(), torch.zeros(2, dtype=torch.float64, requires_grad=True)
    (back,) = torch.autograd.grad(k(leaf), leaf, v, create_graph=True)
    back.backward(direction, inputs=[v])
    assert torch.allclose(v.grad, expected)


def test_views_of_one_memory_share_a_version_and_those_given_together_cannot_be_changed():
    shared = torch.tensor([1.0, 2.0], requires_grad=True) + 1
    squared = shared[0] ** 2
    shared[1].mul_(3)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        squared.backward()
    for views in (torch.Tensor.unbind, lambda tensor: tensor.split(1)):
        first = views(torch.ones(2, 3, requires_grad=True) + 1)[0]
        with pytest.raises(RuntimeError, match="returns multiple views"):
            first.mul_(2)


def test_small_batches_with_dropout_or_a_loss_across_samples_do_not_add_up_to_the_large_batch():
    cross_entropy = torch.nn.functional.cross_entropy
    inputs, targets = torch.rand(8, 4), torch.arange(8) % 3

    def gradients(network, loss, parts):
        torch.manual_seed(0)
        network.zero_grad()
        for rows, wanted in zip(inputs.chunk(parts), targets.chunk(parts)):
            (loss(network(rows), wanted) / parts).backward()
        return torch.cat([one.grad.flatten() for one in network.parameters()])

    def contrast(scores, _):
        return cross_entropy(scores @ scores.T, torch.arange(len(scores)))

    dropout = torch.nn.Sequential(torch.nn.Linear(4, 30), torch.nn.Dropout(0.5), torch.nn.Linear(30, 30), torch.nn.Dropout(0.5), torch.nn.Linear(30, 3))
    plain = torch.nn.Linear(4, 3)
    apart = {
        "plain": gradients(plain, cross_entropy, 4) - gradients(plain, cross_entropy, 1),
        "dropout": gradients(dropout, cross_entropy, 4) - gradients(dropout, cross_entropy, 1),
        "contrast": gradients(plain, contrast, 4) - gradients(plain, contrast, 1),
    }
    assert {name: bool(difference.abs().max() < 1e-6) for name, difference in apart.items()} == {"plain": True, "dropout": False, "contrast": False}
