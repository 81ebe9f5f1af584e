# shellcheck shell=bash
# A believable city, its sign-ins, and `run`: everything in the foreground
# until Ctrl-C; sourced by tools/stack.

hash_of() { printf '%s' "$1" | "$BUILD/password-hash"; }

is_operator() {
  [ "$(sql owner -At -v login="$1" <<<"select exists (select from operator where login = :'login')")" = t ]
}

# operator_put LOGIN ROLE HASH [BRANCHES]: as one who is new, or instead of what
# there is. The branches are ids, or all; a + behind them adds the meters
# without a branch.
operator_put() {
  local hash=$3 branches=${4:-all}
  sql owner -v login="$1" -v role="$2" -v hash="$hash" -v branches="${branches%+}" \
    -v plus="$([[ $branches != *+ ]] || echo on)" <<'SQL'
begin;
insert into operator (login, role, password_hash, sees_branchless)
  values (:'login', :'role', :'hash', :'plus' = 'on')
  on conflict (login) do update
    set role = excluded.role, password_hash = excluded.password_hash,
        sees_branchless = excluded.sees_branchless;
delete from operator_branch where operator_id = (select id from operator where login = :'login');
insert into operator_branch
  select o.id, b.id from operator o, branch b
   where o.login = :'login'
     and (:'branches' = 'all' or b.id::text = any (string_to_array(:'branches', ',')));
delete from operator_session where operator_id = (select id from operator where login = :'login');
commit;
SQL
}

cmd_operator_add() {
  local password again replace='' done_=added
  [ "${1:-}" != --replace ] || { replace=yes; shift; }
  [ $# -ge 2 ] || die 'usage: tools/stack operator-add [--replace] LOGIN view|control|security|admin [BRANCH-ID,...][+]'
  if is_operator "$1"; then
    [ -n "$replace" ] || die "$1 is there already; operator-add --replace gives a new password, role and branches"
    done_=changed
  fi
  if [ -t 0 ]; then
    read -r -s -p "Password for $1: " password; echo
    read -r -s -p 'Once more: ' again; echo
    [ "$password" = "$again" ] || die 'the two differ'
  else
    read -r password
  fi
  [ ${#password} -ge 8 ] || die 'a password has at least 8 characters'
  operator_put "$1" "$2" "$(hash_of "$password")" "${3:-all}"
  say "$1: $done_"
}

# Sign-ins of the demonstration are made for this installation and stand in
# secret/demo-signins; a real one has none but those of operator-add.
demo_operators() {
  local login role branches password=${LAZUR_DEMO_PASSWORD:-} hash=
  [ -z "$password" ] || hash=$(hash_of "$password")
  while read -r login role branches; do
    [ -n "${LAZUR_DEMO_PASSWORD:-}" ] || { password=$(random_hex 5); hash=$(hash_of "$password"); }
    if is_operator "$login"; then warn "$login is there already, and stays as it is"; continue; fi
    operator_put "$login" "$role" "$hash" "$branches"
    printf '%-9s %s  %s\n' "$login" "$password" "$role"
  done <<'LIST' | private "$SECRET/demo-signins"
admin admin all
operator control all+
viewer view 1,2,3
security security 1,2
LIST
}

# A subscriber with a meter that is charged, who has set a password.
demo_subscriber() {
  local email=abonent@example.org password=${LAZUR_DEMO_PASSWORD:-}
  [ -n "$password" ] || password=$(random_hex 5)
  sql owner -o /dev/null -v email="$email" -v hash="$(hash_of "$password")" <<'SQL'
with chosen as (
  select s.id from subscriber s join meter m on m.subscriber_id = s.id
    join meter_type t on t.id = m.meter_type_id and t.has_valve and t.medium = 'gas'
   where s.calculates_balance
     and not exists (select from subscriber x where lower(x.email) = :'email')
   order by s.balance_kopecks > 0 desc, s.id limit 1
), allowed as (
  update subscriber s set email = :'email', cabinet_allowed = true
    from chosen c where s.id = c.id returning s.id
)
insert into cabinet_account (subscriber_id, password_hash) select id, :'hash' from allowed;
SQL
  printf '%s %s  /cabinet/\n' "$email" "$password" | private "$SECRET/demo-subscriber"
}

seeded() { [ "$(sql owner -Atc 'select exists (select from branch)')" = t ]; }

seed() { # one moment for all three, so that they tell of the same lives
  local now
  now=$(date +%s)
  set -- --now "$now" "$@"
  [ -x "$BUILD/seed-data" ] || die 'seed-data is not built: make'
  ! seeded || die 'the database is not empty; tools/stack reset empties it'
  say 'Building a city'
  "$BUILD/seed-data" "$@" | sql owner -o /dev/null
  "$BUILD/seed-data" "$@" --passwords |
    "$BUILD/lazur-secret" -d "$(conninfo owner)" -k "$SECRET/secret.key" load
  "$BUILD/seed-data" "$@" --talkers | private "$ETC/talkers"
  as_user rm -rf "$VAR/sim"
  demo_operators
  demo_subscriber
}

show_signins() {
  [ -r "$SECRET/demo-signins" ] || return 0
  say '  sign in as:'
  sed 's/^/    /' "$SECRET/demo-signins"
  [ ! -r "$SECRET/demo-subscriber" ] || sed 's/^/    /' "$SECRET/demo-subscriber"
}

# Sessions stored since the cluster began, from its statistics: no table is read.
sessions_stored() {
  sql owner -Atc "select coalesce(sum(n_tup_ins), 0)::bigint
    from pg_stat_user_tables where relname ~ '^reading_(\d|other)'"
}

lately_online() {
  sql owner -Atc "select count(*) from meter_state where received_at > now() - interval '10 minutes'"
}

revive() {
  local name
  if ! pg_runs; then
    say "$(date +%T)  PostgreSQL has died; starting it again"
    (db_start) || return 0
  fi
  # shellcheck disable=SC2086
  for name in $CGI nginx listener sim; do
    [ ! -f "$RUN/$name.proc" ] || is_well "$name" || (locked "$name" revive_one "$name") || true
  done
  tell_children
}

is_well() { # nginx and the listener keep their sockets as long as they live
  pid_of "$1" >/dev/null || return 1
  case $1 in operator | admin | security | cabinet) ask_socket "$1" ;; esac
}

# Looked at again under the lock: it may have been stopped, or brought back.
revive_one() {
  local what='has died' name=$1
  [ -f "$RUN/$name.proc" ] && ! is_well "$name" || return 0
  ! pid_of "$name" >/dev/null || what='runs, but its socket does not answer'
  say "$(date +%T)  $name $what (its last words are in $LOG/$name.log); starting it again"
  halt "$name"
  "start_$(case $name in operator | admin | security | cabinet) echo cgi ;; *) echo "$name" ;; esac)" "$name"
  ! pid_of "$name" >/dev/null || say "$(date +%T)  $name runs again"
}

# What programs say of their own children, who they start again by themselves.
declare -A TOLD=()
tell_children() {
  local name size line
  for name in $CGI listener; do
    size=$(stat -c %s "$LOG/$name.log" 2>/dev/null) || continue
    if [ "$size" -gt "${TOLD[$name]:-$size}" ]; then
      while read -r line; do
        say "$(date +%T)  a child of $name has died and is started again: ${line#* }"
      done < <(tail -c +$((TOLD[$name] + 1)) "$LOG/$name.log" | head -c $((size - TOLD[$name])) |
        grep -aE 'worker died pid=|pid=[0-9]+ (killed by signal|ended with)' | tail -n 5)
    fi
    TOLD[$name]=$size
  done
}

cmd_call() {
  [ $# = 1 ] && [[ $1 =~ ^[A-Za-z0-9-]+$ ]] || die 'usage: tools/stack call SERIAL'
  pid_of sim >/dev/null || die 'the simulator does not run: make run, or tools/stack start sim'
  ask_socket sim "call $1" || die "$1 does not call: not a meter that the simulator plays"
  say "$1 calls now"
}

watch_it() {
  local before now online every=${LAZUR_PROGRESS_SECONDS:-5}
  before=$(sessions_stored)
  while :; do
    sleep "$every" 9<&- &
    wait $! || true
    revive
    if ! { now=$(sessions_stored) && online=$(lately_online); } 2>/dev/null; then continue; fi
    # A crash of PostgreSQL sets its statistics back.
    [ "$now" -ge "$before" ] || before=$now
    say "$(date +%T)  $((now - before)) sessions stored in $every s; $online meters heard in 10 minutes"
    before=$now
  done
}

# One at a time; the lock goes with the process, however it ends.
take_lock() {
  exec 9<"$RUN"
  flock -n 9 || die "already running here; stop it with Ctrl-C in its terminal or tools/stack stop"
}

run() {
  make_layout
  take_lock
  AGAIN='make run'
  tell_children
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  trap 'trap "" INT TERM HUP; say "Stopping"; stop' EXIT
  # What a killed run left behind.
  # shellcheck disable=SC2086
  stop sim nginx $CGI listener
  need_port nginx "$HTTP_PORT" LAZUR_HTTP_PORT
  need_port listener "$METER_PORT" LAZUR_METER_PORT
  choose_tls_port
  say 'Starting PostgreSQL'
  migrate_all
  # shellcheck disable=SC2086
  seeded || seed ${LAZUR_SEED_OPTIONS:-}
  say 'Starting the programs'
  start
  start_one sim
  say "Lazur is at http://$HTTP_ADDRESS:$HTTP_PORT/"
  show_signins
  say "  meters call $METER_ADDRESS:$METER_PORT; logs are in $LOG; Ctrl-C stops everything"
  [ "$METER_TLS_PORT" = 0 ] || say "  and over TLS $METER_ADDRESS:$METER_TLS_PORT; the certificate is $ETC/meters.pem"
  say "  the simulated meters call every $(sim_period): what a meter is told to do, it does at"
  say "  its next call; tools/stack call SERIAL makes it call at once"
  watch_it
}
