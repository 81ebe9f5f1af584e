-- import_lock: what will change, locked in the one order.
select import_lock();
