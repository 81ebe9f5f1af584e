/* Valve commands: asked for, waiting, done. */
#ifndef LAZUR_LIB_MODEL_COMMAND_H
#define LAZUR_LIB_MODEL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/list.h"

enum command_kind { COMMAND_NONE, VALVE_CLOSE, VALVE_OPEN };

/* "close", "open", "" for none: the word in addresses and in Words.Command. */
const char *command_code(enum command_kind kind);
enum command_kind command_of_code(const char *code);
/* Of a field that holds command_kind as PostgreSQL writes it. */
enum command_kind command_of_row(const struct rows *r, size_t row, int col);

struct command {
    enum command_kind kind;
    const char *operator_login;
    struct moment submitted_at, executed_at; /* us 0: not executed */
    const char *state; /* queued, sent, delivered, executed, superseded ... */
};

/* In the order of the variants of command_page.sql. */
enum command_order {
    COMMANDS_BY_SUBMITTED,
    COMMANDS_BY_KIND,
    COMMANDS_BY_DONE
};

struct command_list {
    const struct command *rows;
    size_t n;
    int64_t total; /* 0 when the page is past the end */
};

enum err command_page(struct db *db, struct arena *a, int64_t meter_id,
                      enum command_order order, bool descending,
                      struct span span, struct command_list *out) MUST_CHECK;

/* All of them, newest first, one at a time. */
enum err command_stream(struct db *db, struct arena *a, int64_t meter_id,
                        enum err (*each)(const struct command *it, void *ctx),
                        void *ctx) MUST_CHECK;

/*
 * command_queue - a person asks for a valve; the opposite that waits is
 * superseded.
 *
 * ERR_CONFLICT   the same already waits: nothing is added, so that two clicks
 *                are one command
 * ERR_FORBIDDEN  this operator may not
 * ERR_NOT_FOUND  no such meter among those he sees
 * ERR_INVALID    the meter has no valve
 */
enum err command_queue(struct db *db, struct arena *a, int64_t meter_id,
                       enum command_kind kind, const char *address) MUST_CHECK;

#endif
