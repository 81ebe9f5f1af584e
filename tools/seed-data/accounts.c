/*
 * Accounts with a past: what was carried over, a payment, and the debits of
 * every session that is kept, ending in the balance the subscriber has.
 */
#include "tools/seed-data/accounts.h"

#include <inttypes.h>
#include <stdio.h>

#include "tools/seed-data/city.h"

/* Of a city of millions only the first have a past. */
#define ACCOUNTS_MAX  20000
#define PASSWORDS_MAX 6000

/* Sums are in millionths of a kopeck, as the schema explains. */
static const char history[] =
    "with shown as (\n"
    "  select r.meter_id, r.volume_dm3, min(r.at) as at\n"
    "    from reading r join meter_state t on t.meter_id = r.meter_id\n"
    "   where t.charges and r.volume_dm3 is not null group by 1, 2\n"
    "), step as (\n"
    "  select s.*, lag(at) over w as from_at, lag(volume_dm3) over w as"
    " from_dm3\n"
    "    from shown s window w as (partition by meter_id order by volume_dm3)\n"
    "), debit as (\n"
    "  select m.subscriber_id, p.at, m.id as meter_id, m.serial, p.from_at,\n"
    "         p.from_dm3, p.volume_dm3 as to_dm3,\n"
    "         f.price_kopecks_per_1000_m3 as price,\n"
    "         (p.volume_dm3 - p.from_dm3)::numeric *"
    " f.price_kopecks_per_1000_m3 as cost\n"
    "    from step p join meter m on m.id = p.meter_id\n"
    "    join subscriber s on s.id = m.subscriber_id and s.id <= %d\n"
    "    join tariff f on f.id = s.tariff_id\n"
    "   where p.volume_dm3 > p.from_dm3 and p.at > p.from_at\n"
    "), account as (\n"
    "  select s.id, s.balance_kopecks, coalesce(d.spent, 0) as spent,\n"
    "         case when d.spent is null then 0 else 50000 + s.id * 7919 %% 1000"
    " * 100 end as paid,\n"
    "         coalesce(d.first_at, now() - interval '20 days') as first_at,\n"
    "         coalesce(d.last_at, now()) as last_at\n"
    "    from subscriber s left join (select subscriber_id, round(sum(cost) /"
    " 1000000) as spent,\n"
    "           min(from_at) as first_at, max(at) as last_at from debit group"
    " by 1) d\n"
    "      on d.subscriber_id = s.id where s.id <= %d\n"
    "), all_of_it as (\n"
    "  select subscriber_id, at, 'debit' as kind, -cost as change, meter_id,\n"
    "         serial, from_at, from_dm3, to_dm3, price, null as document\n"
    "    from debit\n"
    "  union all\n"
    "  select id, first_at - interval '1 hour', 'correction',\n"
    "         (balance_kopecks + spent - paid) * 1000000, null, null, null,"
    " null, null, null, 'Перенос остатка'\n"
    "    from account where balance_kopecks + spent <> paid\n"
    "  union all\n"
    "  select id, first_at + (last_at - first_at) * 0.4, 'accrual', paid *"
    " 1000000::numeric, null, null, null, null, null, null,\n"
    "         'ПП-' || lpad(id::text, 6, '0')\n"
    "    from account where paid > 0\n"
    "), running as (\n"
    "  select *, sum(change) over (partition by subscriber_id order by at,"
    " to_dm3) as rest from all_of_it\n"
    ")\n"
    "insert into account_operation (subscriber_id, at, kind, amount_kopecks,"
    " amount_carry, balance_kopecks, meter_id, serial, from_at, to_at,"
    " from_dm3, to_dm3, price_kopecks_per_1000_m3, document,"
    " operator_login)\n"
    "select subscriber_id, at, kind::account_kind, round(amount / 1000000),\n"
    "       amount - round(amount / 1000000) * 1000000, round(rest /"
    " 1000000), meter_id, serial, from_at,\n"
    "       case kind when 'debit' then at end, from_dm3, to_dm3, price,"
    " document,\n"
    "       case when kind <> 'debit' then 'operator' end\n"
    "  from (select *, case kind when 'debit' then -change else change end as"
    " amount from running) x\n"
    " order by subscriber_id, at, to_dm3;\n";

/* The balance is the sum of what is there; and each meter goes on from here. */
static const char ends[] =
    "update subscriber s set balance_kopecks = round(x.exact / 1000000),\n"
    "       balance_carry = x.exact - round(x.exact / 1000000) * 1000000\n"
    "  from (select subscriber_id, sum((case kind when 'debit' then -1 else 1"
    " end) * (amount_kopecks * 1000000::numeric + amount_carry)) as exact\n"
    "          from account_operation group by 1) x\n"
    " where x.subscriber_id = s.id\n"
    "   and x.exact <> s.balance_kopecks * 1000000::numeric;\n"
    "insert into meter_charge (meter_id, at, volume_dm3)\n"
    "  select t.meter_id, coalesce((select min(r.at) from reading r where"
    " r.meter_id = t.meter_id and r.volume_dm3 = t.volume_dm3), t.last_at),"
    " t.volume_dm3\n"
    "    from meter_state t where t.charges and t.volume_dm3 is not null;\n";

void accounts_write(void)
{
    printf(history, ACCOUNTS_MAX, ACCOUNTS_MAX);
    fputs(ends, stdout);
}

void passwords_list(void)
{
    for (int64_t id = 1; id <= city.meters && id <= PASSWORDS_MAX; id++) {
        struct meter m;

        meter_of(id, &m);
        if (!m.type->electricity)
            printf("%s radio=%08" PRId64 "\n", m.serial,
                   chance_of(ABOUT_RADIO, id, 90000000) + 10000000);
    }
}
