"""The command line: one verb a step, each runnable alone and again."""

import atexit
import logging
import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.logging import RichHandler

from muster.settings import configure, settings
from muster.verbs import housekeeping
from muster.verbs.add import add
from muster.verbs.arguments import CompanionsOption, Current, DataOption, MirrorOption, Release, release_number
from muster.verbs.backtest import backtest
from muster.verbs.graph import graph
from muster.verbs.harvest import harvest
from muster.verbs.rank import rank

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Each IMPC data release in; checked tables, gene features, models, networks and a drift report out.",
)
mirror_app = typer.Typer(no_args_is_help=True, help="Serve a simulated mirror.")
app.add_typer(mirror_app, name="mirror")
logger = logging.getLogger("muster")


Stage = Annotated[Literal["raw", "staging", "marts"], typer.Argument(help="What to check.")]
Model = Annotated[str, typer.Argument(help="A model: the name of a file in models/, without .yml.")]
Shard = Annotated[
    str | None,
    typer.Option(
        help="Fit only this part of the terms, e.g. 3/40, on any machine; then train without it to fit the rest and"
        " write the version."
    ),
]
REFUSED = 2
NOTHING_NEW = 99


@app.callback()
def options(mirror: MirrorOption = None, companions: CompanionsOption = None, data: DataOption = None) -> None:
    """Options that hold for every verb; each is also an environment variable MUSTER_<NAME>."""
    configure(mirror=mirror, companions=companions, data=data)


@app.command()
def simulate(
    out: Annotated[Path, typer.Argument(help="Folder to write; it becomes a mirror root.")],
    size: Annotated[
        str, typer.Option(help="tiny (tests), demo, or full (a real release's volume: 8 GB, half an hour).")
    ] = "demo",
    releases: Annotated[
        str, typer.Option(help="Comma-separated; 22.1, 22.2 and 22.3 are bad ones.")
    ] = "22.0,22.1,23.0,24.0",
) -> None:
    """Write a simulated mirror with known truth, in IMPC's layouts."""
    from muster.simulator.simulate import simulate as run  # noqa: PLC0415

    logger.info("simulated mirror: %s", run(size, out, releases.split(",")))


@mirror_app.command("serve")
def mirror_serve(folder: Path, port: int = 8765) -> None:
    """Serve a mirror folder over HTTP on loopback, with ETag and Range."""
    from muster.simulator.server import serve  # noqa: PLC0415

    serve(folder, port)


@app.command()
def watch() -> None:
    """Print the release to ingest: the oldest new one, or the current one whose history changed; exit 99 for none."""
    from muster.steps.watch import watch as find  # noqa: PLC0415

    release = find()
    if release is None:
        raise typer.Exit(NOTHING_NEW)
    typer.echo(release)


@app.command()
def fetch(release: Release) -> None:
    """Download a release and its companions, resumably, with sha256 and a manifest."""
    _step("fetch", release)


app.command()(harvest)


@app.command()
def load(release: Release) -> None:
    """Load the fetched files into DuckDB by column name."""
    _step("load", release)


app.command()(add)


@app.command()
def check(stage: Stage, release: Release) -> None:
    """Check raw tables, staging or marts with Great Expectations; a critical failure refuses the release."""
    _step("check", stage, release)


@app.command()
def transform(release: Release) -> None:
    """Build staging, intermediate and marts with dbt, and its docs."""
    _step("transform", release)


@app.command()
def publish(release: Release) -> None:
    """Publish the checked marts as Parquet, all or none."""
    _step("publish", release)


@app.command()
def materialize(release: Current = "") -> None:
    """Compute gene features, register them with Feast and fill the online store."""
    _step("materialize", _current(release))


@app.command()
def train(model: Model, release: Current = "", shard: Shard = None) -> None:
    """Fit and evaluate a model on held-out genes, animals or centres."""
    _step("train", model, _current(release), shard=shard)


@app.command()
def promote(model: Model, release: Current = "") -> None:
    """Hold a trained model against its gates and the champion; put the winner into the BentoML store."""
    _step("promote", model, _current(release))


app.command()(rank)


@app.command("roll-back")
def roll_back(model: Model) -> None:
    """Let the champion before this one answer again."""
    from muster import registry  # noqa: PLC0415

    logger.info("%s: %s answers again", model, registry.roll_back(model))


@app.command()
def networks(release: Current = "") -> None:
    """Draw the network of MP terms, with a p-value per edge."""
    _step("networks", _current(release))


app.command()(graph)


@app.command()
def compare(release: Current = "") -> None:
    """Compare a release with the one before: what changed, why, and so what."""
    _step("compare", _current(release))


@app.command()
def score(release: Current = "") -> None:
    """Judge the frozen predictions of earlier releases' models by what this release reports anew."""
    _step("score", _current(release))


app.command()(backtest)


@app.command()
def portal() -> None:
    """Build the static site that links everything."""
    _step("portal")


@app.command()
def models(release: Current = "") -> None:
    """List the trained models with their metrics, baselines and decisions."""
    from muster.summary import model_lines  # noqa: PLC0415

    for line in model_lines(_current(release)):
        typer.echo(line)


for verb in (housekeeping.releases, housekeeping.verify, housekeeping.forget):
    app.command()(verb)


@app.command()
def run(
    release: Annotated[str, typer.Option(help="The release to run.", callback=release_number)],
    mirror: MirrorOption = None,
    companions: CompanionsOption = None,
    data: DataOption = None,
) -> None:
    """Run every step for one release in the DAGs' order, without Airflow."""
    configure(mirror=mirror, companions=companions, data=data)
    from muster.pipeline import run as run_all  # noqa: PLC0415

    run_all(release)


@app.command()
def demo(size: str = "demo", releases: str = "22.0,23.0") -> None:
    """Let Airflow run the DAGs over simulated releases, from an empty folder to a served model."""
    from muster.demo import demo as run_demo  # noqa: PLC0415

    run_demo(size, releases.split(","))


@app.command()
def airflow() -> None:
    """Start Airflow (scheduler, DAG processor, web page) for this workspace."""
    from muster.serve import airflow as start  # noqa: PLC0415

    start()


@app.command()
def serve(only: Annotated[str | None, typer.Option(help="service or portal; default: both.")] = None) -> None:
    """Start the BentoML service and the portal for this workspace."""
    from muster.serve import serve as start  # noqa: PLC0415

    start(only)


def _current(release: str) -> str:
    from muster import lake  # noqa: PLC0415

    chosen = release or lake.current()
    if chosen is None:
        raise lake.NotPublishedError("the lake is empty: run `muster run --release RELEASE` first")
    return chosen


def _step(name: str, *arguments: str, **options: str | None) -> None:
    from muster.pipeline import run_step  # noqa: PLC0415

    run_step(name, *arguments, **options)


def end_quietly() -> None:
    """Keep DuckDB's bindings from listing, as the last words of every command, what Python did not free."""
    with Path("/dev/null").open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stderr.fileno())


def main() -> None:
    """Run the command line; expected errors are one message, not a traceback."""
    atexit.register(end_quietly)
    console = Console(stderr=True)
    # In a log file a line stays a line; on a terminal it is coloured and wrapped.
    rich = RichHandler(console=console, show_path=False, show_level=False, markup=False, log_time_format="%H:%M:%S")
    plain = logging.StreamHandler()
    layout = "%(message)s" if console.is_terminal else "%(asctime)s %(message)s"
    handlers = [rich if console.is_terminal else plain]
    logging.basicConfig(level=logging.WARNING, handlers=handlers, format=layout, datefmt="%H:%M:%S")
    logger.setLevel(logging.INFO)
    try:
        settings()
        app()
    except Exception as error:
        if not _is_expected(error):
            raise
        console.print(f"[bold red]{type(error).__name__}[/]", end=" ")
        console.print(_told(error), markup=False, highlight=False, soft_wrap=True)
        sys.exit(REFUSED if type(error).__name__ == "RefusedError" else 1)


def _is_expected(error: Exception) -> bool:
    """Return whether a person can do something about an error without reading the code."""
    # By its name: importing httpx for every verb would cost time.
    library, _, _ = type(error).__module__.partition(".")
    return library in {"muster", "httpx"} or isinstance(error, OSError | ValidationError)


def _told(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    said = []
    for problem in error.errors():
        name = ".".join(map(str, problem["loc"]))
        name = f"MUSTER_{name.upper()}" if error.title == "Settings" else f"{error.title} {name}"
        said.append(f"{name}: {problem['msg']}")
    return "; ".join(said)
