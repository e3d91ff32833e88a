/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_profile.c - `netzwacht profile`: for people who write profiles. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/profiles.h"
#include "collector/field.h"
#include "lib/base/log.h"

enum { OPTIONS_MAX = 16 };

static void print_usage(FILE *to)
{
    fputs("Usage: netzwacht profile list\n"
          "       netzwacht profile check FILE.yaml...\n"
          "       netzwacht profile try FILE.yaml RECORDING.snmprec [--names FILE]\n"
          "       netzwacht profile try FILE.yaml TARGET --credentials FILE|- [--port P] [--names FILE]\n\n"
          "list   the profiles that there are\n"
          "check  every mistake in a profile, with file:line:column\n"
          "try    what the profile makes of a recording or of a device, together with the profiles below it, "
          "and\n"
          "       which columns the device answers that none of them reads (options as of netzwacht poll)\n",
          to);
}

static int list_profiles(void)
{
    struct profile_set *set;
    enum err e = profiles_load(NULL, 0, &set);

    if (e)
        return err_exit_status(e);
    for (size_t i = 0; i < profile_set_count(set); i++)
        puts(profile_set_name(set, i));
    profile_set_free(set);
    return EXIT_DONE;
}

static enum err check_file(const char *path, char **name)
{
    struct conf_report *report;
    struct profile *p = NULL;
    enum err e = conf_report_new(&report);

    if (e)
        return e;
    e = profile_read_file(path, report, &p);
    if (e)
        fputs(conf_report_text(report), stderr);
    if (!e && name)
        *name = strdup(p->name);
    profile_free(p);
    conf_report_free(report);
    return e;
}

static int check_files(int count, char **paths)
{
    enum err worst = ERR_OK;

    for (int i = 0; i < count; i++) {
        enum err e = check_file(paths[i], NULL);

        worst = e ? e : worst;
        if (!e)
            printf("%s: no mistakes\n", paths[i]);
    }
    return worst == ERR_CONFIG ? EXIT_BAD_DATA : err_exit_status(worst);
}

/* As `netzwacht poll --unread`, with the file's directory on top and its profile forced. source: a file that
 * is there, or has the name of one, is a recording. */
static int try_file(const char *path, char *source, int more_count, char **more)
{
    bool is_file = access(source, F_OK) == 0 || strchr(source, '/') || strstr(source, ".snmprec");
    char *dir = strdup(path), *slash = dir ? strrchr(dir, '/') : NULL, *name = NULL;
    enum err e = dir ? check_file(path, &name) : ERR_NOMEM;
    int status;

    if (e || !name) {
        free(dir);
        return e == ERR_CONFIG ? EXIT_BAD_DATA : err_exit_status(e);
    }
    if (slash)
        *slash = '\0';
    char *argv[OPTIONS_MAX + 10] = {"poll", "--unread",      "--profile",
                                    name,   "--profile-dir", slash ? dir : "."};
    int count = 6;

    if (is_file)
        argv[count++] = "--recording";
    argv[count++] = source;
    for (int i = 0; i < more_count && i < OPTIONS_MAX; i++)
        argv[count++] = more[i];
    status = cmd_poll(count, argv);
    free(name);
    free(dir);
    return status;
}

int cmd_profile(int argc, char **argv)
{
    if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        print_usage(stdout);
        return EXIT_DONE;
    }
    if (argc == 2 && strcmp(argv[1], "list") == 0)
        return list_profiles();
    if (argc >= 3 && strcmp(argv[1], "check") == 0)
        return check_files(argc - 2, argv + 2);
    if (argc >= 4 && argc <= 4 + OPTIONS_MAX && strcmp(argv[1], "try") == 0)
        return try_file(argv[2], argv[3], argc - 4, argv + 4);
    print_usage(stderr);
    return EXIT_BAD_USAGE;
}
