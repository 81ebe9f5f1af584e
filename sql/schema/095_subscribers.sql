-- «Абоненты»: what the list of three million stands on, and what happens to
-- meters and operations when a subscriber comes, changes and goes.

-- How many --------------------------------------------------------------------------

create table subscriber_count (
  id        bigint generated always as identity primary key,
  branch_id int not null,
  tariff_id int not null,
  n         bigint not null
);
comment on table subscriber_count is 'Subscribers by branch and tariff (0: without one): the sum of n, so that no list counts them. Who changes subscribers adds a row and waits for nobody; rows of one key are folded into one now and then.';

-- subscriber_count_fold: rows that nobody holds become one of each key.
create function subscriber_count_fold() returns void language sql volatile
security definer set search_path = public, pg_temp as $$
  with held as (
    select id from subscriber_count for update skip locked
  ), gone as (
    delete from subscriber_count c using held h where c.id = h.id
    returning c.branch_id, c.tariff_id, c.n
  )
  insert into subscriber_count (branch_id, tariff_id, n)
    select branch_id, tariff_id, sum(n) from gone group by 1, 2 having sum(n) <> 0
$$;

-- subscriber_count_tidy: folds what has become long; a short one by chance, so
-- that a million single changes do not fold a million times.
create function subscriber_count_tidy() returns void language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  if random() < 0.03 or exists (select from subscriber_count offset 5000) then
    perform subscriber_count_fold();
  end if;
end $$;

create function subscriber_counted() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    insert into subscriber_count (branch_id, tariff_id, n)
      select coalesce(branch_id, 0), coalesce(tariff_id, 0), count(*) from made group by 1, 2;
  else
    insert into subscriber_count (branch_id, tariff_id, n)
      select coalesce(branch_id, 0), coalesce(tariff_id, 0), -count(*) from gone group by 1, 2;
  end if;
  perform subscriber_count_tidy();
  return null;
end $$;
create trigger subscriber_made after insert on subscriber
  referencing new table as made for each statement execute function subscriber_counted();
create trigger subscriber_gone after delete on subscriber
  referencing old table as gone for each statement execute function subscriber_counted();

-- For each row and not of whole tables: a debit, which is an update too, then
-- costs nothing.
create function subscriber_moved() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  insert into subscriber_count (branch_id, tariff_id, n)
    values (coalesce(old.branch_id, 0), coalesce(old.tariff_id, 0), -1),
           (coalesce(new.branch_id, 0), coalesce(new.tariff_id, 0), 1);
  return null;
end $$;
create trigger subscriber_moved after update of branch_id, tariff_id on subscriber
  for each row when (old.branch_id is distinct from new.branch_id
                  or old.tariff_id is distinct from new.tariff_id)
  execute function subscriber_moved();

create function subscriber_moved_all() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  perform subscriber_count_tidy();
  return null;
end $$;
create trigger subscriber_moved_all after update of branch_id, tariff_id on subscriber
  for each statement execute function subscriber_moved_all();

insert into subscriber_count (branch_id, tariff_id, n)
  select coalesce(branch_id, 0), coalesce(tariff_id, 0), count(*) from subscriber group by 1, 2;

-- In which order ----------------------------------------------------------------------
-- One for each column of the list. The balance is in none of them: a debit stays
-- a HOT update. branch_id is what row security reads: the ids of a page come
-- from the index alone.

create index subscriber_by_account on subscriber (account, id) include (branch_id);
create index subscriber_by_address on subscriber (address collate "ru-x-icu", id) include (branch_id);
create index subscriber_by_first on subscriber (first_name, id) include (branch_id);
create index subscriber_by_last on subscriber (last_name, id) include (branch_id);
create index subscriber_by_phone on subscriber (phone collate "C", id) include (branch_id);
create index subscriber_by_email on subscriber ((lower(email)) collate "C", id) include (branch_id);
create index subscriber_by_shows on subscriber (shows_balance, id) include (branch_id);
create index subscriber_by_tariff on subscriber (tariff_id, id) include (branch_id);
create index subscriber_by_branch on subscriber (branch_id, id);
drop index subscriber_branch_id_idx;

-- subscribers_by_tariff, subscribers_by_branch: a page in the order of names of
-- a directory. The counters say which of its entries the page touches; those
-- are walked by index.
create function subscribers_by_tariff(p_rows bigint, p_before bigint, p_desc boolean)
returns table (id bigint) language sql stable as $$
  with entry as (
    select c.tariff_id as of_id, sum(c.n) as n from subscriber_count c group by 1 having sum(c.n) > 0
  ), placed as (
    select e.of_id, sum(e.n) over w - e.n as start, sum(e.n) over w as stop
      from (select e.*, row_number() over (order by t.name collate "ru-x-icu", t.id)
                        * case when p_desc then -1 else 1 end as place
              from entry e left join tariff t on t.id = e.of_id) e
    window w as (order by e.place)
  )
  select s.id
    from placed p
    cross join lateral (
      (select x.id from subscriber x where x.tariff_id = p.of_id and p.of_id <> 0 and not p_desc
        order by x.id limit least(p_rows, p.stop - p_before) offset greatest(p_before - p.start, 0))
      union all
      (select x.id from subscriber x where x.tariff_id = p.of_id and p.of_id <> 0 and p_desc
        order by x.id desc limit least(p_rows, p.stop - p_before) offset greatest(p_before - p.start, 0))
      union all
      (select x.id from subscriber x where x.tariff_id is null and p.of_id = 0 and not p_desc
        order by x.id limit least(p_rows, p.stop - p_before) offset greatest(p_before - p.start, 0))
      union all
      (select x.id from subscriber x where x.tariff_id is null and p.of_id = 0 and p_desc
        order by x.id desc limit least(p_rows, p.stop - p_before) offset greatest(p_before - p.start, 0))) s
   where p.stop > p_before and p.start < p_before + p_rows
   order by p.start limit p_rows
$$;

create function subscribers_by_branch(p_rows bigint, p_before bigint, p_desc boolean)
returns table (id bigint) language sql stable as $$
  with entry as (
    select c.branch_id as of_id, sum(c.n) as n from subscriber_count c group by 1 having sum(c.n) > 0
  ), placed as (
    select e.of_id, sum(e.n) over w - e.n as start, sum(e.n) over w as stop
      from (select e.*, row_number() over (order by b.name collate "ru-x-icu", b.id)
                        * case when p_desc then -1 else 1 end as place
              from entry e left join branch b on b.id = e.of_id) e
    window w as (order by e.place)
  )
  select s.id
    from placed p
    cross join lateral (
      (select x.id from subscriber x where x.branch_id = p.of_id and p.of_id <> 0 and not p_desc
        order by x.id limit least(p_rows, p.stop - p_before) offset greatest(p_before - p.start, 0))
      union all
      (select x.id from subscriber x where x.branch_id = p.of_id and p.of_id <> 0 and p_desc
        order by x.id desc limit least(p_rows, p.stop - p_before) offset greatest(p_before - p.start, 0))
      union all
      (select x.id from subscriber x where x.branch_id is null and p.of_id = 0 and not p_desc
        order by x.id limit least(p_rows, p.stop - p_before) offset greatest(p_before - p.start, 0))
      union all
      (select x.id from subscriber x where x.branch_id is null and p.of_id = 0 and p_desc
        order by x.id desc limit least(p_rows, p.stop - p_before) offset greatest(p_before - p.start, 0))) s
   where p.stop > p_before and p.start < p_before + p_rows
   order by p.start limit p_rows
$$;

-- Looked for by what --------------------------------------------------------------------

-- subscriber_words: all that a subscriber is looked for by, a line each, in
-- lower case; the telephone also as bare digits.
create function subscriber_words(p_account text, p_address text, p_name text,
  p_phone text, p_email text) returns text language sql immutable parallel safe as $$
  select lower((E'\n' || coalesce(p_account, '') || E'\n' || p_address || E'\n' || p_name || E'\n'
                || p_phone || E'\n' || regexp_replace(p_phone, '[^0-9]', '', 'g') || E'\n' || p_email)
               collate "ru-x-icu") collate "C"
$$;
create index subscriber_words_trgm on subscriber
  using gin (subscriber_words(account collate "C", address, full_name, phone, email) gin_trgm_ops);

-- subscriber_found: those that fit, found by index; p_cap null: all.
create function subscriber_found(p_pattern text, p_cap int)
returns table (id bigint) language sql stable security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
  select s.id from subscriber s
   where subscriber_words(s.account collate "C", s.address, s.full_name, s.phone, s.email) like p_pattern
   limit p_cap
$$;

-- subscriber_search: subscribers that hold the phrase, at most p_cap of them (all
-- when it is null). p_like is the phrase between % with LIKE's own signs
-- escaped. One or two signs have no trigrams inside: they are what a line begins
-- with. A phrase that very many hold is met sooner by walking the table than
-- by collecting all of them from the index; how far one walks is limited.
-- LIKE is not leakproof, so row security would keep it from the index: the
-- function asks itself who is asking, and hands out ids only.
create function subscriber_search(p_like text, p_cap int)
returns table (id bigint) language plpgsql stable security definer
set search_path = public, pg_temp as $$
declare
  pattern text := lower(p_like collate "ru-x-icu") collate "C";
  met bigint[];
begin
  if app_role() <> 'admin' then
    return;
  end if;
  if length(replace(pattern, '\', '')) < 5 then
    pattern := E'%\n' || substr(pattern, 2);
  end if;
  if p_cap is not null
     and (select count(*) from (
            select subscriber_words(s.account collate "C", s.address, s.full_name, s.phone, s.email) as words
              from subscriber s limit 2000) x where x.words like pattern) >= 400 then
    met := array(select x.id from (
             select s.id, subscriber_words(s.account collate "C", s.address, s.full_name, s.phone, s.email) as words
               from subscriber s limit 200000) x where x.words like pattern limit p_cap);
    if cardinality(met) = p_cap then
      return query select unnest(met);
      return;
    end if;
  end if;
  return query select f.id from subscriber_found(pattern, p_cap) f;
end $$;

-- Meters of nobody --------------------------------------------------------------------------

create index meter_free on meter (serial, id) include (branch_id) where subscriber_id is null;
create index meter_free_trgm on meter using gin (serial gin_trgm_ops) where subscriber_id is null;

-- meter_free_search: meters bound to nobody whose serial holds the phrase, for
-- an administrator.
create function meter_free_search(p_like text, p_cap int)
returns table (id bigint) language sql stable security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
  select m.id from meter m
   where m.subscriber_id is null and m.serial like p_like and app_role() = 'admin'
   limit p_cap
$$;

-- Changes ------------------------------------------------------------------------------------

-- subscriber_lock: takes the locks that a change of these subscribers, or of
-- whom these meters belong to, will need, in the order of sessions and their
-- debits: the meters' states, then the subscribers by number. What the change
-- then does waits for nobody. Meters that moved in the meantime, and a wait in
-- a circle with somebody who has another order, make it begin anew.
create function subscriber_lock(p_subscribers bigint[], p_meters bigint[])
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  theirs bigint[];
begin
  if app_role() <> 'admin' then
    raise exception 'role % may not change subscribers', app_role() using errcode = 'LZ403';
  end if;
  for attempt in 1 .. 10 loop
    begin
      theirs := array(select m.id from meter m where m.subscriber_id = any (p_subscribers)
                      union select unnest(p_meters) order by 1);
      perform from meter_state t where t.meter_id = any (theirs) order by t.meter_id for update;
      perform from subscriber s where s.id = any (p_subscribers) order by s.id for no key update;
      if theirs = array(select m.id from meter m where m.subscriber_id = any (p_subscribers)
                        union select unnest(p_meters) order by 1) then
        return;
      end if;
      raise exception 'meters moved' using errcode = 'serialization_failure';
    exception when deadlock_detected or serialization_failure then
      if attempt = 10 then
        raise;
      end if;
    end;
  end loop;
end $$;

-- subscriber_version: what a form shows, in a word; the balance moves by itself
-- and is not in it.
create function subscriber_version(s subscriber) returns text language sql immutable as $$
  select md5(row(s.account, s.address, s.branch_id, s.tariff_id, s.first_name, s.last_name,
                 s.phone, s.email, s.calculates_balance, s.shows_balance, s.cabinet_allowed)::text)
$$;

-- subscriber_named_as: how the log calls a subscriber.
create function subscriber_named_as(p_id bigint, p_account text) returns text
language sql immutable as $$ select 'счёт ' || coalesce(p_account, 'без номера (#' || p_id || ')') $$;

-- subscribers_delete: they go with all operations of their accounts; their
-- meters stay, with archives, sessions and commands, bound to nobody. p_version
-- is what was shown of a single one: LZ409 when it has changed. Those that are
-- gone already do not count.
create function subscribers_delete(p_ids bigint[], p_version text, p_address inet)
returns int language plpgsql security definer set search_path = public, pg_temp as $$
declare
  deleted int;
begin
  perform subscriber_lock(p_ids, '{}');
  if p_version is not null and not exists (
       select from subscriber s where s.id = any (p_ids) and subscriber_version(s) = p_version) then
    raise exception 'subscriber % has changed', p_ids using errcode = 'LZ409';
  end if;
  update meter set subscriber_id = null where subscriber_id = any (p_ids);
  delete from account_operation where subscriber_id = any (p_ids);
  with gone as (
    delete from subscriber where id = any (p_ids) returning id, account
  ), told as (
    insert into audit_log (operator_login, action, note, address)
      select app_login(), 'Удалён абонент', subscriber_named_as(id, account), p_address
        from gone order by id
  )
  select count(*) into deleted from gone;
  return deleted;
end $$;
comment on table account_operation is 'The history of accounts, only ever added to; it goes with its subscriber, and only with him. Accruals and corrections add their amount to the balance, debits take it away.';

-- meters_bind: meters of nobody become those of a subscriber. LZ404: he is gone;
-- LZ409: one of them is bound by now, and none is.
create function meters_bind(p_subscriber bigint, p_meters bigint[], p_address inet)
returns int language plpgsql security definer set search_path = public, pg_temp as $$
declare
  whose text; bound int;
begin
  perform subscriber_lock(array[p_subscriber], p_meters);
  select subscriber_named_as(id, account) into whose from subscriber where id = p_subscriber;
  if not found then
    raise exception 'no subscriber %', p_subscriber using errcode = 'LZ404';
  end if;
  with taken as (
    update meter set subscriber_id = p_subscriber
     where id = any (p_meters) and subscriber_id is null
    returning id, serial
  ), told as (
    insert into audit_log (operator_login, action, note, address)
      select app_login(), 'Прибор привязан к абоненту', 'прибор №' || serial || ', ' || whose, p_address
        from taken order by serial
  )
  select count(*) into bound from taken;
  if bound <> (select count(distinct x) from unnest(p_meters) x) then
    raise exception 'a meter is bound already' using errcode = 'LZ409';
  end if;
  return bound;
end $$;

-- meter_unbind: one of his meters is nobody's again; its history stays with it.
-- LZ409: it is not his any more.
create function meter_unbind(p_subscriber bigint, p_meter bigint, p_address inet)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  number text;
begin
  perform subscriber_lock(array[p_subscriber], array[p_meter]);
  update meter set subscriber_id = null
   where id = p_meter and subscriber_id = p_subscriber returning serial into number;
  if not found then
    raise exception 'meter % is not of subscriber %', p_meter, p_subscriber using errcode = 'LZ409';
  end if;
  insert into audit_log (operator_login, action, note, address)
    select app_login(), 'Прибор отвязан от абонента',
           'прибор №' || number || ', ' || subscriber_named_as(id, account), p_address
      from subscriber where id = p_subscriber;
end $$;

-- Rights ----------------------------------------------------------------------------------------

alter table subscriber_count enable row level security;
create policy administration on subscriber_count for select to lazur_admin
  using ((select app_role()) = 'admin');
grant select on subscriber_count to lazur_admin;
revoke all on function subscriber_count_fold, subscriber_count_tidy, subscriber_counted, subscriber_moved,
  subscriber_moved_all, subscribers_by_tariff, subscribers_by_branch, subscriber_found, subscriber_search,
  meter_free_search, subscriber_lock, subscriber_version, subscriber_named_as, subscribers_delete,
  meters_bind, meter_unbind from public;
grant execute on function subscribers_by_tariff, subscribers_by_branch, subscriber_search,
  meter_free_search, subscriber_lock, subscriber_version, subscriber_named_as, subscribers_delete,
  meters_bind, meter_unbind to lazur_admin;
-- Whoever writes a subscriber evaluates the index of words.
grant execute on function subscriber_words to public;
