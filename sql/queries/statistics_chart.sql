-- statistics_chart: load and connections of a host, a row for each step; steps without samples are absent.
-- $1 text    host
-- $2 int8    begin, seconds
-- $3 int8    end, seconds
-- $4 int8    seconds of a step
-- rows       at_s (end of the step), la5_permille, la15_permille, cons_millihz, sessions_millihz, commit_p99_us
select (ceil((extract(epoch from s.at) - $2::int8) / $4::int8) * $4::int8 + $2::int8)::int8 as at_s,
       avg(s.la5_permille)::int8, avg(s.la15_permille)::int8,
       (sum(s.cons_millihz::numeric * s.span_ms) / sum(s.span_ms))::int8,
       (sum(s.sessions_millihz::numeric * s.span_ms) / sum(s.span_ms))::int8,
       max(s.commit_p99_us)
  from statistics_sample s
 where s.host = $1
   and s.at > timestamptz 'epoch' + $2::int8 * interval '1 second'
   and s.at <= timestamptz 'epoch' + $3::int8 * interval '1 second'
 group by 1
 order by 1;
