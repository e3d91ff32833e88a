/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_channel.c - hostile names in mail, syslog and alerts: whatever a device calls itself, a mail has the
 * headers that we wrote and no others, a syslog message is one line, and all of it is UTF-8. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "alerts/channel_mime.h"
#include "alerts/channel_text.h"
#include "lib/base/strx.h"
#include "tests/fuzz/fuzz.h"

enum { FIELDS = 7, FIELD_MAX = 400, HEADERS = 11 };

/* The next field: a byte that says how long, then that much of what is left; NUL becomes a blank. */
static void take(const uint8_t **data, size_t *size, char out[FIELD_MAX])
{
    size_t len = *size ? (*data)[0] : 0;

    if (*size == 0) {
        out[0] = '\0';
        return;
    }
    ++*data, --*size;
    if (len > *size)
        len = *size;
    for (size_t i = 0; i < len; i++)
        out[i] = (*data)[i] ? (char)(*data)[i] : ' ';
    out[len] = '\0';
    *data += len;
    *size -= len;
}

static void must_be_one_line(const struct buf *b)
{
    for (size_t i = 0; i < b->len; i++)
        MUST((unsigned char)b->data[i] >= 0x20 && b->data[i] != 0x7f);
    MUST(strx_is_utf8(b->data, b->len));
}

/* Known names in our order, folded lines behind them, every line ASCII, short and ended by CRLF. */
static void must_be_mail(const char *mail)
{
    static const char *const names[HEADERS] = {
        "Date: ",       "From: ",        "To: ",       "Subject: ",   "Auto-Submitted: ", "MIME-Version: ",
        "Content-Type", "Content-Trans", "Message-ID", "In-Reply-To", "References"};
    bool is_body = false;
    size_t seen = 0;

    for (const char *line = mail; *line;) {
        size_t len = strcspn(line, "\r\n");
        for (size_t i = 0; i < len; i++)
            MUST(line[i] == '\t' || (line[i] >= ' ' && line[i] <= '~'));
        MUST(len <= 200 && line[len] == '\r' && line[len + 1] == '\n');
        if (!is_body && len && line[0] != ' ') {
            MUST(seen < HEADERS && strx_starts_with(line, names[seen]));
            seen++;
        }
        is_body = is_body || len == 0;
        line += len + 2;
    }
    MUST(is_body && seen == HEADERS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char fields[FIELDS][FIELD_MAX];
    static char *to[] = {(char *)(uintptr_t) "noc@stadt.example"};
    struct settings settings = {.instance = (char *)(uintptr_t) "stadt"};
    struct channel_settings channel = {.name = (char *)(uintptr_t) "x",
                                       .from = (char *)(uintptr_t) "wacht@stadt.example",
                                       .to = {to, NULL, 1},
                                       .facility = (char *)(uintptr_t) "user"};
    struct channel_place place = {&settings, &channel, NULL, fields[0]};
    Nw__Incident i = NW__INCIDENT__INIT;
    Nw__Member cause = NW__MEMBER__INIT, hotspot = NW__MEMBER__INIT, *members[] = {&hotspot};
    struct channel_event e = {
        .incident = &i, .time = 1795347065 * SECONDS, .id = "stadt/main/2", .first_id = "stadt/main/1"};
    struct buf out = BUF_INIT;

    for (size_t k = 0; k < FIELDS; k++)
        take(&data, &size, fields[k]);
    cause.kind = (char *)(uintptr_t) "device";
    hotspot.kind = (char *)(uintptr_t) "hotspot";
    cause.id = fields[1];
    cause.name = fields[2];
    hotspot.name = fields[3];
    i.id = (char *)(uintptr_t) "n-1";
    i.event = (char *)(uintptr_t) "opened";
    i.severity = (char *)(uintptr_t) "minor";
    i.type = (char *)(uintptr_t) "device_down";
    i.text_de = fields[4];
    i.operator_comment = fields[5];
    i.operator_at = 1;
    i.runbook = fields[6];
    i.cause = &cause;
    i.members = members;
    i.n_members = 1;
    for (channel.kind = CHANNEL_SMTP; channel.kind < CHANNEL_KINDS; channel.kind++) {
        buf_clear(&out);
        channel_text(&place, &e, &out);
        MUST(buf_error(&out) == ERR_OK);
        if (channel.kind == CHANNEL_SMTP)
            must_be_mail(out.data);
        else
            must_be_one_line(&out);
    }
    buf_fini(&out);
    return 0;
}
