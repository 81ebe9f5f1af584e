-- meter_note_set: an administrator's note about a meter; its line in the log.
-- $1 bigint  meter
-- $2 text    the note he was shown
-- $3 text    the note he wrote
-- $4 inet    of the browser
-- rows 1
select meter_note_set($1, $2, $3, $4);
