"""Chance with names: every part of the model has its own stream, so that a change in one leaves the others alone."""

from hashlib import md5
from zlib import crc32

import numpy as np


def stream(seed: int, *names: str) -> np.random.Generator:
    """Return the random numbers that belong to `names`.

    >>> int(stream(7, "genes").integers(100)) == int(stream(7, "genes").integers(100))
    True
    """
    return np.random.default_rng([seed, crc32("/".join(names).encode())])


def identifier(*names: object) -> str:
    """Return the 32 hexadecimal digits IMPC gives to specimens, experiments and observations.

    >>> identifier("JAX", 1)
    '5c2788fa68dc9ddbadeb65952e66e9c4'
    """
    return md5("|".join(map(str, names)).encode(), usedforsecurity=False).hexdigest()
