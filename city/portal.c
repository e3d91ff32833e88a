/* SPDX-License-Identifier: GPL-3.0-or-later */
/* portal.c - routes and pages of the captive portal. Pure. It keeps no session: nobody is remembered. */
#include "city/portal.h"

#include <string.h>

static const char login_page[] =
    "<!doctype html>\n<html lang=\"de\"><meta charset=\"utf-8\"><title>MobyKlick Norderstedt "
    "(simuliert)</title>\n"
    "<h1>Freies WLAN in Norderstedt (simuliert)</h1>\n"
    "<form method=\"post\" action=\"/login\"><p>Mit dem Klick stimmen Sie den Nutzungsbedingungen zu. / "
    "By clicking you accept the terms of use.</p>\n<button name=\"accept\" value=\"1\">Los geht's / Go "
    "on-line</button>"
    "</form>\n</html>\n";
static const char welcome_page[] =
    "<!doctype html>\n<html lang=\"de\"><meta charset=\"utf-8\"><title>Willkommen (simuliert)</title>\n"
    "<h1>Sie sind online. / You are on-line.</h1>\n</html>\n";

struct reply {
    const char *status, *type, *location;
    const char *body;
};

static void write_reply(const struct reply *r, bool is_head, struct buf *out)
{
    buf_printf(out,
               "HTTP/1.1 %s\r\nServer: netzwacht-city (simulated)\r\nConnection: close\r\nCache-Control: "
               "private\r\n",
               r->status);
    if (r->location)
        buf_printf(out, "Location: %s\r\n", r->location);
    if (r->type)
        buf_printf(out, "Content-Type: %s\r\n", r->type);
    if (strncmp(r->status, "204", 3) != 0)
        buf_printf(out, "Content-Length: %zu\r\n", r->body ? strlen(r->body) : 0);
    buf_str(out, "\r\n");
    if (r->body && !is_head)
        buf_str(out, r->body);
}

static bool is_path(const char *path, size_t len, const char *wanted)
{
    const char *query = memchr(path, '?', len);

    len = query ? (size_t)(query - path) : len;
    return len == strlen(wanted) && memcmp(path, wanted, len) == 0;
}

static void route(const char *method, size_t method_len, const char *path, size_t path_len, const char *base,
                  struct buf *out)
{
    bool is_head = method_len == 4 && memcmp(method, "HEAD", 4) == 0;
    bool is_get = is_head || (method_len == 3 && memcmp(method, "GET", 3) == 0);
    bool is_post = method_len == 4 && memcmp(method, "POST", 4) == 0;
    struct reply r = {"404 Not Found", "text/plain", NULL, "not found\n"};
    struct buf text = BUF_INIT;

    if (is_get && is_path(path, path_len, "/"))
        r = (struct reply){"200 OK", "text/html; charset=utf-8", NULL, login_page};
    else if (is_get && is_path(path, path_len, "/willkommen"))
        r = (struct reply){"200 OK", "text/html; charset=utf-8", NULL, welcome_page};
    else if (is_get && is_path(path, path_len, "/api/captive")) {
        buf_printf(&text, "{\"captive\":true,\"user-portal-url\":\"%s/\",\"can-extend-session\":false}\n",
                   base);
        r = (struct reply){"200 OK", "application/captive+json", NULL, text.data};
    } else if (is_get && is_path(path, path_len, "/generate_204")) {
        buf_printf(&text, "%s/", base);
        r = (struct reply){"302 Found", NULL, text.data, NULL};
    } else if (is_get && is_path(path, path_len, "/internet"))
        r = (struct reply){"204 No Content", NULL, NULL, NULL};
    else if (is_post && is_path(path, path_len, "/login"))
        r = (struct reply){"303 See Other", NULL, "/willkommen", NULL};
    else if (!is_get && !is_post)
        r = (struct reply){"405 Method Not Allowed", "text/plain", NULL, "method not allowed\n"};
    write_reply(&r, is_head, out);
    buf_fini(&text);
}

bool portal_answer(const char *request, size_t len, const char *base, struct buf *out)
{
    static const struct reply bad = {"400 Bad Request", "text/plain", NULL, "bad request\n"};
    const char *end = memmem(request, len, "\r\n\r\n", 4), *line, *space, *second;

    if (!end) {
        if (len < PORTAL_REQUEST_MAX)
            return false;
        write_reply(&bad, false, out);
        return true;
    }
    line = memmem(request, len, "\r\n", 2);
    space = memchr(request, ' ', (size_t)(line - request));
    second = space ? memchr(space + 1, ' ', (size_t)(line - space - 1)) : NULL;
    if (!second || space[1] != '/')
        write_reply(&bad, false, out);
    else
        route(request, (size_t)(space - request), space + 1, (size_t)(second - space - 1), base, out);
    return true;
}
