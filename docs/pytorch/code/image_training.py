"""Training and testing: one pass over the images, and many of them."""

import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.data import DataLoader


# --8<-- [start:epoch]
def run_epoch(
    model: nn.Module, batches: Iterable, training: tuple | None = None
) -> tuple[float, Tensor]:
    """Go over the batches once: images N×C×S×S in [0, 1], labels N.

    Learns only when ``training`` is given, an optimizer and its schedule.
    Returns the mean loss of an image, and the confusion counts K×K (row:
    truth, column: prediction).
    """
    model.train(training is not None)  # else eval()
    device = next(model.parameters()).device
    loss_sum, counts = 0.0, 0
    with torch.set_grad_enabled(training is not None):
        for images, labels in batches:
            images, labels = images.to(device), labels.to(device)
            logits = model(images)  # N×K, no softmax: cross_entropy has it
            loss = nn.functional.cross_entropy(logits, labels)
            if training:
                learn(loss, *training)
            loss_sum += loss.item() * len(labels)  # a number, without graph
            counts = counts + confusion(labels, logits)
    return loss_sum / counts.sum().item(), counts


def learn(
    loss: Tensor, optimizer: torch.optim.Optimizer, schedule: OneCycleLR
) -> None:
    """One step; the order matters."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    schedule.step()
# --8<-- [end:epoch]


# --8<-- [start:confusion]
def confusion(labels: Tensor, logits: Tensor) -> Tensor:
    """Labels N and logits N×K → counts K×K (row: truth), on the CPU."""
    classes = logits.shape[1]
    pairs = classes * labels + logits.argmax(dim=1)
    counts = torch.bincount(pairs, minlength=classes**2)
    return counts.view(classes, classes).cpu()


def accuracy(counts: Tensor) -> float:
    """The share of the diagonal in counts K×K."""
    return (counts.trace() / counts.sum()).item()
# --8<-- [end:confusion]


# --8<-- [start:fit]
class Epoch(NamedTuple):
    """What one epoch came to: mean losses, accuracies in [0, 1]."""

    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float


def fit(
    model: nn.Module, train: DataLoader, val: DataLoader, options: Namespace
) -> Iterator[Epoch]:
    """Train options.epochs times; hand out each epoch's result as it ends.

    options.lr is the highest learning rate.
    """
    optimizer = torch.optim.SGD(
        model.parameters(),
        lr=options.lr,
        momentum=0.9,
        nesterov=True,
        weight_decay=5e-4,
    )
    steps = options.epochs * len(train)
    schedule = OneCycleLR(optimizer, max_lr=options.lr, total_steps=steps)
    for number in range(1, options.epochs + 1):
        batches = bar(train, f"epoch {number}")
        learned, hits = run_epoch(model, batches, (optimizer, schedule))
        checked, val_hits = run_epoch(model, val)
        yield Epoch(learned, accuracy(hits), checked, accuracy(val_hits))
# --8<-- [end:fit]


# --8<-- [start:bar]
def bar(batches: DataLoader, label: str) -> Iterator:
    """Hand the batches on; on a terminal, draw how far they are.

    Elsewhere (a file, CI) nothing is drawn.
    """
    terminal, width = sys.stderr.isatty(), 30
    for done, batch in enumerate(batches, start=1):
        yield batch
        if terminal:
            filled = "=" * (width * done // len(batches))
            show(f"\r{label} [{filled:{width}}] {done}/{len(batches)}")
    if terminal:
        show("\r\x1b[K")  # clear it, the line of the epoch comes next


def show(text: str) -> None:
    """Write to the terminal at once."""
    print(text, end="", file=sys.stderr, flush=True)
# --8<-- [end:bar]
