#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs random bundles with berth and its peers, and tells where berth stands alone.

To be run in a nest of its own (tests/conformance/nest) with cgroup v1 alone.
"""

import argparse
import concurrent.futures
import ctypes
import json
import os
import queue
import random
import re
import sys

import features
import known
import observe
from bundle import Bundle, Host

PR_SET_CHILD_SUBREAPER = 36
HERE = os.path.dirname(os.path.abspath(__file__))


class Difference:
    def __init__(self, key, values, config):
        self.key = key
        self.values = values
        self.reason = known.reason(key, values, config)

    def __str__(self):
        lines = ["    %-6s %s" % (name, value.replace("\n", "|")) for name, value in self.values.items()]
        return "\n".join([self.key] + lines)


class Result:
    """What was seen of one bundle: for each runtime, and where they differ."""

    def __init__(self, seed, chosen, config, seen, found):
        self.seed, self.chosen, self.config, self.seen = seed, chosen, config, seen
        self.unknown = [difference for difference in found if not difference.reason]

    def show(self):
        print(json.dumps(self.config))
        for key in sorted(set().union(*self.seen.values())):
            print(key, *("\n    %-6s %s" % (name, values.get(key)) for name, values in self.seen.items()))

    def report(self):
        print("FAILED  seed %d: %s" % (self.seed, ",".join(self.chosen)))
        for name, values in self.seen.items():
            for key in values:
                if key.startswith("message"):
                    print("    %s: %s" % (name, re.sub(r"\s+", " ", values[key])[:300]))
        for difference in self.unknown:
            print("  %s" % difference)


class Laboratory:
    """One worker's folder, and what is done in it."""

    def __init__(self, runtimes, scratch, number, sided):
        self.runtimes = runtimes
        self.sided = sided
        self.host = Host("%s/h%d" % (scratch, number))
        self.folder = "%s/w%d" % (scratch, number)
        self.name = "dt%d" % number
        with open(HERE + "/payload.sh", encoding="utf-8") as file:
            self.payload = file.read()

    def compare(self, seed, chosen):
        bundle = Bundle(self.host, self.folder, self.name)
        config = features.make(seed, chosen, bundle)
        created = random.Random("mode %s" % seed).random() < 0.5
        seen = {}
        for runtime in self.runtimes:
            bundle.write(config, self.payload)
            seen[runtime.name] = runtime.observe(bundle, created)
        bundle.remove()
        return Result(seed, chosen, config, seen, list(self.differences(seen, config)))

    def differences(self, seen, config):
        """Where the first runtime has what none (or, sided, not every one) of its peers has."""
        first, *peers = seen
        enough = all if self.sided else any
        # Whoever refuses a bundle shows nothing else to compare.
        refused = any(key.startswith("accepted") and value == "no" for values in seen.values()
                      for key, value in values.items())
        for key in sorted(set().union(*seen.values())):
            values = {name: seen[name].get(key, "(nothing)") for name in seen}
            if key.startswith("message") or enough(values[name] == values[first] for name in peers):
                continue
            if not refused or key.startswith(("accepted", "left")):
                yield Difference(key, values, config)

    def shrink(self, result):
        """The same difference, with as few features as show it."""
        key = result.unknown[0].key
        for name in result.chosen:
            fewer = self.compare(result.seed, [other for other in result.chosen if other != name])
            if any(difference.key == key for difference in fewer.unknown):
                result = fewer
        return result


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", default="1-200", help="FIRST-LAST, or several of them with commas")
    parser.add_argument("--only", help="these features and no others")
    parser.add_argument("--without", default="", help="none of these features")
    parser.add_argument("--shrink", action="store_true", help="look for the fewest features that show a difference")
    parser.add_argument("--show", action="store_true", help="print the configuration and all that was seen")
    parser.add_argument("--sided", action="store_true", help="differences from one peer, too")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("scratch", help="an empty folder")
    parser.add_argument("runtimes", nargs="+", help="NAME=PATH, the one that is judged first")
    return parser.parse_args()


def seeds_of(text):
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def main():
    options = arguments()
    # Orphans, which containers of create are, become children of this process, which can then wait for them.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    os.umask(0o22)
    runtimes = [observe.Runtime(*pair.split("=", 1)) for pair in options.runtimes]
    idle = queue.Queue()
    for number in range(options.jobs):
        idle.put(Laboratory(runtimes, os.path.realpath(options.scratch), number, options.sided))

    def one(seed):
        chosen = options.only.split(",") if options.only else features.pick(seed)
        laboratory = idle.get()
        try:
            result = laboratory.compare(seed, [name for name in chosen if name not in options.without.split(",")])
            return laboratory.shrink(result) if result.unknown and options.shrink else result
        finally:
            idle.put(laboratory)

    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for result in pool.map(one, seeds_of(options.seeds)):
            if options.show:
                result.show()
            if result.unknown:
                failed += 1
                result.report()
            else:
                passed += 1
            sys.stdout.flush()
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
