/*
 * The subscriber's cabinet: who enters and how, his password, what he changes
 * of his own data, what its sections show. All but entering is asked in a
 * transaction that cabinet_enter has begun: row security shows what is his.
 */
#ifndef LAZUR_LIB_MODEL_CABINET_H
#define LAZUR_LIB_MODEL_CABINET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/list.h"
#include "lib/units/money.h"

/* ---- entering (GC-290 ... GC-293) ---- */

/* A person at a browser. */
struct cabinet_visit {
    const char *email;             /* as typed */
    const char *browser, *address; /* "Firefox 54.0"; of the network */
};

struct cabinet_signed_in {
    bool accepted;       /* false: the e-mail or the password is wrong */
    int wait_s;          /* of ERR_BUSY: when to come again */
    const char *section; /* he was in last */
    const char *token;   /* for the cookie */
};

/*
 * cabinet_sign_in - check the password and begin a session.
 *
 * An unknown e-mail, one without a cabinet and a wrong password are one answer
 * that costs the same time; commit in all cases. ERR_BUSY after too many
 * failures of this e-mail or at this address.
 */
enum err cabinet_sign_in(struct db *db, struct arena *a,
                         const struct cabinet_visit *v, const char *password,
                         bool remembered,
                         struct cabinet_signed_in *out) MUST_CHECK;

struct cabinet_session {
    int64_t subscriber_id;
    const char *first_name, *email;
    const char *scheme;  /* auto, light, midnight, dark, contrast */
    const char *section; /* profile, meters ... */
    bool counts;         /* his balance is calculated */
    int notices;         /* notifications not confirmed */
    const char *viewer;  /* NULL: himself; else see cabinet_view.h */
    const char *account; /* of a view only */
};

/*
 * cabinet_enter - begin a transaction as the holder of a token.
 *
 * by_person  a click; false: a refresh, which keeps no session alive
 * ERR_UNSIGNED when the session is over, the cabinet is switched off or the
 * subscriber is gone; the transaction is then open, for nobody.
 */
enum err cabinet_enter(struct db *db, struct arena *a, const char *token,
                       bool by_person, struct cabinet_session *out) MUST_CHECK;

enum err cabinet_sign_out(struct db *db, struct arena *a,
                          const char *token) MUST_CHECK;

/* ---- passwords (GC-294 ... GC-298) ---- */

/* The rules of a new password, a bit for each that it breaks. */
enum {
    PASSWORD_SHORT = 1,    /* under 8 characters */
    PASSWORD_CAPITAL = 2,  /* no capital letter, Latin or Russian */
    PASSWORD_SMALL = 4,    /* no lower-case one */
    PASSWORD_DIGIT = 8,    /* no digit */
    PASSWORD_TOO_LONG = 16 /* over 128 bytes */
};
unsigned cabinet_password_faults(const char *password);

/*
 * cabinet_recover - a letter with a link, if v->email may enter.
 *
 * link   the address of the page, to which the token is appended
 * at     when it is asked for, as the letter tells it
 * Nothing tells whether there was one. ERR_BUSY with wait_s after too many.
 */
enum err cabinet_recover(struct db *db, struct arena *a,
                         const struct cabinet_visit *v, const char *link,
                         const char *at, const char *language,
                         int *wait_s) MUST_CHECK;

enum err cabinet_token_fits(struct db *db, struct arena *a, const char *token,
                            bool *out) MUST_CHECK;

/* The password follows the rules; *done false: the link is of no use. */
enum err cabinet_password(struct db *db, struct arena *a, const char *token,
                          const char *password, const struct cabinet_visit *v,
                          bool *done) MUST_CHECK;

/* ---- one's own data (GC-303 ... GC-307, GC-322, GC-323) ---- */

struct cabinet_rules {
    bool confirms_email, confirms_phone, sends_sms;
    const char *login_url; /* "": not set */
};
enum err cabinet_rules(struct db *db, struct arena *a,
                       struct cabinet_rules *out) MUST_CHECK;

enum cabinet_target { CABINET_EMAIL, CABINET_PHONE };

/* What may be wrong with a new address or number; codes are words of forms. */
#define CABINET_TAKEN "taken" /* somebody else's */
#define CABINET_OFTEN "often" /* too many changes or codes today */
#define CABINET_CODE  "code"  /* a code has to be typed */
#define CABINET_WRONG "wrong" /* not this one */
#define CABINET_OVER  "over"  /* too late, or too many wrong ones */

/* *fault "": a code of six digits is on its way. */
enum err cabinet_code_send(struct db *db, struct arena *a,
                           enum cabinet_target target, const char *value,
                           const char *language, const char **fault) MUST_CHECK;

/* Where the code that waits to be typed went; "": none waits. */
enum err cabinet_code_waits(struct db *db, struct arena *a,
                            enum cabinet_target target,
                            const char **value) MUST_CHECK;

/* code NULL: none was typed. *fault "": it is done. Commit in any case. */
enum err cabinet_change(struct db *db, struct arena *a,
                        enum cabinet_target target, const char *value,
                        const char *code, const struct cabinet_visit *v,
                        const char **fault) MUST_CHECK;

enum err cabinet_wishes(struct db *db, struct arena *a, bool *wants_sms,
                        bool *phone_given) MUST_CHECK;
/* sms NULL: as it is. */
enum err cabinet_settings(struct db *db, struct arena *a, const char *scheme,
                          const bool *sms) MUST_CHECK;
enum err cabinet_section(struct db *db, struct arena *a,
                         const char *section) MUST_CHECK;

/* ---- what sections show ---- */

#define PHONE_CHANGES_MAX 3 /* in 24 hours (GC-307) */

struct cabinet_profile {
    const char *account, *first_name, *last_name, *address, *email, *phone;
    struct figure balance_kopecks; /* unknown: it is not calculated */
    const char *tariff;            /* "": none */
    struct figure price_kopecks_per_1000_m3;
    const char *description;
    const char *branch_name, *branch_full_name, *bank, *bank_account, *bic;
    const char *corr_account, *inn;
    int64_t phone_changes; /* of the last 24 hours */
};
enum err cabinet_profile(struct db *db, struct arena *a,
                         struct cabinet_profile *out) MUST_CHECK;

/*
 * cabinet_forecast - how long a balance lasts if gas goes on costing what it
 * has cost in the last three months. known false: no balance to speak of, or
 * under four weeks of debits.
 */
#define FORECAST_DAYS_MIN 28
#define FORECAST_DAYS_MAX 1000
struct cabinet_forecast {
    bool known;
    int64_t days_left;
    struct money spent; /* in so many days */
    int64_t days;
};
enum err cabinet_forecast(struct db *db, struct arena *a, int64_t subscriber,
                          struct money balance,
                          struct cabinet_forecast *out) MUST_CHECK;

struct cabinet_meter {
    int64_t id;
    const char *serial, *model, *attached_model, *attached_serial; /* or "" */
    bool electricity;                                              /* kWh */
    struct moment last_at;
    struct figure volume_dm3, energy_wh, temperature_mk, valve;
};
struct cabinet_meter_list {
    const struct cabinet_meter *rows;
    size_t n;
};
enum err cabinet_meters(struct db *db, struct arena *a,
                        struct cabinet_meter_list *out) MUST_CHECK;

struct cabinet_notice {
    const char *reason, *serial;
    int severity; /* 3 high, 2 medium, 1 low */
    int64_t times;
    struct moment first_at, last_at;
};
struct cabinet_notice_list {
    const struct cabinet_notice *rows; /* those of a reason stand together */
    size_t n;
};
enum err cabinet_notices(struct db *db, struct arena *a,
                         struct cabinet_notice_list *out) MUST_CHECK;
/* A word that changes with them; begins with the number of reasons. */
enum err cabinet_news(struct db *db, struct arena *a,
                      const char **word) MUST_CHECK;
/* A reason, as far as it was shown. */
enum err cabinet_confirm(struct db *db, struct arena *a, const char *reason,
                         struct moment shown,
                         const struct cabinet_visit *v) MUST_CHECK;

struct cabinet_event {
    struct moment at;
    const char *kind, *note, *browser, *address;
};
struct cabinet_event_list {
    const struct cabinet_event *rows;
    size_t n;
};
#define CABINET_ROWS_MAX 100 /* GC-312, GC-320 */
enum err cabinet_events(struct db *db, struct arena *a,
                        struct cabinet_event_list *out) MUST_CHECK;

/* All of his data as JSON, and the event that he took it. */
enum err cabinet_export(struct db *db, struct arena *a,
                        const struct cabinet_visit *v,
                        const char **json) MUST_CHECK;

#endif
