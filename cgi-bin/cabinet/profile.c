/* «Профиль»: the account in large figures, then four panels (GC-302). */
#include "cgi-bin/cabinet/cabinet.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "lib/base/clock.h"
#include "lib/units/grouped.h"
#include "lib/units/quantity.h"

static const char *rubles(struct arena *a, int64_t kopecks)
{
    return grouped_text(a, money_text(a, (struct money){ kopecks }));
}

/* "14 декабря", and the year when it is another. */
static const char *day_words(struct req *r, int64_t days)
{
    time_t now = (time_t)(clock_now_us() / 1000000);
    time_t then = now + (time_t)days * 86400;
    struct tm today, day;
    const char *month;

    localtime_r(&now, &today);
    localtime_r(&then, &day);
    month = word(r, arena_printf(r->arena, "MonthOf.m%d", day.tm_mon + 1));
    return day.tm_year == today.tm_year
               ? arena_printf(r->arena, "%d %s", day.tm_mday, month)
               : arena_printf(r->arena, "%d %s %d", day.tm_mday, month,
                              day.tm_year + 1900);
}

/* Profile.Until, .Spent, .Days, .Daily: «хватит примерно до», and why. */
static void forecast_show(struct req *r, const struct cabinet_forecast *f)
{
    if (!f->known)
        return;
    view_set(r, "Profile.Until", day_words(r, f->days_left));
    view_set(r, "Profile.Spent", rubles(r->arena, f->spent.kopecks));
    view_set_int(r, "Profile.Days", f->days);
    view_set(r, "Profile.Daily", rubles(r->arena, f->spent.kopecks / f->days));
}

/* Profile.Balance, .Debt (what is owed) */
static enum err balance_show(struct req *r, const struct cabinet_profile *p)
{
    int64_t balance = p->balance_kopecks.n;
    struct cabinet_forecast f;
    enum err e;

    if (!p->balance_kopecks.known)
        return ERR_OK;
    e = cabinet_forecast(r->db, r->arena, r->who.id, (struct money){ balance },
                         &f);
    if (e != ERR_OK)
        return e;
    view_set(r, "Profile.Balance", rubles(r->arena, balance));
    if (balance < 0)
        view_set(r, "Profile.Debt", rubles(r->arena, -balance));
    forecast_show(r, &f);
    return ERR_OK;
}

/* Profile.FirstName .LastName .Address .Email .Phone .PhoneOften; .Tariff
 * .Price .Description; .Branch .Account .Bank .BankAccount .Bic .CorrAccount
 * .Inn */
static void panels_show(struct req *r, const struct cabinet_profile *p)
{
    view_set(r, "Profile.FirstName", p->first_name);
    view_set(r, "Profile.LastName", p->last_name);
    view_set(r, "Profile.Address", p->address);
    view_set(r, "Profile.Email", p->email);
    view_set(r, "Profile.Phone", p->phone);
    if (p->phone_changes >= PHONE_CHANGES_MAX)
        view_set(r, "Profile.PhoneOften", "1");
    view_set(r, "Profile.Tariff", p->tariff);
    if (p->price_kopecks_per_1000_m3.known)
        view_set(r, "Profile.Price",
                 rubles(r->arena, p->price_kopecks_per_1000_m3.n));
    view_set(r, "Profile.Description", p->description);
    view_set(r, "Profile.Branch",
             p->branch_full_name[0] ? p->branch_full_name : p->branch_name);
    view_set(r, "Profile.Account", p->account);
    view_set(r, "Profile.Bank", p->bank);
    view_set(r, "Profile.BankAccount", p->bank_account);
    view_set(r, "Profile.Bic", p->bic);
    view_set(r, "Profile.CorrAccount", p->corr_account);
    view_set(r, "Profile.Inn", p->inn);
}

/* What was changed just now: ?done=email or phone. */
static void done_show(struct req *r)
{
    const char *done = form_text(r, "done");

    if (strcmp(done, "email") == 0 || strcmp(done, "phone") == 0)
        view_set(r, "Profile.Done", done);
}

enum err profile(struct req *r)
{
    struct cabinet_profile p;
    struct cabinet_meter_list list;
    enum err e;

    if ((e = section_open(r, "profile")) != ERR_OK ||
        (e = cabinet_profile(r->db, r->arena, &p)) != ERR_OK ||
        (e = cabinet_meters(r->db, r->arena, &list)) != ERR_OK ||
        (e = balance_show(r, &p)) != ERR_OK)
        return e;
    panels_show(r, &p);
    meters_show(r, &list);
    done_show(r);
    return view_render(r, "cabinet/profile.cst");
}
