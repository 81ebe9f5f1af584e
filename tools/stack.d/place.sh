# shellcheck shell=bash
# Where an installation lives and who runs it; sourced by tools/stack.

# Servers never run as root: PostgreSQL refuses to, the others need no rights.
IS_ROOT=$([ "$(id -u)" = 0 ] && echo yes || true)
RUN_USER=${IS_ROOT:+${LAZUR_USER:-www-data}}
RUN_USER=${RUN_USER:-$(id -un 2>/dev/null || id -u)}

AS_USER=()
if [ -n "$IS_ROOT" ]; then
  AS_USER=(setpriv --reuid "$RUN_USER" --regid "$(id -g "$RUN_USER")"
    --clear-groups -- env HOME=/ USER="$RUN_USER")
fi
as_user() { "${AS_USER[@]}" "$@"; }
run_uid() { id -u "$RUN_USER" 2>/dev/null || id -u; }

short_hash() { printf '%s' "$1" | cksum | cut -d ' ' -f 1; }

# A home folder that only its owner may enter (/root is one) hides var/ from
# the unprivileged user: then var/ is a link to a folder under /var/tmp.
place_var() {
  [ -n "$IS_ROOT" ] && [ ! -L "$VAR" ] || return 0
  mkdir -p "$(dirname "$VAR")"
  if as_user test -x "$(dirname "$VAR")"; then return 0; fi
  local elsewhere
  elsewhere=/var/tmp/lazur-$(short_hash "$VAR")
  if [ -d "$VAR" ]; then
    rmdir "$VAR" 2>/dev/null ||
      die "$VAR is not empty and $RUN_USER cannot enter it; set LAZUR_VAR to a folder that it can enter"
  fi
  mkdir -m 755 "$elsewhere" 2>/dev/null ||
    case $(stat -c %u "$elsewhere") in
      0 | "$(run_uid)") ;;
      *) die "$elsewhere belongs to somebody else; set LAZUR_VAR" ;;
    esac
  ln -s "$elsewhere" "$VAR"
  say "$RUN_USER cannot enter $(dirname "$VAR"): $VAR is a link to $elsewhere"
}

make_layout() {
  place_var
  set_paths
  local d
  for d in . run log etc secret; do mkdir -p "$VAR/$d"; done
  if [ -n "$IS_ROOT" ]; then
    chown "$RUN_USER:" "$VAR/." "$VAR/run" "$VAR/log" "$VAR/etc" "$VAR/secret"
  elif [ ! -w "$VAR/run" ] || [ ! -w "$VAR/secret" ]; then
    die "$VAR belongs to $(stat -Lc %U "$VAR"): run as that user (or root), or set LAZUR_VAR"
  fi
  chmod 755 "$VAR/."
  chmod 700 "$VAR/secret"
}

# A socket's path may have 107 bytes; a deep checkout gets a short way in.
set_paths() {
  [ ! -L "$VAR" ] || VAR=$(readlink -f "$VAR")
  PG=$VAR/pg RUN=$VAR/run LOG=$VAR/log SECRET=$VAR/secret ETC=$VAR/etc
  SOCK=$RUN
  if [ ${#RUN} -gt 80 ]; then
    SOCK=/tmp/lazur-$(run_uid)-$(short_hash "$VAR")
  fi
}

make_sock() {
  [ "$SOCK" != "$RUN" ] || return 0
  [ -d "$SOCK" ] || as_user mkdir -m 700 "$SOCK"
  [ "$(stat -c %u "$SOCK")" = "$(run_uid)" ] ||
    die "$SOCK belongs to somebody else; set LAZUR_VAR to a shorter path"
}

# private FILE: what stands on stdin, readable by the servers' user alone, and
# written by that user, so that no link in its folder can lead root astray.
private() {
  as_user sh -c 'umask 077; cat >"$1.new" && mv "$1.new" "$1"' sh "$1"
}

random_hex() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }

make_secrets() {
  local role
  for role in postgres $ROLES; do
    [ -s "$SECRET/pgpass-$role" ] && continue
    local login=lazur_$role
    [ "$role" = postgres ] && login=postgres
    printf '*:*:*:%s:%s\n' "$login" "$(random_hex 24)" | private "$SECRET/pgpass-$role"
  done
  [ -s "$SECRET/secret.key" ] || { random_hex 32; echo; } | private "$SECRET/secret.key"
}

password_of() { cut -d : -f 5 "$SECRET/pgpass-$1"; }

# copy_to FOLDER FROM PART...: those parts that there are.
copy_to() {
  local to=$1 from=$2 part
  shift 2
  for part; do
    [ ! -e "$from/$part" ] || tar -C "$from" -cf - "$part" |
      as_user sh -c 'umask 022; mkdir -p "$1" && tar -C "$1" --mode=u+rwX -xof -' sh "$to"
  done
}

# The base of countries: the one of npm, or any of that format.
place_countries() {
  local file=${LAZUR_COUNTRIES:-$ROOT/node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb}
  local to=$VAR/app/countries.mmdb
  if as_user test -r "$file"; then
    as_user ln -sfn "$(readlink -f "$file")" "$to"
  elif [ -r "$file" ]; then
    as_user sh -c 'cat >"$1.new" && mv "$1.new" "$1"' sh "$to" <"$file"
  else
    as_user rm -f "$to"
    warn "$file is not there: the log of operators shows no flags"
  fi
}

# What the servers read stands under var/app: a link to the checkout, or a copy
# where the servers' user may not enter the checkout.
place_app() {
  local part
  if as_user test -r "$ROOT/nginx.conf" && as_user test -x "$BUILD/."; then
    [ -L "$VAR/app/build" ] || as_user rm -rf "$VAR/app"
    as_user mkdir -p "$VAR/app"
    as_user ln -sfn "$BUILD" "$VAR/app/build"
    for part in templates static; do as_user ln -sfn "$ROOT/$part" "$VAR/app/$part"; done
    as_user ln -sf "$ROOT/nginx.conf" "$ETC/nginx.conf"
    return
  fi
  say "$RUN_USER cannot read $ROOT: running from a copy in $VAR/app"
  as_user rm -rf "$VAR/app"
  copy_to "$VAR/app/build" "$BUILD" cgi-bin meter-listener meter-sim
  copy_to "$VAR/app" "$ROOT" templates static nginx.conf
  as_user ln -sf "$VAR/app/nginx.conf" "$ETC/nginx.conf"
}
