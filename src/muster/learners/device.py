"""The one place that decides where models are trained."""

import ctypes
import logging

from muster.settings import settings

logger = logging.getLogger(__name__)

LIBRARIES = ("torch", "xgboost")


class DeviceError(RuntimeError):
    """A GPU was asked for and there is none to be used."""


def resolve_device(library: str = "torch") -> str:
    """Return `cuda` where `library` can really compute on a GPU, else `cpu`.

    Raises:
        DeviceError: if the settings insist on `cuda`.
    """
    wanted = settings().device
    if wanted == "cpu":
        return "cpu"
    problem = _driver_problem() or _library_problem(library)
    if problem is None:
        return "cuda"
    if wanted == "cuda":
        raise DeviceError(f"MUSTER_DEVICE=cuda, but {problem}; unset it or set it to auto")
    logger.debug("training on the CPU: %s", problem)
    return "cpu"


def _driver_problem() -> str | None:
    """Ask the driver itself: a library may be built for CUDA on a machine without a GPU."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return "there is no NVIDIA driver (libcuda.so.1)"
    count = ctypes.c_int(0)
    if driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0 or count.value == 0:
        return "the NVIDIA driver finds no GPU"
    return None


def _library_problem(library: str) -> str | None:
    """Do one small piece of work: XGBoost falls back to the CPU without saying so."""
    if library == "xgboost":
        import xgboost  # noqa: PLC0415

        return None if xgboost.build_info().get("USE_CUDA") else "this XGBoost was built without CUDA"
    import torch  # noqa: PLC0415

    if not torch.cuda.is_available():
        return "this PyTorch cannot use the GPU"
    return None if float(torch.ones(2, device="cuda").sum()) == 2.0 else "the GPU computes nonsense"  # noqa: PLR2004
