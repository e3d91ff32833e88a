/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pcap_io.c - the only file that knows libpcap. */
#include "probes/pcap_io.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SNAP_LEN = 2048, LIVE_BUFFER = 16 * 1024 * 1024 };

/* What the funnel needs, and nothing else: with one VLAN tag too. */
#define ONBOARDING                                                                                           \
    "arp or icmp6 or ether proto 0x888e or ether proto 0x88cc or port 53 or udp port 67 or udp port 68 or "  \
    "udp port 546 or udp port 547 or udp port 1812 or udp port 1813 or udp port 1645 or udp port 1646 or "   \
    "udp port 3799 or (tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst) != 0) or (ip6[6] = 6 and ip6[53] & 7 != 0)"
/* A monitor interface shows what everybody sends: only access points' beacons may pass. */
#define BEACONS "type mgt subtype beacon"

struct pcap_file {
    pcap_t *pcap;
    bool is_live;
};

static enum err open_stream(const char *path, FILE **out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat st;
    enum err e;

    if (fd < 0)
        return err_from_errno(errno);
    if (fstat(fd, &st)) {
        e = err_from_errno(errno);
        goto no_stream;
    }
    if (S_ISDIR(st.st_mode)) {
        e = ERR_MALFORMED;
        goto no_stream;
    }
    *out = fdopen(fd, "rb");
    if (*out)
        return ERR_OK;
    e = err_from_errno(errno);
no_stream:
    close(fd);
    return e;
}

enum err pcap_file_open(const char *path, struct pcap_file **out)
{
    char message[PCAP_ERRBUF_SIZE]; /* may hold file content: never printed */
    struct pcap_file *p = calloc(1, sizeof *p);
    FILE *stream = NULL;
    enum err e;

    if (!p)
        return ERR_NOMEM;
    e = open_stream(path, &stream);
    if (e)
        goto refused;
    p->pcap = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, message);
    if (!p->pcap) {
        fclose(stream);
        e = ERR_MALFORMED;
        goto refused;
    }
    *out = p;
    return ERR_OK;
refused:
    free(p);
    return e;
}

void pcap_file_close(struct pcap_file *p)
{
    if (!p)
        return;
    pcap_close(p->pcap);
    free(p);
}

static enum err err_from_activation(int status)
{
    switch (status) {
    case PCAP_ERROR_NO_SUCH_DEVICE: return ERR_NOT_FOUND;
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED: return ERR_DENIED;
    case PCAP_ERROR_IFACE_NOT_UP: return ERR_UNREACHABLE;
    default: return ERR_IO;
    }
}

static enum err set_filter(pcap_t *pcap)
{
    const char *text;
    struct bpf_program program;
    int status;

    switch (pcap_datalink(pcap)) {
    case DLT_EN10MB: text = ONBOARDING " or (vlan and (" ONBOARDING "))"; break;
    case DLT_LINUX_SLL:
    case DLT_LINUX_SLL2:
    case DLT_RAW: text = "port 53 or port 67 or port 68 or tcp"; break;
    case DLT_IEEE802_11:
    case DLT_IEEE802_11_RADIO:
    case DLT_PRISM_HEADER: text = BEACONS; break;
    default: return ERR_UNSUPPORTED;
    }
    if (pcap_compile(pcap, &program, text, 1, PCAP_NETMASK_UNKNOWN))
        return ERR_UNSUPPORTED;
    status = pcap_setfilter(pcap, &program);
    pcap_freecode(&program);
    return status ? ERR_IO : ERR_OK;
}

enum err pcap_live_open(const char *interface, struct pcap_file **out)
{
    char message[PCAP_ERRBUF_SIZE];
    struct pcap_file *p = calloc(1, sizeof *p);
    enum err e = ERR_OK;
    int status;

    if (!p)
        return ERR_NOMEM;
    p->is_live = true;
    p->pcap = pcap_create(interface, message);
    if (!p->pcap) {
        free(p);
        return ERR_NOMEM;
    }
    (void)pcap_set_snaplen(p->pcap, SNAP_LEN);
    (void)pcap_set_promisc(p->pcap, 1);
    (void)pcap_set_timeout(p->pcap, 10);
    (void)pcap_set_buffer_size(p->pcap, LIVE_BUFFER);
    (void)pcap_set_tstamp_precision(p->pcap, PCAP_TSTAMP_PRECISION_NANO);
    status = pcap_activate(p->pcap);
    if (status < 0)
        e = err_from_activation(status);
    if (!e)
        e = set_filter(p->pcap);
    if (!e && pcap_setnonblock(p->pcap, 1, message))
        e = ERR_IO;
    if (e) {
        pcap_file_close(p);
        return e;
    }
    *out = p;
    return ERR_OK;
}

uint32_t pcap_file_dropped(const struct pcap_file *p)
{
    struct pcap_stat stat;

    return p->is_live && pcap_stats(p->pcap, &stat) == 0 ? stat.ps_drop : 0;
}

int pcap_file_link(const struct pcap_file *p)
{
    return pcap_datalink(p->pcap);
}

const char *pcap_file_link_name(const struct pcap_file *p)
{
    const char *name = pcap_datalink_val_to_name(pcap_datalink(p->pcap));

    return name ? name : "UNKNOWN";
}

enum err pcap_file_next(struct pcap_file *p, struct pcap_frame *out)
{
    struct pcap_pkthdr *head;
    const u_char *bytes;
    int result = pcap_next_ex(p->pcap, &head, &bytes);

    if (result == 0)
        return ERR_AGAIN;
    if (result == PCAP_ERROR_BREAK)
        return ERR_END;
    if (result != 1)
        return ERR_TRUNCATED;
    *out = (struct pcap_frame){.at = (ns_t)head->ts.tv_sec * SECONDS +
                                     (pcap_get_tstamp_precision(p->pcap) == PCAP_TSTAMP_PRECISION_NANO
                                          ? head->ts.tv_usec
                                          : head->ts.tv_usec * MICROSECONDS),
                               .bytes = bytes,
                               .captured = head->caplen,
                               .wire_len = head->len};
    return ERR_OK;
}
