import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
import xgboost

from muster.learners import boosting

ROWS = np.arange(8, dtype=np.float32)[:, None]


class Busy:
    """Counts who is inside at the same time."""

    def __init__(self) -> None:
        self.lock, self.inside, self.most = threading.Lock(), 0, 0

    def visit(self) -> None:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        time.sleep(0.05)
        with self.lock:
            self.inside -= 1


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Iterator[Busy]:
    busy, train = Busy(), xgboost.train

    def seen(params: dict, *rest: object) -> xgboost.Booster:
        busy.visit()
        return train({**params, "device": "cpu"}, *rest)

    monkeypatch.setattr(xgboost, "train", seen)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: range(4))
    return busy


@pytest.mark.parametrize(("device", "at_a_time"), [("cuda", 1), ("cpu", 4)])
def test_fits_take_turns_on_a_gpu_and_the_rest_goes_on_beside_them(training: Busy, device: str, at_a_time: int) -> None:
    judging = Busy()

    def work(number: int) -> int:
        boosting.fit(ROWS, np.arange(8) > 3, {"objective": "binary:logistic", "device": device}, 1)
        judging.visit()
        judging.visit()
        return number

    assert boosting.in_parallel(work, range(8)) == list(range(8))
    assert training.most == at_a_time
    assert judging.most > 1
