"""docs/pytorch/chinese-docs.md: the lines of the tables, old and new, and what the note says of them."""

import inspect
import re
import warnings

import pytest
import torch
import torch.nn.functional as F

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def source(notes):
    return (notes / "chinese-docs.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def old_code(code):
    return code("old_lines")


@pytest.fixture(scope="module")
def documented(code):
    return code("documented_lines")


@pytest.fixture(autouse=True)
def every_warning_every_time():
    torch.set_warn_always(True)
    yield
    torch.set_warn_always(False)


@pytest.fixture(autouse=True)
def deprecation_warnings_of_the_examples():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def rows(notes, name, section):
    text = (notes / "code" / f"{name}.out").read_text(encoding="utf-8")
    body = re.search(rf"\[start:{section}\]\n(.*?)\n# --8<-- \[end", text, re.DOTALL)[1]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body.split("\n")[2:]]


def test_every_line_that_the_note_recommends_runs_without_a_word(old_code):
    for _, new in old_code.PAIRS:
        assert old_code.outcome(new) == ("silent", ""), new


def test_the_three_lists_hold_every_pair_once(notes, old_code):
    text = (notes / "code" / "old_code.out").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^- `(.*?)` → `(.*?)`(?:（|$)", text, re.MULTILINE)) == sorted(old_code.PAIRS)


VALUES = [
    ("F.softmax(x)", "F.softmax(x, dim=1)"),
    ("F.upsample(image, scale_factor=2)", "F.interpolate(image, scale_factor=2)"),
    ("F.sigmoid(x)", "torch.sigmoid(x)"),
    ("torch.range(0, 3)", "torch.arange(0, 4)"),
    ("torch.qr(a)[1]", "torch.linalg.qr(a)[1]"),
    ("x[x.byte()]", "x[x.bool()]"),
    ("x.add_(2, y)", "x.add_(y, alpha=2)"),
]


@pytest.mark.parametrize(("old", "new"), VALUES)
def test_a_recommended_line_gives_what_the_old_one_gives(old_code, old, new):
    assert torch.equal(eval(old, old_code.names()).float(), eval(new, old_code.names()).float())


def test_sums_need_no_size_average(old_code):
    logits, labels = torch.randn(4, 3), torch.tensor([0, 1, 2, 0])
    old = torch.nn.CrossEntropyLoss(size_average=False)(logits, labels)
    assert torch.equal(old, torch.nn.CrossEntropyLoss(reduction="sum")(logits, labels))


def test_the_new_solvers_solve(old_code):
    names = old_code.names()
    a, b = names["a"], names["b"]
    assert torch.allclose(a @ torch.linalg.lstsq(a, b).solution, b, atol=1e-5)
    values, vectors = torch.linalg.eigh(a)
    assert torch.allclose(a @ vectors, vectors * values, atol=1e-5)


def test_nine_names_in_ten_are_still_there(documented, source):
    gone = [name for name in documented.NAMES if not hasattr(torch, name)]
    assert len(documented.NAMES) == len(set(documented.NAMES)) == 133 and len(gone) == 9
    assert 0.9 <= 1 - len(gone) / 133 < 0.95 and "十有九个" in source


def test_most_of_what_is_gone_is_in_linalg_today(documented, source):
    today = {
        **{"btrifact": "lu_factor", "btrisolve": "lu_solve", "gels": "lstsq"},
        **{"gesv": "solve", "potrf": "cholesky", "trtrs": "solve_triangular"},
    }
    gone = {name for name in documented.NAMES if not hasattr(torch, name)}
    assert set(today) < gone and len(today) > len(gone) / 2 and "今天多数在 `torch.linalg` 里" in source
    assert all(hasattr(torch.linalg, name) for name in today.values())


def test_the_first_eight_lines_run_and_mean_something_else_and_the_last_four_raise(documented, notes, source):
    shown = rows(notes, "documented", "changed")
    assert len(shown) == 12 and "前八行" in source
    for number, (_, said, today) in enumerate(shown):
        assert (today == "报错") == (number >= 8)
        assert today != said


def test_each_line_about_the_handbook_disagrees_with_it(documented, notes):
    found = {row[0].strip("`"): row[2] for row in rows(notes, "documented", "handbook")}
    assert found["Variable(y).requires_grad"] == "False"
    assert documented.names()["y"].requires_grad
    assert found["conv(torch.ones(1, 8, 8)).shape"] == "2×6×6"
    assert found["cleared.weight.grad"] == "None"
    assert found["iter(loader).next()"] == "报错"
    assert found["pooled(torch.ones(1, 1, 20, 20)).shape"] == "1×3"


def test_dropout_is_on_unless_told_otherwise():
    assert inspect.signature(F.dropout).parameters["training"].default is True
    assert torch.equal(F.dropout(torch.ones(9), training=False), torch.ones(9))


def test_layers_take_a_single_sample_and_batch_normalisation_does_not():
    assert torch.nn.MaxPool2d(2)(torch.ones(1, 4, 4)).shape == (1, 2, 2)
    assert torch.nn.Linear(3, 2)(torch.ones(3)).shape == (2,)
    with pytest.raises(ValueError, match="expected 4D input"):
        torch.nn.BatchNorm2d(1)(torch.ones(1, 4, 4))


def test_the_line_of_2017_divides_by_the_sums_of_other_rows():
    scores = torch.tensor([[1.0, 3.0], [2.0, 6.0]])
    sums = scores.sum(dim=1)
    assert torch.equal(scores / torch.sum(scores, 1).expand_as(scores), scores / sums[None, :])
    assert torch.equal((scores / scores.sum(1, keepdim=True)).sum(dim=1), torch.ones(2))


def test_the_answers_to_the_questions_are_right():
    hits = torch.tensor([1, 1, 0, 1]) == torch.tensor([1, 1, 1, 1])
    assert (hits.sum() / len(hits)).item() == 0.75 == hits.sum().item() / len(hits)
    mask = torch.tensor([1.0, -1.0]) > 0
    with pytest.raises(RuntimeError):
        1 - mask
    assert (~mask).tolist() == [False, True]


def test_the_text_counts_the_rows_and_gives_the_shapes_of_the_table(documented, source):
    row = {code: number for number, (code, _) in enumerate(documented.CHANGED, start=1)}
    sums, largest = row["torch.sum(a, 1).shape"], row["torch.max(a, 1)[0].shape"]
    assert f"**归约不再留下那一维**（第 {sums}、{largest} 行）" in source
    added, unequal = row["(column + row).shape"], row["torch.add(line, square).shape"]
    assert f"**形状不同时会广播**（第 {added}、{unequal} 行）" in source
    assert f"**整数就是整数**（第 {row['torch.arange(1, 4).dtype']} 行）" in source
    assert f"**比较得到布尔**（第 {row['torch.eq(a, a).dtype']} 行）" in source
    assert f"**全体归约得到张量**（第 {row['type(torch.mean(a)).__name__']} 行）" in source
    assert f"（第 {row['F.dropout(ones).min().item()']} 行，一千个 1 里出现了 0）" in source
    assert documented.today("(column + row).shape") == "3×3" and "3×1 加 3 得 3×3" in source


def shape(tensor):
    return "×".join(map(str, tensor.shape))


def test_the_text_names_the_shapes_that_the_lines_use(documented, old_code, source):
    names = documented.names()
    a, column, row, line, square = (names[name] for name in ("a", "column", "row", "line", "square"))
    said = f"`a` 是 {shape(a)}，`column` 是 {shape(column)}，`row` 长 {len(row)}，`line` 长 {len(line)}，"
    assert f"{said}`square` 是 {shape(square)}，`ones` 是一千个 1" in source
    assert names["ones"].tolist() == [1] * 1000
    names = old_code.names()
    a, b, image = (shape(names[name]) for name in ("a", "b", "image"))
    assert torch.equal(names["a"], names["a"].T) and names["x"].shape == names["y"].shape
    assert f"`x`、`y` 是 {shape(names['x'])}，`a` 是 {a} 的对称阵，`b` 是 {b}，" in source
    assert f"`image` 是 {image}；" in source
