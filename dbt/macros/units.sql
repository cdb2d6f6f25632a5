{# How a unit is written does not make another unit: case, blanks, the letter for micro and raised digits are folded. #}

{% macro folded_unit(column) -%} replace(replace(translate(lower({{ column }}), 'µμ ', 'uu'), '²', '^2'), '³', '^3')
{%- endmacro %}
