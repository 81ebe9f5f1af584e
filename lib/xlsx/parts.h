/* What the files of xlsx/ share. */
#ifndef LAZUR_LIB_XLSX_PARTS_H
#define LAZUR_LIB_XLSX_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/xlsx/xlsx.h"

/* ---- package.c: the ZIP ---- */

struct package {
    void *zip; /* zip_t */
    struct arena *arena;
    enum xlsx_fault *why;
    const struct xlsx_reading *reading;
    int64_t done, total; /* bytes of XML, of the large parts */
};

enum err refuse(struct package *p, enum xlsx_fault fault,
                const char *what) MUST_CHECK;

/* Looks at the first bytes too: ERR_INVALID says what else it is. */
enum err package_open(struct package *p, const char *path) MUST_CHECK;
enum err package_open_fd(struct package *p, int fd) MUST_CHECK;
void package_close(struct package *p);

/* Unpacked bytes of a part; -1 when there is none. Case does not matter. */
int64_t part_size(const struct package *p, const char *name);

/* "xl/worksheets/sheet1.xml" of target in a relationship of part. */
const char *part_path(struct arena *a, const char *part, const char *target);

/* ---- xml.c: a part as events ---- */

struct xml_attributes {
    int n;
    const unsigned char *const *at; /* as libxml2 hands them */
};

struct xml_reader {
    enum err (*begin)(void *ctx, const char *name,
                      const struct xml_attributes *attributes);
    enum err (*end)(void *ctx, const char *name);
    enum err (*text)(void *ctx, const char *at, size_t len);
    void *ctx;
};

/* Names come without prefix. counted: its bytes are progress. */
enum err xml_read(struct package *p, const char *part, bool counted,
                  const struct xml_reader *to) MUST_CHECK;

/* The value of an attribute by its name without prefix; out ends with NUL and
 * is cut to its size. False when it is not there. */
bool attribute(const struct xml_attributes *a, const char *name, char *out,
               size_t size);

/* ---- strings.c: texts that cells share ---- */

struct strings;

enum err strings_read(struct package *p, const char *part,
                      struct strings **out) MUST_CHECK;
/* Appends it to out. ERR_INVALID when there is no such. */
enum err strings_get(struct package *p, struct strings *s, int64_t no,
                     struct buf *out) MUST_CHECK;
void strings_free(struct strings *s); /* NULL is fine */

/* Text with its _xHHHH_ as the characters they stand for, cut to its limit. */
void text_finish(struct buf *text);

/* ---- styles.c ---- */

#define STYLES_MAX 65536

struct styles {
    signed char *of; /* STYLE_DATE, 0, or the width to fill with zeros */
    size_t n;
    bool since_1904;
};

#define STYLE_DATE (-1)

enum err styles_read(struct package *p, const char *part,
                     struct styles *out) MUST_CHECK;
/* What a format code means: as styles.of. */
signed char format_class(const char *code);

/* ---- number.c ---- */

/* What a number looks like in a text column; false: it is no number. */
bool number_text(const char *raw, signed char style, bool since_1904,
                 struct buf *out);
/* ISO 8601 of a cell of type d. */
void iso_text(const char *raw, struct buf *out);

/* ---- sheet.c ---- */

enum err package_sheet(struct package *p, const char *part, struct strings *s,
                       const struct styles *styles) MUST_CHECK;

#endif
