-- command_waiting: the valve command that waits for a meter.
-- $1 bigint  meter
-- rows 0..1  kind, state
select kind, state from command
 where meter_id = $1 and slot = 'valve' and state in ('queued', 'sent', 'delivered');
