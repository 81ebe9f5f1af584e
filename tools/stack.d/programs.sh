# shellcheck shell=bash
# The programs beside PostgreSQL: started in a process group each, known by
# their number and birth, stopped group by group; sourced by tools/stack.

CGI='operator admin security cabinet'

# ---- One at a time ----------------------------------------------------------

# locked NAME COMMAND...: while nobody else starts or stops that program. The
# file is opened for reading: its folder is the servers' user's.
locked() {
  local name=$1
  shift
  as_user touch "$RUN/$name.lock"
  exec 7<"$RUN/$name.lock"
  flock -w 90 7 || die "somebody else has been starting or stopping $name for too long"
  "$@"
  local rc=$?
  exec 7<&-
  return $rc
}

# ---- Processes --------------------------------------------------------------

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.05
  done
}

# born PID: when it was started, in ticks since the boot; nothing for no process.
born() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  echo "${20}"
}

is_zombie() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null && [[ ${stat##*) } == Z* ]]
}

group_gone() { # group_gone PGID: no living process is left in it
  local dir stat
  for dir in /proc/[0-9]*; do
    { read -r stat <"$dir/stat"; } 2>/dev/null || continue
    # shellcheck disable=SC2086
    set -- "$1" ${stat##*) }
    [ "$4" != "$1" ] || [ "$2" = Z ] || return 1
  done
}

BOOT=$(cat /proc/sys/kernel/random/boot_id)

pid_of() { # the number of a program that runs
  local pid when boot
  { read -r pid when boot <"$RUN/$1.proc"; } 2>/dev/null || return 1
  [ "$boot" = "$BOOT" ] && [ "$(born "$pid")" = "$when" ] && ! is_zombie "$pid" &&
    echo "$pid"
}

# The group a program left, even if its leader is dead: the number may have
# become another's since, then the leader is one of another birth.
group_of() {
  local pid when boot
  { read -r pid when boot <"$RUN/$1.proc"; } 2>/dev/null || return 1
  [ "$boot" = "$BOOT" ] || return 1
  case $(born "$pid") in '' | "$when") ! group_gone "$pid" && echo "$pid" ;; *) return 1 ;; esac
}

# launch NAME COMMAND...: in the folder var/, in a session of its own, with its
# words in log/NAME.log. The descriptors of the locks stay here.
launch() {
  local name=$1
  shift
  ! pid_of "$name" >/dev/null || return 0
  as_user rm -f "$RUN/$name.proc"
  (
    cd "$VAR"
    exec "${AS_USER[@]}" setsid bash -c '
      umask 027
      exec </dev/null >>"log/$0.log" 2>&1 7<&- 9<&-
      read -r stat </proc/$$/stat
      rest=(${stat##*) })
      echo "$$ ${rest[19]} $(cat /proc/sys/kernel/random/boot_id)" >"run/$0.proc.new"
      mv "run/$0.proc.new" "run/$0.proc"
      exec "$@"' "$name" "$@"
  ) &
  disown
  wait_for 10 test -s "$RUN/$name.proc" || die "$name was not started"
}

# halt NAME...: asked first, then told.
halt() {
  local name pid group
  for name; do
    ! pid=$(pid_of "$name") || signal TERM "$pid"
  done
  for name; do
    if group=$(group_of "$name"); then
      wait_for "${LAZUR_STOP_SECONDS:-15}" is_halted "$name" "$group" || signal KILL "-$group"
      wait_for 5 group_gone "$group" || warn "$name does not end"
    fi
    as_user rm -f "$RUN/$name.proc"
  done
}

is_halted() { # is_halted NAME GROUP: what a dead leader left behind ends too
  ! pid_of "$1" >/dev/null || return 1
  group_gone "$2" || { signal TERM "-$2"; false; }
}

signal() { as_user sh -c 'kill -s "$1" -- "$2" 2>/dev/null' sh "$1" "$2" || true; }

# ---- Ports ------------------------------------------------------------------

listens() { # listens PORT: somebody does
  local hex
  hex=$(printf '%04X' "$1")
  awk -v port="$hex" '$4 == "0A" && substr($2, length($2) - 3) == port { found = 1 }
    END { exit !found }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

need_port() { # need_port PROGRAM PORT VARIABLE
  if ! pid_of "$1" >/dev/null && listens "$2"; then
    die "port $2 is taken by another program; choose another, e.g. $3=$(($2 + 1)) $AGAIN"
  fi
}

# What `run` would stumble over, before anything is built.
check_ports() {
  if [ -d "$RUN" ]; then take_lock; fi
  need_port nginx "$HTTP_PORT" LAZUR_HTTP_PORT
  need_port listener "$METER_PORT" LAZUR_METER_PORT
  [ "$METER_TLS_PORT" = 0 ] || need_port listener "$METER_TLS_PORT" LAZUR_METER_TLS_PORT
}

# ask_socket NAME [ORDER]: somebody listens at run/NAME.sock; what is answered to
# the order, which succeeds when the last line is "ok". A full queue of callers
# is a busy program, not a dead one.
ask_socket() {
  # shellcheck disable=SC2016
  as_user perl -MSocket -e '
    my ($home, $at, $order) = @ARGV;
    $SIG{ALRM} = sub { exit(defined $order ? 1 : 0) };
    alarm 5;
    chdir $home or exit 1;
    my $s;
    socket($s, PF_UNIX, SOCK_STREAM, 0) && connect($s, pack_sockaddr_un($at)) or exit 1;
    exit 0 unless defined $order;
    syswrite $s, "$order\n";
    while (my $line = <$s>) {
      exit 0 if $line eq "ok\n";
      print $line;
      exit 1 if $line =~ /^error: /;
    }
    exit 1' "$VAR" "run/$1.sock" "${@:2}"
}

# hears NAME: a program that runs is also reached where it should be.
hears() {
  case $1 in
    nginx) listens "$HTTP_PORT" ;;
    listener) listens "$METER_PORT" ;;
    operator | admin | security | cabinet) ask_socket "$1" ;;
  esac
}

# answers PORT: the web server and a program behind it do.
answers() {
  local status
  { exec 8<>"/dev/tcp/$HTTP_ADDRESS/$1"; } 2>/dev/null || return 1
  printf 'GET / HTTP/1.0\r\nHost: %s\r\n\r\n' "$HTTP_ADDRESS" >&8
  read -r -t 5 _ status _ <&8 || status=
  exec 8>&-
  case $status in [234]*) ;; *) return 1 ;; esac
}

# ---- What each program needs ------------------------------------------------

# The address of map tiles, and the host that the pages may load pictures from.
map_settings() {
  local tiles=${LAZUR_MAP_TILES:-}
  [ -n "$tiles" ] || return 0
  [[ $tiles =~ ^(https?://[A-Za-z0-9.-]+(:[0-9]+)?)/[A-Za-z0-9._~/{}?=\&%-]*$ && $tiles == *'{z}'* && $tiles == *'{x}'* && $tiles == *'{y}'* ]] ||
    die 'LAZUR_MAP_TILES must be an address with {z}, {x} and {y} in it'
  printf "set \$map_tiles '%s';\nset \$map_host '%s';\n" "$tiles" "${BASH_REMATCH[1]}"
}

# A certificate that signs itself, until there is a better one in its place.
meters_certificate() {
  [ -s "$SECRET/meters.key" ] && [ -s "$ETC/meters.pem" ] && return
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
    -subj '/CN=lazur' -addext "subjectAltName=IP:$METER_ADDRESS" -out - -keyout - 2>"$LOG/openssl.log" |
    private "$SECRET/meters.both"
  openssl pkey -in "$SECRET/meters.both" 2>/dev/null | private "$SECRET/meters.key"
  openssl x509 -in "$SECRET/meters.both" 2>/dev/null | private "$ETC/meters.pem"
  rm -f "$SECRET/meters.both"
  [ -s "$SECRET/meters.key" ] && [ -s "$ETC/meters.pem" ] || die "no certificate for meters; see $LOG/openssl.log"
}

# make run opens the second door where nobody else is, unless told otherwise.
choose_tls_port() {
  [ -z "${LAZUR_METER_TLS_PORT:-}" ] || return 0
  if listens $((METER_PORT + 1)); then
    warn "port $((METER_PORT + 1)) is taken: no TLS for meters; LAZUR_METER_TLS_PORT=... chooses another"
    return 0
  fi
  METER_TLS_PORT=$((METER_PORT + 1)) LAZUR_METER_TLS_PORT=$((METER_PORT + 1))
}

write_settings() {
  place_app
  place_countries
  { printf 'listen %s:%s;\n' "$HTTP_ADDRESS" "$HTTP_PORT"; map_settings; } | private "$ETC/nginx-local.conf"
  private "$ETC/meter-listener.conf" <<CONF
# Written by tools/stack at every start; meter-listener -h explains each line.
listen_address = $METER_ADDRESS
listen_port = $METER_PORT
listener_db = $(conninfo listener)
notifier_db = $(conninfo notifier)
worker_db = $(conninfo worker)
key_file = $SECRET/secret.key
outbox_folder = $VAR/outbox
tls_port = $METER_TLS_PORT
tls_certificate = $ETC/meters.pem
tls_key = $SECRET/meters.key
CONF
  [ "$METER_TLS_PORT" = 0 ] || meters_certificate
  as_user mkdir -p "$VAR/outbox"
}

cores() { getconf _NPROCESSORS_ONLN; }

# A web program is single-threaded: four for each core keep them busy while
# others wait for the database.
start_cgi() {
  local n=2 role=web key=()
  case $1 in
    operator)
      n=${LAZUR_WEB_WORKERS:-$((4 * $(cores)))}
      key=(-k "$SECRET/secret.key")
      ;;
    admin)
      role=admin
      key=(-k "$SECRET/secret.key" -g "$VAR/app/countries.mmdb")
      ;;
    cabinet)
      n=${LAZUR_WEB_WORKERS:-$((2 * $(cores)))}
      role=cabinet
      ;;
  esac
  [ -x "$BUILD/cgi-bin/$1" ] || { warn "$1 is not built"; return 0; }
  if pid_of "$1" >/dev/null; then
    ! ask_socket "$1" || return 0
    warn "$1 runs, but its socket does not answer: starting it again"
    halt "$1"
  fi
  as_user rm -f "$RUN/$1.sock"
  launch "$1" "$VAR/app/build/cgi-bin/$1" -s "run/$1.sock" -n "$n" \
    -d "$(conninfo "$role")" -t "$VAR/app/templates" "${key[@]}"
  wait_for 20 ready "$1" test -S "$RUN/$1.sock" || failed "$1"
}

ready() { # ready NAME TEST...: the test holds, or the program is dead
  local name=$1
  shift
  "$@" || ! pid_of "$name" >/dev/null
}

failed() {
  tail -n 5 "$LOG/$1.log" >&2
  die "$1 did not start; see $LOG/$1.log"
}

start_nginx() {
  need_port nginx "$HTTP_PORT" LAZUR_HTTP_PORT
  launch nginx nginx -p "$VAR/" -e log/nginx.log -c "$ETC/nginx.conf" -g 'daemon off;'
  wait_for 20 ready nginx listens "$HTTP_PORT"
  pid_of nginx >/dev/null || failed nginx
}

start_listener() {
  [ -x "$BUILD/meter-listener" ] || { warn 'meter-listener is not built'; return 0; }
  need_port listener "$METER_PORT" LAZUR_METER_PORT
  launch listener "$VAR/app/build/meter-listener" -c "$ETC/meter-listener.conf"
  wait_for 20 ready listener listens "$METER_PORT"
  pid_of listener >/dev/null || failed listener
}

# The meters of the city call in every few minutes; a few of them with faults.
sim_period() {
  local period='5 minutes'
  [[ " ${LAZUR_SIM_OPTIONS:-} " =~ .*' period='([^ ]+)' ' ]] && period=${BASH_REMATCH[1]}
  echo "$period"
}

start_sim() {
  [ -x "$BUILD/meter-sim" ] || { warn 'meter-sim is not built'; return 0; }
  as_user test -r "$ETC/talkers" || { warn 'no city has been made: tools/stack seed'; return 0; }
  as_user mkdir -p "$VAR/sim"
  private "$ETC/meter-sim.conf" <<CONF
# Written by tools/stack at every start; meter-sim -h explains each line.
address = $METER_ADDRESS
port = $METER_PORT
serials = $ETC/talkers
state_file = $VAR/sim/meters
control = run/sim.sock
period = 5min
press = 1min
fault_drop_unheard = 2
fault_repeat = 2
fault_garbage = 1
fault_tamper = 1
fault_battery = 1
fault_reverse = 1
fault_cover = 1
quiet = on
CONF
  # shellcheck disable=SC2086
  launch sim "$VAR/app/build/meter-sim" -f "$ETC/meter-sim.conf" ${LAZUR_SIM_OPTIONS:-}
}

start_one() {
  case $1 in
    db) db_start ;;
    operator | admin | security | cabinet) locked "$1" start_cgi "$1" ;;
    nginx) locked nginx start_nginx ;;
    listener) locked listener start_listener ;;
    sim) locked sim start_sim ;;
    *) die "no program is called $1; there are: db $CGI nginx listener sim" ;;
  esac
}

settle() {
  keep_settings
  write_settings
}

start() { # start [PROGRAM...]: all but the simulator unless named
  local name
  migrate_all
  locked settings settle
  # shellcheck disable=SC2086
  for name in ${*:-$CGI nginx listener}; do start_one "$name"; done
  [ $# -gt 0 ] || wait_for 20 answers "$HTTP_PORT" || warn "the web side does not answer; see $LOG"
}

stop() { # stop [PROGRAM...]
  local name names='' db=
  # shellcheck disable=SC2086
  for name in ${*:-sim nginx $CGI listener db}; do
    if [ "$name" = db ]; then db=yes; else names="$names $name"; fi
  done
  # shellcheck disable=SC2086
  stop_programs $names
  [ -z "$db" ] || db_stop
}

# Nobody starts one of them meanwhile. The locks are taken in one order by
# everybody; one that a failed start still holds here is given back first.
stop_programs() {
  local name held fds=()
  exec 7<&-
  [ $# -gt 0 ] && [ -d "$RUN" ] || return 0
  for name in $(printf '%s\n' "$@" | sort -u); do
    as_user touch "$RUN/$name.lock"
    exec {held}<"$RUN/$name.lock"
    fds+=("$held")
    flock -w 90 "$held" || warn "somebody else has been starting $name for too long"
  done
  halt "$@"
  for held in "${fds[@]}"; do exec {held}<&-; done
}

status() {
  local name pid deaf missing=0
  for name in db $CGI nginx listener sim; do
    if [ "$name" = db ]; then pid=$(pg_runs && pg_pid) || pid=; else pid=$(pid_of "$name") || pid=; fi
    deaf=
    [ -z "$pid" ] || hears "$name" || deaf='  runs, but does not answer'
    printf '%-9s %s%s\n' "$name" "${pid:-stopped}" "$deaf"
    if [ -n "$deaf" ] || { [ -z "$pid" ] && [ "$name" != sim ]; }; then missing=3; fi
  done
  return $missing
}
