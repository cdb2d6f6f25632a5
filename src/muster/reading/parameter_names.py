"""IMPReSS parameters by name: the stable id that a name means, where it means one only."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

Candidates = dict[str, set[str]]


@dataclass(frozen=True)
class ParameterNames:
    """The stable ids that bear each name."""

    candidates: Candidates
    names: dict[str, str]
    """Name of each stable id."""

    def find(self, name: str, procedure_id: str | None) -> tuple[str | None, str | None]:
        """Return the stable id that `name` means within a procedure (or anywhere), or why there is none."""
        bearers = self.candidates.get(_key(name), set())
        if procedure_id:
            group = "_".join(procedure_id.split("_")[:2])
            bearers = {bearer for bearer in bearers if bearer.startswith(f"{group}_")}
        if len(bearers) == 1:
            return next(iter(bearers)), None
        among = f" of {procedure_id}" if procedure_id else ""
        if not bearers:
            return None, f"IMPReSS has no parameter {name!r}{among}: kept by name"
        hint = "" if procedure_id else "; say which procedure by --set procedure_stable_id=ID"
        return None, f"{name!r} is the name of {len(bearers)} IMPReSS parameters{among}: kept by name{hint}"


def parameter_names(pairs: Iterable[tuple[str, str]]) -> ParameterNames:
    """Return the names of parameters given as (stable id, name).

    >>> parameter_names([("IMPC_ABR_004_001", "6kHz-evoked ABR Threshold")]).find("6khz evoked ABR threshold", None)
    ('IMPC_ABR_004_001', None)
    """
    candidates: Candidates = defaultdict(set)
    names = {}
    for stable_id, name in pairs:
        candidates[_key(name)].add(stable_id)
        names[stable_id] = name
    return ParameterNames(dict(candidates), names)


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9%]+", " ", name.lower()).strip()
