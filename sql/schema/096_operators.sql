-- Operators are kept by administrators only, through functions that hold the
-- rules whoever calls: nobody locks himself out, one administrator remains,
-- and every change has its line in the log.

alter table operator add column version int not null default 1;
comment on column operator.version is 'Counts the changes of the form; signing in does not.';

-- A disabled operator is not let in, whatever cookie he holds.
create or replace function session_enter(p_token_hash bytea, p_address inet)
returns table (operator_id int, login text, role text,
               first_name text, last_name text, idle_s int, settings text)
language sql stable as $$
  select o.id, o.login, o.role::text, o.first_name, o.last_name,
         extract(epoch from now() - os.active_at)::int,
         set_config('app.branches', array(
           select ob.branch_id from operator_branch ob
            where ob.operator_id = os.operator_id)::text, true)
         || set_config('app.branchless', case
              when o.sees_branchless or o.role = 'admin' then 'on' else '' end, true)
         || set_config('app.role', o.role::text, true)
         || set_config('app.login', o.login, true)
    from operator_session os join operator o on o.id = os.operator_id
   where os.token_hash = p_token_hash and os.address = p_address
     and os.active_at > now() - interval '20 minutes' and not o.disabled
$$;

-- operator_doors: who may change whom. Every change takes this lock, so that
-- two administrators cannot remove each other.
create function operator_doors() returns void language plpgsql as $$
begin
  if app_role() <> 'admin' then
    raise exception 'role % may not keep operators', app_role() using errcode = 'LZ403';
  end if;
  lock table operator in share row exclusive mode;
end $$;

-- What holds after any change: LZ422 otherwise.
create function operator_house_stands() returns void language plpgsql as $$
begin
  if not exists (select from operator where role = 'admin' and not disabled) then
    raise exception 'the last administrator' using errcode = 'LZ422';
  end if;
  if not exists (select from operator where login = app_login() and role = 'admin' and not disabled) then
    raise exception 'an administrator may not lock himself out' using errcode = 'LZ422';
  end if;
end $$;

-- operator_put: a new operator (p_id NULL), or other data of one. p_hash NULL:
-- the password stays. LZ409: changed meanwhile, or the login is taken.
-- A new password, and being disabled, end his sessions.
create function operator_put(p_id int, p_version int, p_login text, p_hash text,
  p_role operator_role, p_branches int[], p_branchless boolean, p_soap boolean,
  p_disabled boolean, p_first text, p_last text, p_email text, p_address inet)
returns int language plpgsql security definer set search_path = public, pg_temp as $$
declare
  was record; made int;
begin
  perform operator_doors();
  if exists (select from operator where login = p_login and id is distinct from p_id) then
    raise exception 'the login is taken' using errcode = 'LZ409';
  end if;
  if p_id is null then
    insert into operator (login, password_hash, role, sees_branchless, soap_allowed,
           disabled, first_name, last_name, email)
    values (p_login, p_hash, p_role, p_branchless, p_soap, p_disabled, p_first, p_last, p_email)
    returning id into made;
    insert into audit_log (operator_login, action, note, address)
      values (app_login(), 'Добавлен оператор', p_login, p_address);
  else
    select * into was from operator where id = p_id;
    if not found or was.version <> p_version then
      raise exception 'operator % has changed', p_id using errcode = 'LZ409';
    end if;
    if was.login = app_login() and p_login <> was.login then
      raise exception 'nobody renames himself' using errcode = 'LZ422';
    end if;
    update operator
       set login = p_login, password_hash = coalesce(p_hash, password_hash), role = p_role,
           sees_branchless = p_branchless, soap_allowed = p_soap, disabled = p_disabled,
           first_name = p_first, last_name = p_last, email = p_email, version = version + 1
     where id = p_id;
    made := p_id;
    if p_disabled or (p_hash is not null and was.login <> app_login()) then
      delete from operator_session where operator_id = p_id;
    end if;
    insert into audit_log (operator_login, action, note, address)
      values (app_login(), 'Изменён оператор',
        case when was.login = p_login then p_login else was.login || ' -> ' || p_login end
        || case when was.role = p_role then '' else ', права: ' || was.role || ' -> ' || p_role end
        || case when p_hash is null then '' else ', новый пароль' end
        || case when was.disabled = p_disabled then '' when p_disabled then ', отключён' else ', включён' end,
        p_address);
  end if;
  delete from operator_branch where operator_id = made and branch_id <> all (p_branches);
  insert into operator_branch (operator_id, branch_id)
    select made, b.id from branch b where b.id = any (p_branches)
  on conflict do nothing;
  perform operator_house_stands();
  return made;
end $$;

-- operator_delete: he cannot sign in any more, his sessions are over, and the
-- login is free. The log keeps his lines.
create function operator_delete(p_id int, p_version int, p_address inet)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  was record;
begin
  perform operator_doors();
  select * into was from operator where id = p_id;
  if not found or was.version <> p_version then
    raise exception 'operator % has changed', p_id using errcode = 'LZ409';
  end if;
  delete from operator where id = p_id;
  perform operator_house_stands();
  insert into audit_log (operator_login, action, note, address)
    values (app_login(), 'Удалён оператор', was.login, p_address);
end $$;

-- operator_sessions_end: his browsers are signed out at once.
create function operator_sessions_end(p_id int, p_address inet)
returns int language plpgsql security definer set search_path = public, pg_temp as $$
declare
  ended int; who text;
begin
  if app_role() <> 'admin' then
    raise exception 'role % may not end sessions', app_role() using errcode = 'LZ403';
  end if;
  select login into who from operator where id = p_id;
  if not found then
    raise exception 'no operator %', p_id using errcode = 'LZ404';
  end if;
  delete from operator_session where operator_id = p_id;
  get diagnostics ended = row_count;
  insert into audit_log (operator_login, action, note, address)
    values (app_login(), 'Завершены сеансы оператора', who, p_address);
  return ended;
end $$;

revoke all on function operator_doors, operator_house_stands, operator_put,
  operator_delete, operator_sessions_end from public;
grant execute on function operator_put, operator_delete, operator_sessions_end to lazur_admin;
grant select (started_at) on operator_session to lazur_admin;
revoke all on function session_enter from public;
grant execute on function session_enter to lazur_web;
