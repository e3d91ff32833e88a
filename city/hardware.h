/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hardware.h - which model hangs where, what runs on it, its serial number: from the seed alone. The families
 * are real ones, so that real profiles read them; models, versions, dates and advisories are invented and
 * called SIM, since nothing here may be taken for a statement about a product. Pure. */
#ifndef NW_CITY_HARDWARE_H
#define NW_CITY_HARDWARE_H

#include "city/plan.h"
#include "lib/base/buf.h"

struct city_hardware {
    const char *model, *version;
};
/* Of an agent. */
struct city_hardware city_hardware_of(const struct city *c, int device);
/* Of a hotspot that is a row of its controller; it runs its controller's version. */
const char *city_row_model(const struct city *c, int hotspot);

enum { CITY_SERIAL_SIZE = 24 };
/* generation: how often the box at this place was swapped. */
void city_serial(const struct city *c, int device, unsigned generation, char out[CITY_SERIAL_SIZE]);

/* firmware.yaml for it: one model is past its end of support, one is near it, counted from the founding. */
enum err city_write_firmware(const struct city *c, struct buf *out) NW_CHECKED;

#endif
