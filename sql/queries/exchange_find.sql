-- exchange_find: one session of the exchange log, with its bytes.
-- $1 int8    id
-- rows 0..1  at_us, device, meter_id, address, result, took_ms, bytes_in, bytes_out,
--            protocol, frames, meters (serial numbers, where there are several)
select (extract(epoch from exchange_at(x.id)) * 1000000)::int8 as at_us, coalesce(m.serial, x.named) as device, m.id as meter_id,
       host(x.peer) as address, x.result, x.took_ms, x.bytes_in, x.bytes_out, x.protocol,
       coalesce(x.frames, w.frames) as frames,
       (select string_agg(om.serial, ', ' order by o.id)
          from exchange o join meter om on om.id = o.meter_id
         where o.whole = coalesce(x.whole, x.id) and o.id between (x.id & ~65535::int8) and (x.id | 65535)) as meters
  from exchange x left join meter m on m.id = x.meter_id
  left join exchange w on w.id = x.whole
 where x.id = $1::int8;
