"""A model fitted in pieces: which of its terms one of several workers fits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass


class ShardError(ValueError):
    """No such piece of a model."""


@dataclass(frozen=True)
class Shard:
    """Piece `number` of `count`, counted from one."""

    number: int
    count: int

    @property
    def told(self) -> str:
        """Return the shard as a command line gives it, e.g. `3/40`."""
        return f"{self.number}/{self.count}"

    def of(self, keys: Sequence[str]) -> list[str]:
        """Return this shard's keys: every `count`-th one, so that neighbours in order of cost go to different shards.

        >>> Shard(2, 3).of(["a", "b", "c", "d", "e"])
        ['b', 'e']
        """
        return list(keys[self.number - 1 :: self.count])


def read_shard(text: str) -> Shard:
    """Return the shard written as number/count.

    >>> read_shard("3/40")
    Shard(number=3, count=40)

    Raises:
        ShardError: says how a shard is written.
    """
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text, re.ASCII)
    shard = Shard(*map(int, found.groups())) if found else Shard(0, 0)
    if not 1 <= shard.number <= shard.count:
        raise ShardError(f"{text}: not a shard; write the third of forty as 3/40, from 1/40 to 40/40")
    return shard
