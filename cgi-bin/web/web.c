/* The only door to libfcgi: one request at a time, answered from memory. */
#include "cgi-bin/web/inner.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fcgiapp.h>

/* More than nginx has workers' connections waiting for us in a burst. */
#define BACKLOG 1024

static FCGX_Request wire;

enum err wire_listen(const char *path, int *fd)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };

    if (strlen(path) >= sizeof(at.sun_path))
        return err_raise(ERR_INVALID, "socket: %s is too long", path);
    memcpy(at.sun_path, path, strlen(path) + 1);
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return err_raise(ERR_IO, "socket: %s", strerror(errno));
    unlink(path);
    if (bind(*fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
        chmod(path, 0660) != 0 || listen(*fd, BACKLOG) != 0) {
        enum err e = err_raise(ERR_IO, "%s: %s", path, strerror(errno));

        close(*fd);
        return e;
    }
    return ERR_OK;
}

void wire_attach(int fd)
{
    FCGX_Init();
    FCGX_InitRequest(&wire, fd, FCGI_FAIL_ACCEPT_ON_INTR);
}

bool wire_accept(void)
{
    return FCGX_Accept_r(&wire) == 0;
}

void wire_finish(bool broken)
{
    /* Closed without its end record, the web server cuts its own answer. */
    if (broken)
        FCGX_Free(&wire, 1);
    else
        FCGX_Finish_r(&wire);
}

const char *wire_param(const char *name)
{
    return FCGX_GetParam(name, wire.envp);
}

size_t wire_read(char *to, size_t len)
{
    int n = FCGX_GetStr(to, (int)len, wire.in);

    return n > 0 ? (size_t)n : 0;
}

bool wire_write(const char *at, size_t len)
{
    return FCGX_PutStr(at, (int)len, wire.out) == (int)len;
}
