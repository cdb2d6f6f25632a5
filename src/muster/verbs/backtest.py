"""The verb `backtest` of the command line: its options and their help."""

from typing import Annotated

import typer

from muster.settings import configure
from muster.verbs.arguments import CompanionsOption, DataOption, MirrorOption, release_number


def backtest(
    train: Annotated[str, typer.Option(help="The release whose models are judged.", callback=release_number)],
    test: Annotated[str, typer.Option(help="A later release: what it reports anew judges.", callback=release_number)],
    models: Annotated[
        str, typer.Option(help="Comma-separated; these are all that a later release can judge.")
    ] = "gene_phenotype,viability",
    mirror: MirrorOption = None,
    companions: CompanionsOption = None,
    data: DataOption = None,
) -> None:
    """Train on one release, judge by what a later one reports anew: the test that no model has seen.

    Ingests and trains what is not here yet, and goes on where it was stopped. Promotes nothing. Prints the page, then
    one line: terms, mean AUROC with its interval, mean AUPRC over the prior, and the same of the baselines.

    Example: muster backtest --mirror file:MIRROR --companions FOLDER --train 22.0 --test 23.0
    """
    configure(mirror=mirror, companions=companions, data=data)
    from muster.backtest import backtest as run  # noqa: PLC0415

    page, line = run(train, test, [name.strip() for name in models.split(",") if name.strip()])
    typer.echo(page)
    typer.echo(line)
