-- import_begin: empty places for the rows of a file, of this connection.
select import_begin();
