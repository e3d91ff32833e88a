/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_poll.c - `netzwacht poll`: reads one device, or a recording of one, and prints what is understood of it
 * (collector/poll_json.h). */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/command.h"
#include "cli/poll_live.h"
#include "cli/profiles.h"
#include "cli/unread.h"
#include "collector/decode.h"
#include "collector/poll_json.h"
#include "collector/snmprec.h"
#include "collector/survey.h"
#include "lib/base/log.h"

enum { PROFILE_DIRS_MAX = 8 };

struct options {
    const char *target, *recording, *credentials, *profile;
    const char *dirs[PROFILE_DIRS_MAX];
    size_t dir_count;
    const char *names;
    long port;
    bool is_json, is_unread;
};

static void print_usage(FILE *to)
{
    fputs(
        "Usage: netzwacht poll TARGET [--port P] [--credentials FILE|-] [--profile NAME] [--json|--unread]\n"
        "       netzwacht poll --recording FILE.snmprec [--profile NAME] [--json|--unread]\n\n"
        "Reads one SNMP agent (v2c or v3), or a recording of one, and says what is understood of it.\n\n"
        "  --port P             UDP port of the agent (161)\n"
        "  --credentials FILE   file (mode 0600) with the community in its first line, or with an SNMPv3 "
        "user\n"
        "                       (netzwacht(1), CREDENTIALS); - reads standard input\n"
        "  --profile NAME       use this profile instead of recognising the device\n"
        "  --profile-dir DIR    further profiles; they win over shipped ones of the same name (repeatable)\n"
        "  --recording FILE     read a recording (snmpsim's format) instead of the network; unpack a packed "
        "one\n"
        "                       first (xz -dk FILE)\n"
        "  --unread             also list the columns that the device answers and no profile of it reads, "
        "each\n"
        "                       with an example; tables about people's devices are left out\n"
        "  --names FILE         with --unread: names of MIB objects, lines of OID, tabulator, name\n"
        "  --json               one JSON object, schema netzwacht.poll/1\n",
        to);
}

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Reads a recording in two passes: what recognises the device, then what its profiles ask for. */
static enum err read_recording(const struct options *o, struct profile_set *profiles, struct varbind_set *set,
                               const struct device_profile **profile)
{
    struct snmprec_stats stats = {0};
    enum err e = snmprec_read_file(o->recording, profile_set_probe(profiles), set, &stats);

    if (!e)
        e = profile_match(profiles, set, o->profile, profile);
    if (e) {
        if (e == ERR_UNSUPPORTED)
            log_error("%s is packed: unpack it first (xz -dk FILE)", o->recording);
        else if (e == ERR_NOT_FOUND && o->profile && !profile_set_has(profiles, o->profile))
            log_error("there is no profile \"%s\"; `netzwacht profile list` shows what there is", o->profile);
        else
            log_error("%s: %s", o->recording, err_text(e));
        return e;
    }
    varbind_set_clear(set);
    e = snmprec_read_file(o->recording, device_profile_plan(*profile), set, &stats);
    if (e)
        log_error("%s: %s", o->recording, err_text(e));
    if (!e && stats.skipped)
        log_warning("%s: %llu of %llu lines are no recording lines and were left out", o->recording,
                    (unsigned long long)stats.skipped, (unsigned long long)stats.lines);
    if (!e && stats.is_cut)
        log_warning("%s: more values than netzwacht takes from one device; the rest was left out",
                    o->recording);
    return e;
}

static enum err print_view(const struct options *o, const struct device_profile *profile,
                           const struct varbind_set *set, double started)
{
    struct decoder *d = decoder_new();
    const struct device_view *view;
    struct poll_stats stats;
    struct buf out;
    enum err e = d ? decode(d, profile, set, &view) : ERR_NOMEM;

    buf_init(&out, 0);
    if (!e) {
        stats = (struct poll_stats){varbind_set_count(set), now_ms() - started};
        if (o->is_json)
            poll_json_write(&out, profile, view, set, &stats);
        else
            poll_text_write(&out, profile, view, &stats);
        e = buf_error(&out);
    }
    if (!e && (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout)))
        e = ERR_IO;
    if (e)
        log_error("poll: %s", err_text(e));
    buf_fini(&out);
    decoder_free(d);
    return e;
}

/* ---- what no profile reads ---- */

struct unread {
    const struct options *o;
    const struct profile_set *profiles;
    struct survey *survey;
};

static enum err begin_survey(struct unread *u, const struct device_profile *profile)
{
    enum err e = survey_new(u->profiles, profile, &u->survey);

    return e || !u->o->names ? e : unread_names(u->survey, u->o->names);
}

static enum err survey_agent(void *ctx, struct loop *l, struct snmp_io *io, struct snmp_peer *peer,
                             const struct device_profile *profile)
{
    struct unread *u = ctx;
    enum err e = begin_survey(u, profile);

    return e ? e : unread_live(u->survey, l, io, peer);
}

static enum err print_survey(struct unread *u)
{
    struct buf out = BUF_INIT;

    survey_write(u->survey, &out);
    return buf_print(&out, stdout);
}

static int parse_options(int argc, char **argv, struct options *o)
{
    static const struct option longs[] = {{"port", required_argument, NULL, 'p'},
                                          {"credentials", required_argument, NULL, 'c'},
                                          {"profile", required_argument, NULL, 'P'},
                                          {"profile-dir", required_argument, NULL, 'd'},
                                          {"recording", required_argument, NULL, 'r'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"unread", no_argument, NULL, 'u'},
                                          {"names", required_argument, NULL, 'n'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    char *end;
    int c;

    *o = (struct options){.port = 161};
    while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
        switch (c) {
        case 'p':
            o->port = strtol(optarg, &end, 10);
            if (*end || o->port < 1 || o->port > 65535) {
                log_error("--port: expected a number from 1 to 65535");
                return EXIT_BAD_USAGE;
            }
            break;
        case 'c': o->credentials = optarg; break;
        case 'P': o->profile = optarg; break;
        case 'd':
            if (o->dir_count == PROFILE_DIRS_MAX) {
                log_error("--profile-dir: at most %d of them", PROFILE_DIRS_MAX);
                return EXIT_BAD_USAGE;
            }
            o->dirs[o->dir_count++] = optarg;
            break;
        case 'r': o->recording = optarg; break;
        case 'j': o->is_json = true; break;
        case 'u': o->is_unread = true; break;
        case 'n': o->names = optarg; break;
        case 'h': print_usage(stdout); return -1;
        default: return EXIT_BAD_USAGE;
        }
    }
    if (optind < argc)
        o->target = argv[optind++];
    if (optind < argc || !o->target == !o->recording) {
        print_usage(stderr);
        return EXIT_BAD_USAGE;
    }
    if ((o->is_unread && o->is_json) || (o->names && !o->is_unread)) {
        log_error("--unread lists for people, so it goes without --json; --names goes with --unread");
        return EXIT_BAD_USAGE;
    }
    return EXIT_DONE;
}

int cmd_poll(int argc, char **argv)
{
    struct options o;
    int status = parse_options(argc, argv, &o);
    const struct device_profile *profile = NULL;
    struct profile_set *profiles = NULL;
    struct varbind_set *set = varbind_set_new();
    struct unread unread = {.o = &o};
    double started = now_ms();
    enum err e;

    if (status || !set) {
        varbind_set_free(set);
        return status == -1 ? EXIT_DONE : status ? status : EXIT_FINDING;
    }
    e = profiles_load(o.dirs, o.dir_count, &profiles);
    unread.profiles = profiles;
    if (!e && o.recording) {
        e = read_recording(&o, profiles, set, &profile);
        if (!e && o.is_unread)
            e = begin_survey(&unread, profile);
        if (!e && o.is_unread)
            e = unread_recording(unread.survey, o.recording);
    } else if (!e && o.profile && !profile_set_has(profiles, o.profile)) {
        e = ERR_NOT_FOUND;
        log_error("there is no profile \"%s\"; `netzwacht profile list` shows what there is", o.profile);
    } else if (!e)
        e = poll_live(&(struct live_options){.target = o.target,
                                             .port = o.port,
                                             .credentials = o.credentials,
                                             .profile = o.profile,
                                             .then = o.is_unread ? survey_agent : NULL,
                                             .ctx = &unread},
                      profiles, set, &profile);
    if (!e)
        e = print_view(&o, profile, set, started);
    if (!e && unread.survey)
        e = print_survey(&unread);
    survey_free(unread.survey);
    varbind_set_free(set);
    profile_set_free(profiles);
    return err_exit_status(e);
}
