/* A connection that is made only to see whether it can be. */
#include "lib/base/reach.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/clock.h"

/* 0 when it connected before deadline, or the errno. */
static int connected(int fd, const struct addrinfo *to, int64_t deadline_us)
{
    struct pollfd wait = { .fd = fd, .events = POLLOUT };
    int why = 0;
    socklen_t len = sizeof(why);
    int64_t left_ms;

    if (connect(fd, to->ai_addr, to->ai_addrlen) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    left_ms = (deadline_us - clock_monotonic_us()) / 1000;
    if (left_ms <= 0 || poll(&wait, 1, (int)left_ms) <= 0)
        return ETIMEDOUT;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &len) == 0 ? why : errno;
}

static int try_one(const struct addrinfo *to, int64_t deadline_us)
{
    int fd =
        socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int why;

    if (fd < 0)
        return errno;
    why = connected(fd, to, deadline_us);
    close(fd);
    return why;
}

enum err reach(const char *host, int port, int timeout_ms)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list, *at;
    int64_t deadline_us = clock_monotonic_us() + (int64_t)timeout_ms * 1000;
    char service[8];
    int why;

    snprintf(service, sizeof(service), "%d", port);
    why = getaddrinfo(host, service, &hints, &list);
    if (why != 0)
        return err_raise(ERR_IO, "reach: %s", gai_strerror(why));
    why = ETIMEDOUT;
    for (at = list; at != NULL && why != 0; at = at->ai_next)
        why = try_one(at, deadline_us);
    freeaddrinfo(list);
    return why == 0 ? ERR_OK : err_raise(ERR_IO, "reach: error %d", why);
}
