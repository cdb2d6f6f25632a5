{# How a text cell becomes a value: one rule for every staging model. #}

{% macro text(column) -%}
    case
        when lower(trim({{ column }})) not in ('', '-', 'none', 'no data', 'no_data', 'no information available', 'nan', 'null')
            then trim({{ column }})
    end
{%- endmacro %}

{# Ids are made by machines and differ in every row: looking for blanks and fillers would cost more than all else. #}
{% macro identifier(column) -%} nullif({{ column }}, '') {%- endmacro %}

{# A category may be the word none; only what says that nothing was seen is empty. #}
{% macro category(column) -%}
    case
        when lower(trim({{ column }})) not in ('', '-', 'no data', 'no_data', 'no information available', 'nan', 'null')
            then lower(trim({{ column }}))
    end
{%- endmacro %}

{% macro number(column) %}
    case when isfinite(try_cast(trim({{ column }}) as double)) then try_cast(trim({{ column }}) as double) end
{%- endmacro %}

{% macro texts(column, separator) -%}
    list_sort(list_distinct(list_filter(
        list_transform(string_split({{ text(column) }}, '{{ separator }}'), lambda item: trim(item)), lambda item: item <> ''
    )))
{%- endmacro %}

{% macro flag(column) %}
    coalesce(lower(trim({{ column }})) in ('true', 't', '1', 'yes'), false)
{%- endmacro %}
