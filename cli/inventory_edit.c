/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory_edit.c - loads, compares, checks and writes the file of the inventory that is ours. */
#include "cli/inventory_edit.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/strx.h"

/* ---- the target ---- */

static bool is_directory(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat x, y;

    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Will inventory_load() find the file? */
static bool is_covered(const struct settings *s, const char *path)
{
    char *copy = strdup(path), *other = strdup(path);
    const char *dir = copy ? dirname(copy) : "", *base = other ? basename(other) : "";
    bool is_found = false;

    for (size_t i = 0; i < s->inventory.count && !is_found; i++) {
        const char *item = s->inventory.items[i];
        is_found = strcmp(item, path) == 0 || is_same_file(item, path) ||
                   (is_same_file(item, dir) && base[0] != '.' && strx_ends_with(base, ".yaml"));
    }
    free(copy);
    free(other);
    return is_found;
}

static enum err choose_target(struct inventory_edit *e, const char *output, const char *name)
{
    const struct conf_strings *all = &e->settings->inventory;

    for (size_t i = 0; !output && !e->target && i < all->count; i++)
        if (is_directory(all->items[i]))
            e->target = strx_printf("%s/%s", all->items[i], name);
    if (output)
        e->target = strdup(output);
    if (!e->target && !output) {
        log_error("%s: `inventory` names no directory; give one, or name the file with -o",
                  e->settings->path);
        return ERR_NOT_FOUND;
    }
    if (e->target && !is_covered(e->settings, e->target))
        log_warning("%s: `inventory` in %s does not cover it; add it there", e->target, e->settings->path);
    return e->target ? ERR_OK : ERR_NOMEM;
}

/* The name that the loader knows the target by, so that items can be told to stand in it. */
static const char *loaded_name(const struct inventory_edit *e)
{
    for (int kind = 0; kind < INVENTORY_KINDS; kind++) {
        const struct conf_schema *schema = inventory_kinds[kind].schema;
        size_t count;
        const char *items = inventory_items(e->inventory, kind, &count);

        for (const struct conf_field *f = schema->fields; f->name; f++)
            for (size_t i = 0; f->type == CONF_POSITION && i < count; i++) {
                const struct conf_pos *at = (const void *)(items + i * schema->size + f->offset);
                if (at->file && is_same_file(at->file, e->target))
                    return at->file;
            }
    }
    return e->target;
}

/* ---- from open to compare ---- */

static enum err load(struct inventory_edit *e, const char *config)
{
    enum err result = settings_load(config, e->report, &e->settings);

    if (!result)
        result =
            inventory_load((const char *const *)e->settings->inventory.items, e->settings->inventory.count,
                           e->settings->districts, e->report, &e->inventory);
    if (result) {
        fputs(conf_report_text(e->report), stderr);
        log_error("%s: %s", config,
                  conf_report_count(e->report) ? "put this right first; `netzwacht check` explains"
                                               : err_text(result));
    }
    return result;
}

enum err inventory_edit_open(struct inventory_edit *e, const char *config, const char *output,
                             const char *name)
{
    enum err result;

    *e = (struct inventory_edit){0};
    result = conf_report_new(&e->report);
    if (!result)
        result = draft_new(&e->draft);
    if (!result)
        result = load(e, config);
    if (!result)
        result = choose_target(e, output, name);
    return result;
}

void inventory_edit_close(struct inventory_edit *e)
{
    inventory_diff_free(e->diff);
    draft_free(e->draft);
    inventory_free(e->inventory);
    settings_free(e->settings);
    conf_report_free(e->report);
    free(e->target);
    buf_fini(&e->text);
}

static enum err check_result(const struct inventory_edit *e)
{
    const struct inventory_overlay overlay = {e->target, e->text.data, e->text.len};
    struct conf_report *report;
    struct inventory *result_inventory = NULL;
    const struct device *devices;
    size_t count = 0;
    enum err result = conf_report_new(&report);

    if (result)
        return result;
    result =
        inventory_load_with((const char *const *)e->settings->inventory.items, e->settings->inventory.count,
                            e->settings->districts, &overlay, report, &result_inventory);
    devices = result ? NULL : inventory_devices(result_inventory, &count);
    for (size_t i = 0; i < count; i++)
        if (!settings_credentials(e->settings, devices[i].credentials))
            conf_report_add(report, devices[i].at, "credentials: there is none named \"%s\" in %s",
                            devices[i].credentials, e->settings->path);
    if (!result && conf_report_count(report))
        result = ERR_CONFIG;
    fputs(conf_report_text(report), stderr);
    if (result)
        log_error("%s would not pass `netzwacht check`: %s", e->target,
                  result == ERR_CONFIG ? "see above; nothing is written" : err_text(result));
    inventory_free(result_inventory);
    conf_report_free(report);
    return result;
}

enum err inventory_edit_compare(struct inventory_edit *e, const char *label, bool removes_missing)
{
    enum err result;

    e->options = (struct diff_options){label, loaded_name(e), removes_missing};
    result = inventory_diff_new(e->draft, e->inventory, &e->options, &e->diff);
    if (!result) {
        buf_printf(&e->text,
                   INVENTORY_EDIT_MARK " %s. The next one changes what its source says and keeps the rest;\n"
                                       "# comments are not kept.\n",
                   label ? "import" : "add");
        inventory_diff_write(&e->text, e->diff, e->inventory, &e->options);
        result = buf_error(&e->text);
    }
    if (result) {
        log_error("%s", err_text(result));
        return result;
    }
    e->is_as_before = !e->diff->counts[DIFF_NEW] && !e->diff->counts[DIFF_CHANGED] &&
                      !(removes_missing && e->diff->counts[DIFF_MISSING]);
    return check_result(e);
}

/* ---- to the disk ---- */

/* A file that is not there yet can be ours. */
static bool is_ours(const char *path)
{
    char head[sizeof INVENTORY_EDIT_MARK] = "";
    FILE *f = fopen(path, "re");
    size_t n = f ? fread(head, 1, sizeof head - 1, f) : 0;

    if (!f)
        return errno == ENOENT;
    fclose(f);
    return n == 0 || strcmp(head, INVENTORY_EDIT_MARK) == 0;
}

/* The daemons read it as other users: it is as readable as the file that it replaces, a new one by the umask.
 */
static enum err write_new(const char *path, const char *replaced, const void *text, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    struct stat st;
    const char *at = text;
    enum err e = fd < 0 ? err_from_errno(errno) : ERR_OK;

    while (!e && len) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno != EINTR)
            e = err_from_errno(errno);
        if (n > 0) {
            at += n;
            len -= (size_t)n;
        }
    }
    if (!e && stat(replaced, &st) == 0 && fchmod(fd, st.st_mode & 0777))
        e = err_from_errno(errno);
    if (!e && fsync(fd))
        e = err_from_errno(errno);
    if (fd >= 0 && close(fd) && !e)
        e = err_from_errno(errno);
    return e;
}

static void sync_directory(const char *path)
{
    char *copy = strdup(path);
    int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(copy);
}

enum err write_atomically(const char *path, const void *text, size_t len)
{
    char *copy = strdup(path), *other = strdup(path);
    char *beside =
        copy && other ? strx_printf("%s/.%s.%ld", dirname(copy), basename(other), (long)getpid()) : NULL;
    enum err e = beside ? write_new(beside, path, text, len) : ERR_NOMEM;

    if (!e && rename(beside, path))
        e = err_from_errno(errno);
    if (e && e != ERR_EXISTS && beside)
        (void)unlink(beside);
    if (!e)
        sync_directory(path);
    else
        log_error("%s: cannot be written: %s", path, err_text(e));
    free(beside);
    free(copy);
    free(other);
    return e;
}

enum err inventory_edit_write(const struct inventory_edit *e)
{
    if (!is_ours(e->target)) {
        log_error("%s was not written by `netzwacht device`; it is left alone: name another file with -o",
                  e->target);
        return ERR_EXISTS;
    }
    return write_atomically(e->target, e->text.data, e->text.len);
}
