"""Train a small convolutional network on images, and use it.

    image_classification.py                    train on scikit-learn's digits
    image_classification.py --data DIR         … on DIR/{train,val,test}/CLASS/
    image_classification.py --weights FILE     test saved weights again
    image_classification.py --weights FILE --predict IMAGE

Training leaves weights.pt, curves.svg and confusion.svg in the folder runs.
"""

import argparse
import sys
from pathlib import Path

import image_charts
import torch
from image_data import InputError, digits, folder, read_image
from image_model import build, load, save, set_statistics
from image_training import Epoch, fit, run_epoch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset


# --8<-- [start:train]
def train(options: argparse.Namespace) -> Tensor:
    """Train, keep the weights of the best epoch, test them once.

    Returns the confusion counts K×K of the test. Raises InputError for bad
    images, or when the loss was never a number.
    """
    torch.manual_seed(options.seed)  # first weights, order of the images
    parts, classes = images_of(options)
    model = build(options.channels, len(classes))
    set_statistics(model, parts["train"])
    model.to(options.device)
    history, best = [], float("inf")
    print("epoch  train loss  accuracy  val loss  accuracy")
    for epoch in fit(model, *loaders(parts, options.batch), options):
        history.append(epoch)
        better = epoch.val_loss < best
        if better:
            best = epoch.val_loss
            save(options.out / "weights.pt", model, classes, options.size)
        print(describe(len(history), epoch) + "  saved" * better, flush=True)
    if best == float("inf"):
        raise InputError("the loss was never a number: try a smaller --lr")
    draw(history, options.out / "curves.svg")
    model, *_ = load(options.out / "weights.pt")
    return evaluate(model, parts["test"], classes, options)


def loaders(parts: dict[str, Dataset], batch: int) -> list[DataLoader]:
    """Shuffled batches of one size to train, any batches to validate."""
    train, val = parts["train"], parts["val"]
    batch = min(batch, len(train))
    shuffled = DataLoader(train, batch, shuffle=True, drop_last=True)
    return [shuffled, DataLoader(val, 256)]
# --8<-- [end:train]


def images_of(
    options: argparse.Namespace,
) -> tuple[dict[str, Dataset], list[str]]:
    """The parts by name and the class names: options.data, or the digits."""
    if options.data:
        return folder(options.data, options.size, options.channels)
    return digits()


def describe(number: int, epoch: Epoch) -> str:
    """The line of an epoch, under the heading that ``train`` prints."""
    learned = f"{epoch.train_loss:10.4f}  {epoch.train_accuracy:8.4f}"
    checked = f"{epoch.val_loss:8.4f}  {epoch.val_accuracy:8.4f}"
    return f"{number:5}  {learned}  {checked}"


def draw(history: list[Epoch], path: Path) -> None:
    """Write the curves of the epochs."""
    rows = Epoch(*zip(*history, strict=True))
    losses = {"train": rows.train_loss, "val": rows.val_loss}
    accuracies = {"train": rows.train_accuracy, "val": rows.val_accuracy}
    path.write_text(image_charts.curves(losses, accuracies), "utf-8")


# --8<-- [start:evaluate]
def evaluate(
    model: nn.Module,
    part: Dataset,
    classes: list[str],
    options: argparse.Namespace,
) -> Tensor:
    """Print loss and accuracy on a part, draw and return its counts K×K."""
    loss, counts = run_epoch(model.to(options.device), DataLoader(part, 256))
    right, total = counts.trace().item(), counts.sum().item()
    share = f"{right / total:.4f} ({right} of {total})"
    print(f"test loss {loss:.4f} accuracy {share}")
    picture = image_charts.confusion(counts.tolist(), classes)
    (options.out / "confusion.svg").write_text(picture, "utf-8")
    return counts


def evaluate_saved(options: argparse.Namespace) -> Tensor:
    """Test options.weights on the test part; returns its counts K×K.

    Raises InputError when weights and images have different classes.
    """
    model, known, options.size = load(options.weights)
    options.channels = len(model[0].mean)
    parts, classes = images_of(options)
    if classes != known:
        theirs, ours = listing(known), listing(classes)
        raise InputError(f"weights for {theirs}, images of {ours}")
    return evaluate(model, parts["test"], classes, options)
# --8<-- [end:evaluate]


def listing(classes: list[str]) -> str:
    """How many classes, and the first few names."""
    names = ", ".join(classes[:5]) + ", …" * (len(classes) > 5)
    return f"{len(classes)} classes ({names})"


# --8<-- [start:predict]
@torch.inference_mode()
def predict(options: argparse.Namespace) -> None:
    """Print the likeliest classes of options.predict, at most three."""
    model, classes, size = load(options.weights)
    model.eval()
    image = read_image(options.predict, size, channels=len(model[0].mean))
    logits = model(image.unsqueeze(0))  # the model wants a batch: 1×C×S×S
    shares, indices = logits.softmax(dim=1)[0].topk(min(3, len(classes)))
    for share, index in zip(shares.tolist(), indices.tolist(), strict=True):
        print(f"{classes[index]}  {share:.4f}")
# --8<-- [end:predict]


def options_of(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=style)
    add = parser.add_argument
    add("--data", type=Path, metavar="DIR", help="images of your own")
    add("--size", type=int, default=32, help="scale them to SIZE×SIZE (32)")
    add("--color", action="store_true", help="read them as RGB, not grey")
    add("--epochs", type=int, default=12, help="times over the images (12)")
    add("--batch", type=int, default=64, help="images in a step (64)")
    add("--lr", type=float, default=0.1, help="highest learning rate (0.1)")
    add("--seed", type=int, default=0, help="of weights and order (0)")
    add("--threads", type=int, default=1, help="1 is best for small images (1)")
    add("--double", action="store_true", help="64-bit: slower, steadier")
    add("--device", default="cpu", help="cpu, cuda, mps … (cpu)")
    out = Path("runs")
    add("--out", type=Path, metavar="DIR", default=out, help="results (runs)")
    add("--weights", type=Path, metavar="FILE", help="do not train, use these")
    add("--predict", type=Path, metavar="IMAGE", help="name its class")
    options = parser.parse_args(argv)
    if options.predict and not options.weights:
        parser.error("--predict needs --weights FILE")
    if options.color and not options.data:
        parser.error("--color needs --data DIR")
    if options.size < 4 or options.lr <= 0:
        parser.error("--size starts at 4, --lr above 0")
    if min(options.epochs, options.batch, options.threads) < 1:
        parser.error("--epochs, --batch and --threads start at 1")
    options.channels = 3 if options.data and options.color else 1
    options.size = options.size if options.data else 8  # the digits are 8×8
    return options


def prepare(options: argparse.Namespace) -> None:
    """Set threads and number type, make the folder for the results.

    Raises InputError when the device or the folder cannot be had.
    """
    torch.set_num_threads(options.threads)
    kind = torch.float64 if options.double else torch.float32
    torch.set_default_dtype(kind)
    try:
        torch.zeros(1, device=options.device)
        options.out.mkdir(parents=True, exist_ok=True)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"no device {options.device!r}: {reason}") from None
    except OSError as error:
        reason = f"cannot write into {options.out}: {error.strerror}"
        raise InputError(reason) from None


def main(argv: list[str] | None = None) -> int:
    """Run the program; returns 0, or 1 after an error that can be mended."""
    options = options_of(argv)
    command = evaluate_saved if options.weights else train
    command = predict if options.predict else command
    try:
        prepare(options)
        command(options)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
