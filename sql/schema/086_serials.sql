-- Serial numbers named by an expression (lib/units/serials.h): numbers,
-- ranges, masks. It comes in its parts: p_exact; p_from and p_to, pairs of
-- equal length; p_masks with ? (one digit) and * (one or more), tidied, so
-- that '*' alone is everything.

-- A number, a range and a mask without * name numbers of one length: with the
-- length in front these stand side by side, whatever else begins alike.
create index meter_serial_length on meter (length(serial), serial, id) include (branch_id);

create function serial_like(p_mask text) returns text
language sql immutable parallel safe strict as
$$ select replace(replace(p_mask, '?', '_'), '*', '_%') $$;
comment on function serial_like is 'A mask as LIKE takes it; that the rest are digits is asked beside it.';

-- serials_include: whether the expression names this number, registered or not.
create function serials_include(p_exact text[], p_from text[], p_to text[],
  p_masks text[], p_serial text) returns boolean
language sql immutable parallel safe as $$
  select coalesce('*' = any (p_masks), false)
      or coalesce(p_serial = any (p_exact), false)
      or p_serial ~ '^[0-9]+$' and (
           exists (select from unnest(p_from, p_to) r (a, b)
                    where length(p_serial) = length(r.a)
                      and p_serial collate "C" between r.a and r.b)
        or exists (select from unnest(p_masks) p where p_serial like serial_like(p)))
$$;

-- A mask that begins with no digit but holds digits that make trigrams.
create function serial_mask_inside(p_mask text) returns boolean
language sql immutable parallel safe strict as
$$ select p_mask ~ '[*]' and p_mask ~ '^[^0-9]' and p_mask ~ '[0-9]{3}|[0-9]{2}$' $$;

-- serial_items: where in the order of serial numbers the items' meters stand,
-- and what they must be like there. len null: numbers of any length. Masks
-- that are found by trigrams have no such place. ':' follows '9'.
create function serial_items(p_exact text[], p_from text[], p_to text[], p_masks text[])
returns table (low text, high text, len int, pattern text)
language sql immutable parallel safe as $$
  select e, e, length(e), null from unnest(p_exact) e
  union all
  select r.a, r.b, length(r.a), null from unnest(p_from, p_to) r (a, b)
  union all
  select substring(p from '^[0-9]*'), substring(p from '^[0-9]*') || ':',
         case when strpos(p, '*') = 0 then length(p) end, serial_like(p)
    from unnest(p_masks) p where not serial_mask_inside(p) and p <> '*'
$$;

-- serials_near: candidates, found by index, each with its verdict; those that
-- several items name come several times. Item by item (offset 0 keeps the
-- planner from joining): how many items come is never known to it, and a scan
-- of the whole table would look cheaper than it is.
create function serials_near(p_exact text[], p_from text[], p_to text[], p_masks text[])
returns table (id bigint, branch_id int, fits boolean)
language sql stable as $$
  select m.id, m.branch_id, m.serial ~ '^[0-9]+$' and (i.pattern is null or m.serial like i.pattern)
    from serial_items(p_exact, p_from, p_to, p_masks) i
    cross join lateral (
      select x.id, x.branch_id, x.serial from meter x
       where length(x.serial) = i.len and x.serial between i.low and i.high offset 0) m
   where i.len is not null
  union all
  select m.id, m.branch_id, m.serial ~ '^[0-9]+$' and m.serial like i.pattern
    from serial_items(p_exact, p_from, p_to, p_masks) i
    cross join lateral (
      select x.id, x.branch_id, x.serial from meter x
       where x.serial between i.low and i.high offset 0) m
   where i.len is null
  union all
  select m.id, m.branch_id, m.serial ~ '^[0-9]+$'
    from unnest(p_masks) p
    cross join lateral (
      select x.id, x.branch_id, x.serial from meter x
       where x.serial like serial_like(p) offset 0) m
   where serial_mask_inside(p)
$$;

-- serials_match: meters that the expression names, each once: for an
-- administrator of all meters, else of those whose branch one sees.
create function serials_match(p_exact text[], p_from text[], p_to text[], p_masks text[])
returns setof bigint language sql stable security definer
set search_path = public, pg_temp as $$
  select distinct n.id from serials_near(p_exact, p_from, p_to, p_masks) n
   where n.fits and not coalesce('*' = any (p_masks), false)
     and (app_role() = 'admin' or n.branch_id = any (app_branches())
          or (n.branch_id is null and app_branchless()))
  union all
  select m.id from meter m
   where '*' = any (p_masks)
     and (app_role() = 'admin' or m.branch_id = any (app_branches())
          or (m.branch_id is null and app_branchless()))
$$;

-- serials_count: how many meters serials_match would name. No more than
-- p_effort candidates are looked at: whole is false when there were more, and
-- n is then what was found among them. Everything is known without looking.
create function serials_count(p_exact text[], p_from text[], p_to text[], p_masks text[],
  p_effort int) returns table (n bigint, whole boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select count(distinct x.id) filter (
           where x.fits and (app_role() = 'admin' or x.branch_id = any (app_branches())
                             or (x.branch_id is null and app_branchless()))),
         count(*) < p_effort
    from (select c.id, c.branch_id, c.fits from serials_near(p_exact, p_from, p_to, p_masks) c
           limit p_effort) x
  having not coalesce('*' = any (p_masks), false)
  union all
  select coalesce(sum(c.n), 0)::bigint, true from meter_count c
   where app_role() = 'admin' or c.branch_id = any (app_branches())
      or (c.branch_id = 0 and app_branchless())
  having '*' = any (p_masks)
$$;

-- serials_search: the same for the list of meters, which is of one's branches
-- for an administrator too; at most p_cap.
create function serials_search(p_exact text[], p_from text[], p_to text[], p_masks text[],
  p_cap int) returns table (id bigint) language sql stable security definer
set search_path = public, pg_temp as $$
  select distinct x.id from (
    select m.id
      from unnest(app_branches()) b
      cross join serial_items(p_exact, p_from, p_to, p_masks) i
      cross join lateral (
        select x.id, x.serial from meter x
         where x.branch_id = b and x.serial between i.low and i.high offset 0) m
     where (i.len is null or length(m.serial) = i.len)
       and m.serial ~ '^[0-9]+$' and (i.pattern is null or m.serial like i.pattern)
    union all
    select m.id
      from serial_items(p_exact, p_from, p_to, p_masks) i
      cross join lateral (
        select x.id, x.serial from meter x
         where x.branch_id is null and x.serial between i.low and i.high offset 0) m
     where app_branchless() and (i.len is null or length(m.serial) = i.len)
       and m.serial ~ '^[0-9]+$' and (i.pattern is null or m.serial like i.pattern)
    union all
    select m.id
      from unnest(p_masks) p
      cross join lateral (
        select x.id, x.serial, x.branch_id from meter x
         where x.serial like serial_like(p) offset 0) m
     where serial_mask_inside(p) and m.serial ~ '^[0-9]+$'
       and (m.branch_id = any (app_branches()) or (m.branch_id is null and app_branchless()))
    limit p_cap::bigint * 20) x
  limit p_cap
$$;
comment on function serials_search is 'p_cap null: all. A meter that several items name is one; twenty times the cap are looked through for different ones.';

-- serials_unknown: the first of these numbers that no meter has; no row when
-- all are registered.
create function serials_unknown(p_serials text[]) returns table (no bigint, serial text)
language sql stable security definer set search_path = public, pg_temp as $$
  select u.no, u.serial from unnest(p_serials) with ordinality u (serial, no)
   where not exists (select from meter m where m.serial = u.serial
                        and (app_role() = 'admin' or m.branch_id = any (app_branches())
                             or (m.branch_id is null and app_branchless())))
   order by u.no limit 1
$$;

revoke all on function serial_like, serials_include, serial_mask_inside, serial_items,
  serials_near, serials_match, serials_count, serials_search, serials_unknown from public;
grant execute on function serial_like, serials_include to lazur_web, lazur_listener, lazur_worker;
grant execute on function serials_match to lazur_web, lazur_worker;
grant execute on function serials_count, serials_search, serials_unknown to lazur_web;
