/*
 * «Ключи»: keys and passwords of a meter, of which only whether they are there
 * is shown until somebody asks for one and is written down; by hand, by a file
 * for many meters, and changed in the meter itself.
 */
#ifndef LAZUR_CGI_BIN_ADMIN_METER_KEYS_H
#define LAZUR_CGI_BIN_ADMIN_METER_KEYS_H

#include "cgi-bin/admin/meters.h"
#include "lib/base/secret.h"
#include "lib/model/keys.h"

enum err meter_keys(struct req *r); /* GET /admin/meters/{id}/keys */

/* ---- keys_one.c ---- */

enum err key_show_ask(struct req *r);   /* GET .../keys/show?name= */
enum err key_show(struct req *r);       /* POST the same */
enum err key_remove_ask(struct req *r); /* GET .../keys/remove?name= */
enum err key_remove(struct req *r);     /* POST the same */

/* ---- keys_set.c ---- */

enum err keys_set_ask(struct req *r); /* GET .../keys/set */
enum err keys_set(struct req *r);     /* POST the same */

/* ---- keys_plain.c ---- */

enum err keys_plain_ask(struct req *r);  /* GET .../keys/plain */
enum err keys_plain_save(struct req *r); /* POST the same; on= */

/* ---- keys_rotate.c ---- */

enum err keys_rotate_ask(struct req *r); /* GET .../keys/rotate */
enum err keys_rotate_do(struct req *r);  /* POST the same */
enum err keys_stop_ask(struct req *r);   /* GET .../keys/withdraw */
enum err keys_stop(struct req *r);       /* POST the same */
enum err keys_repeat_ask(struct req *r); /* GET .../keys/again */
enum err keys_repeat(struct req *r);     /* POST the same */

/* ---- keys_import.c ---- */

enum err keys_import_ask(struct req *r); /* GET /admin/meters/keys-import */
enum err keys_import(struct req *r);     /* POST the same */

/* ---- what they share: keys_shared.c ---- */

/* What is kept for a meter, opened: under whatever names, as one. */
struct keys_opened {
    struct fleet_meter meter;
    struct keys_list list;
    const char *identity; /* that it is sealed about, or would be */
    struct bytes text;    /* lines of lib/base/secret.h */
    struct secret is;
};

/* ERR_IO, ERR_INVALID: they cannot be opened by this program. */
enum err keys_unseal(struct req *r, const struct keys_list *list,
                     struct bytes *text, struct secret *is) MUST_CHECK;
enum err keys_open(struct req *r, struct keys_opened *out) MUST_CHECK;

/* A meter with a system title is known by it. */
const char *keys_identity(struct req *r, struct bytes text,
                          const char *otherwise);

/*
 * keys_close - the change that makes text of what was, sealed about identity,
 * with the names that differ. The caller sets meter_id and how if they are not
 * the request's and hand.
 */
enum err keys_close(struct req *r, const struct keys_list *was,
                    struct bytes was_text, struct bytes text,
                    const char *identity, struct keys_change *out) MUST_CHECK;

/* Why a meter could not be associated with by these; NULL: it could. A word of
 * Words.Keys. */
const char *keys_lack(const struct secret *s);

/* Whether anything of them can be changed in the meter. */
bool keys_rotatable(const struct secret *is);

/* A form of the screen; its facts. */
struct sheet keys_sheet(struct req *r, const char *what);
void keys_facts(struct sheet *s, const struct fleet_meter *m);

/* The page's address. */
const char *keys_page(struct req *r);

/* A value that is no secret, as people read it. */
const char *keys_open_value(struct req *r, enum secret_item item,
                            const char *value);

/* Keeps text from now on, and ends the form. */
enum err keys_save(struct sheet *s, const struct keys_opened *k,
                   struct bytes text) MUST_CHECK;

/* Fills the page of keys; opened: why they could not be (meter_keys.c). */
enum err keys_page_show(struct req *r, struct keys_opened *k,
                        enum err opened) MUST_CHECK;

/* They do not open, or somebody changed them: the form says so. */
enum err keys_locked(struct sheet *s, enum err e) MUST_CHECK;

#endif
