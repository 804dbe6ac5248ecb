#!/bin/sh
# Creates Temporal's two databases and brings their schemas to the version of these tools. Safe to run again.
set -eu

export SQL_PASSWORD="$POSTGRES_PWD"

setup() {
  database=$1
  schema=$2
  sql() { temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -p "$DB_PORT" -u "$POSTGRES_USER" --db "$database" "$@"; }
  sql create
  sql setup-schema -v 0.0
  sql update-schema -d "${SCHEMA_FOLDER:-/etc/temporal/schema/postgresql/v12}/$schema/versioned"
}

setup temporal temporal
setup temporal_visibility visibility
