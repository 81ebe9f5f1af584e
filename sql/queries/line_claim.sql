-- line_claim: may what came on these lines, or under the end of a number, be of
-- the meter that is known so?
-- The first push of a line says what its meter looks like.
-- $1 text[]         identity, each once: the address of the line, or one made of
--                   the digits
-- $2 text[]         layout of the push
-- $3 timestamptz[]  meter time, NULL without a clock or with one that is ahead
-- $4 text[]         the last digits of the meter's number; NULL: by its line
-- rows one each: ord (1..n), verdict: fits, layout, clock, again, number; the
--      layout that is known, or the numbers that end so
with input as materialized (
  select i.* from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) with ordinality
                  as i (identity, layout, clock_at, tail, ord)
), known as materialized (
  select l.identity, l.layout, l.clock_at
    from meter_line l
   where l.identity = any ($1::text[])
   order by l.identity
     for update
), judged as (
  select i.*, k.layout as known_layout,
         case when k.identity is null then 'new'
              when k.layout <> i.layout then 'layout'
              when i.clock_at < k.clock_at - interval '1 day' then 'clock'
              else 'fits' end as verdict
    from input i left join known k on k.identity = i.identity
   where i.tail is null
), made as (
  insert into meter_line (identity, layout, clock_at)
  select identity, layout, clock_at from judged where verdict = 'new' order by identity
  on conflict do nothing
  returning identity
), moved as (
  update meter_line l
     set clock_at = j.clock_at
    from judged j
   where l.identity = j.identity and j.verdict = 'fits'
     and (l.clock_at is null or l.clock_at < j.clock_at)
)
select j.ord,
       case when j.verdict <> 'new' then j.verdict
            when m.identity is not null then 'fits'
            else 'again' end as verdict,
       j.known_layout
  from judged j left join made m on m.identity = j.identity
 union all
-- A strict function: of nothing it is not called.
select t.ord, t.verdict, t.numbers
  from (select array_agg(ord) as ord, array_agg(identity) as identity, array_agg(tail) as tail
          from input where tail is not null) i
 cross join lateral tail_claim(i.ord, i.identity, i.tail) t;
