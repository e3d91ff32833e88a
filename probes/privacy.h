/* SPDX-License-Identifier: GPL-3.0-or-later */
/* privacy.h - what netzwacht knows of persons: `netzwacht privacy-report`. One table, in German and English;
 * whoever adds a field about persons to the code adds its line here. Pure. */
#ifndef NW_PROBES_PRIVACY_H
#define NW_PROBES_PRIVACY_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/model/state.h"

enum err privacy_print_text(enum language lang, struct buf *out) NW_CHECKED;
/* {"schema":"netzwacht.privacy/1","fields":[{"part","field","purpose","where","retention","is_stored"}]} */
enum err privacy_print_json(enum language lang, struct buf *out) NW_CHECKED;

#endif
