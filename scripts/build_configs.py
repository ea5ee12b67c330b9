"""Build what configs of MMDetection 3.x describe, on the CPU, and train the small ones for two iterations.

    python scripts/build_configs.py [--toy FOLDER] CONFIG…

Wants torch, mmdet 3.3.0 and mmcv-lite with the stand-in for its operators: ``environment`` fetches what that of
the tests lacks, ``outcomes`` runs this there. FOLDER is what make_toy_data.py wrote; without it nothing is trained. Prints one JSON
object a line for each config: ``config``, ``built``, ``trained``. "" says that it worked, a text why not, null
(``trained`` only) that it was not tried.

Built are the model, every step of every pipeline, the optimizer, the schedulers and the hooks. No weights are fetched,
and data sets, which read their annotations when they are built, are those of the toy.
"""

import argparse
import contextlib
import importlib.util
import io
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from run_story import index_option

CODE = Path(__file__).resolve().parents[1] / "docs" / "mmdetection" / "code"
# What building takes beside the environment of the tests; everything named, so that nothing of that is replaced.
LIBRARIES = ["mmcv-lite==2.1.0", "opencv-python-headless==5.0.0.93", "shapely==2.2.0", "terminaltables==3.1.10", "six==1.17.0", "tqdm==4.70.1"]
LIBRARIES += ["matplotlib==3.11.2", "contourpy==1.3.3", "cycler==0.12.1", "kiwisolver==1.5.1", "pyparsing==3.3.3"]  # mmdet draws with it

SMALL = 25_000_000  # parameters that two iterations on two slow cores can afford
CLASSES = 80  # as many as COCO has, so that the model of the config stays as it is; the toy has the first two


def environment(folder: Path, index: str) -> dict[str, str]:
    """The variables under which this Python has a whole mmdet: torch, if it has none, and mmcv-lite, with the operators of the page, in a folder."""
    libraries = folder / "libraries"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(libraries)]
    if importlib.util.find_spec("torch") is None:
        torch = re.search(r"torch==\S+", (CODE / "story.sh").read_text(encoding="utf-8"))
        subprocess.run([*install, torch[0], *index_option(index).split()], check=True)
    subprocess.run([*install, "--no-deps", *LIBRARIES], check=True)
    (libraries / "mmcv" / "_ext.py").write_bytes((CODE / "toy_mmcv_ext.py").read_bytes())
    return os.environ | {"PYTHONPATH": str(libraries), "OMP_NUM_THREADS": "1"}


def outcomes(paths: list[Path], variables: dict[str, str], toy: Path | None = None) -> dict[str, dict]:
    """Path → what became of it; small ones are trained on toy data, which is written where ``toy`` says."""
    if not paths:
        return {}
    if toy is not None:
        subprocess.run([sys.executable, str(CODE / "make_toy_data.py"), str(toy)], check=True, stdout=subprocess.DEVNULL, env=variables)
    command = [sys.executable, __file__, *(["--toy", str(toy)] if toy is not None else []), *map(str, paths)]
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", env=variables)
    lost = {"built": f"exit code {done.returncode}", "trained": None}  # the process ended before it came to this one
    return dict.fromkeys(map(str, paths), lost) | {one["config"]: one for one in map(json.loads, done.stdout.splitlines())}


class Enough(Exception):
    """Two iterations are done."""


def build(config):
    """The model of a config, after everything else that needs no data was built around it."""
    from mmdet.registry import HOOKS, MODELS, PARAM_SCHEDULERS, TRANSFORMS, VISUALIZERS
    from mmengine.optim import build_optim_wrapper

    model = MODELS.build(config.model)
    for split in ("train", "val", "test"):
        for dataset in datasets(config.get(f"{split}_dataloader")):
            for step in dataset.get("pipeline", ()):
                TRANSFORMS.build(step)
    wrapper = build_optim_wrapper(model, config.optim_wrapper)
    for scheduler in config.param_scheduler:
        PARAM_SCHEDULERS.build(scheduler, default_args={"optimizer": wrapper.optimizer, "epoch_length": 100})
    VISUALIZERS.build(config.visualizer)  # a hook asks for it
    for hook in [*config.default_hooks.values(), *config.get("custom_hooks", [])]:
        HOOKS.build({key: value for key, value in hook.items() if key != "priority"})  # the runner takes that
    return model


def datasets(value) -> Iterator[dict]:
    """Every data set in a dataloader, the wrappers too."""
    if isinstance(value, dict):
        if "pipeline" in value or "ann_file" in value:
            yield value
        for inner in value.values():
            yield from datasets(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from datasets(inner)


def without_weights(value):
    """The same config without anything to download."""
    if isinstance(value, dict):
        return type(value)({key: without_weights(inner) for key, inner in value.items() if not (key == "init_cfg" and "Pretrained" in repr(inner))})
    return type(value)(map(without_weights, value)) if isinstance(value, list | tuple) else value


def can_learn(config) -> bool:
    """Whether the toy has what this config reads: boxes in the COCO format, no masks and no proposals."""
    inside = [dataset for dataset in datasets(config.train_dataloader) if "ann_file" in dataset]
    text = repr(config.train_dataloader)
    return bool(inside) and all(dataset.type == "CocoDataset" for dataset in inside) and "'with_mask': True" not in text and "'with_seg': True" not in text


def train(config, toy: str, folder: str) -> None:
    """Two iterations on the toy, as the config says but for data and weights. Raises when a loss is not finite."""
    from mmengine.hooks import Hook
    from mmengine.runner import Runner

    losses: list[float] = []

    class StopAfterTwo(Hook):
        def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None):
            losses.append(float(outputs["loss"]))
            if len(losses) == 2:
                raise Enough

    loader = config.train_dataloader
    loader.update(batch_size=2, num_workers=0, persistent_workers=False)
    for dataset in datasets(loader):
        if "ann_file" in dataset:
            names = ("box", "ball", *(f"class {number}" for number in range(2, CLASSES)))
            dataset.update(data_root=f"{toy}/", ann_file="train.json", data_prefix={"img": "train/"}, metainfo={"classes": names}, indices=4)
    for split in ("val", "test"):
        for part in ("dataloader", "cfg", "evaluator"):
            config.pop(f"{split}_{part}", None)
    config.model = without_weights(config.model)  # update would merge, and keep what is left out
    config.update(work_dir=folder, load_from=None, resume=False, log_level="ERROR")
    runner = Runner.from_cfg(config)
    runner.register_hook(StopAfterTwo())
    with contextlib.suppress(Enough):
        runner.train()
    if len(losses) < 2 or not all(map(math.isfinite, losses)):
        raise ArithmeticError(f"losses {losses}")


def attempt(action: Callable[..., object], *arguments: object) -> tuple[object, str]:
    """What an action returns, and why it failed; whatever configs may raise is a finding here."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return action(*arguments), ""
    except Exception as error:
        return None, f"{type(error).__name__}: {str(error).strip().splitlines()[-1] if str(error).strip() else ''}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Build what configs of MMDetection 3.x describe, on the CPU.")
    parser.add_argument("--toy", help="train small ones for two iterations on this data")
    parser.add_argument("config", nargs="+")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    from mmdet.utils import register_all_modules
    from mmengine import Config

    register_all_modules()
    for path in asked.config:
        config, failed = attempt(Config.fromfile, path)
        model, failed = (None, failed) if failed else attempt(build, config)
        trained = None
        if asked.toy and not failed and sum(one.numel() for one in model.parameters()) <= SMALL and can_learn(config):
            with tempfile.TemporaryDirectory() as folder:
                _, trained = attempt(train, config, asked.toy, folder)
        print(json.dumps({"config": path, "built": failed, "trained": trained}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
