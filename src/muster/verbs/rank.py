"""The verb `rank` of the command line: which genes belong to a set."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from muster.verbs.arguments import names_in, release_number

if TYPE_CHECKING:
    from muster.answers.candidates import Understood

COLUMNS = ("rank", "symbol", "gene", "probability", "level", "tested", "why")
WRITTEN = ("rank", "gene_id", "symbol", "score", "probability", "target_level", "is_tested", "reasons")
MODEL = "candidate_genes"


class RankError(ValueError):
    """The options of `rank` do not make a question."""


Symbols = Annotated[
    list[str] | None, typer.Argument(metavar="GENE...", help="Mouse symbols, MGI accessions or human symbols.")
]
ListFile = Annotated[
    Path | None, typer.Option("--file", help="A file with more names, apart by blanks, commas or lines; # comments.")
]
ModelRelease = Annotated[
    str,
    typer.Option(
        "--release", help="Ask the model trained on this release; default: the champion.", callback=release_number
    ),
]
Top = Annotated[int, typer.Option("--top", min=1, max=20_000, help="How many genes to tell.")]
Untested = Annotated[bool, typer.Option("--untested", help="Only genes whose knockout was not phenotyped yet.")]
Out = Annotated[Path | None, typer.Option("--out", help="Write the table to FILE.csv or FILE.parquet instead.")]


def rank(
    genes: Symbols = None,
    file: ListFile = None,
    release: ModelRelease = "",
    top: Top = 50,
    untested: Untested = False,
    out: Out = None,
) -> None:
    """Rank all genes by how likely they belong with the given ones, and say why.

    Examples: muster rank Mapk14 Mapk11 Map2k3 Map2k6; muster rank --file genes.txt --untested --out ranked.csv
    """
    from muster.answers.candidates import read  # noqa: PLC0415

    names = [*(genes or []), *(names_in(file) if file else [])]
    if out and out.suffix not in {".csv", ".parquet"}:
        raise RankError(f"{out}: write to a file that ends in .csv or .parquet")
    reader = read(_folder(release))
    understood = reader.understand(names)
    for line in _remarks(understood):
        typer.echo(line, err=True)
    ranked = reader.ranked(understood, top, untested_only=untested)
    rows = [reader.described(candidate) for candidate in ranked]
    if out:
        _write(rows, out)
        typer.echo(f"{len(rows)} genes: {out}")
    else:
        typer.echo("\n".join(_table(rows)))


def _folder(release: str) -> Path:
    """Return the champion, or the newest model of a release."""
    from muster import registry  # noqa: PLC0415

    if not release:
        return registry.resolve(MODEL)
    version = registry.newest(MODEL, release)
    if version is None:
        trained = ", ".join(dict.fromkeys(other for other, _ in registry.versions(MODEL))) or "no release"
        raise registry.NoModelError(
            f"{MODEL} was not trained on release {release} (but on {trained}): run `muster train {MODEL} {release}`"
        )
    return registry.folder(MODEL, release, version)


def _remarks(understood: "Understood") -> list[str]:
    unknown = [
        f"{each.found}: no gene is called so; left out"
        + (f"; did you mean {', '.join(each.near[:3])}?" if each.near else "")
        for each in understood.unknown
    ]
    return [*unknown, *understood.notes]


def _write(rows: list[dict[str, Any]], out: Path) -> None:
    import pandas as pd  # noqa: PLC0415

    table = pd.DataFrame(rows, columns=WRITTEN)
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = out.with_name(f"{out.name}.new")
    if out.suffix == ".parquet":
        table.to_parquet(fresh, index=False)
    else:
        table.assign(reasons=["; ".join(row["reasons"]) for row in rows]).to_csv(fresh, index=False)
    fresh.replace(out)


def _table(rows: list[dict[str, Any]]) -> list[str]:
    cells = [
        (
            str(row["rank"]),
            row["symbol"],
            row["gene_id"],
            f"{row['probability']:.4f}",
            row["target_level"] or "-",
            "yes" if row["is_tested"] else "no",
            "; ".join(row["reasons"]) or "-",
        )
        for row in rows
    ]
    widths = [max(len(line[place]) for line in [COLUMNS, *cells]) for place in range(len(COLUMNS) - 1)]
    padded = [
        [*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]
        for line in [COLUMNS, *cells]
    ]
    return ["  ".join(line) for line in padded]
