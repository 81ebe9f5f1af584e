/* Sends a piece, and asks what became of it before the next one goes. */
#include "daemon/worker/pieces.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>

#include "lib/base/log.h"

void pieces_begin(struct pieces *p, struct db *db,
                  const struct job_claim *claim, unsigned char *at)
{
    *p = (struct pieces){
        .db = db, .claim = claim, .arena = arena_new(), .at = at
    };
}

/* Until the socket can be read, or written when there is more to send. */
static enum err wait_socket(struct pieces *p)
{
    struct pollfd fd = { .fd = db_socket(p->db), .events = POLLIN };
    bool more = false;
    enum err e = db_flush(p->db, &more);

    if (e != ERR_OK)
        return e;
    if (more)
        fd.events |= POLLOUT;
    if (poll(&fd, 1, -1) < 0 && errno != EINTR)
        return err_raise(ERR_IO, "poll: %s", strerror(errno));
    e = (fd.revents & ~POLLOUT) != 0 ? db_consume(p->db) : ERR_OK;
    return e == ERR_OK && !db_alive(p->db)
               ? err_raise(ERR_DB, "the server closed the connection")
               : e;
}

/* What became of the piece that is on its way. */
static enum err settle(struct pieces *p)
{
    enum err e = ERR_OK, why = ERR_OK;
    struct rows rows = { 0 };
    bool stored = false;

    while (p->waiting && e == ERR_OK) {
        switch (db_next(p->db, p->arena, &rows, &why)) {
        case DB_WAIT:
            e = wait_socket(p);
            break;
        case DB_ROWS:
            stored = rows.n > 0;
            break;
        case DB_FAIL:
            break;
        case DB_SYNC:
            if (why == ERR_OK && !stored)
                why = err_raise(ERR_CONFLICT,
                                "job=%" PRId64 " is not ours any more",
                                p->claim->id);
            p->waiting = false;
            break;
        }
    }
    arena_reset(p->arena);
    p->waiting = false;
    return e != ERR_OK ? e : why;
}

static enum err send_piece(struct pieces *p)
{
    char *id, *no;
    bool more;
    enum err e;

    if (p->waiting && (e = settle(p)) != ERR_OK)
        return e;
    id = arena_printf(p->arena, "%" PRId64, p->claim->id);
    no = arena_printf(p->arena, "%" PRId64, p->sent);
    const struct db_param params[] = {
        { id, (int)strlen(id), false },
        { p->claim->key, (int)strlen(p->claim->key), false },
        { no, (int)strlen(no), false },
        { p->at, (int)p->len, true },
    };
    if ((e = db_send(p->db, Q_JOB_CHUNK_ADD, params, 4)) != ERR_OK ||
        (e = db_sync(p->db)) != ERR_OK)
        return e;
    p->waiting = true;
    p->sent++;
    p->size += (int64_t)p->len;
    p->len = 0;
    return db_flush(p->db, &more);
}

enum err pieces_write(void *it, const void *bytes, size_t len)
{
    struct pieces *p = it;
    const unsigned char *from = bytes;
    enum err e = ERR_OK;

    while (len > 0 && e == ERR_OK) {
        size_t room = JOB_CHUNK - p->len, n = len < room ? len : room;

        memcpy(p->at + p->len, from, n);
        p->len += n;
        from += n;
        len -= n;
        if (p->len == JOB_CHUNK)
            e = send_piece(p);
    }
    return e;
}

enum err pieces_end(struct pieces *p)
{
    enum err e = p->len > 0 ? send_piece(p) : ERR_OK;

    return e == ERR_OK && p->waiting ? settle(p) : e;
}

void pieces_leave(struct pieces *p)
{
    if (p->waiting && db_alive(p->db) && settle(p) != ERR_OK)
        log_debug("job=%" PRId64 ": the last piece was not stored",
                  p->claim->id);
    arena_free(p->arena);
}
