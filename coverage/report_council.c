/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_council.c - the monthly report to the council: a PDF, and beside it a CSV with every figure of it.
 */
#include "config.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "coverage/council_pages.h"
#include "coverage/report_file.h"
#include "coverage/report_internal.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

/* In a folder, the report is named after its month. */
static char *output_path(const struct report_request *r, const struct council *c)
{
    return strx_ends_with(r->output, "/")
               ? strx_printf("%scouncil-%s.%s", r->output, c->months[COUNCIL_THIS].name,
                             r->format == REPORT_CSV ? "csv" : "pdf")
               : strdup(r->output);
}

/* "report.pdf" -> "report.csv"; without that ending it is added. */
static char *csv_path(const char *pdf)
{
    size_t len = strlen(pdf);

    return strx_ends_with(pdf, ".pdf") ? strx_printf("%.*s.csv", (int)len - 4, pdf)
                                       : strx_printf("%s.csv", pdf);
}

/* What `sha256sum` prints. */
static enum err digest(const struct buf *text, struct buf *out)
{
    unsigned char hash[crypto_hash_sha256_BYTES];

    crypto_hash_sha256(hash, (const unsigned char *)text->data, text->len);
    strx_put_hex(out, hash, sizeof hash);
    buf_u8(out, '\0');
    return buf_error(out);
}

/* The files of the inventory without their folders: the same report wherever they lie. */
static enum err inventory_names(const struct settings *settings, struct buf *out)
{
    const char *const *files = (const char *const *)settings->inventory.items;

    for (size_t i = 0; i < settings->inventory.count; i++) {
        const char *slash = strrchr(files[i], '/');
        buf_printf(out, "%s%s", i ? ", " : "", slash ? slash + 1 : files[i]);
    }
    buf_u8(out, '\0');
    return buf_error(out);
}

static enum err make_pdf(const struct report_request *r, const struct council *c, const struct buf *csv,
                         struct buf *pdf)
{
    const char *name = r->settings->public_page.attribution;
    struct buf hash = BUF_INIT, names = BUF_INIT;
    enum err e = digest(csv, &hash);

    if (!e)
        e = inventory_names(r->settings, &names);
    if (!e)
        e = council_pdf(c,
                        &(struct council_paper){.publisher = name ? name : r->settings->instance,
                                                .version = PACKAGE_VERSION,
                                                .inventory = names.data,
                                                .figures = hash.data,
                                                .threshold_dbm = r->settings->coverage.threshold_dbm,
                                                .created = c->until},
                        pdf);
    if (e)
        log_error("the report cannot be made: %s", err_text(e));
    buf_fini(&hash);
    buf_fini(&names);
    return e;
}

/* path NULL: standard output, and nothing beside it. */
static enum err write_files(const struct report_request *r, const struct council *c, const char *path)
{
    struct buf csv = BUF_INIT, pdf = BUF_INIT;
    char *beside = path ? csv_path(path) : NULL;
    enum err e = path && !beside ? ERR_NOMEM : ERR_OK;

    council_csv(c, &csv);
    if (!e && r->format == REPORT_PDF) {
        e = make_pdf(r, c, &csv, &pdf);
        if (!e && beside)
            e = report_write_text(beside, &csv);
    }
    if (!e)
        e = report_write_text(path, r->format == REPORT_PDF ? &pdf : &csv);
    free(beside);
    buf_fini(&csv);
    buf_fini(&pdf);
    return e;
}

static enum err load_coverage(const struct report_request *r, struct history *history, ns_t month,
                              struct loaded_coverage *out)
{
    struct report_request of_month = *r;
    char name[8];

    availability_month(month, &of_month.from, &of_month.to, name);
    return report_compute_coverage(&of_month, history, out);
}

static enum err make(const struct report_request *r, struct history *history)
{
    const char *people = r->settings->coverage.population;
    struct loaded_coverage now = {0}, before = {0};
    struct population population = {0};
    struct council *c = NULL;
    char *path = NULL, name[8];
    ns_t begin, end;
    enum err e;

    availability_month(r->from, &begin, &end, name);
    e = load_coverage(r, history, begin, &now);
    if (!e)
        e = load_coverage(r, history, begin - 1, &before);
    if (!e && people)
        e = report_load_population(people, now.coverage, &population);
    if (!e)
        e = council_new(&(struct council_request){.inventory = r->inventory,
                                                  .history = history,
                                                  .coverage = now.coverage,
                                                  .before = before.coverage,
                                                  .population = people ? &population : NULL,
                                                  .month = begin,
                                                  .now = r->now,
                                                  .progress = r->progress},
                        &c);
    if (!e && r->output && !(path = output_path(r, c)))
        e = ERR_NOMEM;
    if (e)
        log_error("the figures of the report cannot be computed: %s", err_text(e));
    else
        e = write_files(r, c, path);
    free(path);
    council_free(c);
    population_fini(&population);
    report_unload_coverage(&now);
    report_unload_coverage(&before);
    return e;
}

enum err report_council(const struct report_request *r)
{
    struct history *history = NULL;
    enum err e;

    if (r->format != REPORT_PDF && r->format != REPORT_CSV) {
        log_error("the report to the council is written as pdf or csv");
        return ERR_UNSUPPORTED;
    }
    if (r->from >= r->now) {
        log_error("that month has not begun yet");
        return ERR_RANGE;
    }
    e = report_open_history(r, &history);
    if (e)
        return e;
    e = make(r, history);
    report_tell(r, "done", 1);
    history_close(history);
    return e;
}
