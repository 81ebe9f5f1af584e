/*
 * A page that lives asks each second whether what it shows is still so: it
 * brings the number of all its texts, and is answered 204 when that is the
 * same.
 */
#ifndef LAZUR_CGI_BIN_OPERATOR_VERSION_H
#define LAZUR_CGI_BIN_OPERATOR_VERSION_H

#include <stdint.h>

#define VERSION_START UINT64_C(0xCBF29CE484222325)

/* FNV-1a: not against forgery, only to see that something is different. */
uint64_t version_add(uint64_t version, const char *text);

#endif
