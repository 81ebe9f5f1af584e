/*
 * The ceiling of the listener: the same sockets, children, natural batches,
 * rows and state, answered after the commit, and nothing else: no protocol,
 * no recognition, no commands, no timeouts.
 *
 *   bare_listener PORT CHILDREN CONNINFO STATEMENT-FILE
 *
 * libpq is called here directly, and not through lib/base/db.h: a ceiling must
 * not stand on the code whose cost it is to show.
 */
#define _GNU_SOURCE /* accept4 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "lib/base/bytes.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "tests/load/bare.h"

#define BATCH_MAX 4096
#define EVENTS    1024

/* PostgreSQL's own numbers of array and element types. */
/* clang-format off */
enum { INT2 = 21, INT4 = 23, INT8 = 20, TEXT = 25, MOMENT = 1184,
       INT2S = 1005, INT4S = 1007, INT8S = 1016, TEXTS = 1009, MOMENTS = 1185 };

static const struct column {
    unsigned array, element;
    int len;  /* of an element; 0: always NULL */
    int from; /* offset in the record; -1: the moment of receipt */
} columns[] = {
    { INT8S,   INT8,   8, BARE_METER },       { MOMENTS, MOMENT, 8, BARE_AT },
    { MOMENTS, MOMENT, 8, -1 },               { INT8S,   INT8,   8, BARE_VOLUME },
    { INT8S,   INT8,   0, 0 },                { INT8S,   INT8,   8, BARE_STATUS },
    { INT4S,   INT4,   4, BARE_WORKING },     { INT4S,   INT4,   4, BARE_TAMPER },
    { INT4S,   INT4,   4, BARE_TEMPERATURE }, { INT4S,   INT4,   4, BARE_PRESSURE },
    { INT2S,   INT2,   2, BARE_BATTERY_MV },  { INT2S,   INT2,   2, BARE_BATTERY },
    { INT2S,   INT2,   2, BARE_SIGNAL },      { INT2S,   INT2,   2, BARE_VALVE },
    { INT2S,   INT2,   2, BARE_CAUSE },
    { TEXTS,   TEXT,   BARE_OPERATOR_LEN, BARE_OPERATOR },
};
/* clang-format on */
#define COLUMNS    (sizeof columns / sizeof columns[0])
#define ARRAY_HEAD 20

struct session {
    int len;
    uint8_t record[BARE_MAX];
};

struct batch {
    int n;
    int fds[BATCH_MAX];
    uint8_t *at[COLUMNS]; /* arrays in binary form */
    int len[COLUMNS];
};

static struct session *sessions; /* by descriptor */
static int sessions_max;
static struct batch batches[2];
static struct batch *filling = &batches[0], *flying = &batches[1];
static bool in_flight;
static PGconn *pg;
static int poll_fd;

static void batch_init(struct batch *b)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        b->at[c] =
            calloc(1, (size_t)(ARRAY_HEAD + BATCH_MAX * (4 + columns[c].len)));
        if (b->at[c] == NULL)
            fatal("no memory");
        be32_put(b->at[c], 1);
        be32_put(b->at[c] + 4, columns[c].len == 0);
        be32_put(b->at[c] + 8, columns[c].element);
        be32_put(b->at[c] + 16, 1);
        b->len[c] = ARRAY_HEAD;
    }
}

static void batch_add(struct batch *b, int fd, const uint8_t *record)
{
    uint8_t now[8];

    be64_put(now, (uint64_t)(clock_now_us() - (int64_t)BARE_EPOCH_S * 1000000));
    for (size_t c = 0; c < COLUMNS; c++) {
        uint8_t *p = b->at[c] + b->len[c];
        int len = columns[c].len;

        be32_put(p, len ? (uint32_t)len : UINT32_MAX);
        memcpy(p + 4, columns[c].from < 0 ? now : record + columns[c].from,
               (size_t)len);
        b->len[c] += 4 + len;
    }
    b->fds[b->n++] = fd;
}

static void batch_clear(struct batch *b)
{
    b->n = 0;
    for (size_t c = 0; c < COLUMNS; c++)
        b->len[c] = ARRAY_HEAD;
}

static void watch(int op, int fd, unsigned events)
{
    struct epoll_event ev = { .events = events, .data.fd = fd };

    if (epoll_ctl(poll_fd, op, fd, &ev) != 0)
        fatal("epoll_ctl fd=%d", fd);
}

static void db_push(void)
{
    int more = PQflush(pg);

    if (more < 0)
        fatal("database: %s", PQerrorMessage(pg));
    watch(EPOLL_CTL_MOD, PQsocket(pg), more ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

/* Everything that came while the last commit was in flight. */
static void batch_send(void)
{
    struct batch *b = filling;
    const char *values[COLUMNS];
    int lengths[COLUMNS], formats[COLUMNS];

    for (size_t c = 0; c < COLUMNS; c++) {
        be32_put(b->at[c] + 12, (uint32_t)b->n);
        values[c] = (const char *)b->at[c];
        lengths[c] = b->len[c];
        formats[c] = 1;
    }
    if (!PQsendQueryPrepared(pg, "ingest", COLUMNS, values, lengths, formats,
                             1))
        fatal("database: %s", PQerrorMessage(pg));
    filling = flying;
    flying = b;
    in_flight = true;
    db_push();
}

/* Committed: answer and hang up. */
static void batch_done(void)
{
    static const uint8_t answer[BARE_ANSWER_LEN] = "stored";

    for (int i = 0; i < flying->n; i++) {
        if (send(flying->fds[i], answer, sizeof answer, MSG_NOSIGNAL) < 0)
            log_warn("send");
        close(flying->fds[i]);
    }
    batch_clear(flying);
    in_flight = false;
}

static void db_ready(unsigned events)
{
    PGresult *res;

    if (events & EPOLLOUT)
        db_push();
    if (!(events & EPOLLIN))
        return;
    if (!PQconsumeInput(pg))
        fatal("database: %s", PQerrorMessage(pg));
    while (in_flight && !PQisBusy(pg)) {
        if ((res = PQgetResult(pg)) == NULL) {
            batch_done();
            break;
        }
        if (PQresultStatus(res) != PGRES_COMMAND_OK)
            fatal("database: %s", PQerrorMessage(pg));
        PQclear(res);
    }
}

/* Level-triggered and read before it is watched: the record is mostly there. */
static void session_ready(int fd, bool watched)
{
    struct session *s = &sessions[fd];
    ssize_t got;

    if (filling->n == BATCH_MAX)
        return;
    got = recv(fd, s->record + s->len, sizeof s->record - (size_t)s->len, 0);

    if (got <= 0 && !(got < 0 && errno == EAGAIN)) {
        close(fd);
        return;
    }
    if (got > 0)
        s->len += (int)got;
    if (s->len < 2 || s->len < be16_get(s->record)) {
        if (!watched)
            watch(EPOLL_CTL_ADD, fd, EPOLLIN);
        return;
    }
    if (watched)
        watch(EPOLL_CTL_DEL, fd, 0);
    batch_add(filling, fd, s->record);
}

static void accept_ready(int listener)
{
    int fd;

    while (filling->n < BATCH_MAX &&
           (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >=
               0) {
        if (fd >= sessions_max) {
            close(fd);
            return;
        }
        sessions[fd].len = 0;
        session_ready(fd, false);
    }
}

static int listen_on(int port)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) ||
        bind(fd, (struct sockaddr *)&to, sizeof to) || listen(fd, 4096))
        fatal("port %d", port);
    return fd;
}

static void db_start(const char *conninfo, const char *file)
{
    static char sql[16384];
    PGresult *res;

    file_read(file, sql, sizeof sql);
    pg = PQconnectdb(conninfo);
    if (PQstatus(pg) != CONNECTION_OK)
        fatal("database: %s", PQerrorMessage(pg));
    res = PQprepare(pg, "ingest", sql, 0, NULL);
    if (PQresultStatus(res) != PGRES_COMMAND_OK)
        fatal("%s: %s", file, PQerrorMessage(pg));
    PQclear(res);
    PQsetnonblocking(pg, 1);
}

static void child(int port, const char *conninfo, const char *file)
{
    struct epoll_event ev[EVENTS];
    struct rlimit files;
    int listener;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    getrlimit(RLIMIT_NOFILE, &files);
    sessions_max = (int)files.rlim_cur;
    sessions = calloc((size_t)sessions_max, sizeof *sessions);
    if (sessions == NULL)
        fatal("no memory");
    batch_init(&batches[0]);
    batch_init(&batches[1]);
    db_start(conninfo, file);
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    listener = listen_on(port);
    watch(EPOLL_CTL_ADD, listener, EPOLLIN);
    watch(EPOLL_CTL_ADD, PQsocket(pg), EPOLLIN);
    for (;;) {
        int n = epoll_wait(poll_fd, ev, EVENTS, -1);

        for (int i = 0; i < n; i++) {
            if (ev[i].data.fd == PQsocket(pg))
                db_ready(ev[i].events);
            else if (ev[i].data.fd == listener)
                accept_ready(listener);
            else
                session_ready(ev[i].data.fd, true);
        }
        if (!in_flight && filling->n > 0)
            batch_send();
    }
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: bare_listener PORT CHILDREN CONNINFO FILE\n");
        return 2;
    }
    log_init("bare_listener", false);
    for (int i = 0; i < number_of(argv[2]); i++)
        if (fork() == 0)
            child(number_of(argv[1]), argv[3], argv[4]);
    /* A child that ends is a broken measurement: end with it. */
    wait(NULL);
    return 1;
}
