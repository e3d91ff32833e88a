# SPDX-License-Identifier: GPL-3.0-or-later
"""noc_client.py PORT PREFIX FILE: a NOC that stores every event durably, then says that it has it.

mosquitto_sub keeps the session, this script the file; a receipt goes out only behind the highest sequence without a gap
that is on the disk. Made to be killed at any moment, with all of its process group."""
import json
import os
import subprocess
import sys
import time


def stored(path):
    """(source, sequence) of each event whose line is on the disk; what the index does not have yet is cut off, it comes again."""
    found, end = [], 0
    if os.path.exists(path + ".index"):
        with open(path + ".index", "r+b") as file:
            data = file.read()
            file.truncate(data.rfind(b"\n") + 1)
        for line in data[:data.rfind(b"\n") + 1].splitlines():
            source, sequence, end = line.split()
            found.append((source.decode(), int(sequence)))
    if os.path.exists(path):
        os.truncate(path, int(end))
    return found


def key(event):
    return event["source"].rsplit("/", 1)[1], int(event["sequence"])


def lines(argv):
    """The subscriber's lines, for ever: it ends when no broker is there at its start."""
    while True:
        with subprocess.Popen(argv, stdout=subprocess.PIPE) as sub:
            yield from sub.stdout
        time.sleep(0.1)


def main():
    port, prefix, path = sys.argv[1:4]
    known = set(stored(path))
    upto = {"critical": 0, "main": 0}
    common = ["-h", "127.0.0.1", "-p", port, "-q", "1"]
    pub = subprocess.Popen(["mosquitto_pub", *common, "-t", prefix + "noc/receipt", "-l"], stdin=subprocess.PIPE)
    with open(path, "ab", buffering=0) as file, open(path + ".index", "ab", buffering=0) as index:
        for line in lines(["mosquitto_sub", *common, "-c", "-i", "noc-client", "-t", prefix + "event", "-F", "%p"]):
            source, sequence = key(json.loads(line))
            file.write(line)
            os.fdatasync(file.fileno())
            index.write(f"{source} {sequence} {file.tell()}\n".encode())
            known.add((source, sequence))
            while (source, upto[source] + 1) in known:
                upto[source] += 1
            if pub.poll() is not None:  # it ends when it loses the broker
                pub = subprocess.Popen(["mosquitto_pub", *common, "-t", prefix + "noc/receipt", "-l"], stdin=subprocess.PIPE)
            try:
                receipt = {"source": source, "upto": upto[source], "client": "noc-client"}
                pub.stdin.write(json.dumps(receipt).encode() + b"\n")
                pub.stdin.flush()
            except BrokenPipeError:
                pass  # a repetition will be told of


if __name__ == "__main__":
    main()
