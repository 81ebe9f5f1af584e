/* The states of an HDLC link: see link.h. */
#include "lib/dlms/link_inner.h"

#include <string.h>

/* Control fields, IEC 62056-46, Table 4; the poll/final bit is apart. */
/* clang-format off */
enum control { RR = 0x01, RNR = 0x05, SNRM = 0x83, DISC = 0x43, UA = 0x63,
               DM = 0x0F, FRMR = 0x87, UI = 0x03, POLL = 0x10 };
/* clang-format on */

enum link_state { LINK_CLOSED, LINK_CONNECTING, LINK_OPEN, LINK_CLOSING };

struct dlms_link {
    struct arena *life;    /* this struct too */
    struct arena *heard;   /* of the APDU that comes */
    struct arena *sending; /* of the APDU that goes */
    struct dlms_link_settings how;
    struct link_parameters ours, agreed;
    enum link_state state;
    unsigned tried;
    struct bytes out;          /* LLC and APDU */
    size_t parts, sent, acked; /* segments of out */
    unsigned first;            /* N(S) of its first segment */
    unsigned awaited;          /* N(S) of the next frame to come */
    struct dlms_assembler in, in_ui;
};

struct dlms_link *dlms_link_new(const struct dlms_link_settings *settings)
{
    struct arena *life = arena_new();
    struct dlms_link *l = arena_alloc(life, sizeof(*l));
    struct link_parameters *p = &l->ours;

    l->life = life;
    l->heard = arena_new();
    l->sending = arena_new();
    l->how = *settings;
    if (l->how.attempts == 0)
        l->how.attempts = DLMS_LINK_ATTEMPTS;
    *p = (struct link_parameters){ settings->info_send, settings->info_receive,
                                   settings->window_send,
                                   settings->window_receive };
    p->info_send = p->info_send != 0 ? p->info_send : DLMS_LINK_INFO;
    p->info_receive = p->info_receive != 0 ? p->info_receive : DLMS_LINK_INFO;
    p->window_send = p->window_send != 0 ? p->window_send : 1;
    p->window_receive = p->window_receive != 0 ? p->window_receive : 1;
    l->agreed = *p;
    return l;
}

void dlms_link_free(struct dlms_link *l)
{
    struct arena *life;

    if (l == NULL)
        return;
    life = l->life;
    arena_free(l->heard);
    arena_free(l->sending);
    arena_free(life);
}

bool dlms_link_is_connected(const struct dlms_link *l)
{
    return l->state == LINK_OPEN;
}

size_t dlms_link_info(const struct dlms_link *l)
{
    return l->agreed.info_send;
}

unsigned dlms_link_window(const struct dlms_link *l)
{
    return l->agreed.window_send;
}

/* ---- what goes out ---- */

static enum err put(struct dlms_link *l, unsigned control, bool last,
                    struct bytes info, struct dlms_out *out)
{
    return hdlc_put(out, l->how.ours, l->how.theirs, (uint8_t)control, last,
                    info);
}

static enum err put_bare(struct dlms_link *l, unsigned control,
                         struct dlms_out *out)
{
    return put(l, control | POLL, true, (struct bytes){ NULL, 0 }, out);
}

static enum err put_parameters(struct dlms_link *l, unsigned control,
                               const struct link_parameters *p,
                               struct dlms_out *out)
{
    struct dlms_out info;

    dlms_out_init(&info, out->a);
    link_parameters_put(&info, p);
    return put(l, control | POLL, true, dlms_out_bytes(&info), out);
}

static enum err put_ready(struct dlms_link *l, struct dlms_out *out)
{
    return put_bare(l, RR | l->awaited << 5, out);
}

/* Segments from l->sent on, as many as the window lets; the last one polls. */
static enum err put_window(struct dlms_link *l, struct dlms_out *out)
{
    size_t size = l->agreed.info_send, until = l->acked + l->agreed.window_send;
    enum err e;

    until = until < l->parts ? until : l->parts;
    for (; l->sent < until; l->sent++) {
        size_t at = l->sent * size;
        size_t n = l->out.len - at < size ? l->out.len - at : size;
        unsigned control = l->awaited << 5 |
                           ((l->first + (unsigned)l->sent) & 7) << 1 |
                           (l->sent + 1 == until ? POLL : 0);

        if ((e = put(l, control, at + n == l->out.len,
                     (struct bytes){ l->out.at + at, n }, out)) != ERR_OK)
            return e;
    }
    return ERR_OK;
}

enum err dlms_link_connect(struct dlms_link *l, struct dlms_out *out)
{
    if (l->how.is_server || l->state == LINK_OPEN)
        return err_raise(ERR_INVALID, "there is nothing to connect");
    l->state = LINK_CONNECTING;
    l->tried = 0;
    return put_parameters(l, SNRM, &l->ours, out);
}

enum err dlms_link_close(struct dlms_link *l, struct dlms_out *out)
{
    if (l->how.is_server || l->state != LINK_OPEN)
        return err_raise(ERR_INVALID, "there is nothing to close");
    l->state = LINK_CLOSING;
    l->tried = 0;
    return put_bare(l, DISC, out);
}

enum err dlms_link_send(struct dlms_link *l, struct bytes apdu,
                        struct dlms_out *out)
{
    const uint8_t llc[LLC_LEN] = {
        0xE6, l->how.is_server ? DLMS_LLC_RESPONSE : DLMS_LLC_COMMAND, 0
    };
    uint8_t *copy;

    if (l->state != LINK_OPEN)
        return err_raise(ERR_INVALID, "the link is not connected");
    if (l->acked < l->sent)
        return err_raise(ERR_INVALID, "another APDU is still on its way");
    if (apdu.len == 0 || apdu.len > DLMS_APDU_MAX)
        return err_raise(ERR_INVALID, "an APDU of %zu bytes", apdu.len);
    arena_reset(l->sending);
    copy = arena_alloc(l->sending, LLC_LEN + apdu.len);
    memcpy(copy, llc, LLC_LEN);
    memcpy(copy + LLC_LEN, apdu.at, apdu.len);
    l->first = (l->first + (unsigned)l->sent) & 7;
    l->out = (struct bytes){ copy, LLC_LEN + apdu.len };
    l->parts = (l->out.len + l->agreed.info_send - 1) / l->agreed.info_send;
    l->sent = l->acked = 0;
    l->tried = 0;
    return put_window(l, out);
}

/* One more time without progress. */
static enum err try_again(struct dlms_link *l)
{
    if (++l->tried > l->how.attempts)
        return err_raise(ERR_PROTOCOL, "no answer after %u attempts",
                         l->how.attempts);
    return ERR_OK;
}

enum err dlms_link_again(struct dlms_link *l, struct dlms_out *out)
{
    enum err e;

    if ((e = try_again(l)) != ERR_OK)
        return e;
    switch (l->state) {
    case LINK_CONNECTING:
        return put_parameters(l, SNRM, &l->ours, out);
    case LINK_CLOSING:
        return put_bare(l, DISC, out);
    case LINK_OPEN:
        if (l->acked == l->sent)
            return put_ready(l, out);
        l->sent = l->acked;
        return put_window(l, out);
    case LINK_CLOSED:
        break;
    }
    return err_raise(ERR_INVALID, "the link is not connected");
}

/* ---- what comes in ---- */

static void reset(struct dlms_link *l, enum link_state state)
{
    l->state = state;
    l->first = l->awaited = 0;
    l->parts = l->sent = l->acked = 0;
    l->tried = 0;
    l->in = (struct dlms_assembler){ 0 };
}

static enum err rejected(struct dlms_link *l, uint8_t control,
                         struct dlms_out *out)
{
    const uint8_t why[] = { control,
                            (uint8_t)(((l->first + (unsigned)l->sent) & 7)
                                          << 1 |
                                      l->awaited << 5),
                            0x08 /* N(R) is wrong */ };

    if (!l->how.is_server)
        return err_raise(ERR_PROTOCOL, "what was never sent is confirmed");
    return put(l, FRMR | POLL, true, (struct bytes){ why, sizeof(why) }, out);
}

/* N(R) of a frame that came: so many of ours are there. */
static bool take_acks(struct dlms_link *l, uint8_t control)
{
    unsigned next = control >> 5;
    unsigned n = (next - (l->first + (unsigned)l->acked)) & 7;

    if (n > l->sent - l->acked)
        return false;
    l->acked += n;
    if (n > 0)
        l->tried = 0;
    return true;
}

/* The other end has given us the turn and there is no APDU to hand out. */
static enum err our_turn(struct dlms_link *l, bool heard_data,
                         struct dlms_out *out)
{
    enum err e;

    if (l->acked < l->parts) {
        if (l->acked < l->sent && (e = try_again(l)) != ERR_OK)
            return e;
        l->sent = l->acked; /* what it does not confirm was lost */
        return put_window(l, out);
    }
    /* A client that has heard an RR only waits; again() asks. */
    return heard_data || l->how.is_server ? put_ready(l, out) : ERR_OK;
}

static enum err take_information(struct dlms_link *l,
                                 const struct dlms_frame *f,
                                 struct dlms_link_heard *heard,
                                 struct dlms_out *out)
{
    bool final = (f->control & POLL) != 0, whole = false;
    struct dlms_frame part = *f;
    enum err e;

    if (!take_acks(l, f->control))
        return rejected(l, f->control, out);
    if ((unsigned)(f->control >> 1 & 7) != l->awaited) {
        if (!final)
            return ERR_OK;
        return (e = try_again(l)) != ERR_OK ? e : our_turn(l, true, out);
    }
    l->awaited = (l->awaited + 1) & 7;
    l->tried = 0;
    if ((e = dlms_assemble(&l->in, l->heard, &part, &heard->apdu, &whole)) !=
        ERR_OK)
        return e;
    if (whole) {
        heard->event = DLMS_LINK_APDU;
        return ERR_OK;
    }
    return final ? our_turn(l, true, out) : ERR_OK;
}

static enum err take_ui(struct dlms_link *l, const struct dlms_frame *f,
                        struct dlms_link_heard *heard)
{
    bool whole = false;
    enum err e;

    if ((e = dlms_assemble(&l->in_ui, l->heard, f, &heard->apdu, &whole)) !=
        ERR_OK)
        return e;
    if (whole)
        heard->event = DLMS_LINK_PUSH;
    return ERR_OK;
}

static enum err as_server(struct dlms_link *l, const struct dlms_frame *f,
                          struct dlms_link_heard *heard, struct dlms_out *out)
{
    unsigned kind = f->control & ~(unsigned)POLL;
    struct link_parameters theirs;
    enum err e;

    if (kind == SNRM) {
        if ((e = link_parameters_read(f->info, &theirs)) != ERR_OK)
            return e;
        l->agreed = link_parameters_agree(&l->ours, &theirs);
        reset(l, LINK_OPEN);
        heard->event = DLMS_LINK_CONNECTED;
        return put_parameters(l, UA, &l->agreed, out);
    }
    if (l->state != LINK_OPEN)
        return put_bare(l, DM, out);
    if (kind != DISC)
        return ERR_OK;
    reset(l, LINK_CLOSED);
    heard->event = DLMS_LINK_CLOSED;
    return put_bare(l, UA, out);
}

static enum err as_client(struct dlms_link *l, const struct dlms_frame *f,
                          struct dlms_link_heard *heard)
{
    unsigned kind = f->control & ~(unsigned)POLL;
    struct link_parameters theirs;
    enum err e;

    if (kind == UA && l->state == LINK_CONNECTING) {
        if ((e = link_parameters_read(f->info, &theirs)) != ERR_OK)
            return e;
        l->agreed = link_parameters_agree(&l->ours, &theirs);
        reset(l, LINK_OPEN);
        heard->event = DLMS_LINK_CONNECTED;
    } else if (kind == FRMR) {
        heard->event = DLMS_LINK_BROKEN;
        reset(l, LINK_CLOSED);
    } else if (kind == DM || (kind == UA && l->state == LINK_CLOSING)) {
        heard->event =
            l->state == LINK_CONNECTING ? DLMS_LINK_REFUSED : DLMS_LINK_CLOSED;
        reset(l, LINK_CLOSED);
    }
    return ERR_OK;
}

static bool same(struct dlms_address a, struct dlms_address b)
{
    return a.upper == b.upper && a.lower == b.lower && a.octets == b.octets;
}

static enum err hear(struct dlms_link *l, const struct dlms_frame *f,
                     struct dlms_link_heard *heard, struct dlms_out *out)
{
    unsigned kind = f->control & 0x0F;

    if ((f->control & ~(unsigned)POLL) == UI)
        return take_ui(l, f, heard);
    if (l->state == LINK_OPEN && (f->control & 1) == 0)
        return take_information(l, f, heard, out);
    if (l->state == LINK_OPEN && (kind == RR || kind == RNR)) {
        if (!take_acks(l, f->control))
            return rejected(l, f->control, out);
        if (kind == RNR || (f->control & POLL) == 0)
            return ERR_OK;
        return our_turn(l, false, out);
    }
    return l->how.is_server ? as_server(l, f, heard, out)
                            : as_client(l, f, heard);
}

enum err dlms_link_hear(struct dlms_link *l, struct bytes frame,
                        struct dlms_link_heard *heard, struct dlms_out *out)
{
    struct dlms_frame f;

    *heard = (struct dlms_link_heard){ .event = DLMS_LINK_GOES_ON };
    if (!l->in.busy && !l->in_ui.busy) {
        arena_reset(l->heard);
        l->in = l->in_ui = (struct dlms_assembler){ 0 };
    }
    if (frame.len == 0 || frame.at[0] == 0 || frame.at[0] == 0x68 ||
        dlms_frame_read(frame, &f) != ERR_OK ||
        !same(f.destination, l->how.ours) || !same(f.source, l->how.theirs))
        return ERR_OK;
    return hear(l, &f, heard, out);
}
