{# Short keys of what many measurements share, made of the cells as they were read: a protocol, strain, sex and time at
   a centre, and the kind of its values; and an animal of a colony. Joins on eight bytes instead of strings; the `unique` tests of the tables
   of both keys prove that no two share one. #}

{% macro cell_key() -%}
    hash(
        phenotyping_center, pipeline_stable_id, parameter_stable_id, metadata_group, strain_name, sex,
        observation_type, coalesce(try_cast(discrete_point as double), try_cast(time_point as double))
    )
{%- endmacro %}

{% macro specimen_key() -%}
    hash(
        specimen_id, biological_sample_group, allele_symbol, allele_accession_id, gene_symbol, gene_accession_id, zygosity,
        phenotyping_center, colony_id
    )
{%- endmacro %}

{# A control group: one parameter under one protocol, in one strain, sex and standard time at one centre. #}
{% macro group_id(point) -%}
    md5(concat_ws(
        '|', trait_id, centre, pipeline_id, parameter_id, metadata_group, strain, sex, coalesce({{ point }}::varchar, '')
    ))
{%- endmacro %}
