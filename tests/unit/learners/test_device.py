import pytest

from muster.learners import device
from muster.settings import configure


def test_the_cpu_is_taken_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSTER_DEVICE", "cpu")
    configure()

    assert device.resolve_device() == "cpu"


def test_without_a_gpu_auto_is_the_cpu_and_cuda_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_driver_problem", lambda: "there is no NVIDIA driver")
    monkeypatch.setenv("MUSTER_DEVICE", "auto")
    configure()
    assert device.resolve_device("xgboost") == "cpu"

    monkeypatch.setenv("MUSTER_DEVICE", "cuda")
    configure()
    with pytest.raises(device.DeviceError, match="no NVIDIA driver; unset it"):
        device.resolve_device("xgboost")
