/*
 * Journals of events, class 7: which a meter has is found in its object_list
 * once, and each is read from its last record on, by the columns it captures;
 * records become the JSON that events_store() takes.
 */
#include "daemon/drivers/dlms_inner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/dlms/cosem.h"
#include "lib/dlms/cosem_time.h"
#include "lib/dlms/profile.h"

#define RECORDS_MAX 5000 /* of one session */

static const struct obis association = { { 0, 0, 40, 0, 0, 255 } };
static const struct obis status_name = { { 7, 0, 96, 5, 0, 255 } };

/* IEC 62056-6-1: event logs are x-b:99.98.e, their codes x-b:96.11.e. */
static bool is_log(struct obis o)
{
    return o.at[2] == 99 && o.at[3] == 98;
}

static bool is_code(struct obis o)
{
    return o.at[2] == 96 && o.at[3] == 11;
}

/* ---- which there are ---- */

/* "0.0.99.98.4.255 1763600000000000,..."; what cannot be read is left out. */
static void known(struct dlms_command *c, struct arena *a, const char *word)
{
    struct dlms_events *v = &c->events;
    char *rest = arena_strdup(a, word), *at = NULL;

    for (char *one = strtok_r(rest, ",", &at);
         one != NULL && v->n < DLMS_JOURNALS_MAX;
         one = strtok_r(NULL, ",", &at)) {
        struct dlms_journal *log = &v->log[v->n];
        char *gap = strchr(one, ' ');

        log->from_us = c->now.a;
        if (gap != NULL) {
            log->from_us = strtoll(gap + 1, NULL, 10);
            *gap = '\0';
        }
        if (obis_of_text(one, &log->name) == ERR_OK)
            v->n++;
    }
}

static bool readable(const struct dlms_object *o, uint8_t version)
{
    return o->attributes_n == 0 ||
           dlms_may_read(o, DLMS_PROFILE_BUFFER, version);
}

/* Of what the meter lists; a list that cannot be read has none. */
static void found(struct dlms_command *c, struct arena *a,
                  const struct dlms_value *list)
{
    struct dlms_events *v = &c->events;
    const struct dlms_object *own;
    struct dlms_object *at;
    size_t n;

    if (dlms_object_list_read(a, list, &at, &n) != ERR_OK)
        return;
    own = dlms_object_find(at, n, DLMS_ASSOCIATION_LN, association);
    for (size_t i = 0; i < n && v->n < DLMS_JOURNALS_MAX; i++) {
        if (at[i].class_id == DLMS_PROFILE_GENERIC && is_log(at[i].name) &&
            readable(&at[i], own != NULL ? own->version : 1))
            v->log[v->n++] = (struct dlms_journal){ at[i].name, c->now.a };
    }
}

enum err dlms_events_start(struct dlms_command *c, struct arena *a)
{
    struct dlms_events *v = &c->events;

    memset(v, 0, sizeof(*v));
    dlms_out_init(&v->rows, a);
    known(c, a, c->now.word);
    v->asked = v->n == 0;
    v->listing = v->asked;
    return ERR_OK;
}

/* ---- asking ---- */

static void moment_of(const struct dlms_command *c, int64_t us,
                      struct dlms_datetime *out)
{
    dlms_datetime_of_moment((struct moment){ .us = us }, -c->now.zone_minutes,
                            out);
}

enum err dlms_events_ask(struct dlms_command *c, struct arena *a,
                         struct dlms_out *apdu)
{
    struct dlms_events *v = &c->events;
    const struct dlms_journal *log = &v->log[v->at];
    struct dlms_datetime from, to;
    struct dlms_asked what;

    if (v->listing) {
        what = dlms_ask(DLMS_ASSOCIATION_LN, association,
                        DLMS_ASSOCIATION_OBJECT_LIST);
    } else if (v->columns == NULL) {
        what = dlms_ask(DLMS_PROFILE_GENERIC, log->name,
                        DLMS_PROFILE_CAPTURE_OBJECTS);
    } else {
        moment_of(c, log->from_us, &from);
        moment_of(c, c->now.b, &to);
        what = dlms_profile_between(a, log->name, &v->columns[v->clock], &from,
                                    &to);
    }
    return dlms_session_ask(c->session, DLMS_SERVICE_GET, &what, 1, apdu);
}

/* ---- what a journal says ---- */

static int column_of(const struct dlms_events *v, bool (*is)(struct obis o))
{
    for (size_t i = 0; i < v->columns_n; i++) {
        if (is(v->columns[i].name))
            return (int)i;
    }
    return -1;
}

/* False: its records have no time, and cannot be told apart. */
static bool columns_take(struct dlms_events *v, struct arena *a,
                         const struct dlms_given *reply)
{
    if (reply->result != DLMS_SUCCESS || !reply->has_value ||
        dlms_columns_read(a, &reply->value, &v->columns, &v->columns_n) !=
            ERR_OK)
        return false;
    v->clock = dlms_column_clock(v->columns, v->columns_n);
    v->code = column_of(v, is_code);
    v->status = dlms_column_find(v->columns, v->columns_n, status_name, 2);
    return v->clock >= 0;
}

static int64_t number(const struct dlms_row *row, int column, int64_t otherwise)
{
    int64_t n;

    if (column < 0 || !dlms_value_integer(row->cells[column], &n) || n < 0)
        return otherwise;
    return n;
}

static void text_put(struct dlms_out *o, const char *s)
{
    dlms_out_raw(o, s, strlen(s));
}

static void record_put(struct dlms_command *c, struct arena *a,
                       const struct dlms_row *row)
{
    struct dlms_events *v = &c->events;
    char name[OBIS_TEXT_MAX];
    struct moment m;

    if (!row->has_time || v->records == RECORDS_MAX ||
        dlms_datetime_moment(&row->time, -c->now.zone_minutes, &m) != ERR_OK)
        return;
    text_put(&v->rows,
             arena_printf(a,
                          "%s{\"log\":\"%s\",\"at\":%" PRId64
                          ",\"code\":%" PRId64 ",\"status\":%" PRId64 "}",
                          v->records++ > 0 ? "," : "",
                          obis_write(name, v->log[v->at].name), m.us,
                          number(row, v->code, -1), number(row, v->status, 0)));
}

static void records_take(struct dlms_command *c, struct arena *a,
                         const struct dlms_given *reply)
{
    struct dlms_events *v = &c->events;
    struct dlms_row *rows;
    size_t n;

    if (reply->result != DLMS_SUCCESS || !reply->has_value ||
        dlms_rows_read(a, &reply->value, v->columns, v->columns_n, 0, &rows,
                       &n) != ERR_OK)
        return;
    for (size_t i = 0; i < n; i++)
        record_put(c, a, &rows[i]);
}

/* ---- the whole ---- */

static const char *told(struct dlms_command *c, struct arena *a)
{
    const struct dlms_events *v = &c->events;
    char name[OBIS_TEXT_MAX];
    struct dlms_out o;

    dlms_out_init(&o, a);
    text_put(&o, "{");
    if (v->asked) {
        text_put(&o, "\"logs\":[");
        for (size_t i = 0; i < v->n; i++)
            text_put(&o, arena_printf(a, "%s\"%s\"", i > 0 ? "," : "",
                                      obis_write(name, v->log[i].name)));
        text_put(&o, "],");
    }
    text_put(&o, "\"rows\":[");
    dlms_out_raw(&o, v->rows.at, v->rows.len);
    dlms_out_raw(&o, "]}", 3); /* and the NUL */
    return (const char *)o.at;
}

enum command_end dlms_events_answer(struct dlms_command *c, struct arena *a,
                                    const struct dlms_given *reply,
                                    struct command_step *step)
{
    struct dlms_events *v = &c->events;

    if (v->listing) {
        v->listing = false;
        if (reply->result == DLMS_SUCCESS && reply->has_value)
            found(c, a, &reply->value);
    } else if (v->columns == NULL) {
        if (columns_take(v, a, reply))
            return COMMAND_GOES_ON;
        v->columns = NULL;
        v->at++;
    } else {
        records_take(c, a, reply);
        v->columns = NULL;
        v->at++;
    }
    if (v->at < v->n)
        return COMMAND_GOES_ON;
    step->rows = told(c, a);
    return COMMAND_EXECUTED;
}
