-- «Группы приборов» as administrators keep them: how many meters each has
-- stands beside it, so that no list counts members.

alter table meter_group
  add column members bigint not null default 0,
  add column version int not null default 1;
comment on column meter_group.members is '«#»: meters of the group, kept by triggers.';
comment on column meter_group.version is 'Counts the changes of the form; members that come and go do not.';
update meter_group g set members = (select count(*) from meter_group_member m where m.group_id = g.id);

create function group_joined() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  update meter_group g set members = g.members + x.n
    from (select group_id, count(*) n from made group by 1 order by 1) x where g.id = x.group_id;
  return null;
end $$;
create trigger group_joined after insert on meter_group_member
  referencing new table as made for each statement execute function group_joined();

create function group_left() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  update meter_group g set members = g.members - x.n
    from (select group_id, count(*) n from gone group by 1 order by 1) x where g.id = x.group_id;
  return null;
end $$;
create trigger group_left after delete on meter_group_member
  referencing old table as gone for each statement execute function group_left();

-- meter_people_search: meters by part of their serial, or of their subscriber's
-- account, name or address; for an administrator. p_like as subscriber_search.
create function meter_people_search(p_like text, p_cap int)
returns table (id bigint) language plpgsql stable security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
begin
  if app_role() <> 'admin' then
    return;
  end if;
  return query
    (select m.id from meter m where m.serial like p_like limit p_cap)
    union
    (select m.id from subscriber_search(p_like, p_cap) s join meter m on m.subscriber_id = s.id limit p_cap);
end $$;

revoke all on function group_joined, group_left, meter_people_search from public;
grant execute on function meter_people_search to lazur_admin;
grant insert, update, delete on meter_group, meter_group_member to lazur_admin;
