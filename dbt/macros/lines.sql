{# A line is an allele in one zygosity, at one centre, from one colony; symbols come first: every file has them. #}

{% macro line_id() -%}
    md5(concat_ws(
        '|', coalesce(allele_symbol, allele_id, ''), coalesce(zygosity, ''), coalesce(centre, ''), coalesce(colony_id, '')
    ))
{%- endmacro %}
