{# One file is one release, so a schema is called what it is, without the prefix dbt would add. #}

{% macro generate_schema_name(custom_schema_name, node) -%} {{ custom_schema_name or target.schema }} {%- endmacro %}
