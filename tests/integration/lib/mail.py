# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail server (aiosmtpd) that keeps what it accepts, and behaves as `mode` says."""
import asyncio
import email
import email.policy
import logging
import ssl
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from lib.harness import check

warnings.filterwarnings("ignore", module="aiosmtpd")
logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # what tests provoke

USER, PASSWORD = b"netzwacht", "Käse & Brot 7"


class Handler:
    def __init__(self):
        self.mode, self.envelopes, self.tried, self.sessions = "ok", [], [], []
        self.unknown = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.unknown:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        self.tried.append(self.mode)
        if self.mode == "later":
            return "451 4.3.0 try again later"
        if self.mode == "refuse":
            return "554 5.6.0 we do not like this message"
        if self.mode == "hang":
            await asyncio.sleep(30)
            return "451 4.3.0 too late"
        self.envelopes.append(envelope)
        self.sessions.append(session)
        if self.mode == "forget":  # stored, but the answer gets lost
            server.transport.abort()
        return "250 stored"


def authenticate(server, session, envelope, mechanism, data):
    is_right = data.login == USER and data.password == PASSWORD.encode()
    return AuthResult(success=is_right, handled=False)  # False: the server says 535 itself


class MailServer:
    """tls: a context for STARTTLS; needs_login: nothing without it."""

    def __init__(self, port, tls=None, needs_login=False, is_implicit=False):
        self.handler = Handler()
        options = {}
        if tls and is_implicit:
            options["ssl_context"] = tls
        elif tls:
            options.update(tls_context=tls, require_starttls=True)
        if needs_login:
            options.update(authenticator=authenticate, auth_required=True, auth_require_tls=not is_implicit)
        self.controller = Controller(self.handler, hostname="127.0.0.1", port=port, **options)
        self.controller.start()

    def stop(self):
        self.controller.stop()

    def raw(self):
        return [envelope.original_content for envelope in self.handler.envelopes]

    def mails(self):
        """Each as email.message, parsed by the book: any defect fails the test."""
        found = []
        for raw in self.raw():
            check(b"\n" not in raw.replace(b"\r\n", b""), f"a bare LF: {raw!r}")
            check(raw.isascii() and all(len(line) <= 998 for line in raw.split(b"\r\n")), f"not 7 bits, or a line too long: {raw!r}")
            mail = email.message_from_bytes(raw, policy=email.policy.strict)
            check(not mail.defects and not any(mail[name].defects for name in mail), f"defects in {raw!r}")
            found.append(mail)
        return found


def server_context(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
