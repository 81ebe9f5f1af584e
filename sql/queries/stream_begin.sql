-- stream_begin: the next statement of this transaction may take its time, and
-- its first row comes at once: it walks the index of its order instead of
-- gathering everything to sort it.
-- rows 1
select set_config('statement_timeout', '0', true),
       set_config('enable_sort', 'off', true),
       set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true),
       set_config('plan_cache_mode', 'force_custom_plan', true);
