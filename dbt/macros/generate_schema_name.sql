{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- One file is one release, so a schema is called what it is, without the prefix dbt would add. -#}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
