"""What is known of a gene at a release: one file a view and release, written by `muster materialize`."""

from datetime import timedelta

from entities import gene
from feast import FeatureView, Field, FileSource
from feast.types import Array, Bool, Float32, Int32
from summary import SUMMARY

from muster.settings import settings

FOREVER = timedelta(0)


def released(view: str) -> FileSource:
    """Return the files of a view, one a release; their timestamp is the release date."""
    return FileSource(name=view, path=str(settings().features / view / "*.parquet"), timestamp_field="event_timestamp")


gene_summary = FeatureView(
    name="gene_summary",
    entities=[gene],
    ttl=FOREVER,
    description="How constrained, needed by cells, studied, connected and expressed a gene is. No phenotype is in it.",
    schema=SUMMARY,
    source=released("gene_summary"),
)

gene_embedding = FeatureView(
    name="gene_embedding",
    entities=[gene],
    ttl=FOREVER,
    description="The gene's place in the knowledge graph: leading directions of interactions, memberships, expression.",
    schema=[
        Field(name="embedding", dtype=Array(Float32), description="The leading directions."),
        Field(name="fine_embedding", dtype=Array(Float32), description="The directions that follow."),
    ],
    source=released("gene_embedding"),
)

phenotype_profile = FeatureView(
    name="phenotype_profile",
    entities=[gene],
    ttl=FOREVER,
    online=False,
    description="Measured effects of the traits that stand for the rest, compressed; zeros where nothing was measured.",
    schema=[Field(name="profile", dtype=Array(Float32)), Field(name="is_measured", dtype=Bool)],
    source=released("phenotype_profile"),
)

gene_labels = FeatureView(
    name="gene_labels",
    entities=[gene],
    ttl=FOREVER,
    online=False,
    description="What is to be predicted, and the fold of the gene's family. Terms: gene_labels/<release>.terms.json.",
    schema=[
        Field(name="labels", dtype=Array(Int32), description="A term each: 1 called, 0 tested, -1 untested."),
        Field(name="weights", dtype=Array(Float32), description="A term each: 1 called, power where tested, else 0."),
        Field(name="viability", dtype=Int32, description="0 viable, 1 subviable, 2 lethal, -1 unknown."),
        Field(name="fold", dtype=Int32, description="All genes of a family are in one fold."),
    ],
    source=released("gene_labels"),
)
