/* Letters: to the mail server, or to a folder while there is none. */
#include "daemon/notifier/notifier.h"

#include <inttypes.h>
#include <string.h>

#include "daemon/notifier/carrier.h"
#include "daemon/notifier/mime.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#define HOLD_MS 1000 /* behind those that have not been tried */

void mail_set(struct notifier *n, int64_t now_us)
{
    const struct account *acc = &n->account;

    n->mail.per_minute = n->set->mail_per_minute;
    if (acc->server.host[0] == '\0')
        channel_set(&n->mail,
                    n->set->outbox_folder[0] != '\0' ? CHANNEL_FOLDER
                                                     : CHANNEL_OFF,
                    "no_server", now_us);
    else if (acc->from_address[0] == '\0')
        channel_set(&n->mail, CHANNEL_OFF, "no_sender", now_us);
    else if (acc->trouble[0] != '\0')
        channel_set(&n->mail, CHANNEL_OFF, acc->trouble, now_us);
    else
        channel_set(&n->mail, CHANNEL_WORKS, "", now_us);
}

static void put_letter(struct buf *to, const struct account *acc,
                       const struct message *m)
{
    const struct letter l = {
        .from_address = acc->from_address[0] != '\0' ? acc->from_address
                                                     : "lazur@localhost",
        .from_name = acc->from_name,
        .to = m->recipient,
        .message_id = m->message_id,
        .language = m->language,
        .subject = m->subject,
        .text = m->text,
        .html = m->html,
        .created_s = m->created_s,
    };

    mime_put(to, &l);
}

/* Enhanced codes (RFC 3463, 3.2) 5.1.x are about the address; without one,
 * 550, 551 and 553 to RCPT are (RFC 5321, 4.2.3). */
static bool is_wrong_address(const struct carried_result *r)
{
    const char *enhanced = strlen(r->words) > 4 ? r->words + 4 : "";

    if (r->step != STEP_RECIPIENT)
        return false;
    if (enhanced[0] == '5' && enhanced[1] == '.')
        return strncmp(enhanced, "5.1.", 4) == 0;
    return r->code == 550 || r->code == 551 || r->code == 553;
}

/* Of this letter; what concerns every letter stops the channel instead. */
static struct ending refused(const struct carried_result *r)
{
    struct ending e = { .words = r->words };

    if (r->code < 500) {
        e.outcome = OUTCOME_AGAIN;
        e.error = "refused_for_now";
    } else {
        e.outcome = OUTCOME_FAILED;
        e.wrong_contact = is_wrong_address(r);
        e.error = e.wrong_contact ? "wrong_contact" : "refused";
    }
    return e;
}

static const char *trouble_word(const struct carried_result *r)
{
    if (r->how != ANSWERED_NO)
        return carried_word(r->how);
    return r->step == STEP_SENDER && r->code >= 500 ? "sender_refused"
                                                    : "refused_for_now";
}

static bool is_about_the_letter(const struct carried_result *r)
{
    return r->how == ANSWERED_NO && r->code != 421 && r->step >= STEP_RECIPIENT;
}

static void letter_over(void *ctx, const struct carried_result *r)
{
    struct errand *it = ctx;
    struct notifier *n = it->of;
    struct ending end = { .outcome = OUTCOME_SENT };

    if (r->how == CARRIED) {
        channel_works(&n->mail);
    } else if (is_about_the_letter(r)) {
        channel_works(&n->mail);
        end = refused(r);
        log_info("mail id=%" PRId64 " %s code=%ld", it->message.id, end.error,
                 r->code);
    } else {
        channel_stop(&n->mail, trouble_word(r), r->words,
                     n->set->carrier_retry_ms, 0, clock_monotonic_us());
        end = (struct ending){ .outcome = OUTCOME_HOLD,
                               .error = trouble_word(r),
                               .words = r->words,
                               .unclear = r->step == STEP_LETTER,
                               .pause_ms = HOLD_MS };
    }
    errand_end(it, &outbox_mail, &n->mail_way, &end);
}

static void begin(struct errand *it)
{
    struct notifier *n = it->of;
    const struct message *m = &it->message;
    struct buf letter = { 0 };
    char name[40];

    put_letter(&letter, &n->account, m);
    snprintf(name, sizeof(name), "mail-%" PRId64 ".eml", m->id);
    if (n->mail.state == CHANNEL_FOLDER)
        errand_to_folder(it, &outbox_mail, &n->mail_way, name, letter.at,
                         letter.len);
    else
        carrier_mail(&n->account.server, n->account.from_address, m->recipient,
                     letter.at, letter.len, letter_over, it);
    buf_free(&letter);
}

enum err mail_turn(struct notifier *n, int64_t now_us, bool *more)
{
    int most = (int)n->set->mail_connections;
    int room = channel_room(&n->mail, most - (int)n->mail_way.n, now_us);

    *more = false;
    /* Claimed by halves: a question for each letter would be one too many. A
     * stopped channel has one letter under way at most. */
    if (room == 0 || (n->mail_way.n > 0 && n->mail.state == CHANNEL_STOPPED) ||
        (n->mail_way.n > 0 && room * 2 < most))
        return ERR_OK;
    return errands_begin(n, &outbox_mail, &n->mail, &n->mail_way, room, begin,
                         more);
}
