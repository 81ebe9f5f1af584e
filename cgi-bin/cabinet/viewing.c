/*
 * An administrator looks into a cabinet. What he sees is what the subscriber
 * sees; what he opens stands in «Протокол работы»; nothing can be done, for the
 * routes refuse him, and his transactions only read.
 */
#include "cgi-bin/cabinet/cabinet.h"

#include <inttypes.h>
#include <string.h>

#include "lib/model/cabinet_view.h"

#define END "/cabinet/viewing/end"

/* The name of a page for the log; NULL: it shows nothing, it leads on. */
static const char *page_named(const char *path)
{
    static const struct {
        const char *path, *name;
    } pages[] = {
        { "/cabinet", NULL },
        { "/cabinet/", NULL },
        { "/cabinet/profile", "«Профиль»" },
        { "/cabinet/receipt", "квитанция" },
        { "/cabinet/meters", "«Мои счётчики»" },
        { "/cabinet/payments", "«Платежи»" },
        { "/cabinet/notifications", "«Уведомления»" },
        { "/cabinet/log", "«Журнал»" },
        { "/cabinet/settings", "«Настройки»" },
        { "/cabinet/help", "«Справка»" },
    };

    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        if (strcmp(pages[i].path, path) == 0)
            return pages[i].name;
    }
    return path;
}

static struct cabinet_look look_of(struct req *r)
{
    struct cabinet_look look = { .token = session_token(r),
                                 .address = r->address,
                                 .action = "",
                                 .what = "" };

    if (strcmp(r->path, END) == 0) {
        look.ends = true;
        look.action = "Закрыт личный кабинет абонента";
    } else if (strcmp(r->method, "GET") == 0 && page_named(r->path) != NULL) {
        look.action = "Просмотр личного кабинета абонента";
        look.what = page_named(r->path);
    }
    return look;
}

enum err viewing_enter(struct req *r, struct cabinet_session *out)
{
    const struct cabinet_look look = look_of(r);

    return cabinet_view_enter(r->db, r->arena, &look, out);
}

/* The colours and the language of a page are the browser's own affair. */
enum err viewing_guard(struct req *r)
{
    bool harmless = strcmp(r->method, "GET") == 0 ||
                    strcmp(r->path, END) == 0 ||
                    strcmp(r->path, "/cabinet/look") == 0;

    return harmless ? ERR_OK
                    : err_raise(ERR_FORBIDDEN, "a view changes nothing");
}

/* The attempt itself is told of, as operators' are. */
enum err viewing_refused(struct req *r)
{
    struct cabinet_session s;
    struct cabinet_look look = look_of(r);

    if (r->who.role != ONLOOKER)
        return db_begin(r->db);
    look.action = "Отказано в доступе";
    look.what = arena_printf(r->arena, "%s %s", r->method, r->path);
    return cabinet_view_enter(r->db, r->arena, &look, &s);
}

/* Back to the list that it was opened from. */
enum err viewing_end(struct req *r)
{
    answer_cookie(r, COOKIE_CABINET_VIEW, "", -1);
    return answer_redirect(
        r, arena_printf(r->arena, "/admin/subscribers?id=%" PRId64, r->who.id));
}
