-- Keys and passwords of meters: what an association needs, sealed by the
-- programs with a key that is not here; who set which when; a change of keys
-- that is taken back when the meter did not take it.

-- meter_secret.candidate is what a meter is to have instead. Until the meter is
-- known to have it both are kept, and once it may have reached the meter
-- (sent) each session tries both, the other one first every other time.
alter table meter_secret
  add column changed_at timestamptz not null default now(),
  add column used_at    timestamptz,
  add column ciphers    boolean not null default false,
  add column candidate         bytea,
  add column candidate_mark    bigint,
  add column candidate_names   text[] not null default '{}',
  add column candidate_at      timestamptz,
  add column candidate_by      text not null default '',
  add column candidate_command bigint,
  add column sent  boolean not null default false,
  add column tries int not null default 0,
  add column outcome         text check (outcome in ('confirmed', 'refused', 'withdrawn')),
  add column outcome_at      timestamptz,
  add column outcome_refusal text not null default '',
  add constraint candidate_whole check ((candidate is null) = (candidate_command is null)),
  add constraint nothing_sent check (candidate is not null or not sent);
comment on table meter_secret is 'Keys and passwords of a meter, sealed by AES-256-GCM with a key that is not in the database (lib/base/seal.h), about its identity: the lines of lib/base/secret.h.';
comment on column meter_secret.used_at is 'When it was last handed to a session, to the hour.';
comment on column meter_secret.ciphers is 'Its associations are ciphered and use up counters.';
comment on column meter_secret.candidate_mark is 'As key_mark, of the candidate.';
comment on column meter_secret.candidate is 'What the meter is to have instead of sealed, once it has taken it; sealed likewise.';
comment on column meter_secret.candidate_names is 'Which of the names differ.';
comment on column meter_secret.sent is 'The candidate may have reached the meter: nobody knows which of the two it has.';
comment on column meter_secret.tries is 'Sessions since it was sent: even ones begin with the candidate.';
comment on column meter_secret.outcome is 'How the last change of keys ended.';

create table meter_secret_item (
  identity text collate "C" not null references meter_secret on update cascade on delete cascade,
  name     text not null check (name in ('mechanism', 'suite', 'sap', 'title', 'lls', 'hls', 'ek', 'ak', 'kek', 'radio')),
  set_at   timestamptz not null default now(),
  set_by   text not null default '',
  how      text not null check (how in ('hand', 'import', 'rotation', 'tool')),
  primary key (identity, name)
);
comment on table meter_secret_item is 'Which lines are sealed for a meter, since when and by whom: what can be told without the key.';

alter table meter_secret enable row level security;
alter table meter_secret_item enable row level security;
create policy for_sessions on meter_secret for select to lazur_listener using (true);

-- keys_door: everything here is an administrator's.
create function keys_door() returns void language plpgsql stable as $$
begin
  if app_role() <> 'admin' then
    raise exception 'role % may not keep keys', app_role() using errcode = 'LZ403';
  end if;
end $$;

-- keys_names: {ek,ak} as people read it.
create function keys_names(p_names text[]) returns text language sql immutable as $$
  select coalesce(string_agg(case x.name when 'mechanism' then 'механизм' when 'suite' then 'набор' when 'sap' then 'SAP'
      when 'title' then 'системный титул' when 'lls' then 'пароль LLS' when 'hls' then 'секрет HLS'
      when 'ek' then 'EK' when 'ak' then 'AK' when 'kek' then 'мастер-ключ' when 'radio' then 'пароль радиоканала'
      else x.name end, ', ' order by x.ord), '')
    from unnest(p_names) with ordinality x (name, ord)
$$;

-- meter_keys_list: what is sealed for meters, to be opened by the program that
-- has the key. The one under which it is kept on comes first.
create function meter_keys_list(p_meters bigint[])
returns table (meter_id bigint, identity text, sealed bytea, changed_at timestamptz, used_at timestamptz,
  state text, candidate bytea, candidate_names text, candidate_at timestamptz, candidate_by text,
  outcome_at timestamptz, outcome_refusal text)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  perform keys_door();
  return query
    select k.meter_id, s.identity, s.sealed, s.changed_at, s.used_at,
           case when s.candidate is null then coalesce(s.outcome, 'none')
                when not s.sent then 'queued'
                when exists (select from command c where c.id = s.candidate_command
                                and c.state in ('queued', 'sent')) then 'unconfirmed'
                else 'left' end,
           s.candidate, keys_names(s.candidate_names), s.candidate_at, s.candidate_by,
           s.outcome_at, s.outcome_refusal
      from meter_identity k join meter_secret s on s.identity = k.identity
     where k.meter_id = any (p_meters)
     order by k.meter_id, s.candidate is null, s.ciphers desc, s.identity;
end $$;

-- meter_keys_items: since when and by whom.
create function meter_keys_items(p_meter bigint)
returns table (name text, set_at timestamptz, set_by text, how text)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  perform keys_door();
  return query
    select distinct on (i.name) i.name, i.set_at, i.set_by, i.how
      from meter_identity k join meter_secret_item i on i.identity = k.identity
     where k.meter_id = p_meter order by i.name, i.set_at desc;
end $$;

-- meter_keys_viewed: a value is about to be shown.
create function meter_keys_viewed(p_meter bigint, p_name text, p_address inet) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  its text;
begin
  perform keys_door();
  select serial into its from meter where id = p_meter;
  if not found then
    raise exception 'no meter %', p_meter using errcode = 'LZ404';
  end if;
  insert into audit_log (operator_login, action, note, address)
    values (app_login(), 'Просмотр ключей прибора', 'прибор №' || its || ': ' || keys_names(array[p_name]), p_address);
end $$;

-- keys_hold: the meter's secrets are ours until the end of the transaction.
-- LZ409 when they are not as they were shown, or a change is on its way.
create function keys_hold(p_meter bigint, p_was bytea[]) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  its text; held bytea[];
begin
  perform keys_door();
  select serial into its from meter where id = p_meter for no key update;
  if not found then
    raise exception 'no meter %', p_meter using errcode = 'LZ404';
  end if;
  held := array(select s.sealed from meter_identity k join meter_secret s on s.identity = k.identity
                 where k.meter_id = p_meter order by s.identity for update of s);
  if array(select unnest(held) order by 1) is distinct from array(select unnest(p_was) order by 1) then
    raise exception 'the keys of meter % have changed', p_meter using errcode = 'LZ409';
  end if;
  if exists (select from meter_identity k join meter_secret s on s.identity = k.identity
              where k.meter_id = p_meter and s.candidate is not null) then
    raise exception 'the keys of meter % are being changed', p_meter using errcode = 'LZ409';
  end if;
  return its;
end $$;

-- meter_keys_put: what is kept for a meter from now on, under one name.
-- p_was      all that was sealed for it
-- p_sealed   NULL: nothing is kept any more
-- p_identity what it is sealed about; another name of the meter, if new
-- p_set, p_removed  names of the lines that are other than before, or gone
-- p_file     of an import
create function meter_keys_put(p_meter bigint, p_was bytea[], p_identity text, p_sealed bytea,
  p_mark bigint, p_ciphers boolean, p_set text[], p_removed text[], p_how text, p_file text, p_address inet)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  its text := keys_hold(p_meter, p_was); whose bigint; old text[];
begin
  if p_sealed is not null then
    insert into meter_identity (identity, meter_id) values (p_identity, p_meter) on conflict do nothing;
    select k.meter_id into whose from meter_identity k where k.identity = p_identity;
    if whose <> p_meter then
      raise exception 'the name is that of meter %', whose using errcode = 'LZ422';
    end if;
  end if;
  old := array(select s.identity from meter_identity k join meter_secret s on s.identity = k.identity
                where k.meter_id = p_meter order by 1);
  if p_sealed is not null then
    insert into meter_secret (identity, sealed, key_mark, ciphers) values (p_identity, p_sealed, p_mark, p_ciphers)
    on conflict (identity) do update set sealed = excluded.sealed, key_mark = excluded.key_mark,
      ciphers = excluded.ciphers, changed_at = now(), outcome = null;
    -- A counter of ours never goes back, under whatever name.
    insert into meter_counter as c (title, sent)
      select p_identity, max(x.sent) from meter_counter x
       where x.title = any (old) and x.title <> p_identity and x.sent > 0 having count(*) > 0
    on conflict (title) do update set sent = greatest(c.sent, excluded.sent);
    insert into meter_secret_item (identity, name, set_at, set_by, how)
      select distinct on (i.name) p_identity, i.name, i.set_at, i.set_by, i.how from meter_secret_item i
       where i.identity = any (old) and i.identity <> p_identity order by i.name, i.set_at desc
    on conflict do nothing;
    delete from meter_secret_item where identity = p_identity and name = any (p_removed);
    insert into meter_secret_item as i (identity, name, set_by, how)
      select p_identity, n, app_login(), p_how from unnest(p_set) n
    on conflict (identity, name) do update set set_at = now(), set_by = excluded.set_by, how = excluded.how;
  end if;
  delete from meter_secret where identity = any (old) and (p_sealed is null or identity <> p_identity);
  insert into audit_log (operator_login, action, note, address)
    values (app_login(), case when p_sealed is null then 'Удалены ключи прибора' else 'Изменены ключи прибора' end,
      'прибор №' || its
      || case when cardinality(p_set) > 0 then ': заданы ' || keys_names(p_set) else '' end
      || case when cardinality(p_removed) > 0 then case when cardinality(p_set) > 0 then '; ' else ': ' end
           || 'удалены ' || keys_names(p_removed) else '' end
      || case when p_how = 'import' then ' (импорт ' || p_file || ')' else '' end, p_address);
end $$;

-- keys_command: the command that brings the candidate to the meter.
create function keys_command(p_meter bigint, p_names text[]) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  made bigint := nextval(pg_get_serial_sequence('command', 'id'));
begin
  update command set state = 'superseded', superseded_by = made
   where meter_id = p_meter and slot = 'keys' and state in ('waiting', 'queued', 'sent', 'delivered');
  insert into command (id, meter_id, kind, operator_login, note)
    values (made, p_meter, 'keys', app_login(), keys_names(p_names));
  return made;
end $$;

-- meter_keys_rotate: the meter is to have p_candidate instead of p_was.
create function meter_keys_rotate(p_meter bigint, p_was bytea[], p_identity text, p_candidate bytea,
  p_mark bigint, p_names text[], p_address inet)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  its text := keys_hold(p_meter, p_was);
begin
  if cardinality(p_was) <> 1 then
    raise exception 'meter % has several secrets', p_meter using errcode = 'LZ422';
  end if;
  update meter_secret s
     set candidate = p_candidate, candidate_mark = p_mark, candidate_names = p_names, candidate_at = now(), candidate_by = app_login(),
         candidate_command = keys_command(p_meter, p_names), sent = false, tries = 0, outcome = null
   where s.identity = p_identity and s.identity in (select k.identity from meter_identity k where k.meter_id = p_meter);
  if not found then
    raise exception 'nothing is kept as %', p_identity using errcode = 'LZ409';
  end if;
  insert into audit_log (operator_login, action, note, address)
    values (app_login(), 'Смена ключей прибора', 'прибор №' || its || ': ' || keys_names(p_names), p_address);
end $$;

-- meter_keys_again: a change whose command has ended and left nobody knowing
-- goes on: the same candidate, another command.
create function meter_keys_again(p_meter bigint, p_address inet)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  its text; s meter_secret;
begin
  perform keys_door();
  select serial into its from meter where id = p_meter for no key update;
  select x.* into s from meter_identity k join meter_secret x on x.identity = k.identity
   where k.meter_id = p_meter and x.sent for update of x;
  if not found or exists (select from command c where c.id = s.candidate_command and c.state in ('queued', 'sent')) then
    raise exception 'no change of keys of meter % is left', p_meter using errcode = 'LZ409';
  end if;
  update meter_secret set candidate_command = keys_command(p_meter, s.candidate_names) where identity = s.identity;
  insert into audit_log (operator_login, action, note, address)
    values (app_login(), 'Смена ключей прибора', 'прибор №' || its || ': ' || keys_names(s.candidate_names) || ', повторно', p_address);
end $$;

-- meter_keys_withdraw: before anything of it was sent, with its command.
create function meter_keys_withdraw(p_meter bigint, p_address inet)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  its text; wanted bigint;
begin
  perform keys_door();
  select serial into its from meter where id = p_meter for no key update;
  select x.candidate_command into wanted from meter_identity k join meter_secret x on x.identity = k.identity
   where k.meter_id = p_meter and x.candidate is not null and not x.sent;
  -- The state again: a session may just have begun to send it.
  update command set state = 'cancelled' where id = wanted and state = 'queued';
  if not found then
    raise exception 'the change of keys of meter % cannot be taken back', p_meter using errcode = 'LZ409';
  end if;
  insert into audit_log (operator_login, action, note, address)
    values (app_login(), 'Отменена смена ключей прибора', 'прибор №' || its, p_address);
end $$;

-- meter_keys_named: whose they are, by serial number or system title.
create function meter_keys_named(p_names text[]) returns table (ord bigint, meter_id bigint, serial text)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  perform keys_door();
  return query
    select i.ord, m.id, m.serial
      from unnest(p_names) with ordinality i (name, ord)
      join meter_identity k on k.identity = i.name join meter m on m.id = k.meter_id;
end $$;

-- meter_keys_plain: whether the meter may push unciphered though it has keys.
create function meter_keys_plain(p_meter bigint, p_on boolean, p_address inet) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  its text;
begin
  perform keys_door();
  select serial into its from meter where id = p_meter for no key update;
  if not found then
    raise exception 'no meter %', p_meter using errcode = 'LZ404';
  end if;
  if p_on then
    insert into meter_plain (meter_id) values (p_meter) on conflict do nothing;
  else
    delete from meter_plain where meter_id = p_meter;
  end if;
  if found then
    insert into audit_log (operator_login, action, note, address)
      values (app_login(), case when p_on then 'Разрешена передача без шифрования' else 'Запрещена передача без шифрования' end,
        'прибор №' || its, p_address);
  end if;
end $$;

-- What becomes of a candidate --------------------------------------------------------

-- keys_settled: the meter has the candidate, or certainly not.
create function keys_settled(p_identity text, p_outcome text, p_refusal text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  s meter_secret; its text;
begin
  select * into s from meter_secret where identity = p_identity and candidate is not null for update;
  if not found then
    return;
  end if;
  update meter_secret
     set sealed = case when p_outcome = 'confirmed' then s.candidate else s.sealed end,
         key_mark = case when p_outcome = 'confirmed' then s.candidate_mark else s.key_mark end,
         changed_at = case when p_outcome = 'confirmed' then now() else s.changed_at end,
         candidate = null, candidate_mark = null, candidate_names = '{}', candidate_command = null, sent = false, tries = 0,
         outcome = p_outcome, outcome_at = now(), outcome_refusal = coalesce(p_refusal, '')
   where identity = p_identity;
  if p_outcome = 'confirmed' then
    insert into meter_secret_item as i (identity, name, set_by, how)
      select p_identity, n, s.candidate_by, 'rotation' from unnest(s.candidate_names) n
    on conflict (identity, name) do update set set_at = now(), set_by = excluded.set_by, how = excluded.how;
  end if;
  if p_outcome <> 'withdrawn' then
    select m.serial into its from meter_identity k join meter m on m.id = k.meter_id where k.identity = p_identity;
    insert into audit_log (operator_login, action, note)
      values (s.candidate_by, case p_outcome when 'confirmed' then 'Ключи прибора сменены' else 'Смена ключей не выполнена' end,
        'прибор №' || coalesce(its, p_identity) || ': ' || keys_names(s.candidate_names)
        || case when p_refusal <> '' then ', отказ: ' || p_refusal else '' end);
  end if;
end $$;

-- keys_taken: the meter has shown that it has the candidate.
create function keys_taken(p_identity text, p_command bigint) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update command set state = 'executed', executed_at = coalesce(executed_at, now())
   where id = p_command and state in ('queued', 'sent', 'delivered');
  perform keys_settled(p_identity, 'confirmed', ''); -- its command may have ended before
end $$;

-- keys_proven: meters that have just pushed by their candidates. Of nothing it
-- is not called.
create function keys_proven(p_identities text[]) returns int
language plpgsql volatile strict security definer set search_path = public, pg_temp as $$
declare
  s record; n int := 0;
begin
  for s in select x.identity, x.candidate_command from meter_secret x
            where x.identity = any (p_identities) and x.sent order by x.identity for update loop
    perform keys_taken(s.identity, s.candidate_command);
    n := n + 1;
  end loop;
  return n;
end $$;

-- command_keys_follow: with the command's state, whoever changes it. What was
-- sent and not answered stays a candidate, whatever becomes of the command.
create function command_keys_follow() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
declare
  s meter_secret;
begin
  select * into s from meter_secret where candidate_command = new.id;
  if not found then
    return null;
  end if;
  if new.state = 'sent' then
    update meter_secret set sent = true where identity = s.identity and not sent;
  elsif new.state = 'executed' then
    perform keys_settled(s.identity, 'confirmed', '');
  elsif new.state = 'refused' then
    perform keys_settled(s.identity, 'refused', new.refusal);
  elsif new.state in ('cancelled', 'expired', 'superseded') and not s.sent then
    perform keys_settled(s.identity, 'withdrawn', '');
  end if;
  return null;
end $$;
create index meter_secret_candidate on meter_secret (candidate_command) where candidate_command is not null;
create trigger command_keys_follow after update of state on command
  for each row when (new.slot = 'keys' and old.state is distinct from new.state)
  execute function command_keys_follow();

-- What sessions are given ---------------------------------------------------------------

create type meter_keys as (
  identity  text,
  sealed    bytea,
  candidate bytea,
  try       smallint,
  counter   bigint
);
comment on type meter_keys is 'try: 0 only sealed; 1 sealed, then candidate; 2 candidate, then sealed. counter: the first of 16384, kept by counters_reserve().';

-- meter_keys_take: for a session that associates. p_identity: what the meter
-- called itself; its keys may stand under another of its names. Of no meter it
-- is not called.
create function meter_keys_take(p_meter bigint, p_identity text) returns meter_keys
language plpgsql volatile strict security definer set search_path = public, pg_temp as $$
declare
  s meter_secret; given meter_keys;
begin
  select x.* into s from meter_identity k join meter_secret x on x.identity = k.identity
   where k.meter_id = p_meter
   order by x.candidate is null, x.ciphers desc, x.identity <> p_identity limit 1;
  if not found then
    return given;
  end if;
  if s.sent or s.used_at is null or s.used_at < now() - interval '1 hour' then
    update meter_secret x
       set used_at = now(), tries = x.tries + x.sent::int
     where x.identity = s.identity
    returning * into s;
  end if;
  given.identity := s.identity;
  given.sealed := s.sealed;
  given.candidate := s.candidate;
  given.try := case when not s.sent then 0 when s.tries % 2 = 1 then 1 else 2 end;
  given.counter := case when s.ciphers then counters_reserve(s.identity, 16384) + 1 else 0 end;
  return given;
end $$;

-- meter_secrets_heard: for meters that push ciphered telegrams; the candidate
-- only where the meter may have it. And one counter of ours, for the answer to
-- a push that wants one: kept before it is used.
create function meter_secrets_heard(p_identities text[])
returns table (identity text, sealed bytea, candidate bytea, counter bigint)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
  update meter_secret x set used_at = now()
   where x.identity in (select y.identity from meter_secret y
                         where y.identity = any (p_identities)
                           and (y.used_at is null or y.used_at < now() - interval '1 hour')
                         order by y.identity for no key update skip locked);
  return query
    select s.identity, s.sealed, case when s.sent then s.candidate end,
           case when s.key_mark is not null then counters_reserve(s.identity, 1) + 1 end
      from (select * from meter_secret x where x.identity = any (p_identities) order by x.identity) s;
end $$;

-- meter_secret_keep: lazur-secret, by whoever owns the database.
create function meter_secret_keep(p_identity text, p_sealed bytea, p_mark bigint, p_ciphers boolean, p_names text[])
returns void language sql set search_path = public, pg_temp as $$
  insert into meter_secret (identity, sealed, key_mark, ciphers) values (p_identity, p_sealed, p_mark, p_ciphers)
  on conflict (identity) do update set sealed = excluded.sealed, key_mark = excluded.key_mark,
    ciphers = excluded.ciphers, changed_at = now(), candidate = null, candidate_mark = null, candidate_names = '{}', candidate_command = null, sent = false, tries = 0, outcome = null;
  delete from meter_secret_item where identity = p_identity;
  insert into meter_secret_item (identity, name, set_by, how)
    select p_identity, n, session_user, 'tool' from unnest(p_names) n
$$;

revoke all on function keys_door, keys_names, meter_keys_list, meter_keys_items, meter_keys_viewed, keys_hold,
  meter_keys_put, keys_command, meter_keys_rotate, meter_keys_again, meter_keys_withdraw,
  meter_keys_named, keys_settled, keys_taken, keys_proven, meter_keys_plain, command_keys_follow, meter_keys_take, meter_secrets_heard, meter_secret_keep from public;
grant execute on function meter_keys_list, meter_keys_items, meter_keys_viewed, meter_keys_put, meter_keys_rotate,
  meter_keys_again, meter_keys_withdraw, meter_keys_named, meter_keys_plain to lazur_admin;
grant execute on function meter_keys_take, meter_secrets_heard, keys_proven to lazur_listener;
