-- exchange_lost: sessions of the kept days that are not in the exchange log:
-- too many waited, or too many of nobody came at once.
-- rows 1  times, last_us (NULL: none), days (that sessions are kept)
select times, (extract(epoch from last_at) * 1000000)::int8 as last_us, parameter_int('exchange_days') as days from exchange_lost();
