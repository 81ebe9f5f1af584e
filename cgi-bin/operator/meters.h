/* The main window: its screens, its state and what its files share. */
#ifndef LAZUR_CGI_BIN_OPERATOR_METERS_H
#define LAZUR_CGI_BIN_OPERATOR_METERS_H

#include "cgi-bin/web/web.h"
#include "lib/model/meter.h"

/* ---- screens ---- */

enum err meters_list(struct req *r);  /* GET /meters?state */
enum err meters_live(struct req *r);  /* GET /meters/live?state&v= */
enum err meters_csv(struct req *r);   /* GET /meters.csv?q= */
enum err sessions_csv(struct req *r); /* GET /meters/{id}/sessions.csv */
enum err commands_csv(struct req *r); /* GET /meters/{id}/commands.csv */
enum err archive_csv(struct req *r);  /* GET /meters/{id}/archive.csv */
enum err events_csv(struct req *r);   /* GET /meters/{id}/events.csv */
enum err valve_ask(struct req *r);    /* GET /meters/{id}/valve?action=&back= */
enum err valve_command(struct req *r); /* POST the same */

/* ---- meters_state.c: what the address says ---- */

#define OPEN_MAX_ROWS 20

enum tab { TAB_SESSIONS, TAB_COMMANDS, TAB_ARCHIVE, TAB_EVENTS, TABS };

struct meters_state {
    int64_t page, size;
    enum meter_order order;
    bool descending;
    const char *term;
    int64_t open[OPEN_MAX_ROWS]; /* rows whose information is unfolded */
    size_t n_open;
    int64_t meter; /* the selected one, 0 for none */
    enum tab tab;
    int64_t tab_page, tab_size;
    int tab_order; /* of commands: enum command_order */
    bool tab_ascending;
};

extern const int64_t page_sizes[4];

/* Words of the address: "serial", "account" ...; "sessions" ... */
extern const char *const meter_order_names[METER_ORDERS];
extern const char *const tab_names[TABS];
extern const char *const command_order_names[3];

/* What cannot be understood is as if it had not been said. */
void state_read(struct req *r, struct meters_state *s);

/* "/meters?q=…&meter=…": path and what differs from the defaults. */
char *state_address(struct arena *a, const char *path,
                    const struct meters_state *s);

/* Each row has two addresses that differ only at their ends. */
struct row_stems {
    const char *select; /* …meter= */
    const char *fold;   /* everything but open= */
    bool fold_asked;
};

void state_stems(struct arena *a, const struct meters_state *s,
                 struct row_stems *out);
char *state_select(struct arena *a, const struct row_stems *stems, int64_t id);
/* With the unfolded rows of s. */
char *state_fold(struct arena *a, const struct row_stems *stems,
                 const struct meters_state *s);

bool state_is_open(const struct meters_state *s, int64_t id);

/* The text after which the window may be shown again: "/meters…" or fallback.
 */
const char *back_address(struct req *r, const char *fallback);

/* ---- the window being filled ---- */

struct window {
    struct req *r;
    struct meters_state at;
    uint64_t version; /* of all that is shown: equal, nothing has changed */
};

/* view_set and view_set_at, counted in the version. */
void window_set(struct window *w, const char *name, const char *value);
void window_put(struct window *w, const char *list, size_t i, const char *field,
                const char *value);

/* As field and fieldIso. */
void window_put_moment(struct window *w, const char *list, size_t i,
                       const char *field, struct moment m);

/* States.N.Code of a row; silent comes first. */
void window_put_states(struct window *w, const char *list, size_t i,
                       int64_t status, bool silent);

/* What a range and a pager need; address makes the link of a page. */
struct paging {
    const char *name; /* "Meters", "Tab" */
    int64_t before, shown, total, all, size;
    bool more;     /* there are more than total */
    bool filtered; /* all is said, too */
    char *(*address)(const struct window *w, int64_t page);
};

void window_paging(struct window *w, const struct paging *p);

/* ---- meter_panel.c: unfolded rows, the selected meter ---- */

/*
 * panel_show - fills Info of the unfolded rows of the page, Selected and Tab.
 * ERR_NOT_FOUND when the selected meter is none that the operator sees.
 */
enum err panel_show(struct window *w, const struct meter_list *list) MUST_CHECK;

/* Why a command may not be given now: "rights", "novalve", "queued",
 * "allowed"; "" when it may. */
const char *valve_why(const struct req *r, const struct meter_card *card,
                      enum command_kind kind);

/* ---- desk.c: the buttons of account, note and radio password ---- */

/* Selected.Radio .Accrue .Payments .Note, and Saved after one of them. */
void desk_buttons_show(struct window *w, const struct meter_card *c);

/* ---- document_buttons.c: [12], [13], and those of all meters ---- */

/* why: no receipt can be made, "nosubscriber". */
void document_buttons_show(struct window *w, const struct meter_card *c,
                           const char *why);

/* Documents.Daily, .Receipts, .Balance: addresses. */
void documents_show(struct window *w);

/* ---- meter_tabs.c: the tab of the selected meter ---- */

/* events: the meter has journals, and a tab of them. */
enum err tabs_show(struct window *w, bool events) MUST_CHECK;

/* ---- figures.c: numbers as text, "" for what is not known ---- */

char *volume_cell(struct arena *a, struct figure volume_dm3);
char *energy_cell(struct arena *a, struct figure energy_wh);
char *hours_cell(struct arena *a, struct figure hours);
char *temperature_cell(struct arena *a, struct figure temperature_mk);
char *pressure_cell(struct arena *a, struct figure pressure_pa);
char *battery_cell(struct arena *a, struct figure battery_mv);
char *money_cell(struct arena *a, struct figure kopecks);

#endif
