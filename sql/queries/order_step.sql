-- order_step: the next piece of an order.
-- $1 bigint  job
-- $2 uuid    claim
-- $3 int     meters
-- rows 1     how many got the command; NULL: nothing is left
select order_step($1, $2, $3);
