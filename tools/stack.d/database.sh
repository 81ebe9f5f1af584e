# shellcheck shell=bash
# The private PostgreSQL cluster and its schema; sourced by tools/stack.

conninfo() {
  local login=lazur_$1
  [ "$1" = postgres ] && login=postgres
  printf 'host=%s port=%s dbname=%s user=%s passfile=%s' \
    "$SOCK" "$PG_PORT" "${2:-lazur}" "$login" "$SECRET/pgpass-$1"
}

sql() { # sql ROLE [psql arguments]: quiet, stops at the first error
  local role=$1
  shift
  PGOPTIONS='-c client_min_messages=error' \
    "$PG_BIN/psql" "$(conninfo "$role")" -X -q -v ON_ERROR_STOP=1 "$@"
}

memory_mb() { awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo; }
disk_free_mb() { df -Pm "$VAR/." | awk 'NR == 2 { print $4 }'; }
clamp() { local n=$1; [ "$n" -lt "$2" ] && n=$2; [ "$n" -gt "$3" ] && n=$3; echo "$n"; }

# Checkpoints far apart and lz4: a session's WAL is nearly all page images.
pg_settings() {
  local buffers wal
  buffers=${LAZUR_SHARED_BUFFERS:-$(clamp $(($(memory_mb) / 8)) 32 8192)MB}
  wal=$(clamp $(($(disk_free_mb) / 4)) 256 16384)
  cat <<CONF
# Written by tools/stack at every start.
listen_addresses = '${LAZUR_PG_LISTEN:-}'
port = $PG_PORT
unix_socket_directories = '$SOCK'
unix_socket_permissions = 0700
max_connections = ${LAZUR_PG_CONNECTIONS:-200}
password_encryption = 'scram-sha-256'
shared_buffers = $buffers
maintenance_work_mem = 256MB
work_mem = 16MB
fsync = on
synchronous_commit = on
full_page_writes = on
wal_compression = lz4
checkpoint_timeout = 30min
checkpoint_completion_target = 0.9
min_wal_size = 80MB
max_wal_size = ${wal}MB
jit = off
timezone = '$TZ'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u '
autovacuum_vacuum_insert_scale_factor = 0.05
CONF
}

pg_pid() { [ -r "$PG/postmaster.pid" ] && head -n 1 "$PG/postmaster.pid"; }

# A postmaster that was killed leaves its file behind, and after a reboot the
# number in it may be another program's.
pg_runs() {
  local pid
  pid=$(pg_pid) || return 1
  [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$(readlink -f "$PG")" ]
}

pg_make() {
  [ -x "$PG_BIN/initdb" ] || die "PostgreSQL 15 is not in $PG_BIN: run tools/setup"
  say "Making a private PostgreSQL cluster in $PG"
  rm -rf "$PG.new"
  password_of postgres | private "$SECRET/initdb"
  as_user "$PG_BIN/initdb" -D "$PG.new" -U postgres --locale=C.UTF-8 \
    --encoding=UTF8 --auth=scram-sha-256 \
    --pwfile="$SECRET/initdb" >"$LOG/initdb.log" 2>&1 ||
    { cat "$LOG/initdb.log" >&2; die 'initdb failed'; }
  rm "$SECRET/initdb"
  echo "include 'lazur.conf'" >>"$PG.new/postgresql.conf"
  mv "$PG.new" "$PG"
}

pg_roles() {
  local role
  [ "$("$PG_BIN/psql" "$(conninfo postgres postgres)" -XAtc "select 1 from pg_database
      where datname = 'lazur' and exists (select from pg_roles where rolname = 'lazur_cabinet')")" = 1 ] && return
  { for role in $ROLES; do
      say "select format('create role lazur_$role login password %L', '$(password_of "$role")')" \
        "where not exists (select from pg_roles where rolname = 'lazur_$role') \\gexec"
    done
    say "alter role lazur_web set statement_timeout = '5s';"
    say "alter role lazur_admin set statement_timeout = '15s';"
    say "alter role lazur_cabinet set statement_timeout = '5s';"
    say "grant lazur_web to lazur_admin;"
    say "select 'create database lazur owner lazur_owner'" \
      "where not exists (select from pg_database where datname = 'lazur') \gexec"
  } | "$PG_BIN/psql" "$(conninfo postgres postgres)" -X -q -v ON_ERROR_STOP=1
}

db_start() {
  make_layout
  make_sock
  locked db pg_start
}

pg_start() {
  make_secrets
  [ -d "$PG" ] || pg_make
  if ! pg_runs; then
    keep_settings
    # Backends outlive a killed postmaster for a moment, and its number stays
    # taken until its parent has looked: the file would stop the next one.
    pg_deserts
    as_user rm -f "$PG/postmaster.pid" "$SOCK/.s.PGSQL.$PG_PORT" "$SOCK/.s.PGSQL.$PG_PORT.lock"
    pg_settings | private "$PG/lazur.conf"
    as_user "$PG_BIN/pg_ctl" start -D "$PG" -w -t 120 -s -l "$LOG/postgresql.log" 7<&- 9<&- ||
      { tail -n 5 "$LOG/postgresql.log" >&2; die "PostgreSQL did not start; see $LOG/postgresql.log"; }
  fi
  pg_roles
}

# Every process of the cluster works in its folder.
pg_processes() {
  { find /proc/[0-9]*/cwd -maxdepth 0 -lname "$(readlink -f "$PG")" || true; } \
    2>/dev/null | cut -d / -f 3
}
pg_deserted() { [ -z "$(pg_processes)" ]; }
pg_deserts() {
  wait_for 30 pg_deserted || die "processes of a killed PostgreSQL do not end: $(pg_processes | tr '\n' ' ')"
}

# As a power cut would: nobody is told.
db_restart() {
  local pids
  pids=$(pg_processes)
  # shellcheck disable=SC2086
  [ -z "$pids" ] || as_user sh -c 'kill -9 "$@" 2>/dev/null' sh $pids || true
  # One that is still dying looks like one that runs.
  pg_deserts
  db_start
}

db_stop() {
  pg_runs || return 0
  as_user "$PG_BIN/pg_ctl" stop -D "$PG" -m "${1:-fast}" -w -t 120 -s
}

cmd_psql() {
  local role=owner r
  for r in postgres $ROLES; do
    if [ "${1:-}" = "$r" ] || [ "${1:-}" = "lazur_$r" ]; then role=$r; shift; break; fi
  done
  cd "$HERE" || exit
  exec "$PG_BIN/psql" "$(conninfo "$role")" "$@"
}

migrate() {
  local file name version sum applied
  sql owner -c "create table if not exists schema_version (
      version int primary key, name text not null, checksum text not null,
      applied_at timestamptz not null default now());
    grant select on schema_version to lazur_web, lazur_listener,
      lazur_notifier, lazur_worker"
  applied=$(sql owner -At -F ' ' -c 'select name, checksum from schema_version')
  while read -r sum _ file; do
    name=${file##*/}
    version=$((10#${name%%_*}))
    case $'\n'$applied$'\n' in
      *$'\n'"$name $sum"$'\n'*) continue ;;
      *$'\n'"$name "*)
        warn "$name has changed since it was applied; tools/stack reset makes the database anew (its data is lost)"
        continue ;;
    esac
    say "Applying $name"
    sql owner -1 -o /dev/null -f "$file" -c \
      "insert into schema_version values ($version, '$name', '$sum')" </dev/null
  done < <(cksum "$ROOT"/sql/schema/[0-9]*.sql)
  sql owner -o /dev/null -c "select partitions_ensure(
    (now() - interval '14 months')::date, (now() + interval '3 months')::date)"
}

db_reset() {
  db_stop immediate
  rm -rf "$PG"
  migrate_all
}

migrate_all() { db_start && locked migrate migrate; }
