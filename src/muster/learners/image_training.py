"""The image network and its training: one trunk, a head for the sex, a head for the view."""

import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from muster.imaging.standard import HEIGHT, WIDTH

logger = logging.getLogger(__name__)

#: Fixed, whatever the machine has: sums split over another number of threads end in other bits. One, because a second
#: thread that has to wait for a busy core makes these small layers several times slower.
THREADS = 1
UNKNOWN = -1
CHANNELS = (24, 40, 48)
FEATURES = 48


@dataclass(frozen=True)
class Recipe:
    """How a network is trained; the spec's `params`."""

    epochs: int = 12
    fewest_steps: int = 100
    """Few examples are gone through more often."""
    batch_size: int = 16
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    turn_degrees: float = 6.0
    scale: float = 0.05
    shift: float = 0.04
    contrast: float = 0.25
    noise: float = 0.03
    centre_groups: int = 2
    """Into how many parts the centres are put, each held out once."""

    def epochs_for(self, count: int) -> int:
        """Return how often `count` examples are gone through.

        >>> Recipe(epochs=12, fewest_steps=100, batch_size=16).epochs_for(80)
        20
        """
        return max(self.epochs, -(-self.fewest_steps * self.batch_size // max(count, 1)))


@dataclass(frozen=True)
class Examples:
    """Standard pictures with labels; UNKNOWN where the file does not say."""

    pixels: Tensor
    is_male: Tensor
    view: Tensor

    def at(self, rows: Tensor) -> "Examples":
        """Return some of the examples."""
        return Examples(self.pixels[rows], self.is_male[rows], self.view[rows])

    def to(self, device: str) -> "Examples":
        """Return the examples on a device."""
        return Examples(self.pixels.to(device), self.is_male.to(device), self.view.to(device))

    def __len__(self) -> int:
        return len(self.pixels)


class Network(nn.Module):
    """A small convolutional network; places are kept to the end, as the standard picture has every organ in its own."""

    def __init__(self, view_count: int) -> None:
        super().__init__()
        # Patches of four pixels first: half the work of two fine layers, and as good on pictures that are so alike.
        layers: list[nn.Module] = [nn.Conv2d(1, CHANNELS[0], 6, stride=4, padding=1, bias=False)]
        for before, after in pairwise(CHANNELS):
            layers += [nn.BatchNorm2d(before), nn.ReLU()]
            layers += [nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False)]
        layers += [nn.BatchNorm2d(CHANNELS[-1]), nn.ReLU(), nn.Flatten(), nn.Dropout(0.1)]
        places = HEIGHT * WIDTH // (4 * 2 ** (len(CHANNELS) - 1)) ** 2
        self.trunk = nn.Sequential(*layers, nn.Linear(places * CHANNELS[-1], FEATURES), nn.ReLU())
        self.sex = nn.Linear(FEATURES, 1)
        self.view = nn.Linear(FEATURES, view_count)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logit of male and the logits of the views."""
        seen = self.trunk(pixels)
        return self.sex(seen)[:, 0], self.view(seen)


@contextmanager
def reproducible(threads: int = THREADS) -> Iterator[None]:
    """Make the block's results depend on its inputs only, and leave torch as it was."""
    before = torch.get_num_threads(), torch.get_deterministic_debug_mode()
    torch.set_num_threads(threads)
    # On a GPU a few kernels have no deterministic twin: it warns, and the tolerance between devices covers them.
    # Not `use_deterministic_algorithms`: that imports the compiler, seconds which the service's first answer would pay.
    torch.set_deterministic_debug_mode("warn")
    try:
        with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
            yield
    finally:
        torch.set_num_threads(before[0])
        torch.set_deterministic_debug_mode(before[1])


def fit(examples: Examples, recipe: Recipe, *, view_count: int, seed: int, checkpoint: Path, device: str) -> Network:
    """Return a trained network, going on from the last whole epoch where an earlier run was killed."""
    with reproducible():
        torch.manual_seed(seed)
        network = Network(view_count).to(device)
        optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
        losses = _resume(checkpoint, network, optimiser, device)
        placed, epochs = examples.to(device), recipe.epochs_for(len(examples))
        network.train()
        for epoch in range(len(losses), epochs):
            losses.append(_train_epoch(network, optimiser, placed, recipe, seed=seed, epoch=epoch))
            _keep(checkpoint, network, optimiser, losses)
            logger.debug("%s: epoch %d/%d, loss %.4f", checkpoint.stem, epoch + 1, epochs, losses[-1])
        return network.eval()


def losses_of(checkpoint: Path) -> list[float]:
    """Return the mean training loss of each epoch done."""
    with safe_open(checkpoint, framework="pt") as file:
        losses: list[float] = json.loads(file.metadata()["losses"])
    return losses


def probabilities(network: Network, pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Return p(male) and p(view) on the CPU; a mouse and its mirror image are one mouse."""
    device = next(network.parameters()).device
    with torch.inference_mode():
        sums = [network(view.to(device)) for view in (pixels, pixels.flip(3))]
        male = (sums[0][0].sigmoid() + sums[1][0].sigmoid()) / 2
        views = (sums[0][1].softmax(1) + sums[1][1].softmax(1)) / 2
    return male.cpu(), views.cpu()


def _train_epoch(
    network: Network, optimiser: torch.optim.Optimizer, examples: Examples, recipe: Recipe, *, seed: int, epoch: int
) -> float:
    """Train once over all examples; chance depends on the seed and the epoch, not on what ran before."""
    mixed = hashlib.sha256(f"{seed}|{epoch}".encode()).digest()
    torch.manual_seed(int.from_bytes(mixed[:7], "big"))
    order = torch.randperm(len(examples))
    # A last batch of one has no variance for the batch norm.
    batches = [batch for batch in torch.split(order, recipe.batch_size) if len(batch) > 1]
    total = 0.0
    for index, batch in enumerate(batches):
        _set_rate(optimiser, recipe, (epoch + index / len(batches)) / recipe.epochs_for(len(examples)))
        part = examples.at(batch.to(examples.pixels.device))
        loss = _loss(network, _vary(part.pixels, recipe), part)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        total += loss.item() / len(batches)
    return total


def _set_rate(optimiser: torch.optim.Optimizer, recipe: Recipe, progress: float) -> None:
    """Warm up over the first tenth, then fall along a cosine."""
    warm = min(1.0, 0.1 + progress / 0.1)
    share = warm * 0.5 * (1 + torch.cos(torch.tensor(progress * torch.pi)).item())
    for group in optimiser.param_groups:
        group["lr"] = recipe.learning_rate * share


def _loss(network: Network, pixels: Tensor, part: Examples) -> Tensor:
    """Return the sum of both tasks' losses; an unknown label adds nothing."""
    sex, view = network(pixels)
    is_known = part.is_male != UNKNOWN
    # A sum over none divided by one is zero and keeps the graph: a batch may have no known sex.
    each = functional.binary_cross_entropy_with_logits(sex, part.is_male.clamp(min=0).float(), reduction="none")
    sex_loss = (each * is_known).sum() / is_known.sum().clamp(min=1)
    named = part.view != UNKNOWN
    of_view = functional.cross_entropy(view, part.view.clamp(min=0), reduction="none", label_smoothing=0.05)
    return sex_loss + 0.5 * (of_view * named).sum() / named.sum().clamp(min=1)


def _vary(pixels: Tensor, recipe: Recipe) -> Tensor:
    """Return the pictures turned, scaled, shifted, mirrored and exposed a little differently."""
    count, device = len(pixels), pixels.device
    # Drawn on the CPU: the same chance on every device.
    draw = (torch.rand(count, 8) * 2 - 1).to(device)
    angle = torch.deg2rad(draw[:, 0] * recipe.turn_degrees)
    size = 1 + draw[:, 1] * recipe.scale
    mirror = draw[:, 2].sign()
    ratio = HEIGHT / WIDTH
    rows = [
        torch.stack([angle.cos() * size * mirror, -angle.sin() * size * ratio, draw[:, 3] * recipe.shift], dim=1),
        torch.stack([angle.sin() * size * mirror / ratio, angle.cos() * size, draw[:, 4] * recipe.shift], dim=1),
    ]
    grid = functional.affine_grid(torch.stack(rows, dim=1), list(pixels.shape), align_corners=False)
    moved = functional.grid_sample(pixels, grid, align_corners=False)
    gamma = torch.exp(draw[:, 5] * recipe.contrast)[:, None, None, None]
    noise = torch.randn(pixels.shape).to(device) * recipe.noise
    return moved.clamp(min=1e-4) ** gamma + noise * (moved > 0)


def _keep(checkpoint: Path, network: Network, optimiser: torch.optim.Optimizer, losses: list[float]) -> None:
    """Write weights and optimiser, whole or not at all."""
    tensors = {f"network.{name}": value for name, value in network.state_dict().items()}
    for index, state in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{index}.{name}": value for name, value in state.items()}
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    fresh = checkpoint.with_suffix(".new")
    whole = {name: value.contiguous().cpu() for name, value in tensors.items()}
    save_file(whole, fresh, metadata={"losses": json.dumps(losses)})
    fresh.replace(checkpoint)


def _resume(checkpoint: Path, network: Network, optimiser: torch.optim.Optimizer, device: str) -> list[float]:
    """Restore weights and optimiser; return the losses of the epochs done (none without a usable checkpoint)."""
    if not checkpoint.exists():
        return []
    try:
        losses, tensors = losses_of(checkpoint), load_file(checkpoint, device=device)
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        logger.warning("%s: unreadable checkpoint (%s), training starts again", checkpoint, error)
        return []
    weights = {name.removeprefix("network."): value for name, value in tensors.items() if name.startswith("network.")}
    network.load_state_dict(weights)
    state: dict[int, dict[str, Tensor]] = {}
    for name in tensors.keys() - {f"network.{name}" for name in weights}:
        _, index, key = name.split(".")
        # AdamW counts its steps on the CPU.
        state.setdefault(int(index), {})[key] = tensors[name].cpu() if key == "step" else tensors[name]
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
    logger.info("%s: goes on after epoch %d", checkpoint.stem, len(losses))
    return losses
