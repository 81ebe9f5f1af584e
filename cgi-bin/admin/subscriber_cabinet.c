/* The cabinet of a subscriber, as he sees it; the program cabinet shows it. */
#include "cgi-bin/admin/subscribers.h"

#include "lib/model/cabinet_view.h"

enum err cabinet_look_into(struct req *r)
{
    const char *token;
    enum err e = cabinet_view_open(r->db, r->arena, r->id, session_token(r),
                                   r->address, &token);

    if (e != ERR_OK)
        return e;
    answer_cookie(r, COOKIE_CABINET_VIEW, token, 0);
    return answer_redirect(r, "/cabinet/profile");
}
