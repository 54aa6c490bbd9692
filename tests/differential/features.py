# SPDX-License-Identifier: Apache-2.0
"""The features of OCI bundles, each a function that adds a random use of itself to a bundle.

A feature gets its own random numbers, so a bundle that is made of fewer of them has the same of each: that is what
makes shrinking a loop over names.
"""

import random

NAMES = """CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE
SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL
SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE""".split()
with open("/proc/self/status", encoding="utf-8") as own:
    MINE = int(next(line.split()[1] for line in own if line.startswith("CapBnd:")), 16)
# What cannot be granted here would be left out with a warning, or refused.
CAPABILITIES = [name for number, name in enumerate(NAMES) if MINE >> number & 1]
LIMITS = """AS CORE CPU DATA FSIZE LOCKS MEMLOCK MSGQUEUE NICE NOFILE NPROC RSS RTPRIO RTTIME SIGPENDING
STACK""".split()
HOOKS = "prestart createRuntime createContainer startContainer poststart poststop".split()
FLAGS = """ro rw nosuid suid nodev dev noexec exec noatime atime nodiratime diratime relatime norelatime strictatime
nostrictatime nosymfollow symfollow sync async dirsync lazytime silent loud""".split()
RECURSIVE = """rro rrw rnosuid rsuid rnodev rdev rnoexec rexec rnoatime ratime rnodiratime rdiratime rrelatime
rnorelatime rstrictatime rnostrictatime rnosymfollow rsymfollow""".split()
PROPAGATION = "private shared slave unbindable rprivate rshared rslave runbindable".split()

FEATURES = {}


def feature(chance):
    """How many of a hundred bundles have it."""
    def add(function):
        FEATURES[function.__name__] = (chance, function)
        return function
    return add


def some(rng, values, most):
    return rng.sample(values, rng.randint(0, min(most, len(values))))


def base(bundle):
    """What `runc spec` proposes, but for the program and with fewer restrictions."""
    def mount(destination, kind, options, source=None):
        return {"destination": destination, "type": kind, "source": source or kind, "options": options}
    safe = ["nosuid", "noexec", "nodev"]
    caps = ["CAP_" + name for name in "CHOWN DAC_OVERRIDE FOWNER KILL MKNOD SETUID SETGID SYS_CHROOT NET_RAW".split()]
    return {
        "ociVersion": "1.2.0",
        "process": {
            "user": {"uid": 0, "gid": 0}, "args": ["/bin/sh", "/payload"], "env": ["PATH=/bin", "TERM=xterm"],
            "cwd": "/", "capabilities": {"bounding": caps, "effective": caps, "permitted": caps},
        },
        "root": {"path": "rootfs"},
        "mounts": [
            mount("/proc", "proc", []),
            mount("/dev", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            mount("/dev/pts", "devpts",
                  ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
            mount("/dev/shm", "tmpfs", safe + ["mode=1777", "size=65536k"], "shm"),
            mount("/dev/mqueue", "mqueue", safe),
            mount("/sys", "sysfs", safe + ["ro"]),
        ],
        "linux": {
            "namespaces": [{"type": name} for name in ("pid", "network", "ipc", "uts", "mount")],
            "resources": {"devices": [{"allow": False, "access": "rwm"}]},
            "cgroupsPath": "/" + bundle.id,
        },
    }


# Process

@feature(50)
def user(rng, config, bundle):
    who = {"uid": rng.choice([0, 0, 1, 1000, 65534]), "gid": rng.choice([0, 0, 5, 1000])}
    if rng.random() < 0.5:
        who["additionalGids"] = [rng.choice([0, 5, 7, 1000, 70000]) for _ in range(rng.randint(0, 5))]
    config["process"]["user"].update(who)


@feature(25)
def umask(rng, config, bundle):
    config["process"]["user"]["umask"] = rng.choice([0, 0o2, 0o22, 0o77, 0o777])


@feature(40)
def capabilities(rng, config, bundle):
    bounding = some(rng, CAPABILITIES, len(CAPABILITIES))
    permitted = some(rng, bounding, len(bounding))
    inheritable = some(rng, permitted, 6)
    sets = {"bounding": bounding, "permitted": permitted, "effective": some(rng, permitted, len(permitted)),
            "inheritable": inheritable, "ambient": some(rng, inheritable, 4)}
    config["process"]["capabilities"] = {
        key: ["CAP_" + name for name in names] for key, names in sets.items() if rng.random() < 0.9}


@feature(3)
def capabilities_absent(rng, config, bundle):
    del config["process"]["capabilities"]


@feature(6)
def capabilities_unordered(rng, config, bundle):
    config["process"]["capabilities"] = {
        key: ["CAP_" + name for name in some(rng, CAPABILITIES, 8)]
        for key in ("bounding", "permitted", "effective", "inheritable", "ambient")}


@feature(30)
def rlimits(rng, config, bundle):
    limits = []
    for name in some(rng, [name for name in LIMITS if name not in ("AS", "CPU", "DATA", "FSIZE", "NPROC", "STACK")],
                     5):
        hard = rng.choice([0, 64, 1024, 4096]) if name != "NOFILE" else rng.choice([64, 1024, 4096])
        limits.append({"type": "RLIMIT_" + name, "hard": hard, "soft": rng.choice([hard, hard // 2])})
    if rng.random() < 0.3:
        limits.append({"type": "RLIMIT_" + rng.choice(["AS", "FSIZE", "STACK", "CPU"]),
                       "hard": 2**64 - 1, "soft": rng.choice([2**64 - 1, 1 << 33])})
    config["process"]["rlimits"] = limits


@feature(4)
def rlimits_odd(rng, config, bundle):
    config["process"].setdefault("rlimits", []).extend(rng.choice([
        [{"type": "RLIMIT_CORE", "hard": 1, "soft": 2}],
        [{"type": "RLIMIT_CORE", "hard": 2, "soft": 1}, {"type": "RLIMIT_CORE", "hard": 3, "soft": 1}],
        [{"type": "RLIMIT_NONSENSE", "hard": 2, "soft": 1}],
        [{"type": "RLIMIT_NPROC", "hard": 200, "soft": 100}]]))


@feature(30)
def no_new_privileges(rng, config, bundle):
    config["process"]["noNewPrivileges"] = rng.random() < 0.8


@feature(20)
def oom_score(rng, config, bundle):
    config["process"]["oomScoreAdj"] = rng.choice([-1000, -500, 0, 1, 500, 1000])


@feature(25)
def environment(rng, config, bundle):
    env = config["process"]["env"]
    odd = ["HOME=/elsewhere", "HOME=", "PATH=/usr/bin:/bin", "A=b=c", "EMPTY=", "A=again", "NEWLINE=a\nb",
           "UNI=\u00e4\u4e2d",
           "SPACE= x ", "LISTEN_FDS=0", "LISTEN_PID=7", "NOTIFY_SOCKET=/x", "_=x", "lower.case-x=1"]
    env.extend(some(rng, odd, 5))
    if rng.random() < 0.1:
        env.append(rng.choice(["NOEQUALS", "=nothing", ""]))


@feature(3)
def environment_absent(rng, config, bundle):
    if rng.random() < 0.5:
        del config["process"]["env"]
    else:
        config["process"]["env"] = []


@feature(20)
def arguments(rng, config, bundle):
    process = config["process"]
    program = rng.choice(["sh", "/bin/sh", "bin/sh", "./bin/sh", "/bin/../bin/sh", "/usr/bin/env", "/link/sh",
                          "/script"])
    first = {"/usr/bin/env": [program, "sh"], "/script": [program]}.get(program, [program])
    process["args"] = (first + ([] if program == "/script" else ["/payload"]) +
                       some(rng, ["", "a b", "-x", "\u00e4", "x" * 3000, "a\nb"], 3))


@feature(8)
def arguments_odd(rng, config, bundle):
    config["process"]["args"] = rng.choice([
        ["/missing"], ["missing"], ["/etc"], ["/etc/file"], ["/broken"], ["/badinterpreter"], [""], [], ["sh/"],
        ["/bin/sh/"],
        ["/noheader"], ["/empty"], ["/dangling"], ["."], [".."], ["/bin/sh", "-c", "kill -9 $$"],
        ["/bin/sh", "-c", "exit 77"],
        ["/bin/sh", "-c", "kill -15 $$; exit 3"]])


@feature(20)
def working_directory(rng, config, bundle):
    config["process"]["cwd"] = rng.choice(
        ["/", "/tmp", "/new", "/new/deep/er", "/link", "/uplink", "/tmp/../etc", "//tmp//", "/tmp/", "/proc",
         "/dev", "/home/x",
         "/locked", "/tmp/./x"])


@feature(4)
def working_directory_odd(rng, config, bundle):
    config["process"]["cwd"] = rng.choice(["", "tmp", "/etc/file", "/dangling", "/escape", "/loop", "/etc/file/x"])


@feature(15)
def scheduler(rng, config, bundle):
    policy = rng.choice(["SCHED_OTHER", "SCHED_BATCH", "SCHED_IDLE", "SCHED_FIFO", "SCHED_RR", "SCHED_ISO"])
    value = {"policy": policy}
    if policy in ("SCHED_FIFO", "SCHED_RR"):
        value["priority"] = rng.choice([1, 10, 99])
    if policy in ("SCHED_OTHER", "SCHED_BATCH"):
        value["nice"] = rng.choice([-20, -5, 0, 5, 19])
    if rng.random() < 0.3:
        value["flags"] = some(rng, ["SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_KEEP_PARAMS", "SCHED_FLAG_KEEP_POLICY"],
                              2)
    config["process"]["scheduler"] = value


@feature(15)
def io_priority(rng, config, bundle):
    config["process"]["ioPriority"] = {
        "class": rng.choice(["IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE"]),
        "priority": rng.randint(0, 7)}


@feature(10)
def personality(rng, config, bundle):
    config["linux"]["personality"] = {"domain": rng.choice(["LINUX", "LINUX32"])}


@feature(15)
def exit_status(rng, config, bundle):
    config["process"].setdefault("env", []).append("STATUS=%d" % rng.choice([0, 1, 42, 125, 126, 127, 128, 255]))


# Namespaces

@feature(30)
def names(rng, config, bundle):
    config["hostname"] = rng.choice(["web", "a.b.example", "x" * 64, "UPPER-1", ""])
    if rng.random() < 0.6:
        config["domainname"] = rng.choice(["example.org", "d" * 64, ""])


@feature(30)
def namespaces_less(rng, config, bundle):
    gone = some(rng, ["pid", "network", "ipc", "uts"], 2)
    config["linux"]["namespaces"] = [entry for entry in config["linux"]["namespaces"] if entry["type"] not in gone]


@feature(25)
def namespaces_more(rng, config, bundle):
    for name in some(rng, ["cgroup", "time"], 2):
        config["linux"]["namespaces"].append({"type": name})
        if name == "time" and rng.random() < 0.7:
            config["linux"]["timeOffsets"] = {
                clock: {"secs": rng.choice([-1, 0, 1, 5000]), "nanosecs": rng.choice([0, 1, 999999999])}
                for clock in some(rng, ["monotonic", "boottime"], 2)}


@feature(15)
def namespaces_joined(rng, config, bundle):
    for entry in config["linux"]["namespaces"]:
        if entry["type"] in ("network", "ipc", "uts", "cgroup") and rng.random() < 0.5:
            kind = {"network": "net"}.get(entry["type"], entry["type"])
            # Not the host's, since a name or a sysctl would stay for the next bundle.
            entry["path"] = bundle.namespaces + "/" + kind


@feature(12)
def user_namespace(rng, config, bundle):
    linux = config["linux"]
    linux["namespaces"].append({"type": "user"})
    first = rng.choice([100000, 200000, 0])
    maps = rng.choice([[(0, first, 65536)], [(0, first, 1000), (1000, first + 5000, 64536)],
                       [(0, first, 65536), (65536, 400000, 10000)],
                       [(0, 0, 4294967295)]])
    linux["uidMappings"] = [{"containerID": c, "hostID": h, "size": s} for c, h, s in maps]
    linux["gidMappings"] = [{"containerID": c, "hostID": h, "size": s} for c, h, s in maps]
    if first:
        bundle.owner = first


@feature(15)
def sysctl(rng, config, bundle):
    config["linux"]["sysctl"] = dict(some(rng, [
        ("net.ipv4.ip_forward", "1"), ("net.ipv4.ping_group_range", "0 1000"),
        ("net/ipv4/ip_unprivileged_port_start", "80"),
        ("net.core.somaxconn", "77"), ("kernel.msgmax", "9000"), ("kernel.shmmax", "100000"),
        ("kernel.sem", "10 20 30 40"),
        ("kernel.shm_rmid_forced", "1"), ("fs.mqueue.msg_max", "20")], 4))


@feature(4)
def sysctl_odd(rng, config, bundle):
    config["linux"].setdefault("sysctl", {}).update([rng.choice([
        ("kernel.hostname", "x"), ("kernel.domainname", "dom"), ("vm.swappiness", "10"), ("net.missing", "1"),
        ("kernel.msgmax", "x"),
        ("net.ipv4.conf.lo/x.forwarding", "1"), ("net.ipv4.ip_forward", ""), ("kernel..msgmax", "1"),
        ("/kernel/msgmax", "9000"),
        ("net.ipv4.conf.all.forwarding", "1\n")])])


# Mounts

def options_of(rng, words, most):
    return [rng.choice(words) for _ in range(rng.randint(0, most))]


DESTINATIONS = ["/data", "/data/sub", "/mnt", "/mnt/", "/new/place", "/link/under", "/uplink/x", "data", "./mnt",
                "/mnt/../data",
                "/escape/there", "/run/x", "/etc/file", "/tmp", "//data", "/absolute"]


def add_mount(config, destination, kind, source, options):
    entry = {"destination": destination, "options": options}
    if kind is not None:
        entry["type"] = kind
    if source is not None:
        entry["source"] = source
    config["mounts"].append(entry)


@feature(30)
def mount_tmpfs(rng, config, bundle):
    data = some(rng, ["size=1m", "mode=700", "mode=1777", "uid=5", "gid=7", "nr_inodes=100", "size=50%"], 3)
    add_mount(config, rng.choice(DESTINATIONS), "tmpfs", rng.choice(["tmpfs", "name", "none", None]),
              data + options_of(rng, FLAGS, 4) + some(rng, PROPAGATION, 1))


@feature(15)
def mount_copyup(rng, config, bundle):
    add_mount(config, rng.choice(["/etc", "/data", "/empty-dir", "/new/place", "/link"]), "tmpfs", "tmpfs",
              ["tmpcopyup"] + some(rng, ["size=1m", "mode=700", "ro", "nosuid", "noexec"], 2))


@feature(35)
def mount_bind_directory(rng, config, bundle):
    add_mount(config, rng.choice(DESTINATIONS), rng.choice(["bind", "none", None, "", "ext4"]),
              rng.choice([bundle.tree, bundle.tree + "/sub", "beside"]),
              [rng.choice(["bind", "rbind"])] + options_of(rng, FLAGS, 4) + some(rng, PROPAGATION, 1))


@feature(20)
def mount_bind_recursive(rng, config, bundle):
    add_mount(config, rng.choice(["/data", "/mnt", "/new/place"]), "bind", bundle.tree,
              [rng.choice(["bind", "rbind"])] + options_of(rng, FLAGS, 2) + options_of(rng, RECURSIVE,
                                                                                       3) + some(rng, PROPAGATION,
                                                                                                 1))


@feature(20)
def mount_bind_file(rng, config, bundle):
    add_mount(config, rng.choice(["/etc/file", "/new-file", "/new/deep/file", "/etc/link", "/dangling", "/dev/mine",
                                  "/etc/secret", "/etc"]),
              "bind", rng.choice([bundle.tree + "/file", bundle.tree + "/fifo", bundle.tree + "/link", "/dev/null",
                                  "config.json"]),
              ["bind"] + options_of(rng, FLAGS, 3) + some(rng, PROPAGATION, 1))


@feature(6)
def mount_odd(rng, config, bundle):
    add_mount(config, *rng.choice([
        ("/data", "tmpfs", "tmpfs", ["size=x"]), ("/data", "tmpfs", "tmpfs", ["nonsense"]),
        ("/data", "nonsense", "x", []),
        ("/data", "bind", "/missing", ["bind"]), ("/loop", "tmpfs", "tmpfs", []),
        ("/etc/file", "tmpfs", "tmpfs", []),
        ("/", "tmpfs", "tmpfs", []), ("/data", "bind", bundle.tree, []), ("/data", None, bundle.tree, ["ro"]),
        ("/data", "tmpfs", "tmpfs", ["ro", "remount"]), ("/dev", "bind", "/dev", ["remount", "bind", "ro"]),
        ("/data", "bind", bundle.tree, ["bind", "nonsense"]), ("/data", "bind", bundle.tree, ["bind", "size=1m"]),
        ("/data", "bind", None, ["bind"]), ("", "tmpfs", "tmpfs", []), ("/data", "tmpfs", "tmpfs", [""]),
        ("/proc/self", "tmpfs", "tmpfs", []), ("/proc/sys", "bind", "/proc/sys", ["bind", "ro"]),
        ("/proc/uptime", "bind", bundle.tree + "/file", ["bind"]), ("/sys/fs", "tmpfs", "tmpfs", []),
        ("/proc", "tmpfs", "tmpfs", []),
        ("/proc/x", "tmpfs", "tmpfs", []), ("/dev/shm", "bind", bundle.tree, ["rbind"]),
        ("/dev/null", "bind", "/dev/zero", ["bind"]),
        ("/dev/fd", "tmpfs", "tmpfs", []), ("/dev/console", "bind", "/dev/null", ["bind"])]))


@feature(15)
def mount_system(rng, config, bundle):
    kind, source, options = rng.choice([
        ("proc", "proc", ["nosuid", "noexec", "nodev"]), ("proc", "proc", ["hidepid=2"]), ("proc", "proc", ["ro"]),
        ("sysfs", "sysfs", ["ro"]), ("mqueue", "mqueue", []), ("devpts", "devpts", ["newinstance"]),
        ("ramfs", "ramfs", ["mode=700"]),
        ("overlay", "overlay", ["lowerdir=" + bundle.tree + "/sub:" + bundle.tree]),
        ("tmpfs", "shm", ["mode=1777", "size=65536k"])])
    add_mount(config, rng.choice(["/data", "/mnt", "/new/place"]), kind, source,
              options + options_of(rng, FLAGS, 2))


@feature(25)
def mount_cgroup(rng, config, bundle):
    add_mount(config, "/sys/fs/cgroup", "cgroup", "cgroup",
              some(rng, ["nosuid", "noexec", "nodev", "relatime", "ro", "rw"], 5))


@feature(20)
def mount_fewer(rng, config, bundle):
    gone = some(rng, ["/dev/pts", "/dev/shm", "/dev/mqueue", "/sys"], 3)
    config["mounts"] = [entry for entry in config["mounts"] if entry["destination"] not in gone]


@feature(10)
def mount_changed(rng, config, bundle):
    """The usual mounts, with other options."""
    entry = rng.choice(config["mounts"])
    entry.setdefault("options", []).extend(options_of(rng, FLAGS, 3) + some(rng, PROPAGATION, 1))


@feature(4)
def mount_dev_bound(rng, config, bundle):
    config["mounts"] = [entry for entry in config["mounts"] if not entry["destination"].startswith("/dev")]
    if rng.random() < 0.6:
        add_mount(config, "/dev", "bind", "/dev", ["rbind", rng.choice(["rslave", "rprivate", "ro"])])


@feature(20)
def root_propagation(rng, config, bundle):
    config["linux"]["rootfsPropagation"] = rng.choice(PROPAGATION + [""])


@feature(20)
def root_readonly(rng, config, bundle):
    config["root"]["readonly"] = True


@feature(8)
def root_path(rng, config, bundle):
    config["root"]["path"] = rng.choice([bundle.path + "/rootfs", "./rootfs", "rootfs/", "rootlink",
                                         "../bundle/rootfs", "rootfs/../rootfs"])


@feature(30)
def masked(rng, config, bundle):
    config["linux"]["maskedPaths"] = some(rng, [
        "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/acpi", "/proc/scsi", "/sys/firmware", "/masked",
        "/etc/secret",
        "/missing", "/etc/maskedlink", "/dangling", "/proc/self/mem", "/masked/", "/etc/../masked", "/dev/zero",
        "/missing/deep",
        "/etc/file/x", "/masked/inside"], 6)


@feature(30)
def readonly_paths(rng, config, bundle):
    config["linux"]["readonlyPaths"] = some(rng, [
        "/proc/sys", "/proc/irq", "/proc/bus", "/ro", "/etc/file", "/missing", "/etc/link", "/dangling", "/data",
        "/etc",
        "/proc/sysrq-trigger", "/missing/deep", "/tmp", "/"], 5)


# Devices, cgroups

@feature(20)
def devices(rng, config, bundle):
    config["linux"]["devices"] = []
    for path in some(rng, ["/dev/mine", "/dev/sub/x", "/dev/null", "/tmp/node3", "/dev/fuse", "/newdir/dev",
                           "/dev/sub/y"], 3):
        kind = rng.choice("ccbpu")
        entry = {"path": path, "type": kind}
        if kind != "p":
            entry["major"], entry["minor"] = rng.choice([(1, 3), (1, 5), (10, 229), (7, 0)])
        if rng.random() < 0.7:
            entry["fileMode"] = rng.choice([0o600, 0o666, 0o4755, 0o640, 0, 0o20666])
        for name in some(rng, ["uid", "gid"], 2):
            entry[name] = rng.choice([0, 5, 1000])
        config["linux"]["devices"].append(entry)


@feature(25)
def device_rules(rng, config, bundle):
    rules = config["linux"].setdefault("resources", {}).setdefault("devices", [])
    if rng.random() < 0.3:
        rules.clear()
    for _ in range(rng.randint(0, 4)):
        rule = {"allow": rng.random() < 0.7, "type": rng.choice(["c", "b", "a", "c"]),
                "access": "".join(some(rng, "rwm", 3)) or "rwm"}
        if rule["type"] == "a":
            rule["access"] = "rwm"
        else:
            for name, values in (("major", [1, 10, 5, 7]), ("minor", [3, 5, 200, 7])):
                if rng.random() < 0.8:
                    rule[name] = rng.choice(values)
        rules.append(rule)


@feature(30)
def cgroup_path(rng, config, bundle):
    config["linux"]["cgroupsPath"] = rng.choice(
        ["/%s", "%s", "/a%s/b", "a%s/b/c", "/%s/", "//%s", "/./%s", "%s.x:y", "/%s/../%s"]).replace("%s", bundle.id)


@feature(4)
def cgroup_absent(rng, config, bundle):
    del config["linux"]["cgroupsPath"]


@feature(35)
def resources(rng, config, bundle):
    config["linux"].setdefault("resources", {}).update(some(rng, [
        ("memory", rng.choice([
            {"limit": 1 << 28}, {"limit": 1 << 28, "swap": 1 << 29}, {"limit": 1 << 28, "swap": -1}, {"limit": -1},
            {"reservation": 1 << 27}, {"limit": 1 << 28, "reservation": 1 << 27, "swappiness": 10},
            {"limit": 1 << 28, "swap": 1 << 28},
            {"disableOOMKiller": True}, {"useHierarchy": True}, {"swappiness": 0}, {"limit": 0},
            {"limit": (1 << 28) + 1},
            {"swap": 1 << 29}, {"limit": 1 << 28, "swap": 0}])),
        ("cpu", rng.choice([
            {"shares": 512}, {"shares": 1}, {"shares": 0}, {"shares": 1 << 20}, {"quota": 50000, "period": 100000},
            {"quota": 200000},
            {"period": 50000}, {"quota": -1, "period": 100000}, {"cpus": "0"}, {"cpus": "0-1", "mems": "0"},
            {"quota": 0},
            {"quota": 50000, "period": 100000, "burst": 20000}, {"idle": 1}, {"idle": 0, "shares": 300},
            {"cpus": ""}])),
        ("pids", rng.choice([{"limit": 100}, {"limit": -1}, {"limit": 0}, {"limit": 4194304}])),
        ("blockIO", rng.choice([
            {"weight": 500}, {"weight": 0},
            {"throttleReadBpsDevice": [{"major": 254, "minor": 0, "rate": 1 << 20}]},
            {"throttleWriteIOPSDevice": [{"major": 254, "minor": 0, "rate": 100},
                                         {"major": 254, "minor": 0, "rate": 200}]}])),
        ("hugepageLimits", rng.choice([[{"pageSize": "2MB", "limit": 1 << 22}], []])),
        ("network", rng.choice([{"classID": 1048577}, {"priorities": [{"name": "lo", "priority": 3}]}, {}])),
        ("unified", rng.choice([{}, {"memory.high": "10000000"}])),
    ], 2))


@feature(4)
def resources_odd(rng, config, bundle):
    config["linux"].setdefault("resources", {}).update([rng.choice([
        ("memory", {"limit": 1 << 28, "swap": 1 << 27}), ("memory", {"limit": 1 << 12}),
        ("memory", {"swappiness": 200}),
        ("cpu", {"quota": 10, "period": 100000}), ("cpu", {"cpus": "0-99"}), ("cpu", {"cpus": "x"}),
        ("cpu", {"realtimeRuntime": 1000}),
        ("cpu", {"period": 1}), ("pids", {"limit": -5}), ("blockIO", {"weight": 5}),
        ("memory", {"kernel": 1 << 28}),
        ("memory", {"kernelTCP": 1 << 28}), ("memory", {"limit": -2}),
        ("hugepageLimits", [{"pageSize": "3MB", "limit": 1}])])])


@feature(3)
def resources_absent(rng, config, bundle):
    del config["linux"]["resources"]


# Seccomp

@feature(25)
def seccomp(rng, config, bundle):
    calls = some(rng, ["mkdir", "chmod", "chown", "lchown", "fchownat", "mknod", "sethostname", "sync", "unshare",
                       "symlink", "chroot", "personality",
                       "setpriority", "unknown_call", "umount2", "mount", "kill"], 5)
    rules = []
    for name in calls:
        rule = {"names": [name], "action": rng.choice(["SCMP_ACT_ERRNO", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL_PROCESS",
                                                       "SCMP_ACT_TRAP", "SCMP_ACT_KILL",
                                                       "SCMP_ACT_LOG", "SCMP_ACT_TRACE", "SCMP_ACT_KILL_THREAD"])}
        if rule["action"] in ("SCMP_ACT_ERRNO", "SCMP_ACT_TRACE") and rng.random() < 0.6:
            rule["errnoRet"] = rng.choice([1, 13, 38, 99, 0, 5000])
        if rng.random() < 0.3:
            rule["args"] = [{"index": rng.choice([0, 1]), "value": rng.choice([0, 8, 448, 0x20000, 131072, 2**63]),
                             "op": "SCMP_CMP_" + rng.choice(
                ["EQ", "NE", "GT", "GE", "LT", "LE"])} for _ in range(rng.randint(1, 2))]
        rules.append(rule)
    config["linux"]["seccomp"] = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": rules}
    if rng.random() < 0.5:
        config["linux"]["seccomp"]["architectures"] = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]
    if rng.random() < 0.3:
        config["linux"]["seccomp"]["flags"] = some(
            rng, ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"], 2)
    if not rules and rng.random() < 0.5:
        del config["linux"]["seccomp"]["syscalls"]


# Hooks, annotations

@feature(30)
def hooks(rng, config, bundle):
    config["hooks"] = {}
    for name in some(rng, HOOKS, 4):
        entries = []
        for number in range(rng.randint(1, 2)):
            entry = {"path": "/bin/sh", "args": ["sh", "-c", rng.choice([
                "cat", "echo \"$PWD $A $# $@\"; env",
                "id; umask; ls /proc/self/fd; readlink /proc/self/ns/mnt /proc/self/ns/pid",
                "cat /proc/self/mountinfo | wc -l >/dev/null; pwd; ls -d /hostmark /payload 2>&1; grep -E "
                "'^(Cap|NoNew|SigBlk|SigIgn)' /proc/self/status"])]}
            file = ("" if name == "startContainer" else bundle.out) + "/hook-%s%d" % (name, number)
            entry["args"][2] = "{ %s; } >>%s 2>&1" % (entry["args"][2], file)
            if rng.random() < 0.5:
                entry["env"] = some(rng, ["A=b", "PATH=/usr/bin:/bin", "EMPTY="], 2)
            if rng.random() < 0.3:
                entry["timeout"] = 10
            entries.append(entry)
        config["hooks"][name] = entries


@feature(5)
def hooks_failing(rng, config, bundle):
    config.setdefault("hooks", {})[rng.choice(HOOKS)] = [{"path": rng.choice(["/bin/false", "/missing",
                                                                              "/bin/true"])}]


@feature(20)
def annotations(rng, config, bundle):
    config["annotations"] = dict(some(rng,
                                      [("a", "b"), ("org.example.x", ""), ("com.\u00e4", "line\nline"),
                                       ("org.systemd.property.X", "1")], 3))


@feature(3)
def no_mount_namespace_odd(rng, config, bundle):
    config["linux"]["namespaces"].append(rng.choice([{"type": "mount"}, {"type": "nonsense"},
                                                     {"type": "ipc", "path": "/missing"},
                                                     {"type": "uts", "path": "/dev/null"}]))


def pick(seed):
    """The names of the features of a bundle."""
    rng = random.Random("features %s" % seed)
    # Few features find differences that need no shrinking, many find what features do to each other.
    scale = rng.choice([0.1, 0.3, 0.6, 1])
    return [name for name, (chance, _) in FEATURES.items() if rng.random() * 100 < chance * scale]


def make(seed, chosen, bundle):
    config = base(bundle)
    for name in chosen:
        FEATURES[name][1](random.Random("%s %s" % (name, seed)), config, bundle)
    return config
