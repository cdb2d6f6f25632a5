"""A query is asked as its author meant it, or refused with how to write it."""

import pytest

from muster.mirrors.solr_query import Query, QueryError, filter_query, prepared


@pytest.mark.parametrize(
    "text",
    [
        "*:*",
        "procedure_stable_id:IMPC_XRY_001",
        'parameter_name:"Fat mass" AND sex:male',
        "sex:(male OR female)",
        "age_in_weeks:[10 TO 12] -sex:male",
        "(sex:male OR sex:female) AND zygosity:homozygote",
        "gene_symbol:Cib*",
        "{!term f=parameter_name}Fat mass",
    ],
)
def test_what_solr_understands_stays(text: str) -> None:
    assert prepared(text) == text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("gene_accession_id:MGI:1929293", 'gene_accession_id:"MGI:1929293"'),
        ("parameter_name:Fat mass", 'parameter_name:"Fat mass"'),
        ("parameter_name:Fat mass AND sex:male", 'parameter_name:"Fat mass" AND sex:male'),
        ("(gene_accession_id:MGI:1 OR sex:male)", '(gene_accession_id:"MGI:1" OR sex:male)'),
        ("phenotyping_center:MRC Harwell sex:male", 'phenotyping_center:"MRC Harwell" sex:male'),
        ("allele_symbol:Cib2<tm1a(EUCOMM)Wtsi>", 'allele_symbol:"Cib2<tm1a(EUCOMM)Wtsi>"'),
    ],
)
def test_values_with_blanks_colons_and_brackets_are_quoted(text: str, meant: str) -> None:
    assert prepared(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("allele_symbol=Cib2<tm1a(EUCOMM)Wtsi>", 'allele_symbol:"Cib2<tm1a(EUCOMM)Wtsi>"'),
        ('strain_name=a "b" c', 'strain_name:"a \\"b\\" c"'),
        ("-sex=male", "-sex:male"),
        ("date_of_birth=[* TO 2020-01-01T00:00:00Z]", "date_of_birth:[* TO 2020-01-01T00:00:00Z]"),
    ],
)
def test_a_filter_is_a_field_and_its_value(text: str, meant: str) -> None:
    assert filter_query(text) == meant


@pytest.mark.parametrize("text", ["male", "sex=", "="])
def test_what_is_no_filter_says_how_one_is_written(text: str) -> None:
    with pytest.raises(QueryError, match="write field=value, such as sex=female"):
        filter_query(text)


def test_a_lonely_quotation_mark_is_refused() -> None:
    with pytest.raises(QueryError, match="a quotation mark stands alone"):
        prepared('parameter_name:"Fat mass')


def test_another_question_has_another_digest() -> None:
    asked = [
        Query("mp"),
        Query("mp", "a:1"),
        Query("mp", fields=("a",)),
        Query("experiment"),
        Query("mp", "*:*", ("a:1",)),
    ]

    assert len({query.digest for query in asked}) == 5
