"""The page "下载预训练模型": how the zoo is read, checked and kept, and the program that strips a checkpoint."""

import ast
import hashlib
import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import PurePosixPath

import pytest

from .wheel import average_precision, config_paths, load, models, models_by_config, package, root, tree


@pytest.fixture(scope="module")
def text(notes):
    return (notes / "model-zoo.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def printed(notes):
    return (notes / "code" / "model_zoo_read.out").read_text(encoding="utf-8")


def test_a_config_s_file_name_is_right_even_where_its_folder_is_not(text):
    stems = {PurePosixPath(path).stem for path in config_paths()}
    assert set(models_by_config()) <= stems
    wrong = [model for model in models().values() if model["Config"] not in config_paths()]
    assert f"它前面的文件夹偶尔也写错（{len(wrong)} 处）" in text


def test_most_weights_are_of_the_2_x_days(text, printed):
    weights = [model["Weights"] for model in models().values() if isinstance(model.get("Weights"), str)]
    old = [url for url in weights if url.startswith("https://download.openmmlab.com/mmdetection/v2.0/")]
    assert f"{len(old):4}  download.openmmlab.com/mmdetection/v2.0" in printed
    assert len(old) > len(weights) * 0.8 and "大部分权重仍是 2.x 时代的那一批" in text


def test_the_table_by_memory_shows_the_best_that_fits(printed):
    rows = re.findall(r"^\| (\d+) GB \| (\d+) \| ([\d.]+) \| ([\d.]+) GB \| (\S+) \|$", printed, re.MULTILINE)
    assert [int(limit) for limit, *_ in rows] == [4, 6, 8, 12, 24]
    used = {name: (model.get("Metadata") or {}).get("Training Memory (GB)") for name, model in models_by_config().items()}
    for limit, number, value, memory, name in rows:
        fits = [n for n, gigabytes in used.items() if isinstance(gigabytes, (int, float)) and gigabytes <= int(limit)]
        assert len(fits) == int(number) and used[name] == float(memory) <= int(limit)
        assert average_precision(name)["box AP"] == float(value) == max(average_precision(n).get("box AP", 0) for n in fits)


def test_nothing_timed_the_same_way_beats_a_row_of_the_table_by_speed(text, printed):
    timed = {}
    for name, model in models_by_config().items():
        for run in (model.get("Metadata") or {}).get("inference time (ms/im)") or []:
            if (run["hardware"], run["mode"], str(run["resolution"])) == ("V100", "FP32", "(800, 1333)"):
                timed[name] = (run["value"], average_precision(name).get("box AP", 0))
    rows = re.findall(r"^\| (\d+) ms \| ([\d.]+) \| (\S+) \|$", printed, re.MULTILINE)
    assert len(rows) >= 5
    small = {name for name in timed if "crop640" in name}
    assert len(small) == 2 and "名字带 crop640 的两份写着 800×1333，配置里测试用的却是 640×640" in text
    paths = {PurePosixPath(path).stem: path for path in config_paths()}
    for name in small:
        assert (640, 640) in [step.get("scale") for step in load(paths[name]).test_dataloader.dataset.pipeline]
    for shown, value, name in rows:
        milliseconds, ap = timed[name]
        assert ap == float(value) and int(shown) == round(milliseconds)
        assert (1333, 800) in [step.get("scale") for step in load(paths[name]).test_dataloader.dataset.pipeline]
        assert not [n for n, (other, better) in timed.items() if other <= milliseconds and better > ap and n not in small]


def test_rtmdet_and_dino_give_no_time(text):
    for name in ("rtmdet_l_8xb32-300e_coco", "dino-4scale_r50_8xb2-12e_coco"):
        assert "inference time (ms/im)" not in (models()[name].get("Metadata") or {})
    assert "RTMDet、DINO 就不在速度表里" in text


def test_hardly_any_weights_since_2021_give_a_time(text):
    dated = [(re.search(r"_(20\d\d)\d{4}", str(model.get("Weights"))), model) for model in models().values()]
    late = [model for found, model in dated if found and int(found[1]) >= 2021]
    timed = [model for model in late if "inference time (ms/im)" in (model.get("Metadata") or {})]
    assert len(late) > 200 and len(timed) < len(late) * 0.05 and "2021 年起发布的权重几乎都没有填时间" in text


def test_the_digits_in_a_name_are_those_of_the_publishing_program(text):
    source = (root() / "tools" / "model_converters" / "publish_model.py").read_text(encoding="utf-8")
    assert "['sha256sum', out_file]" in source and "f'-{sha[:8]}.pth'" in source
    assert "SHA-256 的前 8 位" in text


def test_a_changed_file_does_not_match_its_name(code, tmp_path):
    matches = code("model_zoo_checksum").matches_its_name
    content = b"0123456789" * 1000
    path = tmp_path / f"faster_rcnn_{hashlib.sha256(content).hexdigest()[:8]}.pth"
    path = path.with_name(path.name.replace("_" + path.stem[-8:], "-" + path.stem[-8:]))
    path.write_bytes(content)
    assert matches(path) is True
    path.write_bytes(content[:-1])  # a download that broke off
    assert matches(path) is False
    assert matches(path.rename(tmp_path / "latest.pth")) is None


def test_every_open_mmlab_name_points_to_the_one_domain(text):
    table = json.loads((package("mmengine") / "hub" / "openmmlab.json").read_text(encoding="utf-8"))
    assert {url.split("/")[2] for url in table.values()} == {"download.openmmlab.com"}
    checkpoint = load("configs/libra_rcnn/libra-faster-rcnn_x101-64x4d_fpn_1x_coco.py").model.backbone.init_cfg.checkpoint
    assert checkpoint == "open-mmlab://resnext101_64x4d" and checkpoint in text
    assert f"`{table['resnext101_64x4d'].rsplit('/', 1)[1]}`" in text


def test_mmengine_does_not_check_the_digits():
    source = (package("mmengine") / "runner" / "checkpoint.py").read_text(encoding="utf-8")
    assert "load_url(" in source and "check_hash" not in source


def test_every_address_is_fetched_by_the_function_that_the_trap_warns_of():
    source = (package("mmengine") / "runner" / "checkpoint.py").read_text(encoding="utf-8")
    for loader in ("load_from_torchvision", "load_from_openmmlab", "load_from_http"):
        body = source.split(f"def {loader}(")[1].split("\n@CheckpointLoader")[0]
        assert "load_from_http(" in body or "load_url(" in body, loader


def test_six_legacy_configs_keep_the_old_ways(text):
    legacy = sorted(path for path in config_paths() if path.startswith("configs/legacy_1.x/"))
    assert len(legacy) == 6 and "`configs/legacy_1.x` 里的六份配置" in text
    model = load("configs/legacy_1.x/mask-rcnn_r50_fpn_1x_coco_v1.py").model
    assert model.rpn_head.anchor_generator.type == "LegacyAnchorGenerator"
    assert model.roi_head.bbox_roi_extractor.roi_layer.aligned is False
    assert model.rpn_head.bbox_coder.type == model.roi_head.bbox_head.bbox_coder.type == "LegacyDeltaXYWHBBoxCoder"


def test_the_upgrading_program_counts_the_background_among_the_classes(text):
    source = ast.unparse(tree(root() / "tools" / "model_converters" / "upgrade_model_version.py"))
    assert "'--num-classes', type=int, default=81" in source and "torch.cat((val[1:], val[:1]), dim=0)" in source
    assert "--num-classes 81" in text and "`81` 是原模型的类别数加背景" in text


def test_1x_is_twelve_epochs_and_the_entry_shown_is_of_the_first_zoo_of_2_x(text, printed):
    entry = models()["faster-rcnn_r50_fpn_1x_coco"]
    assert f"**Epochs** {entry['Metadata']['Epochs']} 就是 1x" in text
    assert f"`{entry['Weights'].rsplit('/', 1)[1]}`" in text and "/v2.0/" in entry["Weights"]


def test_a_resume_asks_for_the_log_that_a_stripped_file_has_lost(text):
    source = ast.unparse(tree(package("mmengine") / "runner" / "runner.py"))
    assert "self.message_hub.load_state_dict(checkpoint['message_hub'])" in source
    assert "报 `KeyError: 'message_hub'`" in text


@pytest.mark.torch
def test_loading_from_an_address_is_not_restricted_by_default(text):
    import torch

    defaults = inspect.signature(torch.hub.load_state_dict_from_url).parameters
    assert defaults["weights_only"].default is False and defaults["check_hash"].default is False
    assert "它的默认值仍是 `weights_only=False`" in text


class Buffer:
    """Stands for a class that the reader of the file does not have."""


class Runs:
    """Unpickling this calls a function, as a hostile file would."""

    def __init__(self, function, argument):
        self.function, self.argument = function, argument

    def __reduce__(self):
        return self.function, (self.argument,)


@pytest.fixture
def strip(code):
    return code("strip_checkpoint")


@pytest.fixture
def checkpoint():
    """What the runner of MMEngine saves: weights, meta, and a log that torch.load refuses."""
    import torch
    from mmengine.logging.history_buffer import HistoryBuffer

    return {
        "meta": {"epoch": 3, "cfg": "model = dict()", "dataset_meta": {"classes": ("box", "ball")}},
        "state_dict": {"weight": torch.arange(6.0).reshape(2, 3)},
        "message_hub": {"log_scalars": {"loss": HistoryBuffer([1.0, 0.5], [1, 1])}},
        "optimizer": {"param_groups": [{"lr": 0.01}]},
        "param_schedulers": [{"last_step": 3}],
    }


@pytest.mark.torch
@pytest.mark.parametrize("zipped", [True, False])
def test_a_stripped_checkpoint_loads_without_a_switch_and_keeps_the_weights(strip, checkpoint, tmp_path, zipped):
    import torch

    old, new = tmp_path / "epoch_3.pth", tmp_path / "weights.pth"
    torch.save(checkpoint, old, _use_new_zipfile_serialization=zipped)
    with pytest.raises(Exception, match="Weights only load failed"):
        torch.load(old)
    replaced, dropped = strip.strip(old, new)
    assert "mmengine.logging.history_buffer.HistoryBuffer" in replaced
    assert dropped == ["message_hub", "optimizer", "param_schedulers"]
    kept = torch.load(new)
    assert kept["meta"] == checkpoint["meta"] and torch.equal(kept["state_dict"]["weight"], checkpoint["state_dict"]["weight"])


@pytest.mark.torch
def test_what_is_no_plain_data_in_meta_is_dropped_and_named(strip, checkpoint, tmp_path):
    import torch

    checkpoint["meta"]["hook"] = [{"deep": Buffer()}]
    torch.save(checkpoint, tmp_path / "old.pth")
    _, dropped = strip.strip(tmp_path / "old.pth", tmp_path / "new.pth")
    assert "meta.hook" in dropped
    assert "hook" not in torch.load(tmp_path / "new.pth")["meta"]


@pytest.mark.torch
@pytest.mark.parametrize("function", [eval, os.system])
def test_nothing_in_a_hostile_file_is_executed(strip, checkpoint, tmp_path, function, monkeypatch, capsys):
    import torch

    monkeypatch.chdir(tmp_path)
    argument = "open('ran', 'w')" if function is eval else "touch ran"
    torch.save({**checkpoint, "message_hub": Runs(function, argument)}, "hostile.pth")
    status = strip.main(["hostile.pth", "new.pth"])
    assert not (tmp_path / "ran").exists()
    if function is os.system:  # a module that torch blocks: refused as a whole
        assert status == 1 and "is blocked" in capsys.readouterr().err and not (tmp_path / "new.pth").exists()
    else:
        assert status == 0 and torch.load("new.pth")["meta"] == checkpoint["meta"]
    torch.load("hostile.pth", weights_only=False)  # the same file, read the way that many blogs advise
    assert (tmp_path / "ran").exists()


@pytest.mark.torch
def test_weights_that_are_no_tensors_are_refused(strip, checkpoint, tmp_path, capsys):
    import torch

    for name, content in (("none", {"meta": {}}), ("list", [1, 2]), ("foreign", {"state_dict": {"weight": Buffer()}})):
        torch.save(content, tmp_path / f"{name}.pth")
        assert strip.main([str(tmp_path / f"{name}.pth"), str(tmp_path / "new.pth")]) == 1
        assert "没有全是张量的 state_dict" in capsys.readouterr().err
        assert not (tmp_path / "new.pth").exists()


@pytest.mark.torch
def test_what_is_no_checkpoint_gets_a_sentence(strip, tmp_path, capsys):
    (tmp_path / "page.pth").write_text("<html>404</html>", encoding="utf-8")
    (tmp_path / "empty.pth").touch()
    for name, said in (("page.pth", "不是 torch 读得懂的权重文件"), ("empty.pth", "不是 torch 读得懂的权重文件"), ("gone.pth", "No such file")):
        assert strip.main([str(tmp_path / name), str(tmp_path / "new.pth")]) == 1
        assert said in capsys.readouterr().err


@pytest.mark.torch
def test_the_program_runs_from_the_command_line_and_never_overwrites(checkpoint, notes, tmp_path):
    import torch

    torch.save(checkpoint, tmp_path / "old.pth")
    command = [sys.executable, str(notes / "code" / "strip_checkpoint.py"), "old.pth", "new.pth"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert "丢掉：message_hub、optimizer、param_schedulers" in done.stdout
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert again.returncode == 2 and "已经有了" in again.stderr


def test_the_links_of_the_seed_stand_on_their_pages(notes):
    """The addresses of 2019, to the letter."""
    seed = {
        "install.md": "https://blog.csdn.net/qq_36302589/article/details/85798060",
        "repository.md": "https://github.com/open-mmlab/mmdetection/blob/master/INSTALL.md",
        "htc.md": "https://www.leiphone.com/news/201903/CctvkMTejB1Fvgxp.html",
        "model-zoo.md": "https://github.com/open-mmlab/mmdetection/blob/master/MODEL_ZOO.md",
    }
    for name, url in seed.items():
        assert re.search(rf"^\[.+\]\({re.escape(url)}\)$", (notes / name).read_text(encoding="utf-8"), re.MULTILINE), name


@pytest.mark.torch
@pytest.mark.parametrize("version", ["2.1.2", "2.5.1"])
def test_a_torch_that_cannot_put_in_placeholders_is_named(strip, checkpoint, tmp_path, monkeypatch, capsys, version):
    import torch

    torch.save(checkpoint, tmp_path / "old.pth")
    monkeypatch.setattr(torch, "__version__", torch.torch_version.TorchVersion(version))
    with pytest.raises(SystemExit) as stopped:
        strip.main([str(tmp_path / "old.pth"), str(tmp_path / "new.pth")])
    assert stopped.value.code == 2 and f"要 torch 2.6 以上，这里是 {version}" in capsys.readouterr().err
    assert not (tmp_path / "new.pth").exists()
