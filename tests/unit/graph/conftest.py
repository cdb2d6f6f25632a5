"""A graph of six genes, small enough to count by hand."""

from collections.abc import Callable
from pathlib import Path

import pytest

MARTS = {
    "genes": """
        select gene_id, symbol, upper(symbol) as human_symbol, target_level, 'Kinase' as target_family, novelty,
            0.5 as loeuf, 0.7 as missense_oe, null::double as shet, is_tested,
            symbol <> 'Fff' as has_one_to_one_orthologue, hit_count::integer as hit_count
        from (values ('MGI:1', 'Aaa', 'Tclin', 0.1, true, 2), ('MGI:2', 'Bbb', 'Tbio', 0.5, true, 0),
            ('MGI:3', 'Ccc', 'Tbio', 1.0, false, 0), ('MGI:4', 'Ddd', 'Tdark', 5.0, true, 1),
            ('MGI:5', 'Eee', null, null, false, 0), ('MGI:6', 'Fff', null, null, false, 0))
            as genes(gene_id, symbol, target_level, novelty, is_tested, hit_count)""",
    "interactions": """
        select * from (values ('MGI:1', 'MGI:2', 'string', 0.9), ('MGI:1', 'MGI:3', 'string', 0.8),
            ('MGI:1', 'MGI:2', 'biogrid', null), ('MGI:1', 'MGI:4', 'biogrid', null),
            ('MGI:1', 'MGI:99', 'string', 0.7))
            as edges(gene_id_a, gene_id_b, source, score)""",
    "annotations": """
        select * from (values ('MGI:1', 'GO:0008150', 'go', 'process', 'go', 1.0),
            ('MGI:1', 'GO:1', 'go', 'a < b & "c"', 'go', 1.0), ('MGI:2', 'GO:1', 'go', 'a < b & "c"', 'go', 1.0),
            ('MGI:4', 'R-"1"&', 'reactome', 'a pathway', 'reactome', 1.0),
            ('MGI:5', 'R-"1"&', 'reactome', 'a pathway', 'reactome', 1.0),
            ('MGI:1', 'HPA:a', 'tissue', 'heart', 'hpa', 1.0), ('MGI:2', 'HPA:a', 'tissue', 'heart', 'hpa', 3.0))
            as edges(gene_id, node_id, node_kind, node_name, source, weight)""",
    "gene_phenotypes": """
        select * from (values ('MGI:1', 'MP:2', 'short tail', 'called', true, 'assertions'),
            ('MGI:1', 'MP:1', 'abnormal tail', 'called', false, 'assertions'),
            ('MGI:2', 'MP:2', 'short tail', 'tested', null, null),
            ('MGI:4', 'MP:1', 'abnormal tail', 'called', true, 'assertions'))
            as calls(gene_id, mp_term_id, mp_term_name, status, is_direct, evidence)""",
    "terms": """
        select * from (values ('MP:1', 'abnormal tail', []::varchar[], false), ('MP:2', 'short tail', ['MP:1'], false),
            ('MP:8', 'long tail', []::varchar[], false), ('MP:9', 'given up', ['MP:1'], true))
            as terms(mp_term_id, mp_term_name, parent_ids, is_obsolete)""",
    "unmapped_symbols": """
        select 'go' as source, 'no mouse orthologue is known' as reason, 3 as symbol_count""",
}


@pytest.fixture
def six_genes(publish_marts: Callable[..., Path]) -> str:
    """Publish the graph; give its release."""
    publish_marts("1.0", **MARTS)
    return "1.0"
