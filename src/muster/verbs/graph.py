"""The verb `graph` of the command line: its options and their help."""

from pathlib import Path
from typing import Annotated

import typer

from muster.verbs.arguments import names_or_file, release_number, separated


class NoFileError(ValueError):
    """A part of the graph was asked for, and no file to write it to."""


def graph(
    release: Annotated[
        str,
        typer.Argument(
            help="A release; default: the current one in the lake.", show_default=False, callback=release_number
        ),
    ] = "",
    export: Annotated[
        Path | None, typer.Option(help="Write the graph to this file instead: FILE.graphml, or FILE.graphml.gz.")
    ] = None,
    genes: Annotated[
        str,
        typer.Option(
            help="Only the surroundings of these genes: symbols or MGI accessions, separated by commas, "
            "or a file of them (blanks, commas or lines between them; # comments)."
        ),
    ] = "",
    hops: Annotated[
        int, typer.Option(min=0, help="How many edges to walk from them; 0: only the edges between them.")
    ] = 1,
    kinds: Annotated[
        str,
        typer.Option(
            help="Only these edges, such as string,go; a kind that the release lacks is refused with those it has."
        ),
    ] = "",
) -> None:
    """Describe the knowledge graph of a release (a page and graph.json), or export it as GraphML.

    Nodes: genes with IDG level, novelty, constraint and number of partners; GO terms, pathways, tissues, stages,
    families, human phenotypes and diseases, mouse phenotypes. Edges of kind mp are what mice showed: leave them out
    (--kinds) where the graph is to predict phenotypes.

    Examples: muster graph 18.0; muster graph --export 18.graphml.gz; muster graph --export cib2.graphml --genes Cib2
    --kinds string,biogrid,go
    """
    from muster import lake  # noqa: PLC0415
    from muster.graph.selection import Selection  # noqa: PLC0415
    from muster.pipeline import run_step  # noqa: PLC0415
    from muster.steps.graph import export as write  # noqa: PLC0415

    chosen = release or lake.current()
    if chosen is None:
        raise lake.NotPublishedError("the lake is empty: run `muster run --release RELEASE` first")
    if export is None:
        if genes or kinds:
            raise NoFileError("say where to write that part of the graph: --export FILE.graphml")
        run_step("graph", chosen)
        return
    typer.echo(write(chosen, export, Selection(names_or_file(genes), hops, separated(kinds) or None)))
