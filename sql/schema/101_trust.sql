-- Whom the listener believes: a name that was proved by a key is not taken from
-- who has none, and what was said once is not heard again.

alter table meter_secret add column key_mark bigint;
comment on column meter_secret.key_mark is 'NULL: no ek= or ak= is sealed here. The same number for the same keys (HMAC with the key of the seal), so that a new key begins counting anew and a password does not.';

create table meter_plain (
  meter_id bigint primary key references meter on delete cascade,
  since    timestamptz not null default now()
);
comment on table meter_plain is 'Meters that an administrator lets push unciphered, and under any system title, though keys are kept for them.';
alter table meter_plain enable row level security;
create policy administration on meter_plain to lazur_admin
  using ((select app_role()) = 'admin') with check ((select app_role()) = 'admin');
grant select, insert, delete on meter_plain to lazur_admin;

create table meter_counter (
  title  text collate "C" primary key,
  heard  bigint not null default -1,
  recent bigint[] not null default '{}',
  sent   bigint not null default 0
) with (fillfactor = 50);
comment on table meter_counter is 'Invocation counters by system title: of meters that cipher, and of no others. Every ciphered push writes its row, whose key is its only index.';
comment on column meter_counter.heard is 'The highest that came: only a higher one is new.';
comment on column meter_counter.recent is 'Marks (FNV-1a) of the last telegrams, the newest first: who sends one of them again has not heard that it is stored.';
comment on column meter_counter.sent is 'The first that may be used for sending; raised before the first byte leaves.';
revoke all on meter_counter from public;

alter table meter_identity add column guard text collate "C";
comment on column meter_identity.guard is 'Who may push under this name. NULL: anybody; empty: who has a key; else who ciphers under this system title, which the first such push has bound.';
create index on meter_identity (guard) where guard is not null;

-- guards_follow: after a change of keys or exceptions of these meters. What a
-- push has bound stays bound.
create function guards_follow(p_meters bigint[]) returns void language sql
security definer set search_path = public, pg_temp as $$
  update meter_identity k set guard = x.guard
    from (select i.identity,
                 case when p.meter_id is not null then null
                      when i.guard <> '' then i.guard
                      when exists (select from meter_identity j join meter_secret s on s.identity = j.identity
                                    where j.meter_id = i.meter_id and s.key_mark is not null) then '' end as guard
            from meter_identity i left join meter_plain p on p.meter_id = i.meter_id
           where i.meter_id = any (p_meters)) x
   where k.identity = x.identity and k.guard is distinct from x.guard
$$;

create function meter_plain_guards() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  perform guards_follow(array[coalesce(new.meter_id, old.meter_id)]);
  return null;
end $$;
create trigger meter_plain_guards after insert or delete on meter_plain
  for each row execute function meter_plain_guards();

-- New keys count anew; keys that are gone bind nobody.
create function meter_secret_guards() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
declare
  name text := coalesce(new.identity, old.identity);
  meters bigint[] := array(select meter_id from meter_identity where identity = name or guard = name);
begin
  if tg_op <> 'INSERT' then
    update meter_counter set heard = -1, recent = '{}' where title = name;
    update meter_identity set guard = null where guard = name and (tg_op = 'DELETE' or new.key_mark is null);
  end if;
  perform guards_follow(meters);
  return null;
end $$;
create trigger meter_secret_kept after insert on meter_secret
  for each row when (new.key_mark is not null) execute function meter_secret_guards();
create trigger meter_secret_changed after update of key_mark on meter_secret
  for each row when (old.key_mark is distinct from new.key_mark) execute function meter_secret_guards();
create trigger meter_secret_gone after delete on meter_secret
  for each row when (old.key_mark is not null) execute function meter_secret_guards();

-- A name that is new: keys may be kept for it already, or for its meter.
create function meter_identity_guard() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  if exists (select from meter_plain where meter_id = new.meter_id) then
    return new;
  end if;
  new.guard := coalesce(new.guard,
    (select max(guard) from meter_identity where meter_id = new.meter_id),
    (select '' from meter_secret where identity = new.identity and key_mark is not null));
  return new;
end $$;
create trigger meter_identity_guard before insert on meter_identity
  for each row execute function meter_identity_guard();

-- What a meter that is gone had said is stored no more: nobody is told so.
create function meter_identity_recent() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  update meter_counter set recent = '{}' where title = old.guard;
  return null;
end $$;
create trigger meter_identity_recent after delete on meter_identity
  for each row when (old.guard <> '') execute function meter_identity_recent();

-- push_judge: ciphered pushes of one batch, in the transaction that stores them.
-- The counter is raised here: of two listeners that have the same, the second
-- waits for the first, and sees it. No row: it is new; repeat: it is stored
-- already, and changes nothing; replayed, foreign_identity: it is refused.
create function push_judge(p_ord bigint[], p_identity text[], p_meter bigint[], p_guard text[],
  p_title text[], p_counter bigint[], p_mark bigint[])
returns table (ord bigint, verdict text) language plpgsql volatile strict rows 10
security definer set search_path = public, pg_temp as $$
declare
  x record;
begin
  for x in
    select u.* from unnest(p_ord, p_identity, p_meter, p_guard, p_title, p_counter, p_mark)
           as u (o, identity, meter_id, guard, title, counter, mark)
     order by u.title, u.counter, u.o
  loop
    ord := x.o;
    if x.guard is distinct from x.title and not title_bind(x.identity, x.meter_id, x.title) then
      verdict := 'foreign_identity';
      return next;
      continue;
    end if;
    insert into meter_counter as c (title, heard, recent) values (x.title, x.counter, array[x.mark])
    on conflict (title) do update
       set heard = excluded.heard, recent = (excluded.recent || c.recent)[1:8]
     where c.heard < excluded.heard;
    if not found then
      select case when x.mark = any (c.recent) then 'repeat' else 'replayed' end into verdict
        from meter_counter c where c.title = x.title;
      return next;
    end if;
  end loop;
end $$;

-- title_bind: the first ciphered push under a name binds it to its system
-- title. False: another has it, or has the keys that are kept for the name.
create function title_bind(p_identity text, p_meter bigint, p_title text) returns boolean
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
  if exists (select from meter_plain where meter_id = p_meter) then
    return true;
  end if;
  if exists (select from meter_secret s join meter_secret t on t.identity = p_title
              where s.identity = p_identity and s.key_mark <> t.key_mark) then
    return false;
  end if;
  update meter_identity set guard = p_title
   where meter_id = p_meter and (guard is null or guard = '');
  return not exists (select from meter_identity where meter_id = p_meter and guard <> p_title);
end $$;

-- counters_reserve: so many counters for sending, kept before one is used.
create function counters_reserve(p_title text, p_n int) returns bigint
language sql volatile strict security definer set search_path = public, pg_temp as $$
  insert into meter_counter as c (title, sent) values (p_title, p_n)
  on conflict (title) do update set sent = c.sent + excluded.sent
  returning sent - p_n
$$;

revoke all on function guards_follow, meter_plain_guards, meter_secret_guards, meter_identity_guard,
  meter_identity_recent, push_judge, title_bind, counters_reserve from public;
grant execute on function push_judge, counters_reserve to lazur_listener;
