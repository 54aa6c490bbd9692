# SPDX-License-Identifier: Apache-2.0
"""Runs a bundle with a runtime and tells what could be seen, as a dictionary, by which runtimes can be compared."""

import glob
import json
import os
import re
import signal
import subprocess
import time

ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
DEADLINE = 30
LIMIT_FILES = """cpu.shares cpu.cfs_quota_us cpu.cfs_period_us cpu.cfs_burst_us cpu.idle cpuset.cpus cpuset.mems
memory.limit_in_bytes memory.soft_limit_in_bytes memory.memsw.limit_in_bytes memory.swappiness memory.oom_control
memory.use_hierarchy memory.kmem.tcp.limit_in_bytes pids.max blkio.weight blkio.bfq.weight
blkio.throttle.read_bps_device blkio.throttle.write_iops_device devices.list net_cls.classid net_prio.ifpriomap
hugetlb.2MB.limit_in_bytes
hugetlb.2MB.max""".split()


class Runtime:
    def __init__(self, name, program):
        self.name = name
        self.program = program

    def call(self, bundle, *words, output=None):
        """Exit status and errors of one command."""
        log = bundle.folder + "/log"
        open(log, "w", encoding="utf-8").close()
        with open(output or bundle.folder + "/output", "wb") as file:
            process = subprocess.Popen(
                [self.program, "--root", bundle.folder + "/state", "--log", log, "--log-format", "json", *words],
                stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, env=ENVIRONMENT, cwd="/",
                umask=0o22)
            try:
                status = process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                return "hangs", ["hangs"]
        return status, list(errors_of(log))

    def observe(self, bundle, created):
        seen = {}
        if created:
            self.step_by_step(bundle, seen)
        else:
            status, errors = self.call(bundle, "run", "--bundle", bundle.path, bundle.id,
                                       output=bundle.folder + "/printed")
            conclude(seen, "run", status, errors)
        seen.update(printed_by(bundle))
        seen.update(bundle.changes())
        self.sweep(bundle, seen)
        return {key: normal(value, bundle) for key, value in seen.items()}

    def step_by_step(self, bundle, seen):
        pid_file = bundle.folder + "/pid"
        status, errors = self.call(bundle, "create", "--bundle", bundle.path, "--pid-file", pid_file, bundle.id,
                                   output=bundle.folder + "/printed")
        conclude(seen, "create", status, errors)
        if status != 0:
            return
        pid = int(bundle.text(pid_file))
        seen.update(limits_of(pid))
        self.state(bundle, "created", seen)
        status, errors = self.call(bundle, "start", bundle.id)
        conclude(seen, "start", status, errors)
        if status != 0:
            self.call(bundle, "delete", "--force", bundle.id)
            reap(pid, seen)
            return
        reap(pid, seen)
        self.state(bundle, "stopped", seen)
        status, errors = self.call(bundle, "kill", bundle.id, "KILL")
        seen["kill of the stopped"] = "ok" if status == 0 else "refused"
        status, errors = self.call(bundle, "delete", bundle.id)
        conclude(seen, "delete", status, errors)

    def state(self, bundle, when, seen):
        status, errors = self.call(bundle, "state", bundle.id)
        conclude(seen, "state", status, errors)
        if status == 0:
            state = json.loads(bundle.text(bundle.folder + "/output"))
            for key in ("id", "status", "bundle", "annotations"):
                seen["state %s %s" % (when, key)] = json.dumps(state.get(key) or None, sort_keys=True)
            seen["state %s pid" % when] = "some" if state.get("pid") else "none"

    def sweep(self, bundle, seen):
        """Notes what is left, and removes it for the next one."""
        left = os.listdir(bundle.folder + "/state") if os.path.exists(bundle.folder + "/state") else []
        if [name for name in left if name == bundle.id]:
            seen["left state"] = "yes"
            self.call(bundle, "delete", "--force", bundle.id)
        folders = [path for path in cgroups_of(bundle) if os.path.exists(path)]
        if folders:
            seen["left cgroups"] = "yes"
            remove_cgroups(folders)
        for line in mounts_of(bundle):
            seen["left mount " + line] = "yes"
            subprocess.run(["umount", "-l", line], check=False)


def mounts_of(bundle):
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        return [line.split()[4] for line in file if bundle.folder in line.split()[4]]


def cgroups_of(bundle):
    top = "/sys/fs/cgroup/*/*%s*" % bundle.id
    return sorted(glob.glob(top) + glob.glob(top + "/**/", recursive=True), key=len, reverse=True)


def remove_cgroups(folders):
    for _ in range(50):
        for path in folders:
            try:
                with open(path + "/cgroup.procs", encoding="utf-8") as file:
                    for pid in file:
                        os.kill(int(pid), signal.SIGKILL)
                os.rmdir(path)
            except OSError:
                pass
        if not any(map(os.path.exists, folders)):
            return
        time.sleep(0.02)


def errors_of(log):
    with open(log, encoding="utf-8", errors="replace") as file:
        text = file.read().strip()
    while text:
        try:
            record, end = json.JSONDecoder().raw_decode(text)
        except ValueError:
            record, end = {"level": "error", "msg": text}, len(text)
        text = text[end:].strip()
        if record.get("level") in ("error", "fatal"):
            yield record.get("msg", "")


def conclude(seen, command, status, errors):
    """Whether it was refused, and with which words, which differ; else the status."""
    if errors:
        seen["accepted " + command] = "no"
        seen["message " + command] = errors[-1]
        seen["status of refusal"] = str(status)
    else:
        seen["accepted " + command] = "yes"
        seen["status " + command] = str(status)


def reap(pid, seen):
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        try:
            found, status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            seen["exit"] = "not our child"
            return
        if found:
            seen["exit"] = str(os.waitstatus_to_exitcode(status))
            return
        time.sleep(0.002)
    seen["exit"] = "hangs"
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def limits_of(pid):
    seen = {}
    with open("/proc/%d/cgroup" % pid, encoding="utf-8") as file:
        for line in file:
            _, names, path = line.rstrip("\n").split(":", 2)
            folder = "/sys/fs/cgroup/" + names.replace("name=", "").split(",")[0] + path
            seen["host cgroup " + names] = path
            for name in LIMIT_FILES if names else []:
                try:
                    with open(folder + "/" + name, encoding="utf-8") as value:
                        seen["host " + name] = "|".join(sorted(value.read().strip().split("\n")))
                except OSError:
                    pass
    return seen


def printed_by(bundle):
    seen = {}
    count = {}
    path = bundle.folder + "/printed"
    for line in bundle.text(path).split("\n") if os.path.exists(path) else []:
        key, tab, value = line.partition("\t")
        if not tab:
            if line and not line.startswith("{"):
                seen["printed"] = seen.get("printed", "") + line + "|"
            continue
        if key == "mount":
            fields = value.split(" ")
            number = count[fields[4]] = count.get(fields[4], 0) + 1
            point = fields[4] + (" (%d)" % number if number > 1 else "")
            key = "mount " + point
            value, seen["propagation " + point] = mount_line(fields)
        elif key == "cgroup":
            _, names, value = value.split(":", 2)
            key = "cgroup " + names
        elif key.startswith("ns "):
            value = namespace(bundle, key[3:], value)
        elif key == "session":
            value = re.sub(r"\d{2,}", "N", value)
        elif key == "env":
            value = "|".join(sorted(value.split("|")))
        seen[key] = value
    return seen


def mount_line(fields):
    """What is mounted, and how it gets events of others."""
    separator = fields.index("-")
    shared = sorted(word.split(":")[0] for word in fields[6:separator])
    options = ",".join(sorted(fields[5].split(",")))
    return " ".join([fields[3], options, *fields[separator + 1:]]), "+".join(shared) or "private"


def namespace(bundle, kind, value):
    if value == os.readlink("/proc/self/ns/" + kind):
        return "the host's"
    joined = bundle.namespaces + "/" + kind
    if os.path.exists(joined) and value.endswith("[%d]" % os.stat(joined).st_ino):
        return "joined"
    return "new"


def normal(text, bundle):
    text = text.replace(bundle.folder, "$W").replace(bundle.id, "$ID").replace(os.path.dirname(bundle.folder),
                                                                               "$SCRATCH")
    return re.sub(r"\b(mnt|pid|net|user|uts|ipc|cgroup|time):\[\d+\]", r"\1:[N]", text)
