#!/usr/bin/env bash
# A PostgreSQL to throw away, for the tests of the desk: "postgres.sh start FOLDER" makes one in FOLDER and prints its
# address, "postgres.sh kill FOLDER" ends it as a power cut would and starts it again, "postgres.sh stop FOLDER" ends it
# and removes it. Run as root, the server runs as the user postgres.
set -euo pipefail

action=${1:?start, kill or stop}
folder=${2:?a folder}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
[ -n "$bin" ] || bin=$(dirname "$(command -v pg_ctl)") || { echo "No PostgreSQL is installed." >&2; exit 1; }

as_other() {  # a server refuses to run as root
  if [ "$(id -u)" = 0 ]; then setpriv --reuid postgres --regid postgres --clear-groups -- "$@"; else "$@"; fi
}

case $action in
  start)
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    mkdir -p "$folder"
    [ "$(id -u)" != 0 ] || chown postgres:postgres "$folder"
    cd "$folder"
    as_other "$bin/initdb" -D "$folder/data" -U desk --auth=trust --encoding=UTF8 --no-locale >/dev/null
    printf "port = %s\nunix_socket_directories = '%s'\nlisten_addresses = '127.0.0.1'\n" "$port" "$folder" \
      >>"$folder/data/postgresql.conf"
    as_other "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" start >/dev/null
    as_other "$bin/createdb" -h "$folder" -p "$port" -U desk desk
    echo "postgresql://desk@127.0.0.1:$port/desk"
    ;;
  kill)
    cd "$folder"
    kill -9 "$(head -n 1 "$folder/data/postmaster.pid")"
    for _ in $(seq 50); do  # its children see that it is gone, and let go of what they share
      as_other "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" start >/dev/null 2>&1 && exit 0
      sleep 0.2
    done
    exit 1
    ;;
  stop)
    cd /
    as_other "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null || true
    rm -rf "$folder"
    ;;
esac
