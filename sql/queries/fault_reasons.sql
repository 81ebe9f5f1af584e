-- fault_reasons: the reasons there are, for the filter.
-- rows  reason
select distinct reason from session_fault order by reason;
