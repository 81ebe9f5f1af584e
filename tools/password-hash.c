/* One line in, its password hash out: for tools/stack operator-add. */
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/log.h"
#include "lib/base/password.h"

int main(void)
{
    char line[512];
    struct arena *a = arena_new();
    const char *hash;

    if (fgets(line, sizeof line, stdin) == NULL)
        fatal("no password on stdin");
    line[strcspn(line, "\n")] = '\0';
    if (line[0] == '\0')
        fatal("an empty password");
    if (password_hash(a, line, &hash) != ERR_OK)
        fatal("no hash: %s", err_reason());
    puts(hash);
    explicit_bzero(line, sizeof line);
    arena_free(a);
    return fflush(stdout) == 0 ? 0 : 1;
}
