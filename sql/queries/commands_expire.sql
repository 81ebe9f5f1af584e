-- commands_expire: what meters did not fetch within its time is not sent any more.
-- rows 1  n
select commands_expire() as n;
