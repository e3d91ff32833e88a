/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_capture.c - `netzwacht capture FILE | -i IFACE [--json]`: the passive analysis of packets. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "cli/command.h"
#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "probes/capture.h"
#include "probes/live_report.h"
#include "probes/pcap_io.h"

static const char usage[] =
    "Usage: netzwacht capture FILE [--json]\n"
    "       netzwacht capture -i INTERFACE [--seconds N] [--json]\n"
    "Reads a capture (pcap, pcapng), or an interface until N seconds have passed or Ctrl-C, and prints\n"
    "what happened when devices came on-line: counts of DHCP, DNS, RADIUS, EAPOL, TCP, ARP, ICMPv6, LLDP\n"
    "and 802.11 frames, the networks whose beacons were seen, and how long each phase took. Headers only;\n"
    "no client's address, name or payload is printed or stored. On a monitor interface only beacons of\n"
    "access points are taken in.\n\n"
    "  -i, --interface NAME  capture from this interface; needs CAP_NET_RAW, which is given up at once\n"
    "      --seconds N       end after N seconds (1 to 86400)\n"
    "      --json            one JSON object (docs/capture.md)\n"
    "      --help            this text\n\n"
    "Exit status: 0 done; 65 FILE is no capture that libpcap can read; 66 FILE or INTERFACE is missing;\n"
    "77 not allowed.\n";

static const char *last_component(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static enum err feed_all(struct pcap_file *file, struct capture *c)
{
    struct pcap_frame frame;
    enum err e;

    while (!(e = pcap_file_next(file, &frame))) {
        e = capture_feed(c, frame.at, frame.bytes, frame.captured, frame.wire_len);
        if (e)
            return e;
    }
    if (e == ERR_TRUNCATED)
        capture_note(
            c,
            "the file ends inside a record, or goes on in a way that cannot be read; analysed up to there");
    return ERR_OK;
}

static enum err print(const struct capture *c, const char *path, bool as_json)
{
    struct buf out = BUF_INIT;
    enum err e = as_json ? capture_print_json(c, last_component(path), &out)
                         : capture_print_text(c, last_component(path), &out);

    if (!e && (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout)))
        e = ERR_IO;
    buf_fini(&out);
    return e;
}

static int complain(const char *path, enum err e)
{
    switch (e) {
    case ERR_NOT_FOUND: log_error("capture: there is no file %s", path); return EXIT_NO_INPUT;
    case ERR_DENIED: log_error("capture: %s may not be read by this user", path); return EXIT_NOT_ALLOWED;
    case ERR_MALFORMED:
        log_error("capture: %s is no capture file that libpcap can read (expected pcap or pcapng)", path);
        return EXIT_BAD_DATA;
    default: log_error("capture: %s: %s", path, err_text(e)); return err_exit_status(e);
    }
}

static int analyse(const char *path, bool as_json)
{
    struct pcap_file *file = NULL;
    struct capture *c = NULL;
    uint64_t seed = 0;
    enum err e = pcap_file_open(path, &file);

    if (e)
        return complain(path, e);
    (void)!getrandom(&seed, sizeof seed, 0);
    e = capture_new(pcap_file_link(file), pcap_file_link_name(file), seed, &c);
    if (!e)
        e = feed_all(file, c);
    if (!e)
        e = print(c, path, as_json);
    capture_free(c);
    pcap_file_close(file);
    return e ? complain(path, e) : EXIT_DONE;
}

static int capture_live(const struct live_options *o)
{
    enum err e = live_run(o);

    switch (e) {
    case ERR_OK: return EXIT_DONE;
    case ERR_NOT_FOUND: log_error("capture: there is no interface %s", o->interface); return EXIT_NO_INPUT;
    case ERR_DENIED:
        log_error("capture: %s may not be captured by this user; CAP_NET_RAW is needed", o->interface);
        return EXIT_NOT_ALLOWED;
    case ERR_UNREACHABLE: log_error("capture: %s is down", o->interface); return EXIT_UNAVAILABLE;
    case ERR_UNSUPPORTED:
        log_error("capture: %s is of a kind that is not read (docs/capture.md lists them)", o->interface);
        return EXIT_UNAVAILABLE;
    default: log_error("capture: %s: %s", o->interface, err_text(e)); return err_exit_status(e);
    }
}

static bool parse_seconds(const char *text, ns_t *out)
{
    uint64_t seconds;

    if (strx_to_u64(text, &seconds) || seconds < 1 || seconds > 86400) {
        log_error("capture: --seconds is a number from 1 to 86400, not \"%s\"", text);
        return false;
    }
    *out = (ns_t)seconds * SECONDS;
    return true;
}

int cmd_capture(int argc, char **argv)
{
    static const struct option options[] = {{"json", no_argument, NULL, 'j'},
                                            {"interface", required_argument, NULL, 'i'},
                                            {"seconds", required_argument, NULL, 's'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    struct live_options live = {0};
    struct live_report report = {0};
    int option;

    while ((option = getopt_long(argc, argv, "hi:", options, NULL)) != -1) {
        switch (option) {
        case 'j': report.as_json = true; break;
        case 'i': live.interface = report.interface = optarg; break;
        case 's':
            if (!parse_seconds(optarg, &live.duration))
                return EXIT_BAD_USAGE;
            break;
        case 'h': fputs(usage, stdout); return EXIT_DONE;
        default: return EXIT_BAD_USAGE;
        }
    }
    if (optind + (live.interface ? 0 : 1) != argc) {
        fputs(usage, stderr);
        return EXIT_BAD_USAGE;
    }
    live.parser = live_report_parser(&report);
    return live.interface ? capture_live(&live) : analyse(argv[optind], report.as_json);
}
