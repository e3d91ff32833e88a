# SPDX-License-Identifier: GPL-3.0-or-later
"""make bench-delivery: from commit to subscriber. Comments on an open incident, 20 a second; each event carries the time of
the commit's batch, the subscriber (mosquitto_sub) stamps its arrival. Goal: 15 ms p99."""
import json
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "integration"))
from lib import journal
from lib.harness import tool, wait_for
from lib.town import PREFIX, Town

COUNT = 1000


def main():
    with Town() as town:
        town.begin()
        town.collector.kill("ap-1")
        incident = wait_for("the incident", 20, lambda: town.last("incident/"))
        incident = next(iter(incident.values()))["id"]
        output = open(town.dir / "stamped", "wb")
        town.processes.append(subprocess.Popen(
            [tool("mosquitto_sub"), "-h", "127.0.0.1", "-p", str(town.port), "-q", "1", "-t", PREFIX + "event", "-F", "%U %p"],
            stdout=output, stdin=subprocess.DEVNULL))
        time.sleep(1)
        writer = journal.Writer(str(town.dir / "state" / "journal"), "cli")
        written = {}
        for number in range(COUNT):
            written[f"bench-{number}"] = time.time()
            writer.append(journal.command(time.time_ns(), f"b-{number}", "comment", incident, comment=f"bench-{number}", by="b"))
            town.receive("main", 1 + number // 2)
            time.sleep(0.05)
        time.sleep(2)
        from_commit, from_command = [], []
        for line in (town.dir / "stamped").read_text().splitlines():
            stamp, text = line.split(" ", 1)
            event = json.loads(text)
            last = event["data"]["history"][-1] if event["data"]["history"] else {}
            if last.get("comment") in written:
                decided = time.mktime(time.strptime(event["time"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
                decided += int(event["time"][20:23]) / 1000
                from_commit.append(float(stamp) - decided)
                from_command.append(float(stamp) - written.pop(last["comment"]))
        for name, values in (("decision (commit included) to subscriber", from_commit),
                             ("command in the journal to subscriber", from_command)):
            values.sort()
            print(f"{name}: {len(values)} events, p50 {1000 * values[len(values) // 2]:.1f} ms, "
                  f"p99 {1000 * values[len(values) * 99 // 100]:.1f} ms, max {1000 * values[-1]:.1f} ms")


if __name__ == "__main__":
    main()
