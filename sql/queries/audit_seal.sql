-- audit_seal: links what was written to «Протокол работы» since the last call.
-- rows 1  how many lines
select audit_seal();
