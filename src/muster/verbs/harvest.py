"""The verb `harvest` of the command line: its options and their help."""

from typing import Annotated

import typer

from muster.verbs.arguments import release_number


def harvest(
    core: Annotated[
        str,
        typer.Argument(help="experiment, statistical-result, genotype-phenotype, impc_images, mp or pipeline."),
    ],
    query: Annotated[
        str,
        typer.Option(
            help="SOLR's query, such as 'procedure_stable_id:IMPC_XRY_001 AND sex:female'; values with "
            "blanks or colons are quoted for you. Everything, unless given."
        ),
    ] = "*:*",
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            help="field=value, such as 'parameter_name=Fat mass' or 'age_in_weeks=[10 TO 12]'; "
            "may be given again, and all must hold.",
        ),
    ] = None,
    fields: Annotated[
        str, typer.Option(help="Comma-separated; every field, unless given. A name that the core lacks is refused.")
    ] = "",
    release: Annotated[
        str,
        typer.Option(
            help="File the documents under this release and add them to its raw tables (observations, "
            "image_records; results and calls only where it lacks their files). Default: only a harvest, "
            "under the mirror's newest release.",
            callback=release_number,
        ),
    ] = "",
    again: Annotated[bool, typer.Option("--again", help="Ask anew for what is here already.")] = False,
) -> None:
    """Harvest a SOLR core: page by page, resumable, reconciled with its own count; JSON lines and Parquet.

    The harvest lies in landing/solr/RELEASE/CORE/DIGEST of the workspace: parts of JSON lines (lists stay lists),
    harvest.parquet (typed) and manifest.json (question, numbers, sha256 of each part). A harvest that was stopped
    goes on where it stopped; one whose count is unchanged is not asked for again.

    Examples: muster --mirror impc harvest experiment --query procedure_stable_id:IMPC_XRY_001 --release 24.0;
    muster --mirror impc harvest mp --fields mp_id,mp_term,parent_mp_id
    """
    from muster.steps.harvest import Wanted  # noqa: PLC0415
    from muster.steps.harvest import harvest as run  # noqa: PLC0415

    names = tuple(name.strip() for name in fields.split(",") if name.strip())
    typer.echo(run(core, Wanted(query, tuple(where or ()), names, release, is_again=again)))
