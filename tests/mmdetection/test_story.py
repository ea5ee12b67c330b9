"""The toy story: its commands stand on the pages, what it printed is what the pages say, and the errors are real ones."""

import json
import re
import sys
from pathlib import Path

import pytest
import run_story

from .test_install import errors, message
from .wheel import package, root

CODE = Path(__file__).parents[2] / "docs" / "mmdetection" / "code"
PAGES = ("training.md", "fine-tuning.md", "your-data.md", "inference.md", "training-errors.md", "old-configs.md")


@pytest.fixture(scope="module")
def told() -> dict[str, list[str]]:
    """Section → lines of story.txt, as the last run of make test-clean left it."""
    text = (CODE / "story.txt").read_text(encoding="utf-8")
    return {name: body.splitlines() for name, body in re.findall(r"# --8<-- \[start:([\w-]+)\]\n(.*?)# --8<-- \[end:\1\]", text, re.DOTALL)}


@pytest.fixture(scope="module")
def pages(notes) -> dict[str, str]:
    return {name: (notes / name).read_text(encoding="utf-8") for name in PAGES}


def scores(lines: list[str]) -> list[float]:
    return [float(found[1]) for line in lines if (found := re.search(r"coco/bbox_mAP: (-?[\d.]+)", line))]


def test_every_section_of_the_story_is_on_a_page(pages):
    shown = set(re.findall(r"story\.sh:([\w-]+)", "".join(pages.values())))
    names = [name for name, _ in run_story.sections((CODE / "story.sh").read_text(encoding="utf-8"))]
    assert set(names) - {"names", "errors"} <= shown and len(names) == len(set(names))


def test_every_output_on_a_page_is_one_of_the_last_run(pages, told):
    shown = set(re.findall(r"story\.txt:([\w-]+)", "".join(pages.values())))
    assert shown <= set(told) and all(told[name] for name in shown)
    errors_told = {name for name in told if name.startswith("errors-")}
    assert errors_told == {name for name in shown if name.startswith("errors-")}, "an error that was provoked is on the page"


def test_the_scores_of_the_story_tell_what_the_pages_say(told):
    train, test = scores(told["train"]), scores(told["test"])
    assert len(train) == 3 and train[0] < train[1] < train[2] and 0.6 < train[2] < 0.9
    assert test == [train[2]], "the stripped weights score what the training scored"
    scratch, fine = scores(told["scratch"]), scores(told["finetune"])
    assert len(fine) == 2 and len(scratch) == 1, "from scratch nothing is found after four epochs, and no score is printed"
    assert fine[-1] > 2 * scratch[-1]
    assert scores(told["loaded"])[-1] > 2 * scratch[-1], "the other start alone makes most of the difference"


def test_resuming_and_augmenting_tell_what_the_pages_say(told):
    train, resumed = scores(told["train"]), scores(told["resume"])
    assert resumed[:1] == train[:1] and len(resumed) == len(train), "four epochs first, the rest after them"
    assert resumed[-1] != train[-1] and abs(resumed[-1] - train[-1]) < 0.1, "it goes on, though not bit by bit"
    (plain,), (augmented,), (without, inherited) = (scores(told[name]) for name in ("test", "tta", "inherited"))
    assert augmented < plain and inherited < 0.05 < 0.5 < without, "sizes never trained on do harm, those of COCO ruin it"


def test_voc_counts_one_threshold_and_so_scores_higher(told):
    found = [float(value) for value in re.findall(r"pascal_voc/mAP: ([\d.]+)", "\n".join(told["voc"]))]
    assert len(found) == 3 and found[-1] > scores(told["train"])[-1]


def test_each_command_of_the_training_story_is_one_that_was_run(pages):
    """The page says so of the whole chapter; every listing of commands in it is cut from the story."""
    chapter = pages["training.md"].split("## 从零训练一个玩具检测器\n")[1].split("\n## ")[0]
    listings = re.findall(r"^ *```shell\n(.*?)^ *```", chapter, re.MULTILINE | re.DOTALL)
    assert len(listings) >= 9
    for listing in listings:
        assert all(re.fullmatch(r'--8<-- "mmdetection/code/story\.sh:[\w-]+"', line.strip()) for line in listing.splitlines()), listing


def test_the_story_is_run_again_every_week():
    workflow = next(path for path in (CODE.parents[2] / ".github" / "workflows").glob("*.yml") if "make test-clean" in path.read_text(encoding="utf-8"))
    assert re.search(r'- cron: "\d+ \d+ \* \* [0-6]"', workflow.read_text(encoding="utf-8"))
    recipe = (CODE.parents[2] / "Makefile").read_text(encoding="utf-8").split("\ntest-clean:")[1].split("\n\n")[0]
    assert "scripts/run_story.py" in recipe


def test_the_trap_inherits_what_retinanet_inherits():
    """toy_inherited_tta.py differs from the file of the wheel in nothing but quotes."""
    theirs, ours = {}, {}
    exec((root() / "configs" / "retinanet" / "retinanet_tta.py").read_text(encoding="utf-8"), theirs)
    exec((CODE / "toy_inherited_tta.py").read_text(encoding="utf-8"), ours)
    theirs["tta_pipeline"][0].pop("backend_args")
    assert ours["tta_pipeline"] == theirs["tta_pipeline"]
    assert "./retinanet_tta.py" in (root() / "configs" / "retinanet" / "retinanet_r50_fpn_1x_coco.py").read_text(encoding="utf-8")


def test_the_size_mismatches_are_those_of_the_class_layer(told):
    lines = [line for line in told["finetune"] if "size mismatch" in line]
    assert lines and all("bbox_head.retina_cls" in line for line in lines)
    assert any("torch.Size([18, 64, 3, 3])" in line and "torch.Size([27, 64, 3, 3])" in line for line in lines)
    layers = re.findall(r"size mismatch for (\S+):", "\n".join(told["errors-mismatch"]))
    assert layers == [f"roi_head.bbox_head.{name}.{part}" for name in ("fc_cls", "fc_reg") for part in ("weight", "bias")]


def test_the_counts_of_the_class_names_are_computed_from_the_data(told, tmp_path, code):
    toy = code("make_toy_data")
    toy.write(tmp_path / "toy", {"train": 64, "val": 16}, 0)
    described = json.loads((tmp_path / "toy" / "train.json").read_text(encoding="utf-8"))
    numbers = {category["name"]: category["id"] for category in described["categories"]}

    def expected(classes: tuple[str, ...] | str) -> str:
        known = [name for name in numbers if name in classes]  # by the order of the file, not of classes
        label = {numbers[name]: number for number, name in enumerate(known)}
        kept = [one for one in described["annotations"] if one["category_id"] in label]
        if not kept:
            return "ValueError: need at least one array to concatenate"
        found = [label[one["category_id"]] for one in kept]
        return f"{len({one['image_id'] for one in kept})} 张，{len(kept)} 个框，" + "，".join(f"{n} 号 {found.count(n)} 个" for n in sorted(set(found)))

    for line in told["names"]:
        classes, _, said = line.partition(" → ")
        assert said == expected(eval(classes)), line
    assert len(told["names"]) == 7 and told["names"][0].endswith(told["names"][1].split(" → ")[1]), "the wrong order changes no count"


def test_the_boxes_that_a_config_reads_are_those_that_were_labelled(told):
    total, *classes = told["count"]
    labelled = re.match(r"(\d+) 张图，(.+)", told["own"][0])
    assert "，".join(f"{name} {count} 个" for _, name, count in map(str.split, classes)) == labelled[2]
    assert total == f"{labelled[1]} 张图，{sum(int(line.split()[2]) for line in classes)} 个框"
    assert [line.split()[0] for line in classes] == ["0", "1", "2"]


def test_what_two_ways_of_asking_find_is_the_same(told):
    files, rest = told["infer"][:2], told["infer"][2:]
    assert files == ["out/preds/000001.json", "out/vis/000001.jpg"]
    half = len(rest) // 2
    assert half and len(rest) == 2 * half
    by_number = [line.split(" ", 1)[1] for line in rest[:half]]
    assert by_number == [line.split(" ", 1)[1] for line in rest[half:]] and {line.split()[0] for line in rest[half:]} <= {"box", "ball"}


def test_an_old_config_that_was_translated_trained(told):
    assert told["translated"][0] == "要人来定：0 处" and any("Epoch(train)" in line and "nan" not in line for line in told["translated"])
    source = (CODE / "toy_retinanet_2x.py").read_text(encoding="utf-8")
    assert "samples_per_gpu" in source and "MultiScaleFlipAug" in source


# --- the page of errors ---

PROVOKED = {  # section of story.txt → words of the heading that it stands under
    "errors-classes": "does not matches the length", "errors-comma": "should be a tuple of str", "errors-concatenate": "need at least one array",
    "errors-results": "Results do not correspond", "errors-empty": "whole dataset is empty", "errors-registry": "mmdet::model registry",
    "errors-scope": "mmengine::model registry", "errors-reduction": "Expected to have finished reduction", "errors-child": "ChildFailedError",
    "errors-mismatch": "size mismatch for roi_head.bbox_head.fc_cls", "errors-mask": "KeyError: 'mask'", "errors-workers": "persistent_workers option",
}


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_a_heading_is_what_the_program_said(pages, told):
    headings = [text for _, text in re.findall(r"^### (`+)(.+)\1$", pages["training-errors.md"], re.MULTILINE)]
    for section, start in PROVOKED.items():
        heading = next(heading for heading in headings if start in heading)
        assert words(heading.rstrip(".")).strip() in words("\n".join(told[section])), heading


def test_every_error_has_when_what_why_and_how(pages):
    parts = re.split(r"^### ", re.sub(r"^## .*$", "", pages["training-errors.md"], flags=re.MULTILINE), flags=re.MULTILINE)[1:]
    assert len(parts) >= 16
    for part in parts:
        heading, body = part.split("\n", 1)
        body = body.partition("\n??? ")[0]
        assert [body.count(f"- **{name}**：") for name in ("时机", "意思", "原因", "修法")] == [1, 1, 1, 1], heading
        assert "重现过" in body or "没有实跑" in body, f"{heading}: ran, or from where?"


def test_messages_that_only_a_gpu_gives_are_those_of_the_sources(pages, notes):
    text = (notes / "install.md").read_text(encoding="utf-8") + pages["training-errors.md"]
    hook = (package() / "engine" / "hooks" / "num_class_check_hook.py").read_text(encoding="utf-8")
    assert "does not matches " in hook and "loss become infinite or NaN!" in (package() / "engine" / "hooks" / "checkloss_hook.py").read_text(encoding="utf-8")
    assert "gpu_assign_thr" in text and "gpu_assign_thr: float" in (package() / "models" / "task_modules" / "assigners" / "max_iou_assigner.py").read_text(encoding="utf-8")
    assert "gt_mask = instance['mask']" in (package() / "datasets" / "transforms" / "loading.py").read_text(encoding="utf-8") and "KeyError: 'mask'" in text
    assert "--launcher" in (root() / "tools" / "train.py").read_text(encoding="utf-8")


@pytest.mark.torch
def test_the_messages_of_torch_are_those_of_its_source(notes):
    from torch.utils import cpp_extension

    text = (notes / "install.md").read_text(encoding="utf-8")
    said = re.sub(r"compilePyTorch", "compile PyTorch", cpp_extension.CUDA_MISMATCH_MESSAGE) % ("11.8", "12.8")
    assert said.split(". ")[0] in text and said.split(". ")[1] in text
    assert "has a minor version mismatch" in cpp_extension.CUDA_MISMATCH_WARN and "has a minor version mismatch" in text


def test_the_message_of_setuptools_is_the_one_of_its_source(notes):
    import setuptools

    sources = "".join(path.read_text(encoding="utf-8") for path in (Path(setuptools.__file__).parent / "_distutils").rglob("msvc.py"))
    assert "Microsoft Visual C++ 14.0 or greater is required. " in sources
    assert "Microsoft Visual C++ 14.0 or greater is required." in (notes / "install.md").read_text(encoding="utf-8")


# --- the runner of the story ---


def test_what_is_kept_has_no_dates_and_times():
    line = "11/28 07:14:33 - mmengine - INFO - Epoch(train) [1][ 4/16]  lr: 1.8710e-03  eta: 0:01:25  time: 7.1084  data_time: 0.0838  loss: 1.8167"
    assert run_story.kept("translated", [line, "Loads checkpoint by local backend from path: a", "noise"]) == ["Epoch(train) [1][ 4/16]  lr: 1.8710e-03  loss: 1.8167"]


def test_parts_that_a_program_names_become_sections():
    log = "installing\n=== data\ntrain：129 个框\n=== errors\n--- classes\nAssertionError: a\n--- comma\nAssertionError: b\n"
    assert run_story.record(log) == "".join(
        f"# --8<-- [start:{name}]\n{line}\n# --8<-- [end:{name}]\n"
        for name, line in (("data", "train：129 个框"), ("errors-classes", "AssertionError: a"), ("errors-comma", "AssertionError: b"))
    )


def test_the_story_stops_at_the_first_command_that_fails(tmp_path, monkeypatch, capsys):
    story = tmp_path / "story.sh"
    story.write_text("# --8<-- [start:data]\necho one\nfalse\necho two\n# --8<-- [end:data]\n")
    monkeypatch.setattr(run_story, "STORY", story)
    (tmp_path / "work").mkdir()
    assert run_story.run(tmp_path / "work", "") == 1 and not story.with_suffix(".txt").exists()
    assert "two" not in (tmp_path / "work" / "story.log").read_text()
    story.write_text("# --8<-- [start:data]\necho one\n# --8<-- [end:data]\n")
    (tmp_path / "again").mkdir()
    assert run_story.run(tmp_path / "again", "") == 0
    assert story.with_suffix(".txt").read_text() == "# --8<-- [start:data]\none\n# --8<-- [end:data]\n"


@pytest.mark.parametrize(("asked", "found"), [("", "torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu"), ("default", "torch==2.13.0\n"), ("https://a.example/", "--index-url https://a.example/")])
def test_torch_comes_from_the_index_asked_for(asked, found):
    assert found in run_story.script(asked)


def test_the_programs_of_the_story_are_those_beside_the_page():
    """Run in the story alone: they import mmdet with its models, which the tests' environment has not."""
    text = (CODE / "story.sh").read_text(encoding="utf-8")
    for program in ("class_names.py", "count_boxes.py", "infer_picture.py", "provoke_errors.py", "make_own_data.py", "toy_finetune.py", "toy_mine_scratch.py"):
        assert program in text and (CODE / program).is_file()
        compile((CODE / program).read_text(encoding="utf-8"), program, "exec")


def test_the_fine_tuning_config_changes_what_the_page_says():
    source = (CODE / "toy_finetune.py").read_text(encoding="utf-8")
    assert "frozen_stages=1" in source and "norm_eval=True" in source and "lr=0.004" in source and "num_classes=3" in source


@pytest.mark.torch
def test_the_operators_are_compared_with_references_that_notice_a_fault(capsys, monkeypatch):
    import types

    import torch

    sys.path.insert(0, str(CODE))
    import check_operators as check

    def roi_align(image, rois, out, *_):
        for number, roi in enumerate(rois):
            out[number] = check.reference_roi_align(image[0], roi[1:].tolist(), 7, 2)

    def deform(image, weight, offset, output, *_):
        output.copy_(check.reference_deform_conv(image, weight, offset))

    honest = types.SimpleNamespace(nms=lambda boxes, scores, limit, _: torch.tensor(check.reference_nms(boxes, scores, limit)), roi_align_forward=roi_align, deform_conv_forward=deform)
    monkeypatch.setitem(sys.modules, "honest_ext", honest)
    check.main("honest_ext")
    assert "相同" in (said := capsys.readouterr().out) and said.count("小于 1e-5") == 3, "the reference agrees with conv2d where nothing is offset"
    honest.nms = lambda boxes, scores, limit, _: torch.arange(5)
    honest.deform_conv_forward = lambda *arguments: None
    check.main("honest_ext")
    assert "不同！" in (said := capsys.readouterr().out) and said.count("小于 1e-5") == 1
