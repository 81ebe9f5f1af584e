/* What the sections of the cabinet show: rows as structs. */
#include "lib/model/cabinet.h"

#include <string.h>

enum err cabinet_profile(struct db *db, struct arena *a,
                         struct cabinet_profile *out)
{
    struct rows r;
    enum err e = db_query(db, a, Q_CABINET_PROFILE, NULL, &r);

    if (e != ERR_OK)
        return e;
    if (r.n == 0)
        return err_raise(ERR_NOT_FOUND, "no subscriber");
    *out = (struct cabinet_profile){
        .account = row_text(&r, 0, 0),
        .first_name = row_text(&r, 0, 1),
        .last_name = row_text(&r, 0, 2),
        .address = row_text(&r, 0, 3),
        .email = row_text(&r, 0, 4),
        .phone = row_text(&r, 0, 5),
        .balance_kopecks = { row_bool(&r, 0, 6), row_int(&r, 0, 7) },
        .tariff = row_text(&r, 0, 8),
        .price_kopecks_per_1000_m3 = row_figure(&r, 0, 9),
        .description = row_text(&r, 0, 10),
        .branch_name = row_text(&r, 0, 11),
        .branch_full_name = row_text(&r, 0, 12),
        .bank = row_text(&r, 0, 13),
        .bank_account = row_text(&r, 0, 14),
        .bic = row_text(&r, 0, 15),
        .corr_account = row_text(&r, 0, 16),
        .inn = row_text(&r, 0, 17),
        .phone_changes = row_int(&r, 0, 18),
    };
    return ERR_OK;
}

enum err cabinet_forecast(struct db *db, struct arena *a, int64_t subscriber,
                          struct money balance, struct cabinet_forecast *out)
{
    const char *const params[] = { param_int(a, subscriber) };
    struct rows r;
    int64_t reach;
    enum err e = db_query(db, a, Q_CABINET_SPENDING, params, &r);

    if (e != ERR_OK)
        return e;
    *out = (struct cabinet_forecast){
        .spent = { row_int(&r, 0, 0) },
        .days = row_int(&r, 0, 1),
    };
    if (balance.kopecks <= 0 || out->spent.kopecks <= 0 ||
        out->days < FORECAST_DAYS_MIN ||
        __builtin_mul_overflow(balance.kopecks, out->days, &reach))
        return ERR_OK;
    out->days_left = reach / out->spent.kopecks;
    out->known = out->days_left <= FORECAST_DAYS_MAX;
    return ERR_OK;
}

enum err cabinet_meters(struct db *db, struct arena *a,
                        struct cabinet_meter_list *out)
{
    struct cabinet_meter *list;
    struct rows r;
    enum err e = db_query(db, a, Q_CABINET_METERS, NULL, &r);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, r.n * sizeof(*list) + 1);
    for (size_t i = 0; i < r.n; i++)
        list[i] = (struct cabinet_meter){
            .id = row_int(&r, i, 0),
            .serial = row_text(&r, i, 1),
            .model = row_text(&r, i, 2),
            .electricity = strcmp(row_text(&r, i, 3), "electricity") == 0,
            .attached_model = row_text(&r, i, 4),
            .attached_serial = row_text(&r, i, 5),
            .last_at = row_moment(&r, i, 6),
            .volume_dm3 = row_figure(&r, i, 7),
            .energy_wh = row_figure(&r, i, 8),
            .temperature_mk = row_figure(&r, i, 9),
            .valve = row_figure(&r, i, 10),
        };
    *out = (struct cabinet_meter_list){ list, r.n };
    return ERR_OK;
}

enum err cabinet_notices(struct db *db, struct arena *a,
                         struct cabinet_notice_list *out)
{
    struct cabinet_notice *list;
    struct rows r;
    enum err e = db_query(db, a, Q_CABINET_NOTICES, NULL, &r);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, r.n * sizeof(*list) + 1);
    for (size_t i = 0; i < r.n; i++)
        list[i] = (struct cabinet_notice){
            .reason = row_text(&r, i, 0),
            .severity = (int)row_int(&r, i, 1),
            .serial = row_text(&r, i, 2),
            .times = row_int(&r, i, 3),
            .first_at = row_moment(&r, i, 4),
            .last_at = row_moment(&r, i, 5),
        };
    *out = (struct cabinet_notice_list){ list, r.n };
    return ERR_OK;
}

enum err cabinet_news(struct db *db, struct arena *a, const char **word)
{
    struct rows r;
    enum err e = db_query(db, a, Q_CABINET_NEWS, NULL, &r);

    if (e == ERR_OK)
        *word = row_text(&r, 0, 0);
    return e;
}

enum err cabinet_confirm(struct db *db, struct arena *a, const char *reason,
                         struct moment shown, const struct cabinet_visit *v)
{
    const char *const params[] = { reason, param_int(a, shown.us), v->browser,
                                   v->address };

    return db_exec(db, a, Q_CABINET_CONFIRM, params);
}

enum err cabinet_events(struct db *db, struct arena *a,
                        struct cabinet_event_list *out)
{
    struct cabinet_event *list;
    struct rows r;
    enum err e = db_query(db, a, Q_CABINET_EVENTS, NULL, &r);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, r.n * sizeof(*list) + 1);
    for (size_t i = 0; i < r.n; i++)
        list[i] = (struct cabinet_event){
            .at = row_moment(&r, i, 0),
            .kind = row_text(&r, i, 1),
            .note = row_text(&r, i, 2),
            .browser = row_text(&r, i, 3),
            .address = row_text(&r, i, 4),
        };
    *out = (struct cabinet_event_list){ list, r.n };
    return ERR_OK;
}

enum err cabinet_export(struct db *db, struct arena *a,
                        const struct cabinet_visit *v, const char **json)
{
    const char *const params[] = { v->browser, v->address };
    struct rows r;
    enum err e;

    if ((e = db_exec(db, a, Q_CABINET_EXPORTED, params)) != ERR_OK ||
        (e = db_query(db, a, Q_CABINET_EXPORT, NULL, &r)) != ERR_OK)
        return e;
    if (r.n == 0)
        return err_raise(ERR_NOT_FOUND, "no subscriber");
    *json = row_text(&r, 0, 0);
    return ERR_OK;
}
