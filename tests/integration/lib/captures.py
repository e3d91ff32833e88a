# SPDX-License-Identifier: GPL-3.0-or-later
"""Captures of our own making (scapy): every counter of `netzwacht capture`, each with a number that its twin has not.

All addresses are invented: documentation prefixes, locally administered MACs.
"""
import logging
import random

logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.all import (ARP, BOOTP, DHCP, DNS, DNSQR, DNSRR, Dot11, Dot11Auth, Dot11AssoReq, Dot11AssoResp, Dot11Beacon,
                       Dot11Deauth, Dot11Disas, Dot11Elt, Dot11ProbeReq, Dot11ProbeResp, Dot11QoS, Dot11ReassoReq,
                       Dot11ReassoResp, Dot1AD, Dot1Q, EAP, EAPOL, Ether, ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RA, ICMPv6ND_RS,
                       ICMPv6NDOptSrcLLAddr, IP, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrHopByHop, LLC, RadioTap, Raw, SNAP, TCP,
                       UDP, wrpcap)
from scapy.layers.dhcp6 import (DHCP6_Advertise, DHCP6_Confirm, DHCP6_Decline, DHCP6_InfoRequest, DHCP6_Rebind,
                                DHCP6_Reconf, DHCP6_RelayForward, DHCP6_RelayReply, DHCP6_Release, DHCP6_Renew,
                                DHCP6_Reply, DHCP6_Request, DHCP6_Solicit, DHCP6OptClientId, DHCP6OptRelayMsg, DUID_LL)

CLIENT = "02:c1:1e:47:ab:cd"
ACCESS = "02:aa:00:00:00:01"
OTHER = "02:bb:00:00:00:02"
CLIENT_IP, SERVER_IP = "192.0.2.77", "198.51.100.9"
CLIENT_IP6, SERVER_IP6 = "2001:db8::77", "2001:db8:1::9"
SECRETS = [CLIENT, CLIENT.replace(":", ""), CLIENT_IP, CLIENT_IP6, "c000024d", "kunde.example", "mueller"]


class Film:
    """Frames with times; step seconds between frames unless told otherwise."""

    def __init__(self, start=1_700_000_000.0, step=0.001):
        self.now, self.step, self.frames = start, step, []

    def add(self, frame, after=None):
        self.now = round(self.now + (self.step if after is None else after), 6)
        frame.time = self.now
        self.frames.append(frame)
        return frame

    def repeat(self, count, make):
        for i in range(count):
            self.add(make(i))

    def save(self, path):
        wrpcap(str(path), self.frames)
        return path


def down(payload):
    return Ether(src=ACCESS, dst=CLIENT) / payload


def up(payload):
    return Ether(src=CLIENT, dst=ACCESS) / payload


def udp4(payload, sport, dport, is_answer=False):
    a, b = (SERVER_IP, CLIENT_IP) if is_answer else (CLIENT_IP, SERVER_IP)
    return (down if is_answer else up)(IP(src=a, dst=b) / UDP(sport=sport, dport=dport) / payload)


def udp6(payload, sport, dport):
    return up(IPv6(src=CLIENT_IP6, dst=SERVER_IP6) / UDP(sport=sport, dport=dport) / payload)


def dhcp4(kind, xid, options=()):
    return udp4(BOOTP(chaddr=bytes.fromhex(CLIENT.replace(":", "")) + b"\0" * 10, xid=xid, op=1) /
                DHCP(options=[("message-type", kind), *options, "end"]), 68, 67)


def radius(code, identifier, attributes=b"\x01\x09mueller"):
    return Raw(bytes([code, identifier]) + (20 + len(attributes)).to_bytes(2, "big") + b"\x5a" * 16 + attributes)


def key_frame(info, data=b"", descriptor=2):
    body = bytes([descriptor]) + info.to_bytes(2, "big") + b"\0\x10" + b"\0" * 8 + b"\x11" * 32 + b"\0" * 32 + b"\0" * 16
    return EAPOL(version=2, type=3) / Raw(body + len(data).to_bytes(2, "big") + data)


def arp(film):
    film.repeat(3, lambda i: Ether(src=CLIENT, dst="ff:ff:ff:ff:ff:ff") / ARP(op=1, hwsrc=CLIENT, psrc=CLIENT_IP, pdst=SERVER_IP))
    film.repeat(5, lambda i: down(ARP(op=2, hwsrc=ACCESS, psrc=SERVER_IP, hwdst=CLIENT, pdst=CLIENT_IP)))
    film.repeat(1, lambda i: up(Dot1AD(vlan=7) / Dot1Q(vlan=8) / Dot1Q(vlan=9) / ARP(op=2)))
    film.repeat(1, lambda i: up(ARP(op=8)))


def icmpv6(film):
    base = lambda: up(IPv6(src="fe80::77", dst="ff02::1", hlim=255))
    film.repeat(2, lambda i: base() / ICMPv6ND_RS() / ICMPv6NDOptSrcLLAddr(lladdr=CLIENT))
    film.repeat(3, lambda i: base() / ICMPv6ND_RA())
    film.repeat(4, lambda i: base() / ICMPv6ND_NS(tgt=SERVER_IP6))
    film.repeat(5, lambda i: base() / ICMPv6ND_NA(tgt=CLIENT_IP6))


def dhcp(film):
    counts = dict(discover=2, offer=3, request=4, decline=5, ack=6, nak=7, release=9, inform=11)
    for number, (kind, count) in enumerate(counts.items()):
        film.repeat(count, lambda i, kind=kind, number=number: dhcp4(kind, 1000 * (number + 1) + i))
    film.repeat(13, lambda i: dhcp4("force_renew" if i % 2 else "lease_query", 9000 + i))
    film.repeat(1, lambda i: udp4(BOOTP(xid=77) / Raw(b"\0" * 64), 68, 67))
    for i, (kind, delay) in enumerate((("ack", 0.040), ("ack", 0.090), ("nak", 0.010), ("ack", 0.300))):
        film.add(dhcp4("request", 50 + i))
        film.add(dhcp4("request", 50 + i), 0.002)  # a retransmission
        film.add(udp4(BOOTP(op=2, chaddr=bytes.fromhex(CLIENT.replace(":", "")) + b"\0" * 10, xid=50 + i) /
                      DHCP(options=[("message-type", kind), "end"]), 67, 68, True), delay)
    overloaded = BOOTP(xid=60, sname=b"\x35\x01\x05\xff" + b"\0" * 60, options=b"c\x82Sc" + b"\x34\x01\x02\xff")
    film.add(udp4(overloaded, 67, 68))


def dhcp6(film):
    duid = lambda: DHCP6OptClientId(duid=DUID_LL(lladdr=CLIENT))
    kinds = (DHCP6_Solicit, DHCP6_Advertise, DHCP6_Request, DHCP6_Confirm, DHCP6_Renew, DHCP6_Rebind, DHCP6_Reply,
             DHCP6_Release, DHCP6_Decline, DHCP6_Reconf, DHCP6_InfoRequest)
    for number, kind in enumerate(kinds):
        film.repeat(1 + number, lambda i, kind=kind: udp6(kind(trid=i) / duid(), 546, 547))
    inner = lambda: DHCP6OptRelayMsg(message=DHCP6_Solicit(trid=5) / duid())
    film.repeat(13, lambda i: udp6(DHCP6_RelayForward(linkaddr=CLIENT_IP6, peeraddr=CLIENT_IP6) / inner(), 547, 547))
    film.repeat(14, lambda i: udp6(DHCP6_RelayReply(linkaddr=CLIENT_IP6, peeraddr=CLIENT_IP6) / inner(), 547, 547))


def dns(film):
    question = lambda: DNSQR(qname="kunde.example", qtype="A")
    answer = lambda: DNSRR(rrname="kunde.example", type="A", ttl=60, rdata="192.0.2.8")
    query = lambda i: udp4(DNS(id=i, rd=1, qd=question()), 40000 + i, 53)

    def reply(i, rcode, an=None):
        return udp4(DNS(id=i, qr=1, rcode=rcode, qd=question(), an=an, ancount=1 if an else 0), 53, 40000 + i, True)

    film.repeat(20, query)
    for i, (rcode, delay) in enumerate([(0, .004)] * 4 + [(3, .001)] * 3 + [(2, .001)] * 2 + [(5, .001)] * 4 + [(0, .2)] * 2):
        film.add(reply(i, rcode, answer() if rcode == 0 else None), delay)
    film.add(udp6(DNS(id=7, rd=1, qd=question()), 53535, 53))
    body = bytes(DNS(id=9, rd=1, qd=question()))
    segment = lambda data: up(IP(src=CLIENT_IP, dst=SERVER_IP) / TCP(sport=4711, dport=53, flags="PA", seq=5) / Raw(data))
    film.add(segment(len(body).to_bytes(2, "big") + body))
    film.add(segment((len(body).to_bytes(2, "big") + body) * 2))  # two messages in a segment count as none


def aaa(film):
    for code, count in {1: 2, 2: 3, 3: 7, 11: 10, 4: 12, 5: 13}.items():
        port = 1813 if code in (4, 5) else 1812
        film.repeat(count, lambda i, code=code, port=port: udp4(radius(code, 200 + i), 50000, port))
    for code in (6, 12, 13, 21, 40, 41, 44, 50, 132):
        film.add(udp4(radius(code, 1), 50000, 3799))
    film.repeat(2, lambda i: udp4(radius(99, i), 50000, 1645))  # no known code: not RADIUS
    film.repeat(1, lambda i: udp4(radius(40, i), 1646, 1700))
    for i, (code, delay) in enumerate(((2, .011), (3, .02), (11, .033), (2, .009))):
        film.add(udp4(radius(1, i), 50001, 1812))
        film.add(udp4(radius(code, i), 1812, 50001, True), delay)


def eapol(film):
    film.repeat(3, lambda i: up(EAPOL(type=1)))
    film.repeat(2, lambda i: up(EAPOL(type=2)))
    for i, (end, delay) in enumerate(((3, .5), (4, .2), (3, .7), (3, .9), (3, .1))):
        film.add(down(EAPOL(type=0) / EAP(code=1, id=i, type=1)))
        film.add(up(EAPOL(type=0) / EAP(code=2, id=i, type=1, identity=b"mueller")))
        film.repeat(2, lambda k, i=i: down(EAPOL(type=0) / EAP(code=1, id=i, type=13)))
        film.add(down(EAPOL(type=0) / EAP(code=end, id=i)), delay)
    for delay in (.003, .008, .005):
        film.add(down(key_frame(0x008a)))
        film.add(up(key_frame(0x010a, b"\x30\x14" + b"\0" * 20)), .001)
        film.add(down(key_frame(0x13ca, b"\xdd" * 24)), .001)
        film.add(up(key_frame(0x030a)), delay)
    film.add(down(key_frame(0x0089, descriptor=254)))


def tcp(film):
    flow = lambda i, flags, seq, ack=0: up(IP(src=CLIENT_IP, dst=SERVER_IP) / TCP(sport=5000 + i, dport=443, flags=flags, seq=seq, ack=ack))
    back = lambda i, flags, ack: down(IP(src=SERVER_IP, dst=CLIENT_IP) / TCP(sport=443, dport=5000 + i, flags=flags, seq=9, ack=ack))
    for i in range(7):
        film.add(flow(i, "S", 100 * i))
        if i % 3 == 1:
            film.add(flow(i, "S", 100 * i))
        if i < 5:
            film.add(back(i, "SA" if i < 4 else "RA", 100 * i + 1), 0.010 * (i + 1))
    film.add(back(5, "SA", 12345))  # acknowledges something else
    film.repeat(4, lambda i: flow(i, "FA", 200, 10))
    film.repeat(2, lambda i: flow(i, "R", 200))
    film.add(up(IPv6(src=CLIENT_IP6, dst=SERVER_IP6) / IPv6ExtHdrHopByHop() / IPv6ExtHdrDestOpt() / TCP(sport=1, dport=2, flags="S")))


def odd_links(film):
    """Fragments, tunnels, options, offload: what must and must not be followed."""
    query = bytes(UDP(sport=5353, dport=53, len=8 + 31) / DNS(id=1, qd=DNSQR(qname="kunde.example")))
    ip = lambda **kw: up(IP(src=CLIENT_IP, dst=SERVER_IP, proto=17, **kw) / Raw(query))
    film.add(ip(flags="MF"))
    film.add(ip(frag=4))
    film.add(ip(options=b"\x94\x04\0\0"))
    film.add(up(IP(src=CLIENT_IP, dst=SERVER_IP) / IP(src="192.0.2.1", dst="192.0.2.2") / UDP(dport=53) / DNS(id=2)))
    film.add(Ether(src=CLIENT, dst=ACCESS, type=36) / LLC(dsap=0xaa, ssap=0xaa, ctrl=3) / SNAP(OUI=0, code=0x0800) /
             IP(src=CLIENT_IP, dst=SERVER_IP) / UDP(sport=9, dport=9))
    film.add(Ether(src=CLIENT, dst="01:80:c2:00:00:00", type=38) / LLC(dsap=0x42, ssap=0x42, ctrl=3) / Raw(b"\0" * 35))
    for code in (0x88cc, 0x8942):
        film.add(Ether(src=CLIENT, dst=ACCESS, type=code) / Raw(b"\x02\x07\x04" + b"\x02" * 6 + b"\x04\x02\x07\x31\x06\x02\0\x78\0\0"))


def dot11(kind, subtype, flags=0, bssid=ACCESS, sender=None):
    return Dot11(type=kind, subtype=subtype, FCfield=flags, addr1=OTHER, addr2=sender or bssid, addr3=bssid, SC=16)


def wlan(film, head=lambda: RadioTap()):
    def beacon(name, bssid, channel=6, privacy=True, ht=None):
        elements = Dot11Elt(ID=0, info=name)
        if channel:
            elements = elements / Dot11Elt(ID=3, info=bytes([channel]))
        if ht:
            elements = elements / Dot11Elt(ID=61, info=bytes([ht]) + b"\0" * 21)
        return head() / dot11(0, 8, bssid=bssid) / Dot11Beacon(cap=0x0011 if privacy else 1) / elements

    for i in range(3):
        film.add(beacon(b"MobyKlick", "02:aa:00:00:00:0%d" % i, 1 + i, privacy=i == 1))
        film.add(beacon(b"MobyKlick", "02:aa:00:00:00:0%d" % i, 11))  # the first one wins
    film.add(beacon(b"", "02:aa:00:00:00:0a"))
    film.add(beacon(b"\0\0\0", "02:aa:00:00:00:0b", None, ht=44))
    film.add(beacon("Bücherei".encode(), "02:aa:00:00:00:0c", None))
    film.add(beacon(b"\xc4\xe3\xba\xc3 \xf0\x9f\x98", "02:aa:00:00:00:0d"))
    film.add(beacon(b"<b>&'\"\\", "02:aa:00:00:00:0d"))
    kinds = ((4, Dot11ProbeReq, 2), (5, Dot11ProbeResp, 3), (0, Dot11AssoReq, 4), (2, Dot11ReassoReq, 1),
             (1, Dot11AssoResp, 5), (3, Dot11ReassoResp, 2), (11, Dot11Auth, 6), (12, Dot11Deauth, 10), (10, Dot11Disas, 9))
    for subtype, body, count in kinds:
        extra = Dot11Elt(ID=0, info=b"MobyKlick") if subtype in (0, 1, 2, 3, 4, 5) else Raw(b"")
        film.repeat(count, lambda i, s=subtype, b=body, e=extra: head() / dot11(0, s, sender=CLIENT) / b() / e)
    film.repeat(11, lambda i: head() / Dot11(type=1, subtype=13, addr1=ACCESS))
    film.repeat(2, lambda i: head() / Dot11(type=1, subtype=11, addr1=ACCESS, addr2=CLIENT))
    snap = lambda code: LLC(dsap=0xaa, ssap=0xaa, ctrl=3) / SNAP(OUI=0, code=code)
    to_ds = lambda: head() / Dot11(type=2, subtype=0, FCfield="to-DS", addr1=ACCESS, addr2=CLIENT, addr3=OTHER)
    from_ds = lambda: head() / Dot11(type=2, subtype=8, FCfield="from-DS", addr1=CLIENT, addr2=ACCESS, addr3=ACCESS) / Dot11QoS()
    film.add(from_ds() / snap(0x888e) / key_frame(0x008a))
    film.add(head() / Dot11(type=2, subtype=0, FCfield="to-DS", addr1=ACCESS, addr2=CLIENT, addr3=ACCESS) / snap(0x888e) /
             key_frame(0x010a), .002)
    film.add(to_ds() / snap(0x0800) / IP(src=CLIENT_IP, dst=SERVER_IP) / UDP(sport=999, dport=53) / DNS(id=3, qd=DNSQR(qname="kunde.example")))
    film.add(to_ds() / snap(0x0806) / ARP(op=1))
    film.add(from_ds() / snap(0x0800) / IP(src=SERVER_IP, dst=CLIENT_IP) / TCP(sport=80, dport=1, flags="SA"))
    film.add(head() / Dot11(type=2, subtype=4, FCfield="to-DS", addr1=ACCESS, addr2=CLIENT, addr3=ACCESS))
    film.add(head() / Dot11(type=2, subtype=0, FCfield="to-DS+protected", addr1=ACCESS, addr2=CLIENT, addr3=OTHER) / Raw(b"\x5a" * 40))
    wds = Dot11(type=2, subtype=0, FCfield="to-DS+from-DS", addr1=ACCESS, addr2=OTHER, addr3=SERVER_MAC, addr4=CLIENT)
    film.add(head() / wds / snap(0x0806) / ARP(op=2))


SERVER_MAC = "02:cc:00:00:00:03"


def write_all(folder):
    """Writes the captures; returns their paths."""
    paths = []
    film = Film()
    for scene in (arp, icmpv6, dhcp, dhcp6, dns, aaa, eapol, tcp, odd_links):
        scene(film)
        film.now += 60  # transactions of one scene are over in the next
    paths.append(film.save(folder / "own-ethernet.pcap"))
    film = Film()
    wlan(film)
    paths.append(film.save(folder / "own-radiotap.pcap"))
    film = Film()
    wlan(film, head=lambda: RadioTap(present="TSFT+Flags", mac_timestamp=5, Flags="FCS"))
    film.frames = [with_fcs(frame) for frame in film.frames]
    paths.append(film.save(folder / "own-radiotap-fcs.pcap"))
    film = Film()
    wlan(film, head=lambda: Nothing())
    paths.append(film.save(folder / "own-80211.pcap"))
    return paths


class Nothing:
    """`head() / frame` gives the frame itself: captures without radio header."""

    def __truediv__(self, frame):
        return frame


def with_fcs(frame):
    from scapy.layers.dot11 import Dot11FCS
    copy = RadioTap(bytes(frame) + b"\x12\x34\x56\x78")
    copy.time = frame.time
    return copy


# Damaged frames that were counted wrongly once, by link type: what tshark says to them is tested with every change.
ONCE_WRONG = {
    1: [  # EAP identities whose length leaves no room for the type that stands there
        "02aa0000000102c11e47abcd888e0100000c02040002016d75656c6c6572",
        "02aa0000000102c11e47abcd888e0100010c02000002016d7565206c6572",
        # a first fragment that ends before the client's hardware address: not DHCP yet
        "02aa00003e0102c11e47abcd0800450001100001200040118d52c000024dc63364090044004300fc2dc90101060000001b5f0000",
        # a TCP reset with text that looks like a name query
        "02aa0000000102c11e47abcd0800450000490001000040068e24c000024dc633640912670035000000050000000050042000547c0000001f0009"
        "01000001000000000000056b756e6465076578616d706c650000010001"],
    127: [  # a first 802.11 fragment whose key frame goes on in the next one
        "00001100030000000500000000000000108804000002c11e47abcd02aa0000000102aa0000000100000000aaaa03000000888e0203805f02008a0010"
        "00000000000000001111111111111111111111111111111111111111111111111111111111111111" + "00" * 54 + "12345678"],
    105: [  # a first 802.11 fragment that ends inside ARP addresses, behind the operation
        "0804000002aa0000000102c11e47abcd02bb000000020000aaaa030000000806000408000608000102fc100000007f00020200000080000000000200"],
}


def mutations(frames, count, seed):
    """Damaged copies of frames: bytes changed, ends cut."""
    chance = random.Random(seed)
    for _ in range(count):
        data = bytearray(bytes(chance.choice(frames)))
        for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
            # mostly near the length fields and types, which are more telling than payload
            data[chance.randrange(min(len(data), 80) if chance.random() < 0.8 else len(data))] = chance.choice(
                (0, 1, 2, 4, 8, 0x10, 0x20, 0x7f, 0x80, 0xff, chance.randrange(256)))
        if chance.random() < 0.3:
            del data[chance.randrange(1, len(data)):]
        yield bytes(data)
