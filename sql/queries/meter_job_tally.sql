-- meter_job_tally: how many jobs of each kind stand, for the tabs.
-- rows 1  firmware, server_address
select count(*) filter (where kind = 'firmware'), count(*) filter (where kind = 'server_address')
  from meter_job;
