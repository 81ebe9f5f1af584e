/*
 * An administrator looks into the cabinet of a subscriber: he sees what the
 * subscriber sees and changes nothing, and every page of it is a line of the
 * log, in the transaction that reads it.
 */
#ifndef LAZUR_LIB_MODEL_CABINET_VIEW_H
#define LAZUR_LIB_MODEL_CABINET_VIEW_H

#include "lib/model/cabinet.h"

/*
 * cabinet_view_open - a view that lives as long as the administrator's session.
 *
 * session  the token of that session
 * token    of the view, for a cookie of its own; the one before is over
 * ERR_NOT_FOUND: he has no cabinet. The line of the log is written.
 */
enum err cabinet_view_open(struct db *db, struct arena *a, int64_t subscriber,
                           const char *session, const char *address,
                           const char **token) MUST_CHECK;

/* What is done in a view. */
struct cabinet_look {
    const char *token, *address;
    const char *action; /* for the log; "": nothing is shown */
    const char *what;   /* is shown */
    bool ends;          /* the view is over with this */
};

/*
 * cabinet_view_enter - begin a transaction of a view.
 *
 * It can only read, unless the view ends with it. first_name has the whole
 * name, viewer the login of the administrator. ERR_UNSIGNED when the view, the
 * administrator's session or the cabinet is over; the transaction is then
 * open, for nobody.
 */
enum err cabinet_view_enter(struct db *db, struct arena *a,
                            const struct cabinet_look *look,
                            struct cabinet_session *out) MUST_CHECK;

#endif
