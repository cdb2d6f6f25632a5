{# A difference of numbers, 0 where it is no more than the rounding of their last digits. #}
{% macro beyond_rounding(difference, level) %}
    case when {{ difference }} > 1e-9 * abs({{ level }}) then {{ difference }} else 0 end
{% endmacro %}

{# Two-sided p-value of a normal deviate: Numerical Recipes' erfc, relative error below 1.2e-7 everywhere. #}
{% macro two_sided_p(column) %}
{% set t = "(1.0 / (1.0 + 0.5 * abs(" ~ column ~ ") / sqrt(2.0)))" %}
    least(1.0, {{ t }} * exp(
        - {{ column }} * {{ column }} / 2.0 - 1.26551223 + {{ t }} * (1.00002368 + {{ t }} * (0.37409196 + {{ t }} * (
            0.09678418 + {{ t }} * (-0.18628806 + {{ t }} * (0.27886807 + {{ t }} * (-1.13520398 + {{ t }} * (
                1.48851587 + {{ t }} * (-0.82215223 + {{ t }} * 0.17087277)
            ))))
        )))
    ))
{%- endmacro %}
