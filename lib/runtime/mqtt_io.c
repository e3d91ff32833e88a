/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mqtt_io.c - libmosquitto on our loop.
 *
 *   WAITING ──timer──► CONNECTING ──CONNACK 0──► CONNECTED
 *      ▲                    │ refused, timeout       │ lost
 *      └────────────────────┴────────────────────────┘   a new handle for each attempt: no old queue survives
 */
#include "lib/runtime/mqtt_io.h"

#include <errno.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/rng.h"

#define BACKOFF_MIN     (1 * SECONDS)
#define BACKOFF_MAX     (60 * SECONDS)
#define FALLBACK_PAUSE  (200 * MILLISECONDS)
#define DISTRUST        (10 * MINUTES) /* 3.1.1 after a broker has made libmosquitto give up */
#define CONNECT_TIMEOUT (15 * SECONDS)
#define MISC_EVERY      (1 * SECONDS)

enum { READ_PACKETS = 100, CONNACK_PROTOCOL_3 = 1, FAREWELL_WRITES = 50 };

enum state { STATE_WAITING, STATE_CONNECTING, STATE_CONNECTED };

struct mqtt {
    struct loop *loop;
    struct mqtt_fns fns;
    void *ctx;
    char *host, *client_id, *user, *password, *ca_file, *certificate_file, *key_file, *will_topic,
        *will_payload;
    int port, keepalive_s;
    uint32_t session_s;
    bool tls;
    struct mosquitto *handle;
    enum state state;
    int fd; /* registered with the loop; -1 = none */
    bool wants_write, is_dead, is_failure_told, is_inside;
    bool has_session; /* CONNACK: session present */
    bool use_v3;      /* the next attempt speaks 3.1.1 */
    bool speaks_v3;   /* the present handle does */
    bool is_broken;   /* the present handle was left in the middle of something: never to be touched again */
    ns_t distrust_until;
    ns_t backoff, connecting_since;
    struct rng rng;
    struct loop_timer timer; /* next attempt, or keep-alive */
    struct mqtt_stats stats;
};

/* ---- the way out ----
 * Debian 12's libmosquitto ends the process (assert) when a broker sends an MQTT 5 property that it does not
 * know. A signal handler has no context: hence a variable of the file. Decision 0045. */

static sigjmp_buf *volatile way_out;

static void on_abort(int signo)
{
    (void)signo;
    if (way_out)
        siglongjmp(*way_out, 1);
    /* returns: abort() goes on and ends the process */
}

/* Around our own code that libmosquitto calls: what aborts there is our mistake, and stays one. */
static sigjmp_buf *bar_way_out(void)
{
    sigjmp_buf *before = way_out;

    way_out = NULL;
    return before;
}

static int read_guarded(struct mqtt *m)
{
    struct sigaction act = {.sa_handler = on_abort}, before;
    sigjmp_buf here;
    volatile int rc = MOSQ_ERR_PROTOCOL;

    sigaction(SIGABRT, &act, &before);
    way_out = &here;
    if (sigsetjmp(here, 1) == 0)
        rc = mosquitto_loop_read(m->handle, READ_PACKETS);
    else
        m->is_broken = true;
    way_out = NULL;
    sigaction(SIGABRT, &before, NULL);
    return rc;
}

static void on_timer(void *ctx);
static void lose(struct mqtt *m, const char *why);

/* ---- callbacks of the library: only note, the pump acts ---- */

static void on_connect(struct mosquitto *handle, void *obj, int code, int flags,
                       const mosquitto_property *props)
{
    struct mqtt *m = obj;

    (void)handle;
    (void)props;
    if (code == 0) {
        m->has_session = flags & 1;
        m->state = STATE_CONNECTED;
        m->backoff = BACKOFF_MIN;
        m->stats.connects++;
        return;
    }
    if (!m->speaks_v3 && (code == MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION || code == CONNACK_PROTOCOL_3))
        m->use_v3 = true; /* the next attempt speaks 3.1.1 */
    else if (!m->is_failure_told)
        log_warning("MQTT broker %s:%d refuses: %s: check alerts.mqtt", m->host, m->port,
                    m->speaks_v3 ? mosquitto_connack_string(code) : mosquitto_reason_string(code));
    m->is_failure_told = true;
    m->is_dead = true;
}

static void on_disconnect(struct mosquitto *handle, void *obj, int code, const mosquitto_property *props)
{
    struct mqtt *m = obj;

    (void)handle;
    (void)code;
    (void)props;
    m->is_dead = true;
}

static void on_publish(struct mosquitto *handle, void *obj, int id, int code, const mosquitto_property *props)
{
    struct mqtt *m = obj;
    sigjmp_buf *out;

    (void)handle;
    (void)props;
    if (m->stats.in_flight)
        m->stats.in_flight--;
    if (code >= 0x80) {
        log_warning("MQTT broker %s:%d does not take a message: %s: check its access list", m->host, m->port,
                    mosquitto_reason_string(code));
        m->is_dead = true; /* begin anew, later */
        return;
    }
    m->stats.acknowledged++;
    out = bar_way_out();
    m->fns.acknowledged(m->ctx, id, code == MQTT_RC_NO_MATCHING_SUBSCRIBERS);
    way_out = out;
}

static void on_message(struct mosquitto *handle, void *obj, const struct mosquitto_message *message,
                       const mosquitto_property *props)
{
    struct mqtt *m = obj;
    char *response = NULL;
    void *correlation = NULL;
    uint16_t correlation_len = 0;
    sigjmp_buf *before;
    struct mqtt_message out = {.topic = message->topic,
                               .payload = message->payload,
                               .len = message->payloadlen > 0 ? (size_t)message->payloadlen : 0,
                               .is_retained = message->retain};

    (void)handle;
    mosquitto_property_read_string(props, MQTT_PROP_RESPONSE_TOPIC, &response, false);
    mosquitto_property_read_binary(props, MQTT_PROP_CORRELATION_DATA, &correlation, &correlation_len, false);
    out.response_topic = response;
    out.correlation = correlation;
    out.correlation_len = correlation_len;
    before = bar_way_out();
    m->fns.message(m->ctx, &out);
    way_out = before;
    free(response);
    free(correlation);
}

/* ---- the descriptor ---- */

static void on_ready(void *ctx, int fd, uint32_t events);

/* Follows the library: it closes and opens descriptors by itself. */
static void follow_fd(struct mqtt *m)
{
    int fd = m->handle && !m->is_dead ? mosquitto_socket(m->handle) : -1;
    bool wants_write = fd >= 0 && (mosquitto_want_write(m->handle) || m->state == STATE_CONNECTING);

    if (fd != m->fd) {
        if (m->fd >= 0)
            loop_fd_remove(m->loop, m->fd);
        m->fd = -1;
        if (fd >= 0 &&
            loop_fd_add(m->loop, fd, wants_write ? EPOLLIN | EPOLLOUT : EPOLLIN, on_ready, m) == ERR_OK)
            m->fd = fd;
    } else if (fd >= 0 && wants_write != m->wants_write &&
               loop_fd_change(m->loop, fd, wants_write ? EPOLLIN | EPOLLOUT : EPOLLIN)) {
        m->is_dead = true;
    }
    m->wants_write = wants_write;
}

/* After anything that may have called back. */
static void settle(struct mqtt *m, enum state before)
{
    if (m->is_dead) {
        lose(m, before == STATE_CONNECTED ? "the connection is lost" : "no connection");
        return;
    }
    if (before != STATE_CONNECTED && m->state == STATE_CONNECTED) {
        log_info("MQTT broker %s:%d connected (MQTT %s)", m->host, m->port, m->speaks_v3 ? "3.1.1" : "5");
        m->is_failure_told = false;
        m->fns.connected(m->ctx);
    }
    follow_fd(m);
}

static void on_ready(void *ctx, int fd, uint32_t events)
{
    struct mqtt *m = ctx;
    enum state before = m->state;
    int rc = MOSQ_ERR_SUCCESS;

    (void)fd;
    m->is_inside = true;
    if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
        rc = read_guarded(m);
    if (rc == MOSQ_ERR_SUCCESS && !m->is_dead && (events & EPOLLOUT))
        rc = mosquitto_loop_write(m->handle, 1);
    m->is_inside = false;
    /* An old broker refuses in the packet of its own version; libmosquitto 2.0.21 ends there without a
     * callback. */
    if (m->state == STATE_CONNECTING && (rc == MOSQ_ERR_MALFORMED_PACKET || rc == MOSQ_ERR_PROTOCOL))
        m->use_v3 = true;
    if (rc != MOSQ_ERR_SUCCESS)
        m->is_dead = true;
    settle(m, before);
}

/* ---- attempts ---- */

static void drop_handle(struct mqtt *m)
{
    if (m->fd >= 0)
        loop_fd_remove(m->loop, m->fd);
    m->fd = -1;
    if (m->is_broken) {
        close(mosquitto_socket(m->handle));
        m->distrust_until = loop_mono(m->loop) + DISTRUST;
        log_warning("MQTT broker %s:%d breaks MQTT 5: 3.1.1 for ten minutes", m->host, m->port);
    } else {
        mosquitto_destroy(m->handle);
    }
    m->handle = NULL;
    m->is_broken = false;
    m->wants_write = m->is_dead = false;
    m->stats.in_flight = 0;
}

static void lose(struct mqtt *m, const char *why)
{
    bool was_connected = m->state == STATE_CONNECTED;
    bool is_fallback = m->use_v3 && !m->speaks_v3;
    ns_t pause = is_fallback ? FALLBACK_PAUSE : m->backoff;

    drop_handle(m);
    m->state = STATE_WAITING;
    m->stats.failures++;
    if (!m->is_failure_told)
        log_warning("MQTT broker %s:%d: %s: events wait in the outbox, trying on", m->host, m->port, why);
    m->is_failure_told = true;
    /* half to whole of the back-off, so that many clients do not come back at once */
    if (loop_timer_after(m->loop, &m->timer, (ns_t)((0.5 + 0.5 * rng_unit(&m->rng)) * (double)pause)))
        log_error("out of memory: no further attempt to reach the MQTT broker");
    if (!is_fallback) {
        m->use_v3 = false; /* the broker may be another one by then */
        m->backoff = 2 * m->backoff < BACKOFF_MAX ? 2 * m->backoff : BACKOFF_MAX;
    }
    if (was_connected)
        m->fns.disconnected(m->ctx);
}

static int set_options(struct mqtt *m, struct mosquitto *h)
{
    int rc = mosquitto_int_option(h, MOSQ_OPT_PROTOCOL_VERSION,
                                  m->speaks_v3 ? MQTT_PROTOCOL_V311 : MQTT_PROTOCOL_V5);

    if (!rc)
        rc = mosquitto_int_option(h, MOSQ_OPT_TCP_NODELAY, 1);
    if (!rc && m->user)
        rc = mosquitto_username_pw_set(h, m->user, m->password);
    if (!rc && m->tls)
        rc = mosquitto_tls_set(h, m->ca_file, m->ca_file ? NULL : "/etc/ssl/certs", m->certificate_file,
                               m->key_file, NULL);
    if (!rc && m->tls)
        rc = mosquitto_tls_opts_set(h, 1, "tlsv1.3", NULL);
    if (!rc && m->will_topic)
        rc = mosquitto_will_set(h, m->will_topic, (int)strlen(m->will_payload), m->will_payload, 1, true);
    mosquitto_connect_v5_callback_set(h, on_connect);
    mosquitto_disconnect_v5_callback_set(h, on_disconnect);
    mosquitto_publish_v5_callback_set(h, on_publish);
    mosquitto_message_v5_callback_set(h, on_message);
    return rc;
}

static int connect_handle(struct mqtt *m)
{
    mosquitto_property *props = NULL;
    int rc;

    if (!m->session_s || m->speaks_v3) /* 3.1.1 keeps a session without asking for how long */
        return mosquitto_connect_async(m->handle, m->host, m->port, m->keepalive_s);
    rc = mosquitto_property_add_int32(&props, MQTT_PROP_SESSION_EXPIRY_INTERVAL, m->session_s);
    if (!rc)
        rc = mosquitto_connect_bind_v5(m->handle, m->host, m->port, m->keepalive_s, NULL, props);
    mosquitto_property_free_all(&props);
    return rc;
}

static void attempt(struct mqtt *m)
{
    int rc;

    m->speaks_v3 = m->use_v3 || loop_mono(m->loop) < m->distrust_until;
    m->state = STATE_CONNECTING;
    m->connecting_since = loop_mono(m->loop);
    m->handle = mosquitto_new(m->client_id, m->session_s == 0, m);
    rc = m->handle ? set_options(m, m->handle) : MOSQ_ERR_NOMEM;
    if (!rc)
        rc = connect_handle(m);
    if (rc != MOSQ_ERR_SUCCESS || m->is_dead) {
        lose(m, rc == MOSQ_ERR_ERRNO ? strerror(errno) : mosquitto_strerror(rc));
        return;
    }
    follow_fd(m);
    if (loop_timer_after(m->loop, &m->timer, MISC_EVERY))
        lose(m, "out of memory");
}

static void on_timer(void *ctx)
{
    struct mqtt *m = ctx;
    enum state before = m->state;

    if (m->state == STATE_WAITING) {
        attempt(m);
        return;
    }
    if (m->state == STATE_CONNECTING && loop_mono(m->loop) - m->connecting_since > CONNECT_TIMEOUT)
        m->is_dead = true;
    m->is_inside = true;
    if (!m->is_dead && mosquitto_loop_misc(m->handle) != MOSQ_ERR_SUCCESS)
        m->is_dead = true;
    m->is_inside = false;
    settle(m, before);
    if (m->state != STATE_WAITING && loop_timer_after(m->loop, &m->timer, MISC_EVERY))
        lose(m, "out of memory");
}

/* ---- public ---- */

static bool copy(char **to, const char *from)
{
    *to = from ? strdup(from) : NULL;
    return !from || *to;
}

static enum err check_file(const char *path)
{
    if (!path || access(path, R_OK) == 0)
        return ERR_OK;
    return err_from_errno(errno);
}

enum err mqtt_new(struct loop *loop, const struct mqtt_options *o, const struct mqtt_fns *fns, void *ctx,
                  struct mqtt **out)
{
    struct mqtt *m = calloc(1, sizeof *m);
    enum err e = ERR_NOMEM;

    if (!m)
        return ERR_NOMEM;
    mosquitto_lib_init();
    *m = (struct mqtt){.loop = loop, .fns = *fns, .ctx = ctx, .fd = -1, .port = o->port, .tls = o->tls};
    m->keepalive_s = o->keepalive_s;
    m->session_s = o->session_s;
    m->backoff = BACKOFF_MIN;
    m->rng.state = o->seed;
    loop_timer_init(&m->timer, on_timer, m);
    if (!copy(&m->host, o->host) || !copy(&m->client_id, o->client_id) || !copy(&m->user, o->user) ||
        !copy(&m->password, o->password) || !copy(&m->ca_file, o->ca_file) ||
        !copy(&m->certificate_file, o->certificate_file) || !copy(&m->key_file, o->key_file) ||
        !copy(&m->will_topic, o->will_topic) || !copy(&m->will_payload, o->will_payload))
        goto failed;
    e = check_file(o->ca_file);
    if (!e)
        e = check_file(o->certificate_file);
    if (!e)
        e = check_file(o->key_file);
    if (!e)
        e = loop_timer_after(loop, &m->timer, 0);
    if (e)
        goto failed;
    *out = m;
    return ERR_OK;
failed:
    mqtt_free(m);
    return e;
}

void mqtt_free(struct mqtt *m)
{
    if (!m)
        return;
    loop_timer_cancel(m->loop, &m->timer);
    if (m->handle && m->state == STATE_CONNECTED) {
        mosquitto_disconnect(m->handle);
        for (int i = 0; i < FAREWELL_WRITES && mosquitto_want_write(m->handle); i++)
            if (mosquitto_loop_write(m->handle, 1) != MOSQ_ERR_SUCCESS)
                break;
    }
    drop_handle(m);
    free(m->host);
    free(m->client_id);
    free(m->user);
    if (m->password)
        explicit_bzero(m->password, strlen(m->password));
    free(m->password);
    free(m->ca_file);
    free(m->certificate_file);
    free(m->key_file);
    free(m->will_topic);
    free(m->will_payload);
    free(m);
    mosquitto_lib_cleanup();
}

bool mqtt_is_connected(const struct mqtt *m)
{
    return m->state == STATE_CONNECTED && !m->is_dead;
}

bool mqtt_has_session(const struct mqtt *m)
{
    return m->has_session;
}

static enum err publish(struct mqtt *m, const char *topic, const void *payload, size_t len, int qos,
                        bool retain, const mosquitto_property *props, int *id)
{
    int mid = 0, rc;

    if (!mqtt_is_connected(m) || m->stats.in_flight >= MQTT_INFLIGHT_MAX)
        return ERR_AGAIN;
    if (len > MQTT_PAYLOAD_MAX)
        return ERR_LIMIT;
    rc = mosquitto_publish_v5(m->handle, &mid, topic, (int)len, payload, qos, retain,
                              m->speaks_v3 ? NULL : props);
    if (rc == MOSQ_ERR_NOMEM)
        return ERR_NOMEM;
    if (rc != MOSQ_ERR_SUCCESS) {
        if (rc == MOSQ_ERR_NO_CONN || rc == MOSQ_ERR_CONN_LOST || rc == MOSQ_ERR_ERRNO)
            return ERR_AGAIN; /* the loop will notice */
        return ERR_MALFORMED;
    }
    m->stats.published++;
    if (qos > 0)
        m->stats.in_flight++;
    if (id)
        *id = mid;
    if (!m->is_inside)
        follow_fd(m);
    return ERR_OK;
}

enum err mqtt_publish(struct mqtt *m, const char *topic, const void *payload, size_t len, int qos,
                      bool retain, int *id)
{
    return publish(m, topic, payload, len, qos, retain, NULL, id);
}

enum err mqtt_reply(struct mqtt *m, const char *topic, const void *correlation, size_t correlation_len,
                    const void *payload, size_t len)
{
    mosquitto_property *props = NULL;
    enum err e;

    if (mosquitto_pub_topic_check(topic) != MOSQ_ERR_SUCCESS)
        return ERR_MALFORMED;
    if (correlation && correlation_len && correlation_len <= UINT16_MAX &&
        mosquitto_property_add_binary(&props, MQTT_PROP_CORRELATION_DATA, correlation,
                                      (uint16_t)correlation_len))
        return ERR_NOMEM;
    e = publish(m, topic, payload, len, 1, false, props, NULL);
    mosquitto_property_free_all(&props);
    return e;
}

enum err mqtt_subscribe(struct mqtt *m, const char *filter, int qos)
{
    if (!mqtt_is_connected(m))
        return ERR_AGAIN;
    return mosquitto_subscribe(m->handle, NULL, filter, qos) == MOSQ_ERR_SUCCESS ? ERR_OK : ERR_IO;
}

enum err mqtt_unsubscribe(struct mqtt *m, const char *filter)
{
    if (!mqtt_is_connected(m))
        return ERR_AGAIN;
    return mosquitto_unsubscribe(m->handle, NULL, filter) == MOSQ_ERR_SUCCESS ? ERR_OK : ERR_IO;
}

void mqtt_stats(const struct mqtt *m, struct mqtt_stats *out)
{
    *out = m->stats;
}
