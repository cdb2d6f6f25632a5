{# Short keys of what many measurements share: a cell is a protocol, strain, sex and time at a centre; its animals are of a
   line or controls. Joins on eight bytes instead of strings; `unique` tests of both tables prove that no two share one. #}

{% macro cell_key() -%}
    hash(centre, pipeline_id, parameter_id, metadata_group, strain, sex, time_point)
{%- endmacro %}

{% macro animals_key() -%}
    hash(is_control, allele_symbol, allele_id, gene_symbol, gene_id, zygosity, centre, colony_id)
{%- endmacro %}

{# The observations that are numbers of an animal whose group is known. #}
{% macro is_measurement() -%}
    data_point is not null
    and observation_id is not null
    and specimen_id is not null
    and parameter_id is not null
    and is_control is not null
    and observation_type in ('unidimensional', 'time_series')
{%- endmacro %}
