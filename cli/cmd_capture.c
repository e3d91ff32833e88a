/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_capture.c - `netzwacht capture FILE [--json]`: the passive analysis of a capture file. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "cli/command.h"
#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "probes/capture.h"
#include "probes/pcap_io.h"

static const char usage[] =
    "Usage: netzwacht capture FILE [--json]\n"
    "Reads a capture (pcap, pcapng) and prints what happened when devices came on-line: counts of\n"
    "DHCP, DNS, RADIUS, EAPOL, TCP, ARP, ICMPv6, LLDP and 802.11 frames, the networks whose beacons\n"
    "were seen, and how long each phase took. Headers only; no client's address, name or payload is\n"
    "printed or stored.\n\n"
    "      --json     one JSON object (docs/capture.md)\n"
    "      --help     this text\n\n"
    "Exit status: 0 done; 65 FILE is no capture that libpcap can read; 66 FILE is missing.\n";

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

int cmd_capture(int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    bool as_json = false;
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'j': as_json = true; break;
        case 'h': fputs(usage, stdout); return EXIT_DONE;
        default: return EXIT_BAD_USAGE;
        }
    }
    if (optind + 1 != argc) {
        fputs(usage, stderr);
        return EXIT_BAD_USAGE;
    }
    return analyse(argv[optind], as_json);
}
