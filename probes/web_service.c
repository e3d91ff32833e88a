/* SPDX-License-Identifier: GPL-3.0-or-later */
/* web_service.c - settings into steps. A password's field is the last of its form and has its own memory. */
#include "probes/web_service.h"

#include <stdlib.h>
#include <string.h>

static bool is_of(const struct web_step_settings *step, const struct service *s)
{
    return strcmp(step->service, s->id) == 0;
}

/* The fields of a form, behind those of the forms before. */
static enum err put_form(struct web_service *w, struct web_step *to, const struct web_step_settings *from)
{
    char *password = NULL;

    if (!from->form.count && !from->password_field)
        return ERR_OK;
    to->fields = w->fields + w->field_count;
    for (size_t i = 0; i < from->form.count; i++)
        w->fields[w->field_count++] = (struct web_field){from->form.items[i].key, from->form.items[i].value};
    to->field_count = from->form.count;
    if (!from->password_field)
        return ERR_OK;
    if (settings_read_secret(from->password_file, &password))
        return ERR_DENIED;
    w->fields[w->field_count++] = (struct web_field){from->password_field, password};
    to->field_count++;
    to->has_password = true;
    return ERR_OK;
}

static enum err put_step(struct web_service *w, const struct web_step_settings *from)
{
    struct web_step *to = &w->steps[w->count++];

    *to = (struct web_step){
        .url = from->url, .status = (long)from->status, .contains = from->contains, .lacks = from->lacks};
    return put_form(w, to, from);
}

enum err web_service_init(struct web_service *w, const struct service *s, const struct conf_list *settings,
                          const char **why)
{
    const struct web_step_settings *all = settings->items;
    size_t steps = 1, fields = 1;
    enum err e = ERR_OK;

    *why = NULL;
    for (size_t i = 0; i < settings->count; i++) {
        steps += is_of(&all[i], s);
        fields += all[i].form.count + 1;
    }
    *w = (struct web_service){.steps = calloc(steps, sizeof *w->steps),
                              .fields = calloc(fields, sizeof *w->fields)};
    if (!w->steps || !w->fields) {
        web_service_fini(w);
        return ERR_NOMEM;
    }
    for (size_t i = 0; !e && i < settings->count; i++)
        if (is_of(&all[i], s))
            e = put_step(w, &all[i]);
    if (w->count == 0)
        w->steps[w->count++].url = s->target;
    if (e) {
        *why = "a password_file of its steps cannot be read, or others may read it, too (mode 0600)";
        web_service_fini(w);
    }
    return ERR_OK;
}

void web_service_fini(struct web_service *w)
{
    for (size_t i = 0; i < w->count; i++) {
        const struct web_step *step = &w->steps[i];
        char *password =
            step->has_password ? (char *)(uintptr_t)step->fields[step->field_count - 1].value : NULL;
        if (password)
            explicit_bzero(password, strlen(password));
        free(password);
    }
    free(w->steps);
    free(w->fields);
    *w = (struct web_service){0};
}
