-- «Протокол работы» is append-only, and chained: what was changed, removed or
-- put elsewhere behind the application's back is found by lazur-audit-verify.
--
-- Rows are written inside transactions of any length, so nothing is computed
-- when they are: a chain made at the insert would queue every operator behind
-- the longest transaction. A row leaves its number in audit_waiting; after the
-- commit the sealer (audit_seal(), called by the worker every second) links all
-- that is visible, in the order of numbers. A row that is committed later than
-- its successors is linked by a later call. Only sealers wait for each other.

create table audit_chain (
  seq    bigint primary key check (seq > 0),
  log_id bigint not null,
  hash   bytea not null check (octet_length(hash) = 32)
);
comment on table audit_chain is 'Links of the log: hash is sha256 of the hash before (32 zero bytes before the first) and audit_encoding() of the row.';
comment on column audit_chain.seq is 'Place in the chain, without gaps.';
comment on column audit_chain.log_id is 'The row of audit_log. No foreign key: a row that was removed leaves its link behind.';

create table audit_waiting (log_id bigint primary key);
comment on table audit_waiting is 'Rows of audit_log that are not linked yet; those of unfinished transactions nobody sees.';
alter table audit_waiting set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- audit_encoding: a row as the chain sees it. Every field says its length, so no
-- two rows have the same bytes; lib/model/audit_chain.c writes the same.
create function audit_encoding(p_seq bigint, p_id bigint, p_at timestamptz,
  p_login text, p_action text, p_note text, p_address inet)
returns bytea language sql stable parallel safe as $$
  select int8send(p_seq) || int8send(p_id)
      || int8send((extract(epoch from p_at) * 1000000)::int8)
      || int4send(octet_length(p_login)) || convert_to(p_login, 'UTF8')
      || int4send(octet_length(p_action)) || convert_to(p_action, 'UTF8')
      || int4send(octet_length(p_note)) || convert_to(p_note, 'UTF8')
      || case when p_address is null then int4send(-1)
              else int4send(octet_length(text(p_address))) || convert_to(text(p_address), 'UTF8') end
$$;

create function audit_step(p_state bytea, p_before bytea, p_row bytea)
returns bytea language sql immutable parallel safe as
$$ select sha256(coalesce(p_state, p_before) || p_row) $$;
create aggregate audit_link(bytea, bytea) (sfunc = audit_step, stype = bytea);
comment on aggregate audit_link(bytea, bytea) is 'Over rows in order: the hash of each, from the hash before the first and the encodings.';

-- audit_seal: links what waits, at most p_limit rows, and says how many. A row
-- that waits and is gone is linked as the empty row: verification misses it.
create function audit_seal(p_limit int default 10000) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  last record; made int;
begin
  perform pg_advisory_xact_lock(hashtext('audit_seal'));
  select c.seq, c.hash into last from audit_chain c order by c.seq desc limit 1;
  with gone as (
    delete from audit_waiting w
     where w.log_id in (select x.log_id from audit_waiting x order by x.log_id limit p_limit)
    returning w.log_id
  ), placed as (
    select g.log_id, coalesce(last.seq, 0) + row_number() over (order by g.log_id) as seq
      from gone g
  )
  insert into audit_chain (seq, log_id, hash)
  select p.seq, p.log_id,
         audit_link(coalesce(last.hash, decode(repeat('00', 32), 'hex')),
                    coalesce(audit_encoding(p.seq, l.id, l.at, l.operator_login, l.action, l.note, l.address), ''))
           over (order by p.seq rows unbounded preceding)
    from placed p left join audit_log l on l.id = p.log_id
   order by p.seq;
  get diagnostics made = row_count;
  return made;
end $$;
comment on function audit_seal is 'Waits for another sealer, so that the snapshot of its statements shows the other''s links: call it in a transaction of its own (read committed).';

create function audit_written() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  insert into audit_waiting select n.id from written n order by n.id;
  return null;
end $$;
create trigger audit_written after insert on audit_log
  referencing new table as written for each statement execute function audit_written();

-- Nobody changes or removes a line, the owner neither; he may drop the trigger,
-- and then there is the chain.
create function audit_untouched() returns trigger language plpgsql as $$
begin
  raise exception 'the log of operators is never changed' using errcode = '42501';
end $$;
create trigger audit_untouched before update or delete on audit_log
  for each row execute function audit_untouched();
create trigger audit_not_emptied before truncate on audit_log
  for each statement execute function audit_untouched();
create trigger audit_untouched before update or delete on audit_chain
  for each row execute function audit_untouched();
create trigger audit_not_emptied before truncate on audit_chain
  for each statement execute function audit_untouched();

-- What was written before there was a chain is linked first.
insert into audit_waiting select id from audit_log;

revoke all on function audit_seal, audit_written, audit_untouched, audit_encoding, audit_step from public;
revoke all on function audit_link(bytea, bytea) from public;
grant execute on function audit_seal to lazur_worker;

-- Reading ------------------------------------------------------------------------
-- A list of an operator or an action is read in the order of time too; ties of
-- the same moment are in the order they were written.

drop index audit_log_at_idx;
drop index audit_log_operator_login_id_idx;
drop index audit_log_action_id_idx;
create index audit_log_at on audit_log (at, id);
create index audit_log_login on audit_log (operator_login, at, id);
create index audit_log_action on audit_log (action, at, id);
create index audit_log_note_trgm on audit_log using gin
  (operator_login gin_trgm_ops, action gin_trgm_ops, note gin_trgm_ops);

-- audit_search: numbers of lines that hold a part, at most p_cap. LIKE is not
-- leakproof, so row security would keep it from the trigram index; the function
-- does the check itself and hands out numbers only.
create function audit_search(p_term text, p_cap int) returns table (id bigint)
language plpgsql stable security definer set search_path = public, pg_temp
set plan_cache_mode = force_custom_plan as $$
begin
  if app_role() <> 'admin' then
    return;
  end if;
  return query select l.id from audit_log l
    where l.operator_login ilike p_term or l.action ilike p_term or l.note ilike p_term
    limit p_cap;
end $$;
comment on function audit_search is 'p_term stands between % and is escaped for LIKE by its caller.';
revoke all on function audit_search from public;
grant execute on function audit_search to lazur_web;

-- audit_words: the different operators or actions of the log, at most p_cap. Each
-- is one step in the index, however many lines there are.
create function audit_words(p_what text, p_cap int) returns table (word text)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  step text;
begin
  if app_role() <> 'admin' then
    return;
  end if;
  if p_what = 'login' then
    select min(l.operator_login) into step from audit_log l;
  else
    select min(l.action) into step from audit_log l;
  end if;
  while step is not null and p_cap > 0 loop
    word := step;
    return next;
    p_cap := p_cap - 1;
    if p_what = 'login' then
      select min(l.operator_login) into step from audit_log l where l.operator_login > word;
    else
      select min(l.action) into step from audit_log l where l.action > word;
    end if;
  end loop;
end $$;
comment on function audit_words is 'p_what: login or action.';
revoke all on function audit_words from public;
grant execute on function audit_words to lazur_web;
