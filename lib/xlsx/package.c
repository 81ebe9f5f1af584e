/*
 * The only file that includes zip.h. A part is unpacked as it is read, and
 * what it may unpack to is counted while it does: what the archive says about
 * itself is believed no further than that.
 */
#include "lib/xlsx/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <zip.h>

#include "lib/xlsx/unpack.h"

/* No table of a million rows needs more. Deflate packs XML of cells 10 to 40
 * times; a thousand times is what it can do at most, and what bombs do. */
#define PART_MAX    (INT64_C(2) << 30)
#define RATIO_MAX   250
#define RATIO_FREE  (INT64_C(16) << 20)
#define ENTRIES_MAX 4096

const char *xlsx_fault_code(enum xlsx_fault fault)
{
    static const char *const codes[] = { "",          "not_zip", "old_xls",
                                         "protected", "parts",   "bomb",
                                         "doctype",   "damaged" };

    return codes[fault];
}

enum err refuse(struct package *p, enum xlsx_fault fault, const char *what)
{
    *p->why = fault;
    return err_raise(ERR_INVALID, "xlsx: %s: %s", xlsx_fault_code(fault), what);
}

/* ---- what it is, if it is no ZIP ---- */

/* The name of a stream in a compound file ([MS-CFB] 2.6.1): UTF-16. */
static bool names_encrypted(const unsigned char *at, size_t n)
{
    static const char name[] = "EncryptedPackage";
    const size_t len = sizeof(name) - 1;

    for (size_t i = 0; i + 2 * len <= n; i++) {
        size_t k = 0;

        while (k < len && at[i + 2 * k] == (unsigned char)name[k] &&
               at[i + 2 * k + 1] == 0)
            k++;
        if (k == len)
            return true;
    }
    return false;
}

#define LOOK 65536

static enum err look(struct package *p, int fd)
{
    static const unsigned char ole[] = { 0xD0, 0xCF, 0x11, 0xE0,
                                         0xA1, 0xB1, 0x1A, 0xE1 };
    unsigned char *head = arena_alloc(p->arena, LOOK);
    ssize_t n = read(fd, head, LOOK);
    bool is_protected = false;

    if (n < 0)
        return err_raise(ERR_IO, "xlsx: %s", strerror(errno));
    if (n >= 4 && memcmp(head, "PK\3\4", 4) == 0)
        return ERR_OK;
    if (n < (ssize_t)sizeof(ole) || memcmp(head, ole, sizeof(ole)) != 0)
        return refuse(p, XLSX_NOT_ZIP, "first bytes");
    do {
        is_protected = names_encrypted(head, (size_t)n);
    } while (!is_protected && (n = read(fd, head, LOOK)) > 0);
    return refuse(p, is_protected ? XLSX_PROTECTED : XLSX_OLD_XLS,
                  "a compound file");
}

static enum err opened(struct package *p, int code)
{
    if (p->zip == NULL)
        return code == ZIP_ER_MEMORY ? err_raise(ERR_IO, "xlsx: memory")
                                     : refuse(p, XLSX_BROKEN, "directory");
    if (zip_get_num_entries(p->zip, 0) > ENTRIES_MAX)
        return refuse(p, XLSX_BOMB, "entries");
    return ERR_OK;
}

enum err package_open_fd(struct package *p, int fd)
{
    int own, code = 0;
    enum err e;

    if (lseek(fd, 0, SEEK_SET) != 0)
        return err_raise(ERR_IO, "xlsx: %s", strerror(errno));
    if ((e = look(p, fd)) != ERR_OK)
        return e;
    own = lseek(fd, 0, SEEK_SET) == 0 ? dup(fd) : -1;
    if (own < 0)
        return err_raise(ERR_IO, "xlsx: %s", strerror(errno));
    p->zip = zip_fdopen(own, 0, &code);
    if (p->zip == NULL)
        (void)close(own);
    return opened(p, code);
}

enum err package_open(struct package *p, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), code = 0;
    enum err e;

    if (fd < 0)
        return err_raise(ERR_IO, "xlsx: %s", strerror(errno));
    e = look(p, fd);
    (void)close(fd);
    if (e != ERR_OK)
        return e;
    p->zip = zip_open(path, ZIP_RDONLY, &code);
    return opened(p, code);
}

void package_close(struct package *p)
{
    if (p->zip != NULL)
        zip_discard(p->zip);
    p->zip = NULL;
}

/* ---- parts ---- */

static zip_int64_t locate(const struct package *p, const char *name)
{
    zip_int64_t at = zip_name_locate(p->zip, name, 0);

    return at >= 0 ? at : zip_name_locate(p->zip, name, ZIP_FL_NOCASE);
}

int64_t part_size(const struct package *p, const char *name)
{
    zip_int64_t at = locate(p, name);
    zip_stat_t st;

    if (at < 0 || zip_stat_index(p->zip, (zip_uint64_t)at, 0, &st) != 0)
        return -1;
    return (st.valid & ZIP_STAT_SIZE) && st.size <= INT64_MAX ? (int64_t)st.size
                                                              : 0;
}

/* Steps of a path into to; ".." takes one back. */
static void path_add(struct buf *to, const char *path, size_t len)
{
    while (len > 0) {
        const char *slash = memchr(path, '/', len);
        size_t n = slash ? (size_t)(slash - path) : len;
        bool up = n == 2 && memcmp(path, "..", 2) == 0;
        bool here = n == 0 || (n == 1 && path[0] == '.');

        if (up) {
            while (to->len > 0 && to->at[--to->len] != '/')
                ;
        } else if (!here) {
            if (to->len > 0)
                buf_putc(to, '/');
            buf_add(to, path, n);
        }
        n += slash != NULL;
        path += n;
        len -= n;
    }
}

const char *part_path(struct arena *a, const char *part, const char *target)
{
    struct buf path = { 0 };
    const char *folder = strrchr(part, '/');
    const char *out;

    if (target[0] != '/' && folder != NULL)
        path_add(&path, part, (size_t)(folder - part));
    path_add(&path, target, strlen(target));
    out = arena_strndup(a, path.at ? path.at : "", path.len);
    buf_free(&path);
    return out;
}

/* ---- unpacking ---- */

enum err unpack_open(struct package *p, const char *part, struct unpack *u)
{
    zip_int64_t at = locate(p, part);
    zip_stat_t st;

    memset(u, 0, sizeof(*u));
    if (at < 0)
        return refuse(p, XLSX_PARTS, "a part is missing");
    if (zip_stat_index(p->zip, (zip_uint64_t)at, 0, &st) != 0)
        return refuse(p, XLSX_BROKEN, "a part");
    if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) &&
        st.encryption_method != ZIP_EM_NONE)
        return refuse(p, XLSX_PROTECTED, "a part");
    u->packed = st.valid & ZIP_STAT_COMP_SIZE ? (int64_t)st.comp_size : 0;
    u->file = zip_fopen_index(p->zip, (zip_uint64_t)at, 0);
    return u->file != NULL ? ERR_OK : refuse(p, XLSX_BROKEN, "a part");
}

enum err unpack_read(struct package *p, struct unpack *u, void *to, size_t size,
                     size_t *len)
{
    zip_int64_t n = zip_fread(u->file, to, size);

    if (n < 0)
        return refuse(p, XLSX_BROKEN, zip_file_strerror(u->file));
    *len = (size_t)n;
    u->done += n;
    if (u->done > PART_MAX ||
        (u->done > RATIO_FREE && u->done / RATIO_MAX > u->packed))
        return refuse(p, XLSX_BOMB, "a part");
    return ERR_OK;
}

void unpack_close(struct unpack *u)
{
    if (u->file != NULL)
        (void)zip_fclose(u->file);
    u->file = NULL;
}
