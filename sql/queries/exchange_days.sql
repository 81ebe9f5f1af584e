-- exchange_days: days that sessions are kept in the exchange log; 0: none are.
-- rows 1  days
select parameter_int('exchange_days') as days;
