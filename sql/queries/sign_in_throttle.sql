-- sign_in_throttle: seconds until this login may be tried from this address.
-- $1 text  login
-- $2 inet  address
-- $3 int   failures allowed for a login
-- $4 int   failures allowed for an address
-- $5 int   window, seconds
-- rows 1   wait_s, 0: now
-- The window frees a place when the failure that filled it grows old.
select greatest(0, ceil(extract(epoch from max(full_at)
         + make_interval(secs => $5::int) - now())))::int as wait_s
  from ((select at as full_at from sign_in_attempt
          where login = left($1, 64) and at > now() - make_interval(secs => $5::int)
          order by at desc offset $3::int - 1 limit 1)
        union all
        (select at from sign_in_attempt
          where address = $2 and at > now() - make_interval(secs => $5::int)
          order by at desc offset $4::int - 1 limit 1)) x;
