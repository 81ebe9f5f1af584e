/*
 * What documents need: bank details of the branches (invented, with check
 * digits that are right; the last branch has none) and groups of meters whose
 * balance meter measures about what its members use.
 */
#include "tools/seed-data/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/report/bank.h"
#include "tools/seed-data/city.h"

static const char *bic; /* of the account that is being made */

static const char *account_fault(const char *text)
{
    return bank_account_fault(text, bic);
}

static const char *corr_fault(const char *text)
{
    return bank_corr_account_fault(text, bic);
}

/* Turns the digit at pos until the number is a right one. */
static void key_find(char *text, size_t pos, const char *(*fault)(const char *))
{
    for (int digit = 0; digit <= 9; digit++) {
        text[pos] = (char)('0' + digit);
        if (fault(text) == NULL)
            return;
    }
    fatal("no check digit for %s", text);
}

static void bank_write(int64_t id)
{
    static const char *const banks[] = { "АО «ВЕРХРЕЧБАНК» г. Верхнереченск",
                                         "ПАО «Заречный банк»" };
    char number[32], account[40], corr[40], inn[32];
    int64_t own = 901 + id % 2;

    snprintf(number, sizeof number, "0499%02d%03" PRId64, 5, own);
    snprintf(account, sizeof account, "407028100%011" PRId64, 7100 + id);
    snprintf(corr, sizeof corr, "30101810000000000%03" PRId64, own);
    snprintf(inn, sizeof inn, "99%07" PRId64 "0", 1200 + id);
    bic = number;
    key_find(account, 8, account_fault);
    key_find(corr, 8, corr_fault);
    key_find(inn, 9, bank_inn_fault);
    printf("update branch set bank = '%s', account = '%s', bic = '%s',"
           " corr_account = '%s', inn = '%s', kpp = '990101%03" PRId64 "'"
           " where id = %" PRId64 ";\n",
           PICK(banks, (uint64_t)id), account, number, corr, inn, id, id);
}

/*
 * For each of the first branches a group whose members use, all together, a
 * little less than its balance meter; all meters of the second branch; and one
 * that crosses branches.
 */
static const char groups[] =
    "insert into meter_group (name, branch_id, balance_meter_id)\n"
    "  select 'ГРП-' || b.id || ', ' || b.name, b.id, w.id\n"
    "    from branch b cross join lateral (\n"
    "      select m.id from meter m join archive_daily a on a.meter_id = m.id\n"
    "       where m.branch_id = b.id group by m.id\n"
    "       order by avg(a.delta_dm3) desc, m.id limit 1) w\n"
    "   where b.id <= 3;\n"
    "insert into meter_group_member (group_id, meter_id)\n"
    "  select x.group_id, x.id from (\n"
    "    select g.id as group_id, m.id, u.use as whole,\n"
    "           sum(d.use) over (partition by g.id order by d.use, m.id)"
    " as used\n"
    "      from meter_group g\n"
    "      join meter m on m.branch_id = g.branch_id"
    " and m.id <> g.balance_meter_id\n"
    "      cross join lateral (select avg(a.delta_dm3) as use"
    " from archive_daily a where a.meter_id = m.id) d\n"
    "      cross join lateral (select avg(a.delta_dm3) as use"
    " from archive_daily a where a.meter_id = g.balance_meter_id) u\n"
    "     where d.use is not null) x\n"
    "   where x.used <= x.whole;\n"
    "insert into meter_group (name, branch_id)\n"
    "  select 'Все счётчики: ' || b.name, b.id from branch b where b.id = 2;\n"
    "insert into meter_group (name) values ('Контрольная выборка');\n"
    "insert into meter_group_member (group_id, meter_id)\n"
    "  select g.id, m.id from meter_group g join meter m"
    " on m.branch_id = g.branch_id\n"
    "   where g.balance_meter_id is null;\n"
    "insert into meter_group_member (group_id, meter_id)\n"
    "  select g.id, m.id from meter_group g join meter m on m.id % 50 = 7\n"
    "   where g.branch_id is null;";

void documents_write(void)
{
    for (int64_t id = 1; id < city.branches; id++)
        bank_write(id);
    puts(groups);
}
