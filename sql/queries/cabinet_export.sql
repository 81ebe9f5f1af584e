-- cabinet_export: all that is kept about a subscriber and is his, as JSON.
-- rows 0..1  data
select jsonb_pretty(jsonb_build_object(
  'subscriber', jsonb_build_object(
    'account', s.account, 'first_name', s.first_name, 'last_name', s.last_name,
    'address', s.address, 'email', s.email, 'phone', s.phone,
    'balance_rub', case when s.calculates_balance then s.balance_kopecks / 100.0 end,
    'tariff', (select t.name from tariff t where t.id = s.tariff_id),
    'branch', (select b.name from branch b where b.id = s.branch_id)),
  'cabinet', (select jsonb_build_object('registered_at', a.registered_at, 'scheme', a.scheme,
      'sms', a.wants_sms) from cabinet_account a where a.subscriber_id = s.id),
  'meters', (select coalesce(jsonb_agg(jsonb_build_object(
      'serial', m.serial, 'model', t.name, 'medium', t.medium,
      'attached', (select jsonb_build_object('model', at.name, 'serial', am.serial)
                     from attached_meter am join attached_type at on at.id = am.attached_type_id
                    where am.meter_id = m.id),
      'readings', (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('at', r.at,
                      'volume_m3', r.volume_dm3 / 1000.0, 'energy_kwh', r.energy_wh / 1000.0,
                      'temperature_c', round(r.temperature_mk / 1000.0 - 273.15, 1))) order by r.at), '[]')
                     from reading r where r.meter_id = m.id)) order by m.serial), '[]')
     from meter m join meter_type t on t.id = m.meter_type_id where m.subscriber_id = s.id),
  'operations', (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('at', o.at, 'kind', o.kind,
      'amount_rub', o.amount_kopecks / 100.0, 'balance_rub', o.balance_kopecks / 100.0,
      'serial', o.serial, 'from_at', o.from_at, 'to_at', o.to_at,
      'from_m3', o.from_dm3 / 1000.0, 'to_m3', o.to_dm3 / 1000.0,
      'price_rub_per_1000_m3', o.price_kopecks_per_1000_m3 / 100.0,
      'document', o.document, 'note', o.note)) order by o.id), '[]')
     from account_operation o where o.subscriber_id = s.id and s.calculates_balance),
  'notifications', (select coalesce(jsonb_agg(jsonb_build_object('reason', n.reason, 'serial', m.serial,
      'times', n.times, 'first_at', n.first_at, 'last_at', n.last_at,
      'confirmed_at', n.confirmed_at) order by n.id), '[]')
     from notification n join meter m on m.id = n.meter_id where n.subscriber_id = s.id),
  'events', (select coalesce(jsonb_agg(jsonb_build_object('at', e.at, 'kind', e.kind, 'note', e.note,
      'browser', e.browser, 'address', host(e.address)) order by e.id), '[]')
     from cabinet_event e where e.subscriber_id = s.id))) as data
  from subscriber s where s.id = app_subscriber();
