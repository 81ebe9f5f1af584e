/* Firmware for meters: an image is loaded once for all who are being given it.
 */
#ifndef LAZUR_DAEMON_LISTENER_IMAGES_H
#define LAZUR_DAEMON_LISTENER_IMAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/bytes.h"

struct image;

/* loaded is called when images have come. */
void images_init(void (*loaded)(void));

/* The image of a job; asked for when it is not here. Released by its holder. */
struct image *image_hold(int64_t job);
void image_release(struct image *i); /* NULL is fine */

bool image_ready(const struct image *i);
/* Empty: the job is gone. */
struct bytes image_bytes(const struct image *i);
const char *image_name(const struct image *i);

#endif
