-- Where meters stand: set by hand, or the mobile base station of the last session.

-- Web Mercator, as every web map has it: the world is 2^20 squares wide.
create function map_x(p_longitude_udeg int) returns int
language sql immutable parallel safe as $$
  select least(1048575, floor((p_longitude_udeg + 180000000) / 360000000.0::float8 * 1048576)::int)
$$;
create function map_y(p_latitude_udeg int) returns int
language sql immutable parallel safe as $$
  select greatest(0, least(1048575, floor(
    (1 - asinh(tan(radians(p_latitude_udeg / 1000000.0::float8))) / pi()) / 2 * 1048576)::int))
$$;

create table meter_place (
  meter_id       bigint primary key references meter on delete cascade,
  branch_id      int,
  latitude_udeg  int not null check (latitude_udeg between -85000000 and 85000000),
  longitude_udeg int not null check (longitude_udeg between -180000000 and 180000000),
  source         text not null check (source in ('hand', 'cell')),
  accuracy_m     int not null default 0 check (accuracy_m between 0 and 100000),
  at             timestamptz not null default now(),
  set_by         text not null default '',
  x              int not null generated always as (map_x(longitude_udeg)) stored,
  y              int not null generated always as (map_y(latitude_udeg)) stored
);
comment on table meter_place is 'Where a meter is, as far as anybody knows; no row: not determined.';
comment on column meter_place.branch_id is 'Copy of meter.branch_id for row security.';
comment on column meter_place.latitude_udeg is 'Millionths of a degree, WGS 84; within what a web map can show.';
comment on column meter_place.source is 'hand: an administrator said so, and no session moves it. cell: the base station of the last session.';
comment on column meter_place.accuracy_m is 'The meter is within this distance; 0: at the point itself.';
comment on column meter_place.x is 'Square of Web Mercator, 2^20 of them around the world; y counts from the north.';
create index meter_place_square on meter_place (x, y)
  include (branch_id, meter_id, latitude_udeg, longitude_udeg);

-- A map of millions shows counters, not meters: squares of seven sizes.
create table place_count (
  level      smallint not null,
  x          int not null,
  y          int not null,
  branch_id  int not null,
  n          int not null,
  latitude_udeg_sum  bigint not null,
  longitude_udeg_sum bigint not null,
  primary key (level, x, y, branch_id)
);
comment on table place_count is 'Meters with a place in each square of 2^level around the world, for level 4, 6 ... 16; kept by statement triggers.';
comment on column place_count.branch_id is '0: without a branch, as in meter_count.';

create table cell_site (
  mcc            smallint not null,
  mnc            smallint not null,
  lac            int not null,
  cell_id        bigint not null,
  latitude_udeg  int not null check (latitude_udeg between -85000000 and 85000000),
  longitude_udeg int not null check (longitude_udeg between -180000000 and 180000000),
  accuracy_m     int not null default 2000 check (accuracy_m between 0 and 100000),
  primary key (mcc, mnc, lac, cell_id)
);
comment on table cell_site is 'Base stations of mobile operators, loaded from any source of such a list (A cell whose row is missing is a meter without a place).';

create table meter_cell (
  meter_id  bigint primary key references meter on delete cascade,
  branch_id int,
  mcc       smallint not null,
  mnc       smallint not null,
  lac       int not null,
  cell_id   bigint not null,
  at        timestamptz not null
);
comment on table meter_cell is 'The base station through which a meter made its last session; its place is looked up in cell_site.';

-- Copies of the branch, as in meter_state ------------------------------------------

create function place_lead() returns trigger language plpgsql as $$
begin
  new.branch_id := (select m.branch_id from meter m where m.id = new.meter_id);
  return new;
end $$;
create trigger place_lead before insert on meter_place
  for each row execute function place_lead();
create trigger cell_lead before insert on meter_cell
  for each row execute function place_lead();

create function meter_lead_place() returns trigger language plpgsql as $$
begin
  update meter_place set branch_id = new.branch_id where meter_id = new.id;
  update meter_cell set branch_id = new.branch_id where meter_id = new.id;
  return null;
end $$;
create trigger meter_lead_place after update of branch_id, subscriber_id on meter
  for each row when (old.branch_id is distinct from new.branch_id)
  execute function meter_lead_place();

-- Counters ---------------------------------------------------------------------------

create function place_moved() returns trigger language plpgsql as $$
begin
  insert into place_count as c (level, x, y, branch_id, n, latitude_udeg_sum, longitude_udeg_sum)
    select l, q.x >> (20 - l), q.y >> (20 - l), coalesce(q.branch_id, 0),
           sum(d), sum(d * latitude_udeg::bigint), sum(d * longitude_udeg::bigint)
      from (select x, y, branch_id, latitude_udeg, longitude_udeg, 1 as d from is_now
            union all
            select x, y, branch_id, latitude_udeg, longitude_udeg, -1 from was) q,
           generate_series(4, 16, 2) l
     group by 1, 2, 3, 4
    having sum(d) <> 0 or sum(d * latitude_udeg::bigint) <> 0 or sum(d * longitude_udeg::bigint) <> 0
     order by 1, 2, 3, 4
    on conflict (level, x, y, branch_id) do update
      set n = c.n + excluded.n,
          latitude_udeg_sum = c.latitude_udeg_sum + excluded.latitude_udeg_sum,
          longitude_udeg_sum = c.longitude_udeg_sum + excluded.longitude_udeg_sum;
  return null;
end $$;

create function place_made() returns trigger language plpgsql as $$
begin
  insert into place_count as c (level, x, y, branch_id, n, latitude_udeg_sum, longitude_udeg_sum)
    select l, q.x >> (20 - l), q.y >> (20 - l), coalesce(q.branch_id, 0),
           count(*), sum(latitude_udeg::bigint), sum(longitude_udeg::bigint)
      from is_now q, generate_series(4, 16, 2) l
     group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (level, x, y, branch_id) do update
      set n = c.n + excluded.n,
          latitude_udeg_sum = c.latitude_udeg_sum + excluded.latitude_udeg_sum,
          longitude_udeg_sum = c.longitude_udeg_sum + excluded.longitude_udeg_sum;
  return null;
end $$;

create function place_gone() returns trigger language plpgsql as $$
begin
  update place_count c
     set n = c.n - q.n, latitude_udeg_sum = c.latitude_udeg_sum - q.lat,
         longitude_udeg_sum = c.longitude_udeg_sum - q.lon
    from (select l, w.x >> (20 - l) as x, w.y >> (20 - l) as y, coalesce(branch_id, 0) as branch_id,
                 count(*) as n, sum(latitude_udeg::bigint) as lat, sum(longitude_udeg::bigint) as lon
            from was w, generate_series(4, 16, 2) l group by 1, 2, 3, 4) q
   where c.level = q.l and c.x = q.x and c.y = q.y and c.branch_id = q.branch_id;
  return null;
end $$;

create trigger place_made after insert on meter_place
  referencing new table as is_now for each statement execute function place_made();
create trigger place_moved after update on meter_place
  referencing old table as was new table as is_now
  for each statement execute function place_moved();
create trigger place_gone after delete on meter_place
  referencing old table as was for each statement execute function place_gone();

alter function place_made() security definer set search_path = public, pg_temp;
alter function place_moved() security definer set search_path = public, pg_temp;
alter function place_gone() security definer set search_path = public, pg_temp;
alter function place_lead() security definer set search_path = public, pg_temp;
alter function meter_lead_place() security definer set search_path = public, pg_temp;

-- From the base station ------------------------------------------------------------------

-- places_from_cells: the places of these meters (NULL: of all) after their base
-- stations; what was set by hand stays. Returns how many moved.
create function places_from_cells(p_meters bigint[]) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  moved int;
begin
  delete from meter_place p
   where p.source = 'cell' and (p_meters is null or p.meter_id = any (p_meters))
     and not exists (select from meter_cell k join cell_site s using (mcc, mnc, lac, cell_id)
                      where k.meter_id = p.meter_id);
  insert into meter_place as p (meter_id, latitude_udeg, longitude_udeg, source, accuracy_m, at)
    select k.meter_id, s.latitude_udeg, s.longitude_udeg, 'cell', s.accuracy_m, k.at
      from meter_cell k join cell_site s using (mcc, mnc, lac, cell_id)
     where p_meters is null or k.meter_id = any (p_meters)
    on conflict (meter_id) do update
      set latitude_udeg = excluded.latitude_udeg, longitude_udeg = excluded.longitude_udeg,
          accuracy_m = excluded.accuracy_m, at = excluded.at
    where p.source = 'cell'
      and (p.latitude_udeg, p.longitude_udeg, p.accuracy_m, p.at)
          is distinct from (excluded.latitude_udeg, excluded.longitude_udeg, excluded.accuracy_m, excluded.at);
  get diagnostics moved = row_count;
  return moved;
end $$;

create function cell_heard() returns trigger language plpgsql as $$
begin
  perform places_from_cells(array(select n.meter_id from heard n));
  return null;
end $$;
create trigger cell_made after insert on meter_cell
  referencing new table as heard for each statement execute function cell_heard();
create trigger cell_changed after update on meter_cell
  referencing new table as heard for each statement execute function cell_heard();
alter function cell_heard() security definer set search_path = public, pg_temp;

-- By hand ------------------------------------------------------------------------------------

-- place_set: an administrator says where a meter stands; NULL takes the place
-- back, and the base station counts again. LZ403 and LZ404 say why not.
create function place_set(p_meter_id bigint, p_latitude_udeg int, p_longitude_udeg int, p_address inet)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  m record;
begin
  if app_role() <> 'admin' then
    raise exception 'role % may not set a place', app_role() using errcode = 'LZ403';
  end if;
  select x.id, x.serial into m from meter x
   where x.id = p_meter_id
     and (x.branch_id = any (app_branches()) or (x.branch_id is null and app_branchless()))
     for update of x;
  if not found then
    raise exception 'no meter %', p_meter_id using errcode = 'LZ404';
  end if;
  if p_latitude_udeg is null then
    delete from meter_place where meter_id = p_meter_id and source = 'hand';
    perform places_from_cells(array[p_meter_id]);
  else
    insert into meter_place as p (meter_id, latitude_udeg, longitude_udeg, source, set_by)
      values (p_meter_id, p_latitude_udeg, p_longitude_udeg, 'hand', app_login())
    on conflict (meter_id) do update
      set latitude_udeg = excluded.latitude_udeg, longitude_udeg = excluded.longitude_udeg,
          source = 'hand', accuracy_m = 0, at = now(), set_by = app_login();
  end if;
  insert into audit_log (operator_login, action, note, address)
    values (app_login(),
      case when p_latitude_udeg is null then 'Удалить координаты' else 'Указать координаты' end,
      'прибор №' || m.serial || coalesce(format(', %s %s',
        trim_scale(p_latitude_udeg / 1000000.0), trim_scale(p_longitude_udeg / 1000000.0)), ''),
      p_address);
end $$;

-- Who sees what -----------------------------------------------------------------------------

alter table meter_place enable row level security;
alter table meter_cell enable row level security;
alter table place_count enable row level security;
create policy of_branch on meter_place to lazur_web
  using (branch_id = any ((select app_branches())::int[])
         or (branch_id is null and (select app_branchless())));
create policy of_branch on meter_cell to lazur_web
  using (branch_id = any ((select app_branches())::int[])
         or (branch_id is null and (select app_branchless())));
create policy of_branch on place_count to lazur_web
  using (branch_id = any ((select app_branches())::int[])
         or (branch_id = 0 and (select app_branchless())));
create policy all_for_lazur_listener on meter_cell to lazur_listener
  using (true) with check (true);

revoke all on function map_x, map_y, place_lead, meter_lead_place, place_moved, place_made,
  place_gone, places_from_cells, cell_heard, place_set from public;
grant execute on function map_x, map_y, place_set to lazur_web;
grant select on meter_place, meter_cell, place_count, cell_site to lazur_web;
grant select, insert, update on meter_cell to lazur_listener;
