"""What features are about: a mouse gene."""

from feast import Entity, ValueType

gene = Entity(
    name="gene",
    join_keys=["gene_id"],
    value_type=ValueType.STRING,
    description="A mouse gene by its MGI accession.",
)
