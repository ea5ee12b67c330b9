"""What stops people who install or train, pasted as a terminal or an issue shows it, and the sections that cure it.

Where a message was provoked for the notes it is taken from the record of that run; the others are worded as the sources
of torch, setuptools, NumPy, mmdet and mmengine word them, with the versions and cards of the issues that the notes cite.
"""

import re
from dataclasses import dataclass

from ..conftest import ROOT

INSTALL, TRAINING, COMPILE, DATA = "mmdetection/install/#", "mmdetection/training-errors/#", "mmdetection/compile/#", "mmdetection/your-data/#"
TOLD = (ROOT / "docs" / "mmdetection" / "code" / "story.txt").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Message:
    """``text`` may have several lines; any of ``places`` (page#section) cures it."""

    text: str
    places: tuple[str, ...]


def told(section: str) -> str:
    """What the last run of the toy story recorded under a name."""
    found = re.search(rf"\[start:{section}\]\n(.*?)\n# --8<-- \[end:{section}\]", TOLD, re.DOTALL)
    assert found, section
    return found[1]


KERNEL = (INSTALL + "no-kernel-image-is-available-for-execution", TRAINING + "runtimeerror-cuda-error-no-kernel-image-is-available-for-execution-on-the-device")
EDITABLE = (INSTALL + "modulenotfounderror-no-module-named-torchpip-install--e--时",)

MESSAGES = [
    Message("ModuleNotFoundError: No module named 'mmcv._ext'", (INSTALL + "modulenotfounderror-no-module-named-mmcv_ext或-mmcvops",)),
    Message(
        "AssertionError: MMCV==2.2.0 is used but incompatible. Please install mmcv>=2.0.0rc4, <2.2.0.",
        (INSTALL + "assertionerror-mmcv220-is-used-but-incompatible-please-install-mmcv200rc4-220",),
    ),
    Message(
        "ModuleNotFoundError: No module named 'pkg_resources'",
        (INSTALL + "modulenotfounderror-no-module-named-pkg_resources装-mmcv-时", INSTALL + "modulenotfounderror-no-module-named-pkg_resources读配置时"),
    ),
    Message("ModuleNotFoundError: No module named 'torch'", EDITABLE),
    Message(
        """  Getting requirements to build editable: finished with status 'error'
error: subprocess-exited-with-error

× Getting requirements to build editable did not run successfully.
│ exit code: 1
╰─> [21 lines of output]
    Traceback (most recent call last):
      File "/home/user/anaconda3/envs/openmmlab/lib/python3.11/site-packages/pip/_vendor/pyproject_hooks/_in_process/_in_process.py", line 353, in <module>
        main()
      File "/home/user/build/pip-build-env-arkogb8w/overlay/lib/python3.11/site-packages/setuptools/build_meta.py", line 520, in run_setup
        super().run_setup(setup_script=setup_script)
      File "/home/user/build/pip-build-env-arkogb8w/overlay/lib/python3.11/site-packages/setuptools/build_meta.py", line 317, in run_setup
        exec(code, locals())  # noqa: S102 # exec is intentional here
      File "<string>", line 11, in <module>
    ModuleNotFoundError: No module named 'torch'
    [end of output]

note: This error originates from a subprocess, and is likely not a problem with pip.""",
        EDITABLE,
    ),
    Message(
        """RuntimeError:
The detected CUDA version (11.8) mismatches the version that was used to compile
PyTorch (12.8). Please make sure to use the same CUDA versions.""",
        (INSTALL + "runtimeerror-the-detected-cuda-version-118-mismatches-the-version-that-was-used-to-compile-pytorch-128",),
    ),
    Message("#error C++20 or later compatible compiler is required to use ATen.", (INSTALL + "error-c20-or-later-compatible-compiler-is-required-to-use-aten", COMPILE + "cpu")),
    Message(
        'error: Microsoft Visual C++ 14.0 or greater is required. Get it with "Microsoft C++ Build Tools": https://visualstudio.microsoft.com/visual-cpp-build-tools/',
        (INSTALL + "error-microsoft-visual-c-140-or-greater-is-required",),
    ),
    Message(
        """A module that was compiled using NumPy 1.x cannot be run in
NumPy 2.1.3 as it may crash. To support both 1.x and 2.x
versions of NumPy, modules must be compiled with NumPy 2.0.
Some module may need to rebuild instead e.g. with 'pybind11>=2.12'.""",
        (INSTALL + "a-module-that-was-compiled-using-numpy-1x-cannot-be-run-in",),
    ),
    Message(
        """_pickle.UnpicklingError: Weights only load failed. This file can still be loaded, to do so you have two options, do those steps only if you trust the source of the checkpoint.
	(1) In PyTorch 2.6, we changed the default value of the `weights_only` argument in `torch.load` from `False` to `True`. Re-running `torch.load` with `weights_only` set to `False` will likely succeed, but it can result in arbitrary code execution. Do it only if you got the file from a trusted source.
	(2) Alternatively, to load with `weights_only=True` please check the recommended steps in the following error message.
	WeightsUnpickler error: Unsupported global: GLOBAL mmengine.logging.history_buffer.HistoryBuffer was not an allowed global by default. Please use `torch.serialization.add_safe_globals([mmengine.logging.history_buffer.HistoryBuffer])` or the `torch.serialization.safe_globals([mmengine.logging.history_buffer.HistoryBuffer])` context manager to allowlist this global if you trust this class/function.

Check the documentation of torch.load to learn more about types accepted by default with weights_only https://pytorch.org/docs/stable/generated/torch.load.html.""",
        (INSTALL + "_pickleunpicklingerror-weights-only-load-failedglobal-mmenginelogginghistory_bufferhistorybuffer", "mmdetection/model-zoo/#旧权重怎样安全地打开"),
    ),
    Message(
        """RuntimeError: CUDA error: no kernel image is available for execution on the device
CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.
For debugging consider passing CUDA_LAUNCH_BLOCKING=1
Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.""",
        KERNEL,
    ),
    Message(
        """NVIDIA GeForce RTX 5070 Ti with CUDA capability sm_120 is not compatible with the current PyTorch installation.
The current PyTorch install supports CUDA capabilities sm_50 sm_60 sm_70 sm_75 sm_80 sm_86 sm_90.
If you want to use the NVIDIA GeForce RTX 5070 Ti GPU with PyTorch, please check the instructions at https://pytorch.org/get-started/locally/""",
        (*KERNEL, COMPILE + "rtx-50"),
    ),
    Message(
        """RuntimeError: CUDA error: device-side assert triggered
CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.
For debugging consider passing CUDA_LAUNCH_BLOCKING=1
Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.""",
        (TRAINING + "runtimeerror-cuda-error-device-side-assert-triggered",),
    ),
    Message(
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.17 GiB. GPU 0 has a total capacity of 10.75 GiB of which 905.56 MiB is free. "
        "Including non-PyTorch memory, this process has 9.87 GiB memory in use. Of the allocated memory 8.61 GiB is allocated by PyTorch, and 1.05 GiB is reserved by PyTorch but unallocated. "
        "If reserved but unallocated memory is large try setting PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True to avoid fragmentation.  See documentation for Memory Management  "
        "(https://pytorch.org/docs/stable/notes/cuda.html#environment-variables)",
        (TRAINING + "torchoutofmemoryerror-cuda-out-of-memory",),
    ),
    Message("Epoch(train)  [1][ 250/7330]  lr: 2.0000e-02  eta: 1 day, 2:11:05  time: 0.4321  data_time: 0.0098  memory: 3701  loss: nan  loss_cls: nan  loss_bbox: nan", (TRAINING + "loss-nan",)),
    Message("loss: nan", (TRAINING + "loss-nan",)),
    Message(told("errors-empty"), (TRAINING + "the-testing-results-of-the-whole-dataset-is-empty",)),
    Message(told("errors-mismatch"), (TRAINING + "size-mismatch-for-roi_headbbox_headfc_clsweight", "mmdetection/fine-tuning/#哪些-size-mismatch-是对的")),
    Message(
        told("errors-classes"),
        (TRAINING + "assertionerror-the-num_classes-80-in-retinahead-of-retinanet-does-not-matches-the-length-of-classes-2-in-cocodataset",),
    ),
    Message(
        """AssertionError: The `num_classes` (80) in Shared2FCBBoxHead of FasterRCNN does not matches the length of `CLASSES` 3) in CocoDataset""",
        (TRAINING + "assertionerror-the-num_classes-80-in-retinahead-of-retinanet-does-not-matches-the-length-of-classes-2-in-cocodataset",),
    ),
    Message(told("errors-concatenate"), (TRAINING + "valueerror-need-at-least-one-array-to-concatenate",)),
    Message("filter_cfg=dict(filter_empty_gt=False)", (DATA + "没有物体的图",)),
    Message("train_dataset = dict(dataset=dict(filter_cfg=dict(filter_empty_gt=False, min_size=32)))", (DATA + "没有物体的图",)),
    Message(told("errors-registry"), (TRAINING + "keyerror-mydetector-is-not-in-the-mmdetmodel-registry",)),
    Message(told("errors-scope"), (TRAINING + "keyerror-retinanet-is-not-in-the-mmenginemodel-registry",)),
    Message(told("errors-scope").replace("RetinaNet", "CascadeRCNN"), (TRAINING + "keyerror-retinanet-is-not-in-the-mmenginemodel-registry",)),
    Message(told("errors-reduction"), (TRAINING + "runtimeerror-expected-to-have-finished-reduction-in-the-prior-iteration",)),
    Message(told("errors-child"), (TRAINING + "torchdistributedelasticmultiprocessingerrorschildfailederror",)),
    Message(
        """torch.distributed.elastic.multiprocessing.errors.ChildFailedError:
============================================================
tools/train.py FAILED
------------------------------------------------------------
Failures:
  <NO_OTHER_FAILURES>
------------------------------------------------------------
Root Cause (first observed failure):
[0]:
  time      : 2023-06-26_10:14:22
  host      : localhost
  rank      : 0 (local_rank: 0)
  exitcode  : 1 (pid: 3457)
  error_file: <N/A>
  traceback : To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html
============================================================""",
        (TRAINING + "torchdistributedelasticmultiprocessingerrorschildfailederror",),
    ),
]
