{# How a text cell becomes a value: one rule for every staging model. #}

{# Compared one by one: DuckDB makes a join of a longer `in` list, which costs every column that nobody asked for. #}
{% macro text(column) %}
    case lower(trim({{ column }}))
        when '' then null
        when '-' then null
        when 'none' then null
        when 'no data' then null
        when 'no_data' then null
        when 'no information available' then null
        when 'nan' then null
        when 'null' then null
        else trim({{ column }})
    end
{% endmacro %}

{# Ids are made by machines and differ in every row: looking for blanks and fillers would cost more than all else. #}
{% macro identifier(column) -%} nullif({{ column }}, '') {%- endmacro %}

{# A category may be the word none; only what says that nothing was seen is empty. #}
{% macro category(column) %}
    case lower(trim({{ column }}))
        when '' then null
        when '-' then null
        when 'no data' then null
        when 'no_data' then null
        when 'no information available' then null
        when 'nan' then null
        when 'null' then null
        else lower(trim({{ column }}))
    end
{% endmacro %}

{# Infinities and NaN are no numbers; cast once, as this is asked of every measurement. #}
{% macro number(column) %}
    nullif(nullif(nullif(try_cast(trim({{ column }}) as double), 'inf'), '-inf'), 'nan')
{% endmacro %}

{% macro texts(column, separator) -%}
    list_sort(list_distinct(list_filter(
        list_transform(string_split({{ text(column) }}, '{{ separator }}'), lambda item: trim(item)), lambda item: item <> ''
    )))
{%- endmacro %}

{% macro flag(column) %}
    coalesce(lower(trim({{ column }})) in ('true', 't', '1', 'yes'), false)
{%- endmacro %}
