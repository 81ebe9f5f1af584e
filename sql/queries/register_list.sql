-- register_list: what a few meters measured last: of electricity meters their
-- main register, A+ in whole Wh unless a finer value is kept, then the others
-- by the numbers of their codes: tariff 2 before tariff 10.
-- $1 bigint[]  meters
-- rows 0..n  meter_id, logical_name, scaler, unit, last_value, last_text, last_at_us
select r.meter_id, r.logical_name, r.scaler, r.unit, r.last_value, r.last_text,
       (extract(epoch from r.last_at) * 1000000)::bigint as last_at_us
  from (select meter_id, no, logical_name, scaler, unit, last_value, last_text, last_at
          from register
         where meter_id = any ($1::bigint[])
        union all
        select s.meter_id, 0, '1.0.1.8.0.255', 0, 30, s.energy_wh, null,
               coalesce(s.main_at, s.last_at)
          from meter_state s
          join meter m on m.id = s.meter_id
          join meter_type t on t.id = m.meter_type_id and t.medium = 'electricity'
         where s.meter_id = any ($1::bigint[]) and s.energy_wh is not null
           and not exists (select from register f
                            where f.meter_id = s.meter_id
                              and f.logical_name = '1.0.1.8.0.255')) r
 order by r.meter_id, r.logical_name <> '1.0.1.8.0.255',
       case when r.logical_name ~ '^[0-9]{1,3}([.][0-9]{1,3}){5}$'
            then string_to_array(r.logical_name, '.')::int[] end nulls last,
       r.no;
