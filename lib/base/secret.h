/*
 * What is sealed for a meter: lines ek=, ak= (AES-128 keys, 32 hexadecimal
 * digits), lls= (a password of any printable characters) and radio= (that of
 * the short-range radio, which people read and type).
 */
#ifndef LAZUR_LIB_BASE_SECRET_H
#define LAZUR_LIB_BASE_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/err.h"

#define SECRET_KEY_LEN      16
#define SECRET_PASSWORD_MAX 64

struct secret {
    bool has_ek, has_ak;
    uint8_t ek[SECRET_KEY_LEN]; /* encryption */
    uint8_t ak[SECRET_KEY_LEN]; /* authentication */
    uint8_t lls[SECRET_PASSWORD_MAX];
    size_t lls_len;                      /* 0: no password */
    char radio[SECRET_PASSWORD_MAX + 1]; /* "": no password */
};

/* ERR_INVALID names the line by its number, never by what stands in it. */
enum err secret_read(struct bytes text, struct secret *out) MUST_CHECK;

#endif
