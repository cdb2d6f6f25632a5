from pathlib import Path

import pytest
import torch

from muster.imaging.standard import HEIGHT, WIDTH
from muster.learners import image_training
from muster.learners.image_training import UNKNOWN, Examples, Network, Recipe, fit, losses_of

RECIPE = Recipe(epochs=3, fewest_steps=1, batch_size=8)


def examples(count: int = 24) -> Examples:
    label = torch.arange(count) % 2
    pixels = torch.rand(count, 1, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(1)) * 0.2
    pixels[label == 1, :, :64] += 0.5
    return Examples(pixels, label, 1 - label)


def trained(checkpoint: Path, part: Examples) -> Network:
    return fit(part, RECIPE, view_count=2, seed=5, checkpoint=checkpoint, device="cpu")


def same(first: Network, second: Network) -> bool:
    pairs = zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    return all(torch.equal(one, other) for one, other in pairs)


def test_a_fit_killed_within_an_epoch_ends_in_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = trained(tmp_path / "whole.safetensors", examples())
    steps, loss = iter(range(4)), image_training._loss

    def fail_in_the_second_epoch(*parts: object) -> torch.Tensor:
        if next(steps, None) is None:
            raise KeyboardInterrupt
        return loss(*parts)

    with monkeypatch.context() as patched:
        patched.setattr(image_training, "_loss", fail_in_the_second_epoch)
        with pytest.raises(KeyboardInterrupt):
            trained(tmp_path / "killed.safetensors", examples())
    torch.rand(3)
    resumed = trained(tmp_path / "killed.safetensors", examples())

    assert same(resumed, whole)
    assert losses_of(tmp_path / "killed.safetensors") == losses_of(tmp_path / "whole.safetensors")


def test_a_damaged_checkpoint_is_trained_again(tmp_path: Path) -> None:
    whole = trained(tmp_path / "whole.safetensors", examples())
    (tmp_path / "damaged.safetensors").write_bytes(b"half a file")

    assert same(trained(tmp_path / "damaged.safetensors", examples()), whole)


def test_an_unknown_label_teaches_nothing(tmp_path: Path) -> None:
    part = examples()
    nothing = Examples(part.pixels, torch.full((24,), UNKNOWN), torch.full((24,), UNKNOWN))

    trained(tmp_path / "nothing.safetensors", nothing)

    assert losses_of(tmp_path / "nothing.safetensors") == [0.0, 0.0, 0.0]


def test_training_leaves_the_chance_of_others_alone(tmp_path: Path) -> None:
    torch.manual_seed(1)
    expected = torch.rand(2)
    torch.manual_seed(1)

    trained(tmp_path / "one.safetensors", examples())

    assert torch.equal(torch.rand(2), expected)
