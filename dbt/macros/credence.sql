{# How far a prior that misses is still believed: one step towards a prior with the tails of Student's t, 3 degrees of
   freedom (Lange, Little and Taylor 1989). A centre that mislabels its unit must not be drawn to the others. #}
{% macro credence(miss, variance) %}
    coalesce(least(1, 4 / (3 + power({{ miss }}, 2) / ({{ variance }}))), 1)
{% endmacro %}
