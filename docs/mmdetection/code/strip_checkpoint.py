"""Make a small checkpoint that plain ``torch.load`` accepts, without ever running code from the old one.

    python strip_checkpoint.py OLD.pth NEW.pth

Since torch 2.6 ``torch.load`` refuses a file that names any class beyond tensors and plain containers. Checkpoints of
MMEngine do: their training log holds HistoryBuffer and NumPy objects. This program reads the file in the safe mode and
puts an inert placeholder where such an object stood; then it keeps the weights and what is plain data in ``meta``.
Optimizer, log and schedules go, so the new file is for inference, testing and ``load_from``, not for ``--resume``.
"""

# --8<-- [start:placeholder]
import argparse
import re
import sys
from pathlib import Path
from pickle import UnpicklingError

import torch


class Placeholder:
    """Stands where the file names a class or function that we do not want: takes anything, does nothing."""

    def __new__(cls, *args, **kwargs):
        return super().__new__(cls)

    def __init__(self, *args, **kwargs):
        pass

    def __setstate__(self, state):
        pass


REFUSED = re.compile(r"Unsupported global: GLOBAL (\S+) was not an allowed global")
REASON = re.compile(r"((?:Trying to|Can only) .+)")  # one sentence of a long message


def read_inert(path):
    """The content of a checkpoint with placeholders, and the names that they replaced.

    Raises ValueError for a file that asks for more than that (torch blocks os, sys and their like altogether) and for what
    is no checkpoint, OSError for a file that cannot be read.
    """
    replaced = []
    while True:
        inert = [(Placeholder, name if "." in name else f"builtins.{name}") for name in replaced]
        with torch.serialization.safe_globals(inert):
            try:
                return torch.load(path, map_location="cpu", weights_only=True), replaced
            except UnpicklingError as error:
                refused = REFUSED.search(str(error))
                if refused is None or refused[1] in replaced:
                    reason = REASON.search(str(error))
                    raise ValueError(f"{path}: {reason[1] if reason else 'not a checkpoint that torch can read'}") from error
                replaced.append(refused[1])
            except OSError:
                raise
            except Exception as error:  # a damaged or foreign file may break the reader in any way
                raise ValueError(f"{path}: not a checkpoint that torch can read ({type(error).__name__})") from error
# --8<-- [end:placeholder]


# --8<-- [start:strip]
def is_plain(value):
    """Whether a value holds no placeholder, however deep."""
    if isinstance(value, dict):
        return all(is_plain(k) and is_plain(v) for k, v in value.items())
    if isinstance(value, (list, tuple, set)):
        return all(map(is_plain, value))
    return not isinstance(value, Placeholder)


def strip(old, new):
    """Write the weights and the plain part of ``meta`` of ``old`` to ``new``; return what was replaced and what was dropped.

    Raises ValueError when there is no ``state_dict`` of plain tensors in the file, and what ``read_inert`` raises.
    """
    content, replaced = read_inert(old)
    weights = content.get("state_dict") if isinstance(content, dict) else None
    if not isinstance(weights, dict) or not is_plain(weights):
        raise ValueError(f"{old}: no state_dict of plain tensors in it")
    meta = content.get("meta") or {}
    kept = {key: value for key, value in meta.items() if is_plain(value)}
    torch.save({"state_dict": weights, "meta": kept}, new)
    torch.load(new, weights_only=True)  # the point of it all, so it is tried at once
    dropped = sorted(set(content) - {"state_dict", "meta"}) + sorted(f"meta.{key}" for key in set(meta) - set(kept))
    return replaced, dropped
# --8<-- [end:strip]


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Strip a checkpoint of MMEngine to weights that torch.load accepts.")
    parser.add_argument("old", type=Path, help="checkpoint to read; nothing in it is executed")
    parser.add_argument("new", type=Path, help="file to write; must not exist yet")
    args = parser.parse_args(arguments)
    if args.new.exists():
        parser.error(f"{args.new} exists; choose another name")
    try:
        replaced, dropped = strip(args.old, args.new)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("kept     state_dict, meta")
    print("dropped ", ", ".join(dropped) or "nothing")
    print("replaced", ", ".join(replaced) or "nothing")
    print(f"size     {args.old.stat().st_size} → {args.new.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
