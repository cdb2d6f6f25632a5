{# Releases sort by number: 9.2 before 10.0, and 04.2 is 4.2. #}

{% macro release_key(column) %}
    (split_part({{ column }}, '.', 1)::integer, split_part({{ column }}, '.', 2)::integer)
{%- endmacro %}
