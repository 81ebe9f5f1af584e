-- Every request enters a session. As one SELECT that melts into its caller it
-- costs half of what it did in PL/pgSQL; that a person was active is written
-- down by a statement of its own, and not with every click.

drop function session_enter(bytea, inet, boolean);

-- session_enter: who holds this cookie, and the settings that row security
-- reads, for the rest of the transaction. No row: sign in again. A session of
-- another address than it began with does not count, nor one idle for 20
-- minutes.
create function session_enter(p_token_hash bytea, p_address inet)
returns table (operator_id int, login text, role text, csrf_token text,
               first_name text, last_name text, idle_s int, settings text)
language sql stable as $$
  select o.id, o.login, o.role::text, os.csrf_token, o.first_name, o.last_name,
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
     and os.active_at > now() - interval '20 minutes'
$$;
comment on function session_enter is 'settings has to be selected, or nothing is set.';

revoke all on function session_enter from public;
grant execute on function session_enter to lazur_web;
grant select (csrf_token) on operator_session to lazur_web;
