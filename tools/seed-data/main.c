/*
 * A believable city as SQL on stdout: branches, subscribers, meters of many
 * types with a month of readings behind them. Everything follows from the seed
 * and a number, so that three million meters need no more memory than one.
 *
 * seed-data [--seed N] [--meters 5200] [--subscribers 5000] [--branches 12]
 *           [--days 30] [--now UNIX-SECONDS]
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/log.h"
#include "tools/seed-data/accounts.h"
#include "tools/seed-data/city.h"
#include "tools/seed-data/rows.h"

static void all_rows(void)
{
    puts("copy branch (id, name, full_name) from stdin;");
    for (int64_t id = 1; id <= city.branches; id++)
        branch_row(id);
    puts(
        "\\.\ninsert into tariff (id, name, price_kopecks_per_1000_m3) values\n"
        "  (1, 'Население: отопление и приготовление пищи', 678953),\n"
        "  (2, 'Население: приготовление пищи', 812307),\n"
        "  (3, 'Население: приготовление пищи и горячая вода', 795000),\n"
        "  (4, 'Прочие потребители', 923641);");
    copy_all(
        "subscriber (id, branch_id, tariff_id, account, full_name, address,"
        " balance_kopecks, calculates_balance, phone, email, shows_balance,"
        " cabinet_allowed)",
        "", city.subscribers, subscriber_row);
    /* Types have numbers of their own in the database: by name. */
    puts("create temp table seed_meter (id bigint, serial text, type int,"
         " subscriber_id bigint, firmware text, period text,"
         " period_minutes int, registered_at timestamptz);\n"
         "create temp table seed_type (no int, name text);");
    puts("copy seed_type from stdin;");
    for (size_t i = 0; i < n_types; i++)
        printf("%zu\t%s\n", i + 1, types[i].name);
    puts("\\.");
    copy_all("seed_meter",
             "insert into meter (id, serial, meter_type_id, subscriber_id,"
             " firmware, period, period_minutes, registered_at)\n"
             "  select s.id, s.serial, mt.id, s.subscriber_id, s.firmware,"
             " s.period, s.period_minutes, s.registered_at\n"
             "    from seed_meter s join seed_type t on t.no = s.type\n"
             "    join meter_type mt on mt.name = t.name order by s.id;\n"
             "truncate seed_meter;\n",
             city.meters, meter_row);
    puts("create temp table seed_state as select meter_id, last_at, "
         "received_at, " VALUES ", mobile_operator from meter_state limit 0;");
    copy_all("seed_state",
             "update meter_state m set (last_at, received_at, " VALUES
             ", mobile_operator) =\n (s.last_at, s.received_at, "
             "s.volume_dm3, s.energy_wh, s.status, s.working_h, s.tamper_h,"
             " s.temperature_mk, s.pressure_pa, s.battery_mv,"
             " s.battery_permille, s.signal_percent, s.valve,"
             " s.mobile_operator)\n"
             "  from seed_state s where s.meter_id = m.meter_id;\n"
             "truncate seed_state;\n",
             city.meters, state_row);
    copy_all("reading (meter_id, at, received_at, " VALUES ", cause)", "",
             city.meters, reading_rows);
    copy_all("archive_daily (meter_id, day, at, volume_dm3, delta_dm3, status,"
             " temperature_mk, pressure_pa)",
             "", city.meters, archive_rows);
    copy_all("command (meter_id, kind, state, operator_login, submitted_at,"
             " sent_at, delivered_at, executed_at)",
             "", city.meters, command_rows);
    copy_all("meter_place (meter_id, latitude_udeg, longitude_udeg, source,"
             " set_by)",
             "", city.meters, place_row);
    sites_write();
    copy_all("meter_cell (meter_id, mcc, mnc, lac, cell_id, at)", "",
             city.meters, cell_row);
    documents_write();
}

static void finish(void)
{
    puts("insert into audit_log (at, operator_login, action, note)\n"
         "  select c.submitted_at, c.operator_login, case c.kind when"
         " 'valve_close' then 'Закрыть клапан' else 'Открыть клапан' end,\n"
         "    'прибор №' || m.serial\n"
         "    from command c join meter m on m.id = c.meter_id"
         " order by c.submitted_at;");
    /* Electricity meters measure more than one thing. */
    puts("insert into register (meter_id, no, logical_name, scaler, unit,"
         " last_value, last_at)\n"
         "  select m.meter_id, r.no, r.name, r.scaler, r.unit,"
         " coalesce(r.fixed + m.meter_id % 40, m.energy_wh * r.share / 100),"
         " m.last_at\n"
         "    from meter_state m, (values\n"
         "      (1, '1.0.1.8.1.255', 0, 30, 72, null::bigint),\n"
         "      (2, '1.0.1.8.2.255', 0, 30, 28, null),\n"
         "      (3, '1.0.32.7.0.255', -1, 35, 0, 2280)) r (no, name, scaler,"
         " unit, share, fixed)\n"
         "   where m.energy_wh is not null;\n"
         "insert into register_value (meter_id, at, no, value)\n"
         "  select meter_id, last_at, no, last_value from register;");
    accounts_write();
    puts("select setval(pg_get_serial_sequence(t, 'id'), m) from (\n"
         "  select 'branch' t, max(id)::bigint m from branch union all\n"
         "  select 'tariff', max(id) from tariff union all\n"
         "  select 'subscriber', max(id) from subscriber union all\n"
         "  select 'meter', max(id) from meter) x where m is not null;");
    puts("commit;\nvacuum (full, analyze) meter_state;\nvacuum analyze;");
}

/* A day of what it counted since it was heard last: its archive of these days
 * then begins where its history ends. */
static int64_t use_since_last(const struct meter *m)
{
    int64_t silent_s = city.now - m->last_at;

    return silent_s < DAY_S
               ? m->per_day
               : (shown_at(m, city.now) - shown_at(m, m->last_at)) * DAY_S /
                     silent_s;
}

static void list_talkers(void)
{
    for (int64_t id = 1; id <= city.meters; id++) {
        struct meter m;

        if (is_silent(id))
            continue;
        meter_of(id, &m);
        printf("%s;%s;;%" PRId64 ";", m.serial, m.type->name,
               shown_at(&m, city.now));
        if (m.valve >= 0)
            printf("%d", m.valve);
        printf(";%" PRId64 ";%d", hours_at(&m, city.now), tamper_hours(&m));
        if (m.type->electricity)
            printf(";;");
        else
            printf(";%d;%d", m.battery_mv, m.battery_permille);
        printf(";%" PRId64 "\n", use_since_last(&m) + 1); /* 0: not told */
    }
}

static void usage(void)
{
    fputs("usage: seed-data [--seed N] [--meters N] [--subscribers N] "
          "[--branches N] [--days N] [--now UNIX-SECONDS] "
          "[--talkers | --passwords]\n"
          "SQL of a believable city for psql; --passwords lists those of its "
          "meters; --talkers lists the meters that "
          "still call in, for meter-sim.\n",
          stderr);
    exit(2);
}

static bool talkers, passwords;

static void options(int argc, char **argv)
{
    static const struct {
        const char *name;
        int64_t *at, min, max;
    } table[] = {
        { "--seed", &city.seed, 0, INT32_MAX },
        { "--meters", &city.meters, 0, 9999999 },
        { "--subscribers", &city.subscribers, 0, 9999999 },
        { "--branches", &city.branches, 1, 99 },
        { "--days", &city.days, 0, CALENDAR_DAYS - 40 },
        { "--now", &city.now, 100000000, INT32_MAX },
    };

    for (int i = 1; i < argc; i++) {
        size_t t = 0, n = sizeof table / sizeof *table;
        char *end;

        if (strcmp(argv[i], "--passwords") == 0) {
            passwords = true;
            continue;
        }
        if (strcmp(argv[i], "--talkers") == 0) {
            talkers = true;
            continue;
        }
        while (t < n && strcmp(argv[i], table[t].name) != 0)
            t++;
        if (t == n || ++i >= argc)
            usage();
        errno = 0;
        *table[t].at = strtoll(argv[i], &end, 10);
        if (errno != 0 || end == argv[i] || *end != '\0' ||
            *table[t].at < table[t].min || *table[t].at > table[t].max)
            usage();
    }
}

int main(int argc, char **argv)
{
    city.now = (int64_t)time(NULL);
    options(argc, argv);
    calendar_make();
    if (talkers) {
        list_talkers();
    } else if (passwords) {
        passwords_list();
    } else {
        puts("\\set ON_ERROR_STOP on\nset synchronous_commit = off;\n"
             "set timezone = 'UTC';\nbegin;");
        all_rows();
        finish();
    }
    if (fflush(stdout) != 0)
        fatal("cannot write the city");
    return 0;
}
