/* The APDUs behind apdu.h, by family. For lib/dlms only. */
#ifndef LAZUR_LIB_DLMS_PARTS_H
#define LAZUR_LIB_DLMS_PARTS_H

#include "lib/dlms/apdu.h"
#include "lib/dlms/cursor.h"

/* Readers start behind the tag; writers write it. */

/* association.c: AARQ, AARE, RLRQ, RLRE, confirmed-service-error */
enum err aarq_read(struct cursor *c, struct dlms_aarq *out) MUST_CHECK;
enum err aare_read(struct cursor *c, struct dlms_aare *out) MUST_CHECK;
enum err release_read(struct cursor *c, struct dlms_release *out) MUST_CHECK;
enum err service_error_read(struct cursor *c,
                            struct dlms_service_error *out) MUST_CHECK;
void aarq_put(struct dlms_out *o, const struct dlms_aarq *q);
void aare_put(struct dlms_out *o, const struct dlms_aare *r);
void release_put(struct dlms_out *o, uint8_t tag, const struct dlms_release *r);
void service_error_put(struct dlms_out *o, const struct dlms_service_error *e);

/* initiate.c, behind the tag and to the end */
enum err initiate_request_read(struct cursor *c,
                               struct dlms_initiate *out) MUST_CHECK;
enum err initiate_response_read(struct cursor *c,
                                struct dlms_initiate *out) MUST_CHECK;

/* service.c, service_put.c: GET, SET and ACTION, request and response */
enum err request_read(struct arena *a, struct cursor *c, uint8_t tag,
                      struct dlms_request *out) MUST_CHECK;
enum err response_read(struct arena *a, struct cursor *c, uint8_t tag,
                       struct dlms_response *out) MUST_CHECK;
enum err request_put(struct dlms_out *o, uint8_t tag,
                     const struct dlms_request *q) MUST_CHECK;
enum err response_put(struct dlms_out *o, uint8_t tag,
                      const struct dlms_response *r) MUST_CHECK;

/* A value at the cursor. */
enum err value_at_cursor(struct arena *a, struct cursor *c,
                         struct dlms_value *out) MUST_CHECK;

#endif
