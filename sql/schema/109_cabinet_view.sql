-- An administrator looks into the cabinet of a subscriber: he sees what the
-- subscriber sees, changes nothing, and every page he opens is a line of
-- «Протокол работы», written in the transaction that reads it.

create table cabinet_view (
  operator_session bytea primary key references operator_session on delete cascade,
  token_hash       bytea not null unique,
  subscriber_id    bigint not null references subscriber on delete cascade,
  started_at       timestamptz not null default now()
);
comment on table cabinet_view is 'An administrator''s view of a cabinet: one for a session of his, and never longer than it.';
comment on column cabinet_view.token_hash is 'SHA-256 of the cookie of the view.';
create index on cabinet_view (subscriber_id);
alter table cabinet_view enable row level security;

-- cabinet_view_open: a view for the session of the administrator who asks.
-- LZ403: he is none; LZ404: nobody is there, or his cabinet is not allowed.
create function cabinet_view_open(p_subscriber bigint, p_session bytea, p_token_hash bytea, p_address inet)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare s record;
begin
  if app_role() <> 'admin' then
    raise exception 'role % may not look into cabinets', app_role() using errcode = 'LZ403';
  end if;
  select account into s from subscriber where id = p_subscriber and cabinet_allowed;
  if not found then
    raise exception 'no cabinet of %', p_subscriber using errcode = 'LZ404';
  end if;
  insert into cabinet_view (operator_session, token_hash, subscriber_id)
    select os.token_hash, p_token_hash, p_subscriber
      from operator_session os join operator o on o.id = os.operator_id
     where os.token_hash = p_session and o.login = app_login()
    on conflict (operator_session) do update
      set token_hash = excluded.token_hash, subscriber_id = excluded.subscriber_id, started_at = now();
  insert into audit_log (operator_login, action, note, address)
    values (app_login(), 'Открыт личный кабинет абонента', cabinet_named(p_subscriber), p_address);
end $$;

create function cabinet_named(p_subscriber bigint) returns text language sql stable as $$
  select case when account is null then 'счёт без номера' else 'счёт ' || account end
    from subscriber where id = p_subscriber
$$;

-- cabinet_view_enter: whose cabinet this cookie shows, and to whom; sets what row
-- security reads, writes the line, and from there on the transaction only reads.
-- The administrator's session, his role and the switch of the cabinet are asked
-- with every click; a click is a sign of life of his session too.
--   p_action  '': nothing is shown, no line; otherwise with p_note: a page
--   p_ends    the view ends with this transaction, which can then write
create function cabinet_view_enter(p_token_hash bytea, p_address inet, p_action text, p_note text, p_ends boolean)
returns table (subscriber_id bigint, full_name text, account text, scheme text, section text,
               counts boolean, notices int, viewer text, settings text)
language plpgsql security definer set search_path = public, pg_temp as $$
declare v record;
begin
  select w.subscriber_id, w.operator_session, o.login into v
    from cabinet_view w
    join operator_session os on os.token_hash = w.operator_session
    join operator o on o.id = os.operator_id
    join subscriber s on s.id = w.subscriber_id
   where w.token_hash = p_token_hash and os.address = p_address
     and os.active_at > now() - interval '20 minutes'
     and o.role = 'admin' and not o.disabled and s.cabinet_allowed;
  if not found then
    return;
  end if;
  if p_action <> '' then
    insert into audit_log (operator_login, action, note, address)
      values (v.login, p_action, cabinet_named(v.subscriber_id) || ': ' || p_note, p_address);
  end if;
  update operator_session set active_at = now()
   where token_hash = v.operator_session and active_at < now() - interval '1 minute';
  if p_ends then
    delete from cabinet_view w where w.token_hash = p_token_hash;
  end if;
  perform set_config('app.subscriber', v.subscriber_id::text, true);
  if not p_ends then
    perform set_config('transaction_read_only', 'on', true);
  end if;
  return query
    select s.id, s.full_name, coalesce(s.account, ''), coalesce(a.scheme, 'auto'), coalesce(a.section, 'profile'),
           s.calculates_balance,
           (select count(distinct n.reason)::int from notification n
             where n.subscriber_id = s.id and n.confirmed_at is null),
           v.login, current_setting('app.subscriber')
      from subscriber s left join cabinet_account a on a.subscriber_id = s.id
     where s.id = v.subscriber_id;
end $$;

-- Urgent is what somebody waits for, or must know before the morning; events of
-- the gas are told at once. The rest waits for the end of quiet hours.
update message_kind set urgent = false
 where channel = 'mail' and kind in ('operator_welcome', 'security_cancelled');

revoke all on function cabinet_view_open, cabinet_named, cabinet_view_enter from public;
grant execute on function cabinet_view_open to lazur_admin;
grant execute on function cabinet_view_enter to lazur_cabinet;
