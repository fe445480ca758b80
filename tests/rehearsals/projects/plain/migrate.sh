#!/bin/sh
# What projects write that have no tool for it: migrate.sh up [LAST] applies what is pending, migrate.sh down takes the
# last one back.
set -eu
export PGOPTIONS="-c client_min_messages=warning"
ask() { psql -XqAt -v ON_ERROR_STOP=1 -c "$1"; }
apply() { psql -Xq -v ON_ERROR_STOP=1 --single-transaction -f "migrations/$1" -c "$2"; }

ask "CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY)"
if [ "$1" = down ]; then
    last=$(ask "SELECT max(name) FROM schema_migrations")
    apply "$last.down" "DELETE FROM schema_migrations WHERE name = '$last'"
    exit
fi
applied=$(ask "SELECT name FROM schema_migrations")
for path in migrations/*.sql; do
    name=$(basename "$path")
    case "$applied" in *"$name"*) continue ;; esac
    apply "$name" "INSERT INTO schema_migrations VALUES ('$name')"
    echo "applied $name"
    case "$name" in "${2:-none}"*) exit ;; esac
done
