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

struct pcap_file {
    pcap_t *pcap;
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

    if (result == PCAP_ERROR_BREAK)
        return ERR_END;
    if (result != 1)
        return ERR_TRUNCATED;
    *out = (struct pcap_frame){.at = (ns_t)head->ts.tv_sec * SECONDS + head->ts.tv_usec,
                               .bytes = bytes,
                               .captured = head->caplen,
                               .wire_len = head->len};
    return ERR_OK;
}
