/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pcap_io.h - capture files and interfaces through libpcap; nobody else includes pcap.h. */
#ifndef NW_PROBES_PCAP_IO_H
#define NW_PROBES_PCAP_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/units.h"

struct pcap_file; /* opaque */

/* ERR_NOT_FOUND, ERR_DENIED: the file cannot be opened; ERR_MALFORMED: libpcap cannot read it. */
enum err pcap_file_open(const char *path, struct pcap_file **out) NW_CHECKED;
/* An interface: opened, activated and filtered (see live.h); needs CAP_NET_RAW until this returns. Reading
 * does not block. ERR_NOT_FOUND: no such interface; ERR_DENIED; ERR_UNREACHABLE: it is down; ERR_UNSUPPORTED:
 * a link type that is not read. */
enum err pcap_live_open(const char *interface, struct pcap_file **out) NW_CHECKED;
/* Frames that the kernel had to drop so far; 0 for a file. */
uint32_t pcap_file_dropped(const struct pcap_file *p);
void pcap_file_close(struct pcap_file *p);

int pcap_file_link(const struct pcap_file *p);              /* DLT_ number of the first interface */
const char *pcap_file_link_name(const struct pcap_file *p); /* "EN10MB"; "UNKNOWN" */

struct pcap_frame {
    ns_t at;              /* wall time */
    const uint8_t *bytes; /* valid until the next call */
    size_t captured, wire_len;
};

/* ERR_AGAIN: an interface has nothing now; ERR_END at the end; ERR_TRUNCATED: the file ends inside a record,
 * or goes on in a way that libpcap refuses.
 */
enum err pcap_file_next(struct pcap_file *p, struct pcap_frame *out) NW_CHECKED;

#endif
