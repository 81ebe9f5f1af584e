-- What charts are drawn of. As in meter_search, the right to see the meter is
-- asked once, here: asked of each row it would be asked of each partition.

create function chart_meter_is_seen(p_meter_id bigint) returns boolean
language sql stable as $$
  select exists (
    select from meter m where m.id = p_meter_id
       and (m.branch_id = any (app_branches()) or (m.branch_id is null and app_branchless())))
$$;

-- chart_values: what the counter of a meter showed between two moments, with the
-- last value before them and the first one after them. Volume in dm3, or energy
-- in Wh; archived: a daily record.
create function chart_values(p_meter_id bigint, p_energy boolean, p_from timestamptz, p_to timestamptz)
returns table (at timestamptz, value bigint, archived boolean)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  if not chart_meter_is_seen(p_meter_id) then
    return;
  end if;
  return query
    select r.at, case when p_energy then r.energy_wh else r.volume_dm3 end, false
      from reading r
     where r.meter_id = p_meter_id and r.at >= p_from and r.at < p_to
       and case when p_energy then r.energy_wh else r.volume_dm3 end is not null;
  return query
    select r.at, case when p_energy then r.energy_wh else r.volume_dm3 end, false
      from reading r
     where r.meter_id = p_meter_id and r.at < p_from
       and case when p_energy then r.energy_wh else r.volume_dm3 end is not null
     order by r.at desc limit 1;
  return query
    select r.at, case when p_energy then r.energy_wh else r.volume_dm3 end, false
      from reading r
     where r.meter_id = p_meter_id and r.at >= p_to
       and case when p_energy then r.energy_wh else r.volume_dm3 end is not null
     order by r.at limit 1;
  if p_energy then
    return;
  end if;
  return query
    select a.at, a.volume_dm3, true from archive_daily a
     where a.meter_id = p_meter_id and a.volume_dm3 is not null
       and a.day >= p_from::date - 1 and a.day <= p_to::date + 1;
  return query
    select a.at, a.volume_dm3, true from archive_daily a
     where a.meter_id = p_meter_id and a.volume_dm3 is not null and a.day < p_from::date - 1
     order by a.day desc limit 1;
  return query
    select a.at, a.volume_dm3, true from archive_daily a
     where a.meter_id = p_meter_id and a.volume_dm3 is not null and a.day > p_to::date + 1
     order by a.day limit 1;
end $$;

-- chart_extent: the first and the newest moment with such a value; NULL: none.
create function chart_extent(p_meter_id bigint, p_energy boolean)
returns table (first_at timestamptz, last_at timestamptz)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  if not chart_meter_is_seen(p_meter_id) then
    return query select null::timestamptz, null::timestamptz;
    return;
  end if;
  select r.at into first_at from reading r
   where r.meter_id = p_meter_id and case when p_energy then r.energy_wh else r.volume_dm3 end is not null
   order by r.at limit 1;
  select r.at into last_at from reading r
   where r.meter_id = p_meter_id and case when p_energy then r.energy_wh else r.volume_dm3 end is not null
   order by r.at desc limit 1;
  if not p_energy then
    first_at := least(first_at, (select a.at from archive_daily a
      where a.meter_id = p_meter_id and a.volume_dm3 is not null order by a.day limit 1));
    last_at := greatest(last_at, (select a.at from archive_daily a
      where a.meter_id = p_meter_id and a.volume_dm3 is not null order by a.day desc limit 1));
  end if;
  return next;
end $$;

revoke all on function chart_meter_is_seen, chart_values, chart_extent from public;
grant execute on function chart_values, chart_extent to lazur_web;
