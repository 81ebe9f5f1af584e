-- A letter or an SMS that an administrator sends to see that it arrives. It
-- goes the way of all others: outbox, notifier.

-- test_message: ten of a kind an hour, because an SMS costs money.
create function test_message(p_channel text, p_to text, p_language text, p_address inet)
returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
  lately int; made bigint;
  given jsonb := jsonb_build_object('login', app_login());
begin
  if app_role() <> 'admin' then
    raise exception 'role % may not send test messages', app_role() using errcode = 'LZ403';
  end if;
  perform pg_advisory_xact_lock(hashtext('test_message'));
  select count(*) into lately
    from (select from outbox_mail where p_channel = 'mail' and reason = 'test_letter'
             and created_at > now() - interval '1 hour'
          union all
          select from outbox_sms where p_channel = 'sms' and reason = 'test_sms'
             and created_at > now() - interval '1 hour') x;
  if lately >= 10 then
    raise exception 'ten test messages in an hour' using errcode = 'LZ409';
  end if;
  if p_channel = 'mail' then
    made := letter_queue('test_letter', p_to, p_language, given);
  else
    made := sms_queue('test_sms', p_to, p_language, given);
  end if;
  insert into audit_log (operator_login, action, note, address)
    values (app_login(), case p_channel when 'mail' then 'Отправлено проверочное письмо'
                                        else 'Отправлено проверочное SMS' end, p_to, p_address);
  return made;
end $$;

revoke all on function test_message from public;
grant execute on function test_message to lazur_admin;

-- Parameters are changed by the administrators' program and no other.
revoke execute on function parameter_set, parameter_seal from lazur_web;
grant execute on function parameter_set, parameter_seal to lazur_admin;
