{# The value of one entry of a metadata list; IMPC writes each entry as "name = value" in a JSON list. #}

{% macro metadata_value(column, name) -%}
    nullif(trim(list_extract(
        list_transform(
            list_filter(
                from_json({{ column }}, '["VARCHAR"]'), lambda entry: starts_with(lower(trim(entry)), lower('{{ name }} ='))
            ),
            lambda entry: substr(trim(entry), {{ name | length + 3 }})
        ),
        1
    )), '')
{%- endmacro %}
