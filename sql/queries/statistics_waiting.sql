-- statistics_waiting: how much waits, now.
-- rows 1    commands, command_oldest_s, mail, sms, jobs
select w.commands, w.command_oldest_s, w.mail, w.sms, w.jobs from statistics_waiting() w;
