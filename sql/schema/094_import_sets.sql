-- An import tells what its meters' duties are by one statement (import_meters).
create or replace trigger meter_duties_follow after update of meter_type_id, subscriber_id, period, period_minutes on meter
  for each row when ((old.meter_type_id, old.subscriber_id, old.period, old.period_minutes)
    is distinct from (new.meter_type_id, new.subscriber_id, new.period, new.period_minutes)
    and not bulk_is_on())
  execute function meter_duties_follow();
