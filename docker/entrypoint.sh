#!/bin/sh
# Run one part: migrate | api-server | scheduler | dag-processor | worker | service | portal | any other command.
set -eu
case "${1:-}" in
    migrate)
        airflow db migrate
        exec airflow pools set warehouse 1 "DuckDB has one writer"
        ;;
    api-server | scheduler | dag-processor) exec airflow "$@" ;;
    worker) exec airflow celery worker ;;
    service | portal) exec muster serve --only "$1" ;;
    *) exec "$@" ;;
esac
