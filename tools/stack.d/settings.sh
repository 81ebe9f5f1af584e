# shellcheck shell=bash
# What was chosen for an installation: from the environment, else as it was
# kept in etc/stack.env, else the default; sourced by tools/stack.

KEPT='LAZUR_HTTP_PORT LAZUR_HTTP_ADDRESS LAZUR_METER_PORT LAZUR_METER_ADDRESS
  LAZUR_METER_TLS_PORT
  LAZUR_PG_PORT LAZUR_PG_LISTEN LAZUR_PG_CONNECTIONS LAZUR_SHARED_BUFFERS
  LAZUR_TZ LAZUR_WEB_WORKERS LAZUR_MAP_TILES'

is_kept() { [[ " ${KEPT//$'\n'/ } " == *" $1 "* ]]; }

# The file belongs to the servers' user: it is read as text, never run.
recall_settings() {
  local name value
  [ -f "$VAR/etc/stack.env" ] && [ -r "$VAR/etc/stack.env" ] || return 0
  while IFS='=' read -r name value; do
    ! is_kept "$name" || [ -n "${!name+x}" ] || printf -v "$name" '%s' "$value"
  done <"$VAR/etc/stack.env"
}

keep_settings() {
  local name
  for name in $KEPT; do
    [ -z "${!name:-}" ] || printf '%s=%s\n' "$name" "${!name%%$'\n'*}"
  done | private "$ETC/stack.env"
}

check_number() { # check_number NAME LEAST MOST: or it is not set
  [[ ${!1-} =~ ^([1-9][0-9]{0,5})?$ ]] && [ "${!1:-$2}" -ge "$2" ] && [ "${!1:-$2}" -le "$3" ] ||
    die "$1 must be a number from $2 to $3"
}

recall_settings
for name in LAZUR_HTTP_PORT LAZUR_METER_PORT LAZUR_PG_PORT; do check_number "$name" 1 65535; done
[ "${LAZUR_METER_TLS_PORT:-}" = 0 ] || check_number LAZUR_METER_TLS_PORT 1 65535
check_number LAZUR_WEB_WORKERS 1 1000
check_number LAZUR_PG_CONNECTIONS 10 10000
unset name

HTTP_PORT=${LAZUR_HTTP_PORT:-8080}
METER_PORT=${LAZUR_METER_PORT:-4059}
METER_TLS_PORT=${LAZUR_METER_TLS_PORT:-0}
HTTP_ADDRESS=${LAZUR_HTTP_ADDRESS:-127.0.0.1}
METER_ADDRESS=${LAZUR_METER_ADDRESS:-127.0.0.1}
PG_PORT=${LAZUR_PG_PORT:-5432}
export TZ=${LAZUR_TZ:-Europe/Moscow}
