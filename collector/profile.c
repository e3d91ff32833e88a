/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile.c - the set of all profiles, read from directories. */
#include "collector/profile.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collector/profile_internal.h"
#include "lib/base/strx.h"

enum { PROFILES_MAX = 1000 };

const uint32_t profile_sys_descr[SYS_OID_LEN] = {1, 3, 6, 1, 2, 1, 1, 1, 0};
const uint32_t profile_sys_object_id[SYS_OID_LEN] = {1, 3, 6, 1, 2, 1, 1, 2, 0};

static int by_name(const void *a, const void *b)
{
    const struct profile *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

const char *profile_set_name(const struct profile_set *set, size_t i)
{
    return set->items[i]->name;
}

size_t profile_set_count(const struct profile_set *set)
{
    return set->count;
}

const struct profile *profile_set_find(const struct profile_set *set, const char *name, size_t *at)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->items[i]->name, name) == 0) {
            if (at)
                *at = i;
            return set->items[i];
        }
    return NULL;
}

bool profile_set_has(const struct profile_set *set, const char *name)
{
    return profile_set_find(set, name, NULL) != NULL;
}

static struct conf_pos at_file(struct conf_report *report, const char *path)
{
    return (struct conf_pos){conf_report_file(report, path), 1, 1};
}

/* Takes p, in any case. */
static enum err add(struct profile_set *set, struct profile *p, const char *dir, struct conf_report *report)
{
    size_t at;
    struct profile **more;

    if (profile_set_find(set, p->name, &at)) {
        if (strx_starts_with(set->items[at]->path, dir) &&
            strchr(set->items[at]->path + strlen(dir) + 1, '/') == NULL) {
            conf_report_add(report, at_file(report, p->path), "profile: %s is defined in %s already", p->name,
                            set->items[at]->path);
            profile_free(p);
            return ERR_OK;
        }
        profile_free(set->items[at]); /* a later directory replaces it */
        set->items[at] = p;
        return ERR_OK;
    }
    more = set->count < PROFILES_MAX ? realloc(set->items, (set->count + 1) * sizeof *more) : NULL;
    if (!more) {
        profile_free(p);
        return ERR_NOMEM;
    }
    set->items = more;
    set->items[set->count++] = p;
    return ERR_OK;
}

static int is_yaml(const struct dirent *d)
{
    return d->d_name[0] != '.' && strx_ends_with(d->d_name, ".yaml");
}

static enum err load_dir(struct profile_set *set, const char *dir, struct conf_report *report)
{
    struct dirent **names = NULL;
    int count = scandir(dir, &names, is_yaml, alphasort);
    enum err e = ERR_OK;

    if (count < 0) {
        e = err_from_errno(errno);
        conf_report_add(report, at_file(report, dir), "this directory of profiles cannot be read: %s",
                        err_text(e));
        return e;
    }
    for (int i = 0; i < count; i++) {
        char *path = strx_printf("%s/%s", dir, names[i]->d_name);
        struct profile *p = NULL;

        if (!path)
            e = ERR_NOMEM;
        if (!e)
            e = profile_read_file(path, report, &p);
        if (p)
            e = add(set, p, dir, report);
        if (e != ERR_NOMEM)
            e = ERR_OK; /* reported; the others are checked too */
        free(path);
        free(names[i]);
    }
    free(names);
    return e;
}

/* Whether p uses what there is; if not, why goes to report. */
static bool uses_are_fine(const struct profile_set *set, const struct profile *p, struct conf_report *report)
{
    size_t before = conf_report_count(report);

    for (size_t k = 0; k < p->use_count; k++) {
        const struct profile *used = profile_set_find(set, p->uses[k], NULL);

        if (!used)
            conf_report_add(report, p->uses_at[k], "uses: there is no profile %s without mistakes",
                            p->uses[k]);
        else if (used->use_count)
            conf_report_add(report, p->uses_at[k], "uses: %s uses others itself; name those here instead",
                            used->name);
    }
    return conf_report_count(report) == before;
}

/* Leaves out profiles that use what is not there. What they use has no uses of its own, so one pass is
 * enough. */
static void drop_dangling(struct profile_set *set, struct conf_report *report)
{
    for (size_t i = set->count; i-- > 0;) {
        if (uses_are_fine(set, set->items[i], report))
            continue;
        profile_free(set->items[i]);
        memmove(&set->items[i], &set->items[i + 1], (set->count - i - 1) * sizeof(set->items[0]));
        set->count--;
    }
}

static enum err make_probe(struct profile_set *set)
{
    struct plan_builder b = {0};
    enum err e = plan_add(&b, profile_sys_descr, SYS_OID_LEN, true, 0);

    if (!e)
        e = plan_add(&b, profile_sys_object_id, SYS_OID_LEN, true, 0);
    for (size_t i = 0; !e && i < set->count; i++)
        for (size_t k = 0; !e && k < set->items[i]->match_count; k++)
            e = plan_add(&b, set->items[i]->match[k].probe, set->items[i]->match[k].probe_len, true, 0);
    set->probe_items = b.items;
    if (!e)
        plan_finish(&b, &set->probe);
    return e;
}

enum err profile_set_load(const char *const *dirs, size_t dir_count, struct conf_report *report,
                          struct profile_set **out)
{
    struct profile_set *set = calloc(1, sizeof *set);
    enum err e = set ? ERR_OK : ERR_NOMEM;

    for (size_t i = 0; !e && i < dir_count; i++)
        e = load_dir(set, dirs[i], report);
    if (!e) {
        qsort(set->items, set->count, sizeof(struct profile *), by_name);
        drop_dangling(set, report);
        e = make_probe(set);
    }
    if (!e) {
        set->combined = calloc(set->count + 1, sizeof(struct device_profile *));
        e = set->combined ? ERR_OK : ERR_NOMEM;
    }
    if (e) {
        profile_set_free(set);
        return e;
    }
    *out = set;
    return ERR_OK;
}

void profile_set_free(struct profile_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; set->combined && i <= set->count; i++)
        device_profile_free(set->combined[i]);
    for (size_t i = 0; i < set->count; i++)
        profile_free(set->items[i]);
    free(set->combined);
    free(set->items);
    free(set->probe_items);
    free(set);
}

const struct read_plan *profile_set_probe(const struct profile_set *set)
{
    return &set->probe;
}
