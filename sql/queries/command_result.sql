-- command_result: what meters made of commands, and what waits next.
-- $1 int8[] command
-- $2 text[] executed, delivered, refused; seen: only the valve was read
-- $3 text[] why it was refused
-- $4 int2[] valve the meter shows, NULL unless it was read
-- rows one a command, unordered: ord (1..n), next_id, next_kind of the same
--      meter, marked sent
-- A command superseded while the meter worked stays so; that it was executed
-- is written down all the same.
with input as materialized (
  select i.ord, i.id, i.result, i.refusal, i.valve, c.meter_id
    from unnest($1::int8[], $2::text[], $3::text[], $4::int2[]) with ordinality
         as i (id, result, refusal, valve, ord)
    join command c on c.id = i.id
), told as (
  update command c
     set state = case when c.state in ('queued', 'sent', 'delivered') and i.result <> 'seen'
                      then i.result else c.state end,
         delivered_at = case when i.result = 'delivered' then coalesce(c.delivered_at, now())
                             else c.delivered_at end,
         executed_at = case when i.result = 'executed' then coalesce(c.executed_at, now())
                            else c.executed_at end,
         refusal = case when i.result = 'refused' then i.refusal else c.refusal end
    from input i
   where c.id = i.id
), shown as (
  update meter_state m
     set valve = v.valve
    from (select distinct on (meter_id) meter_id, valve from input
           where valve is not null order by meter_id, ord desc) v
   where m.meter_id = v.meter_id and m.valve is distinct from v.valve
), next as (
  update command c
     set state = 'sent', sent_at = coalesce(c.sent_at, now())
    from input i
   where c.meter_id = i.meter_id and c.slot = 'valve' and c.id <> i.id and c.state in ('queued', 'sent')
  returning c.id, c.kind, i.ord
)
select i.ord, n.id as next_id, n.kind as next_kind
  from input i left join next n on n.ord = i.ord;
