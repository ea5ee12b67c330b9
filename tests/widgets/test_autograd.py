"""kernel/autograd.mjs against torch 2.13.0, which runs the same programs: output, error text, gradients."""

import contextlib
import io
import random
import re
import textwrap

import pytest

from .conftest import NOT_NUMBERS, ROOT, cases_of, is_error

CASES = cases_of("autograd-stepper")
CODE = ROOT / "docs" / "pytorch" / "code"

pytestmark = pytest.mark.torch


def sections(suffix: str) -> dict[str, str]:
    text = (CODE / f"backward{suffix}").read_text(encoding="utf-8")
    found = re.findall(r"^ *# --8<-- \[start:([\w-]+)\]\n(.*?)^ *# --8<-- \[end:\1\]", text, re.DOTALL | re.MULTILINE)
    return {name: textwrap.dedent(body) for name, body in found}


PROGRAMS, OUTPUTS = sections(".py"), sections(".out")
ERRORS = [name for name in PROGRAMS if name.endswith("-error")]
# What stands before each snippet on the page and it needs; the first line of all is "import torch".
BEFORE = {
    "shape-error": "x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)\n",
    "optimizer-error": PROGRAMS["moved-leaf"],
    "inference-saved-error": PROGRAMS["three-ways"], "inference-grad-error": PROGRAMS["three-ways"], "inference-inplace-error": PROGRAMS["three-ways"],
    "view-inplace-error": "w = torch.tensor([1.0, 2.0], requires_grad=True)\n", "detach-error": "x = torch.tensor([0.5, 1.0], requires_grad=True)\n",
    "second-error": "x = torch.tensor(2.0, requires_grad=True)\n", "anomaly-error": "import warnings\n",
}


def in_python(program: str) -> tuple[str, str | None]:
    """What the program prints and the last line of its error."""
    import warnings

    import torch

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(program, "program", "exec"), {"torch": torch, "warnings": warnings})
        except Exception as error:
            return printed.getvalue(), f"{type(error).__name__}: {error}"
    return printed.getvalue(), None


@pytest.mark.parametrize("name", ERRORS)
def test_each_error_of_the_note_comes_out_byte_for_byte(kernel, name):
    program = "import torch\n" + BEFORE.get(name, "") + PROGRAMS[name]
    (answer,) = kernel("autograd", [["run", program, {}]])
    assert answer["error"] == OUTPUTS[name].strip().splitlines()[-1]
    assert (answer["output"], answer["error"]) == in_python(program)


WHOLE = ["scalar", "vector", "accumulate", "zero-grad", "twice-silent", "instead-of-retain", "leaves", "retain-grad", "moved-leaf", "three-ways",
         "inference-inplace-after", "inference-clone", "leaf-inplace", "harmless-inplace", "data", "second", "penalty", "unused"]


def test_the_other_snippets_of_the_small_language_print_what_the_page_says(kernel):
    """In the order of the page, each error taken as the page takes it: the program goes on behind it."""
    calls = []
    for name in WHOLE:
        before = [PROGRAMS["scalar"]] if name == "zero-grad" else []
        before += {"vector": [PROGRAMS["vector-error"].replace("y.backward()", "")], "inference-clone": [PROGRAMS["three-ways"]], "retain-grad": [PROGRAMS["leaves"]],
                   "inference-inplace-after": [PROGRAMS["three-ways"], "with torch.inference_mode():\n    bare.add_(1)\n"],
                   "leaf-inplace": ["w = torch.tensor([1.0, 2.0], requires_grad=True)\n"], "unused": [PROGRAMS["unused-error"].rsplit("torch.autograd", 1)[0]]}.get(name, [])
        if name == "inference-clone":
            before.append("with torch.inference_mode():\n    bare.add_(1)\n")
        calls.append(["run", "import torch\n" + "".join(before) + PROGRAMS[name]])
    for name, call, answer in zip(WHOLE, calls, kernel("autograd", calls)):
        assert (answer["output"], answer["error"]) == in_python(call[1]), name
        assert answer["error"] is None and answer["output"].endswith(OUTPUTS[name]), name


# Programs made by chance


def literal(dice: random.Random, shape: tuple[int, ...]) -> str:
    if not shape:
        return str(dice.choice([0.5, 1.0, 2.0, -1.5, 3.0, 0.25, -2.0]))
    return f"[{', '.join(literal(dice, shape[1:]) for _ in range(shape[0]))}]"


def program(dice: random.Random) -> str:
    """Leaves, some operations on what there is, now and then a change in place, and gradients, printed."""
    shape = dice.choice([(), (2,), (2, 2), (3,)])
    lines, names = [], []
    for name in ("a", "b")[: dice.randint(1, 2)]:
        own = dice.choice([shape, shape, ()])
        leaf = dice.random() < 0.85
        lines.append(f"{name} = torch.tensor({literal(dice, own)}{', requires_grad=True' if leaf else ''})")
        names.append(name)
    for i in range(dice.randint(1, 5)):
        x, y = dice.choice(names), dice.choice([*names, str(dice.choice([2, 3, 0.5, -1, 1.5]))])
        choices = [f"{x} + {y}", f"{x} - {y}", f"{y} - {x}", f"{x} * {y}", f"{x} * {y}", f"{x} / {y}", f"{y} / {x}", f"{x} ** 2", f"{x} ** 3", f"{x}.sigmoid()", f"{x}.relu()",
                   f"{x}.exp()", f"torch.exp({x})", f"({x} * {x} + 1).log()", f"({x} ** 2 + 1).sqrt()", f"{x}.tanh()", f"{x}.sin()", f"-{x}", f"{x}.clone()", f"{x}.detach()",
                   f"{x}.abs()", f"torch.where({x} > 0, {x}, 0.0)", f"{x}.mean()", f"{x}.sum()", f"{x} @ {dice.choice(names)}", f"{x}[0]", f"({x} ** 2 + 1) ** {y}",
                   f"torch.stack([{x}, {x}])", f"{x}.T", f"{x}.sum(0)", f"2 ** {x}"]
        name = "cdefg"[i]
        chosen = dice.choice(choices)
        lines.append(f"{name} = {chosen}")
        if dice.random() < 0.25 and not chosen.endswith((".T", "[0]")):  # views of what has a graph are left alone
            changes = [f"{name}.mul_(2)", f"{name} += 1", f"{name}.zero_()", f"{name}.sigmoid_()", f"{name}.detach().mul_(3)", f"{name}.data.add_(1)", f"{name} *= {dice.choice(names)}",
                       f"{name}.retain_grad()", f"{name}[0] = 4.0", f"{name}.exp_()", f"with torch.no_grad():\n    {name} *= 3"]
            lines.append(dice.choice(changes))
        names.append(name)
    last = names[-1]
    lines.append(f"print({last})")
    for _ in range(dice.choice([1, 1, 1, 2])):
        lines.append(dice.choice([f"{last}.sum().backward()", f"({last} ** 2).sum().backward()", f"{last}.backward()", f"{last}.sum().backward(retain_graph=True)",
                                  f"{last}.backward(torch.ones_like({last}))", f"({last} * 3).mean().backward()"]))
    if dice.random() < 0.3:
        lines[-1] = f"(g,) = torch.autograd.grad({last}.sum(), a, create_graph=True)"
        lines += ["print(g)", "(g * g).sum().backward()"]
    return "\n".join([*lines, *(f"print({name}.grad, {name}.requires_grad, {name}._version)" for name in names)])


def split(text: str) -> tuple[list[str], list[float]]:
    """Words and numbers of an output apart: a number may differ in its last digit, which single precision leaves open."""
    number = r"-?\d+\.?\d*(?:e[+-]\d+)?"
    return re.sub(r"\s+", " ", re.sub(number, "#", text)).split(" "), [float(one) for one in re.findall(number, text)]


def same(ours: str, theirs: str) -> bool:
    (words, numbers), (their_words, their_numbers) = split(ours), split(theirs)
    return words == their_words and numbers == pytest.approx(their_numbers, rel=2e-4, abs=2e-4)


def test_random_programs_print_and_fail_as_in_torch(kernel, dice):
    made = [program(dice) for _ in range(CASES + CASES // 10)]
    answers = kernel("autograd", [["run", one] for one in made])
    # Some make a tensor too large for the language, or change a view: those are refused, and no case.
    compared = [(one, answer) for one, answer in zip(made, answers) if not is_error(answer)][:CASES]
    assert len(compared) == CASES
    exact = failed = 0
    errors = set()
    for one, answer in compared:
        output, error = in_python(one)
        assert answer["error"] == error, one
        assert same(answer["output"], output), (one, answer["output"], output)
        exact += answer["output"] == output
        failed += error is not None
        errors.add(re.sub(r"\d+", "#", error or ""))
    assert exact > 0.97 * CASES  # nearly all to the last byte
    assert CASES / 10 < failed < CASES / 1.3 and len(errors) > 8


MISUSED = {  # what beginners write, and what kind of error it is
    "w = torch.tensor(2.0, requires_grad=True)\nw.grad.zero_()": "AttributeError",
    "y = torch.tensor(2.0, requires_grad=True) * 2\ny.requires_grad = False": "RuntimeError",
    "print(torch.tensor([1, 2]) @ torch.tensor([1.0, 2.0]))": "RuntimeError",
    "print(torch.tensor([1.0]) @ torch.tensor([1.0, 2.0]))": "RuntimeError",
    "x = torch.tensor([[1.0, 2.0]])\nprint(x @ x)": "RuntimeError",
    "x = torch.tensor([1, 2])\nx /= 2": "RuntimeError",
    "x = torch.tensor([1, 2], requires_grad=True)": "RuntimeError",
    "x = torch.tensor([1.0, 2.0])\nprint(x.item())": "RuntimeError",
    "x = torch.tensor([1.0, 2.0])\nprint(x[2])": "IndexError",
    "x = [1, 2]\nprint(x[2])": "IndexError",
}


def test_what_beginners_write_wrongly_fails_with_the_text_of_torch(kernel):
    programs = [f"import torch\n{one}" for one in MISUSED]
    for one, kind, answer in zip(programs, MISUSED.values(), kernel("autograd", [["run", one] for one in programs]), strict=True):
        assert answer["error"] == in_python(one)[1] and answer["error"].startswith(f"{kind}: "), one


# Steps


def test_steps_show_values_versions_what_was_saved_and_gradients(kernel):
    (answer,) = kernel("autograd", [["run", PROGRAMS["saved-inplace-error"].replace("x = ", "import torch\nx = ", 1)]])
    made, changed = (next(node for node in answer["steps"][i]["nodes"] if node["name"] == "y") for i in (2, 3))
    assert (made["op"], made["version"], made["saved"][0]["name"], made["saved"][0]["version"]) == ("Sigmoid", 0, "result", 0)
    assert made["saved"][0]["value"] == made["value"]
    assert changed["op"] == "Mul" and changed["version"] == 1
    assert made["value"] == pytest.approx([0.62246, 0.73106], abs=1e-5)
    assert [step["line"] for step in answer["steps"]] == [1, 2, 3, 4]  # the fifth fails
    (chain,) = kernel("autograd", [["run", "w = torch.tensor(3.0, requires_grad=True)\nloss = (2 * w - 1) ** 2\nloss.backward()\nloss = (2 * w - 1) ** 2\nloss.backward()"]])
    assert [step["nodes"][0]["grad"] for step in chain["steps"]] == [None, None, 20, 20, 40]
    assert [(one["op"], one["v"]) for one in chain["steps"][2]["passes"]] == [("Pow", [1]), ("Sub", [10]), ("Mul", [10])]


def test_a_program_outside_of_the_language_is_impossible_input(kernel):
    bad = ["x = (", "def f(x):\n    return x", "x = torch.cumsum(1)", "x = torch.ones(100)", "if 1:\n    x = 2", "x = 1 +", "  x = 1\n y = 2", "x = 'a' + 1", "import os; os.remove('x')",
           "for i in range(100000):\n    x = i", "x = torch.ones(2)\nx.cumsum(0)", "x = $", "with 3:\n    x = 1", "with torch.no_grad():", "x = [1][", "x, y = 1", "x = len([1])", *NOT_NUMBERS[1:]]
    answers = kernel("autograd", [["run", one] for one in bad] + [["run"], ["run", "x = 1", 3], ["run", "x = 1", {"limit": "2"}]])
    assert [case for case, answer in zip([*bad, "none", "options", "limit"], answers) if not is_error(answer)] == []
    assert kernel("autograd", [["run", ""], ["run", "# nothing\n\n"]]) == [{"steps": [], "output": "", "error": None}] * 2
