-- order_begin: a transaction in the name of whoever asked for an order.
-- $1 bigint  job
-- rows 0..1  done, total; none: he may not any more
select done, total from order_begin($1);
