{# A control z in whole millionths: sums of integers are the same in any order. Beyond a hundred spreads it is an error
   of some kind, and counts as a hundred. #}
{% macro deviation(value, limit) -%} round(1e6 * greatest(-{{ limit }}, least({{ limit }}, {{ value }})))::bigint {%- endmacro %}

{# Days are counted in periods of four weeks. #}
{% macro period(column) -%} date_diff('day', date '2000-01-03', {{ column }}) // 28 {%- endmacro %}

{% macro period_start(column) -%} date '2000-01-03' + (28 * {{ column }})::integer {%- endmacro %}
