/*
 * The only file that includes libxml2, as a stream of events: no tree, no
 * network, no entities but the five that XML has, no document type.
 */
#include "lib/xlsx/parts.h"

#include <string.h>

#include <libxml/parser.h>

#include "lib/xlsx/unpack.h"

#define PIECE 65536

struct run {
    struct package *p;
    const struct xml_reader *to;
    xmlParserCtxtPtr parser;
    enum err e;
};

static void stop(struct run *r, enum err e)
{
    if (e == ERR_OK || r->e != ERR_OK)
        return;
    r->e = e;
    xmlStopParser(r->parser);
}

static void on_begin(void *ctx, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces,
                     const xmlChar **namespaces, int n, int n_defaulted,
                     const xmlChar **attributes)
{
    struct run *r = ctx;
    const struct xml_attributes all = { n, attributes };

    (void)prefix;
    (void)uri;
    (void)n_namespaces;
    (void)namespaces;
    (void)n_defaulted;
    if (r->e == ERR_OK)
        stop(r, r->to->begin(r->to->ctx, (const char *)name, &all));
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix,
                   const xmlChar *uri)
{
    struct run *r = ctx;

    (void)prefix;
    (void)uri;
    if (r->e == ERR_OK && r->to->end != NULL)
        stop(r, r->to->end(r->to->ctx, (const char *)name));
}

static void on_text(void *ctx, const xmlChar *text, int len)
{
    struct run *r = ctx;

    if (r->e == ERR_OK && r->to->text != NULL)
        stop(r, r->to->text(r->to->ctx, (const char *)text, (size_t)len));
}

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *id,
                       const xmlChar *system)
{
    struct run *r = ctx;

    (void)name;
    (void)id;
    (void)system;
    stop(r, refuse(r->p, XLSX_DOCTYPE, "a part"));
}

/* The code of the parser says that something is wrong; nobody prints it. */
static void on_error(void *ctx, xmlErrorPtr error)
{
    (void)ctx;
    (void)error;
}

bool attribute(const struct xml_attributes *a, const char *name, char *out,
               size_t size)
{
    for (int i = 0; i < a->n; i++) {
        /* name, prefix, namespace, value, its end */
        const unsigned char *const *at = a->at + (ptrdiff_t)i * 5;
        size_t len = (size_t)(at[4] - at[3]);

        if (strcmp((const char *)at[0], name) != 0)
            continue;
        if (len >= size)
            len = size - 1;
        memcpy(out, at[3], len);
        out[len] = '\0';
        return true;
    }
    out[0] = '\0';
    return false;
}

static enum err counted_step(struct package *p, size_t n)
{
    const struct xlsx_reading *r = p->reading;

    p->done += (int64_t)n;
    return r->progress != NULL ? r->progress(r->ctx, p->done, p->total)
                               : ERR_OK;
}

static enum err parse(struct run *r, struct unpack *u, bool counted)
{
    char piece[PIECE];
    size_t n = 0;
    enum err e;

    do {
        if ((e = unpack_read(r->p, u, piece, sizeof(piece), &n)) != ERR_OK)
            return e;
        (void)xmlParseChunk(r->parser, piece, (int)n, n == 0);
        if (r->e != ERR_OK)
            return r->e;
        if (!r->parser->wellFormed)
            return refuse(r->p, XLSX_BROKEN, "XML");
        if (counted && (e = counted_step(r->p, n)) != ERR_OK)
            return e;
    } while (n > 0);
    return ERR_OK;
}

enum err xml_read(struct package *p, const char *part, bool counted,
                  const struct xml_reader *to)
{
    xmlSAXHandler sax = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_begin,
        .endElementNs = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_text,
        .internalSubset = on_doctype,
        .serror = on_error,
    };
    struct run r = { .p = p, .to = to };
    struct unpack u;
    enum err e = unpack_open(p, part, &u);

    if (e == ERR_OK) {
        r.parser = xmlCreatePushParserCtxt(&sax, &r, NULL, 0, NULL);
        if (r.parser == NULL) {
            e = err_raise(ERR_IO, "xlsx: no parser");
        } else {
            (void)xmlCtxtUseOptions(r.parser, XML_PARSE_NONET);
            e = parse(&r, &u, counted);
            xmlFreeDoc(r.parser->myDoc);
            xmlFreeParserCtxt(r.parser);
        }
    }
    unpack_close(&u);
    return e;
}
