-- stream_begin: the next statement of this transaction may take its time.
-- rows 1
-- gathered: it plans as any other. walked: its first row comes at once, because
-- it walks the index of its order and looks the rest up, instead of gathering
-- everything to sort it; only for statements that have such an index.
-- variant way gathered: 'on'
-- variant way walked: 'off'
select set_config('statement_timeout', '0', true),
       set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('enable_sort', /*way*/, true),
       set_config('enable_hashjoin', /*way*/, true),
       set_config('enable_mergejoin', /*way*/, true);
