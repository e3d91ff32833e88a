/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conf_write.h - what conf.h reads, written: through the same schema tables, so that no member is forgotten.
 */
#ifndef NW_RUNTIME_CONF_WRITE_H
#define NW_RUNTIME_CONF_WRITE_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/runtime/conf.h"

/* A double-quoted YAML scalar; whatever is not plainly printable (control characters, direction marks) is
 * written as \uNNNN, so that neither a parser nor a terminal takes it for something else. */
void conf_put_text(struct buf *out, const char *text);

/* A flow mapping on one line, "{id: "lido", lat: 53.7}". Members that equal their fallback are left out. The
 * schema may hold scalars and lists without a fallback, not CONF_MAP, CONF_PAIRS: that is ERR_TYPE in out. */
void conf_put(struct buf *out, const struct conf_schema *schema, const void *item);

/* One member alone, a text without its quotes; nothing for NULL. */
void conf_put_member(struct buf *out, const struct conf_field *field, const void *item);
/* Both items say the same of this member, which is a scalar. */
bool conf_is_equal(const struct conf_field *field, const void *a, const void *b);

#endif
