"""How much is simulated, and what each release adds."""

from dataclasses import dataclass
from datetime import date


class UnknownSizeError(ValueError):
    """There is no such size."""


class NotSimulatedError(ValueError):
    """The simulator does not know this release."""


@dataclass(frozen=True)
class Size:
    """The volume of a simulated consortium."""

    genes: int
    tested: tuple[int, ...]
    """Phenotyped genes by stage of growth."""
    module_copies: int
    """Modules per archetype."""
    measured_lines: int
    """Lines whose mice are published one by one; the others have results only, so that files stay small."""
    controls_per_sex: int
    """Wild-type mice of each sex at each centre."""
    radiographed_mice: int
    image_height: int
    statistics: int = 0
    """Statistical results a release has at least: those of its lines, and copies that find nothing."""
    measurements: int = 0
    """Measurements a release has at least: those of its mice, and of copies of them."""
    reference_genes: int = 8
    """Genes whose line is bred at several centres, by which the centres can be compared."""


SIZES = {
    "tiny": Size(700, (300, 420, 480, 540), 1, 60, 20, 80, 128, reference_genes=4),
    "demo": Size(2000, (800, 1100, 1300, 1500), 2, 250, 40, 350, 192),
    "full": Size(20_000, (6000, 8000, 9000, 9500), 20, 250, 40, 350, 192, 2_200_000, 70_000_000),
}


@dataclass(frozen=True)
class Release:
    """One data release: when, how far the consortium had grown, which engine and which flaws."""

    released_on: date
    stage: int
    engine: str
    assembly: str
    recomputed: float
    """Share of the results that this release estimates anew."""
    rescaling: float
    """How much stronger or weaker, trait by trait, its method sees effects (spread of the logarithm)."""
    fault: str = ""
    """What is wrong with it: repeated rows (as in the real 22.1), renamed column or cut file."""
    withdrawn: float = 0.0
    """Share of the procedures done on the lines whose results it takes back, which is no fault."""


RELEASES = {
    "10.1": Release(date(2019, 6, 26), 0, "PhenStat 2.20.0", "GRCm38", 1.0, 0.25),
    "22.0": Release(date(2024, 11, 4), 1, "OpenStats 1.18.0", "GRCm38", 1.0, 0.0),
    "22.1": Release(date(2024, 12, 11), 1, "OpenStats 1.18.0", "GRCm38", 0.0, 0.0, "repeated rows"),
    "22.2": Release(date(2024, 12, 12), 1, "OpenStats 1.18.0", "GRCm38", 0.0, 0.0, "renamed column"),
    "22.3": Release(date(2024, 12, 13), 1, "OpenStats 1.18.0", "GRCm38", 0.0, 0.0, "cut file"),
    "23.0": Release(date(2025, 4, 23), 2, "OpenStats 1.18.0", "GRCm38", 0.4, 0.3),
    "23.1": Release(date(2025, 7, 23), 2, "OpenStats 1.18.0", "GRCm38", 0.0, 0.0, withdrawn=0.08),
    "24.0": Release(date(2026, 3, 16), 3, "OpenStats 1.20.0", "GRCm39", 0.1, 0.3),
}


def size_named(name: str) -> Size:
    """Return the size called `name`.

    Raises:
        UnknownSizeError: names those there are.
    """
    if name not in SIZES:
        raise UnknownSizeError(f"{name}: unknown size; there are {', '.join(SIZES)}")
    return SIZES[name]


def release_named(number: str) -> Release:
    """Return the plan of release `number`.

    Raises:
        NotSimulatedError: names those there are.
    """
    if number not in RELEASES:
        raise NotSimulatedError(f"{number}: this release is not simulated; there are {', '.join(RELEASES)}")
    return RELEASES[number]
