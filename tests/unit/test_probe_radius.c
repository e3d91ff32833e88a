/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_probe_radius.c - questions to RADIUS servers and their answers, by the examples of RFC 2865 and RFC
 * 5997.
 */
#include "tests/unit/cmocka_tests.h"

#include <string.h>

#include "probes/digest_io.h"
#include "probes/probe_radius.h"

static const char secret[] = "xyzzy5461";

/* RFC 2865, 7.1 */
static const uint8_t telnet_authenticator[] = {0x0f, 0x40, 0x3f, 0x94, 0x73, 0x97, 0x80, 0x57,
                                               0xbd, 0x83, 0xd5, 0xcb, 0x98, 0xf4, 0x22, 0x7a};
static const uint8_t telnet_password[] = {0x0d, 0xbe, 0x70, 0x8d, 0x93, 0xd4, 0x13, 0xce,
                                          0x31, 0x96, 0xe4, 0x3f, 0x78, 0x2a, 0x0a, 0xee};
static const uint8_t telnet_accept[] = {0x02, 0x00, 0x00, 0x26, 0x86, 0xfe, 0x22, 0x0e, 0x76, 0x24,
                                        0xba, 0x2a, 0x10, 0x05, 0xf6, 0xbf, 0x9b, 0x55, 0xe0, 0xb2,
                                        0x06, 0x06, 0x00, 0x00, 0x00, 0x01, 0x0f, 0x06, 0x00, 0x00,
                                        0x00, 0x00, 0x0e, 0x06, 0xc0, 0xa8, 0x01, 0x03};

static struct radius_question telnet(void)
{
    struct radius_question q = {.method = RADIUS_PAP,
                                .secret = secret,
                                .user = "nemo",
                                .password = "arctangent",
                                .nas_identifier = "netzwacht"};

    memcpy(q.authenticator, telnet_authenticator, sizeof q.authenticator);
    return q;
}

/* The value of the first attribute of this type. */
static const uint8_t *find(const struct buf *packet, uint8_t type, size_t *len)
{
    const uint8_t *bytes = (const uint8_t *)packet->data;

    for (size_t at = 20; at + 2 <= packet->len; at += bytes[at + 1]) {
        if (bytes[at] != type)
            continue;
        *len = bytes[at + 1] - 2u;
        return bytes + at + 2;
    }
    return NULL;
}

static void a_password_is_hidden_as_in_rfc_2865(void **state)
{
    struct radius_question q = telnet();
    struct buf packet = BUF_INIT;
    const uint8_t *value;
    size_t len;

    (void)state;
    assert_ok(radius_encode(&packet, &q));
    value = find(&packet, 2, &len);
    assert_non_null(value);
    assert_int_equal(len, sizeof telnet_password);
    assert_memory_equal(value, telnet_password, len);
    assert_null(memmem(packet.data, packet.len, "arctangent", 10));
    buf_fini(&packet);
}

static void a_long_password_goes_block_by_block(void **state)
{
    struct radius_question q = telnet();
    struct buf packet = BUF_INIT;
    char password[RADIUS_PASSWORD_MAX + 2];
    const uint8_t *value;
    size_t len = 0;

    (void)state;
    memset(password, 'p', sizeof password);
    password[RADIUS_PASSWORD_MAX] = '\0';
    q.password = password;
    assert_ok(radius_encode(&packet, &q));
    value = find(&packet, 2, &len);
    assert_non_null(value);
    assert_int_equal(len, RADIUS_PASSWORD_MAX);
    for (size_t at = 0; at < len; at += 16) { /* undone as a server does */
        const struct digest_part parts[] = {{secret, strlen(secret)},
                                            {at ? value + at - 16 : q.authenticator, 16}};
        uint8_t mask[DIGEST_MD5];
        assert_ok(digest_md5(parts, 2, mask));
        for (size_t i = 0; i < 16; i++)
            assert_int_equal(value[at + i] ^ mask[i], 'p');
    }
    password[RADIUS_PASSWORD_MAX] = 'p';
    password[RADIUS_PASSWORD_MAX + 1] = '\0';
    buf_clear(&packet);
    assert_int_equal(radius_encode(&packet, &q), ERR_RANGE);
    buf_fini(&packet);
}

static void chap_answers_the_challenge_as_in_rfc_2865(void **state)
{
    /* 7.2 */
    static const uint8_t authenticator[] = {0x2a, 0xee, 0x86, 0xf0, 0x8d, 0x0d, 0x55, 0x96,
                                            0x9c, 0xa5, 0x97, 0x8e, 0x0d, 0x33, 0x67, 0xa2};
    static const uint8_t chap[] = {0x16, 0xe9, 0x75, 0x57, 0xc3, 0x16, 0x18, 0x58, 0x95,
                                   0xf2, 0x93, 0xff, 0x63, 0x44, 0x07, 0x72, 0x75};
    struct radius_question q = telnet();
    struct buf packet = BUF_INIT;
    const uint8_t *value;
    size_t len;

    (void)state;
    q.method = RADIUS_CHAP;
    q.identifier = 0x16;
    memcpy(q.authenticator, authenticator, sizeof authenticator);
    assert_ok(radius_encode(&packet, &q));
    value = find(&packet, 3, &len);
    assert_non_null(value);
    assert_int_equal(len, sizeof chap);
    assert_memory_equal(value, chap, len);
    assert_null(find(&packet, 2, &len));
    buf_fini(&packet);
}

static void every_question_begins_with_a_message_authenticator(void **state)
{
    static const enum radius_method methods[] = {RADIUS_STATUS, RADIUS_PAP, RADIUS_CHAP};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        struct radius_question q = telnet();
        struct buf packet = BUF_INIT;
        uint8_t signature[DIGEST_MD5], right[DIGEST_MD5], *bytes;
        q.method = methods[i];
        assert_ok(radius_encode(&packet, &q));
        bytes = (uint8_t *)packet.data;
        assert_int_equal(bytes[0], methods[i] == RADIUS_STATUS ? 12 : 1);
        assert_int_equal(bytes[2] << 8 | bytes[3], packet.len);
        assert_int_equal(bytes[20], 80);
        memcpy(signature, bytes + 22, sizeof signature);
        memset(bytes + 22, 0, sizeof signature);
        assert_ok(digest_hmac_md5(secret, strlen(secret), bytes, packet.len, right));
        assert_memory_equal(signature, right, sizeof right);
        buf_fini(&packet);
    }
}

static enum err judge_telnet(const uint8_t *answer, size_t len, const char *with, struct radius_verdict *v)
{
    struct radius_question q = telnet();
    struct buf packet = BUF_INIT;
    enum err e;

    assert_ok(radius_encode(&packet, &q));
    e = radius_judge(answer, len, &packet, with, v);
    buf_fini(&packet);
    return e;
}

static void the_accept_of_rfc_2865_is_taken_and_said_to_be_unsigned(void **state)
{
    struct radius_verdict v;

    (void)state;
    assert_ok(judge_telnet(telnet_accept, sizeof telnet_accept, secret, &v));
    assert_int_equal(v.code, RADIUS_ACCESS_ACCEPT);
    assert_false(v.is_signed);
}

static void the_answer_to_a_status_server_of_rfc_5997_is_taken(void **state)
{
    static const uint8_t asked[] = {0x0c, 0xda, 0x00, 0x26, 0x8a, 0x54, 0xf4, 0x68, 0x6f, 0xb3,
                                    0x94, 0xc5, 0x28, 0x66, 0xe3, 0x02, 0x18, 0x5d, 0x06, 0x23,
                                    0x50, 0x12, 0x5a, 0x66, 0x5e, 0x2e, 0x1e, 0x84, 0x11, 0xf3,
                                    0xe2, 0x43, 0x82, 0x20, 0x97, 0xc8, 0x4f, 0xa3};
    static const uint8_t answer[] = {0x02, 0xda, 0x00, 0x14, 0xef, 0x0d, 0x55, 0x2a, 0x4b, 0xf2,
                                     0xd6, 0x93, 0xec, 0x2b, 0x6f, 0xe8, 0xb5, 0x41, 0x1d, 0x66};
    struct buf request = BUF_INIT;
    struct radius_verdict v;

    (void)state;
    buf_put(&request, asked, sizeof asked);
    assert_ok(radius_judge(answer, sizeof answer, &request, secret, &v));
    assert_int_equal(v.code, RADIUS_ACCESS_ACCEPT);
    buf_fini(&request);
}

static void an_answer_by_another_secret_proves_nothing(void **state)
{
    struct radius_verdict v;
    uint8_t changed[sizeof telnet_accept];

    (void)state;
    assert_int_equal(judge_telnet(telnet_accept, sizeof telnet_accept, "xyzzy5462", &v), ERR_DENIED);
    for (size_t i = 20; i < sizeof changed; i++) { /* what a server said cannot be changed on the way */
        memcpy(changed, telnet_accept, sizeof changed);
        changed[i] ^= 1;
        assert_true(judge_telnet(changed, sizeof changed, secret, &v) != ERR_OK);
    }
}

static void what_answers_another_question_is_passed_over(void **state)
{
    struct radius_verdict v;
    uint8_t other[sizeof telnet_accept];

    (void)state;
    memcpy(other, telnet_accept, sizeof other);
    other[1] = 1; /* identifier */
    assert_int_equal(judge_telnet(other, sizeof other, secret, &v), ERR_AGAIN);
    memcpy(other, telnet_accept, sizeof other);
    other[0] = RADIUS_ACCOUNTING_RESPONSE;
    assert_int_equal(judge_telnet(other, sizeof other, secret, &v), ERR_AGAIN);
    for (size_t len = 0; len < sizeof telnet_accept; len++)
        assert_int_equal(judge_telnet(telnet_accept, len, secret, &v), ERR_AGAIN);
}

/* An Access-Reject with a Message-Authenticator in front, made as a server makes it. */
static void sign_reject(const struct radius_question *q, uint8_t answer[38])
{
    const struct digest_part parts[] = {{answer, 38}, {secret, strlen(secret)}};
    uint8_t digest[DIGEST_MD5];

    memset(answer, 0, 38);
    answer[0] = RADIUS_ACCESS_REJECT;
    answer[1] = q->identifier;
    answer[3] = 38;
    answer[20] = 80;
    answer[21] = 18;
    memcpy(answer + 4, q->authenticator, 16);
    assert_ok(digest_hmac_md5(secret, strlen(secret), answer, 38, answer + 22));
    assert_ok(digest_md5(parts, 2, digest));
    memcpy(answer + 4, digest, 16);
}

static void a_signed_reject_is_told_from_one_whose_signature_is_wrong(void **state)
{
    struct radius_question q = telnet();
    uint8_t answer[38], digest[DIGEST_MD5];
    const struct digest_part parts[] = {{answer, 38}, {secret, strlen(secret)}};
    struct radius_verdict v;

    (void)state;
    sign_reject(&q, answer);
    assert_ok(judge_telnet(answer, sizeof answer, secret, &v));
    assert_int_equal(v.code, RADIUS_ACCESS_REJECT);
    assert_true(v.is_signed);

    answer[30] ^= 1; /* and a Response Authenticator that fits it, as Blast-RADIUS forges one */
    memcpy(answer + 4, q.authenticator, 16);
    assert_ok(digest_md5(parts, 2, digest));
    memcpy(answer + 4, digest, 16);
    assert_int_equal(judge_telnet(answer, sizeof answer, secret, &v), ERR_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_is_hidden_as_in_rfc_2865),
        cmocka_unit_test(a_long_password_goes_block_by_block),
        cmocka_unit_test(chap_answers_the_challenge_as_in_rfc_2865),
        cmocka_unit_test(every_question_begins_with_a_message_authenticator),
        cmocka_unit_test(the_accept_of_rfc_2865_is_taken_and_said_to_be_unsigned),
        cmocka_unit_test(the_answer_to_a_status_server_of_rfc_5997_is_taken),
        cmocka_unit_test(an_answer_by_another_secret_proves_nothing),
        cmocka_unit_test(what_answers_another_question_is_passed_over),
        cmocka_unit_test(a_signed_reject_is_told_from_one_whose_signature_is_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
