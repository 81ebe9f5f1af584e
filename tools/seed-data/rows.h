/* Rows of COPY: what each table of the city gets for the thing of a number. */
#ifndef LAZUR_TOOLS_SEED_DATA_ROWS_H
#define LAZUR_TOOLS_SEED_DATA_ROWS_H

#include <stdbool.h>
#include <stdint.h>

/* One of four texts that take turns. */
const char *moment_utc(int64_t moment);
/* A tab, then the number or NULL. */
void number_or_null(bool there, int64_t n);
/* One COPY after another of at most 50000 things, a statement after each. */
void copy_all(const char *into, const char *after, int64_t things,
              void (*rows)(int64_t id));

void branch_row(int64_t id);
void subscriber_row(int64_t id);

/* What a session says: the columns that state and history share. */
#define VALUES                                                                 \
    "volume_dm3, energy_wh, status, working_h, tamper_h, temperature_mk, "     \
    "pressure_pa, battery_mv, battery_permille, signal_percent, valve"

void meter_row(int64_t id);
void state_row(int64_t id);
void reading_rows(int64_t id);
void archive_rows(int64_t id);
void command_rows(int64_t id);
int64_t branch_of(int64_t subscriber);
void place_row(int64_t id);
void cell_row(int64_t id);
void sites_write(void);

/* Statements, after all of these rows. */
void documents_write(void);

#endif
