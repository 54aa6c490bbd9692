# SPDX-License-Identifier: Apache-2.0
"""Differences that are meant: which observation, what berth has there, in which bundles, and why the peers' way is
not followed. "config.md", "config-linux.md" and "runtime.md" are documents of the runtime specification."""

import re


def hooks(config):
    return config.get("hooks")


def start_hook(config):
    return "startContainer" in config.get("hooks", {})


def masked(config):
    return config["linux"].get("maskedPaths")


def masked_below_file(config):
    return "/etc/file/x" in config["linux"].get("maskedPaths", [])


def cgroup_mount(config):
    return any(entry.get("type") == "cgroup" for entry in config["mounts"])


def no_cgroups_path(config):
    return "cgroupsPath" not in config["linux"]


def not_executable(config):
    return config["process"]["args"][:1] in (["/badinterpreter"], ["/empty"], ["/noheader"])


def bind_by_type(config):
    return any(entry.get("type") == "bind" and not {"bind", "rbind"} & set(entry["options"])
               for entry in config["mounts"])


def host_unbindable(config):
    return config["linux"].get("rootfsPropagation") in ("unbindable", "runbindable")


def readonly_paths(config):
    return config["linux"].get("readonlyPaths")


def ro_and_rw(config):
    return any({"ro", "rw"} <= set(entry["options"]) for entry in config["mounts"])


def device_mode(config):
    return any(device.get("fileMode", 0) > 0o777 for device in config["linux"].get("devices", []))


def path_with_dots(config):
    return ".." in config["linux"].get("cgroupsPath", "")


def more_than_permitted(config):
    sets = config["process"].get("capabilities", {})
    return not set(sets.get("effective", [])) <= set(sets.get("permitted", []))


def all_devices_but(config):
    return any(rule["allow"] and rule.get("type", "a") == "a"
               for rule in config["linux"].get("resources", {}).get("devices", []))


def no_processes(config):
    return config["linux"].get("resources", {}).get("pids", {}).get("limit") == 0


def other_null(config):
    return any(device["path"] == "/dev/null" for device in config["linux"].get("devices", []))


def always(config):
    return True


KNOWN = [
    (r"(host )?cgroup .*", r"/berth-\$ID", no_cgroups_path,
     "config-linux.md, cgroupsPath: absent, the runtime chooses; a name of its own cannot meet that of another "
     "runtime"),
    (r"left cgroups", r"\(nothing\)", always,
     "runtime.md, delete: what create has made goes; the peers leave parents that they made, and cgroups of odd "
     "paths"),
    (r"mount .*", r"/ nodev,noexec,nosuid,relatime,ro tmpfs tmpfs ro,size=4k,nr_inodes=1,mode=755.*", masked,
     "config-linux.md, maskedPaths: how is left open; one tiny file system covers every folder, and nothing runs "
     "from it"),
    (r"ls .*", r"drwxr-xr-x 0 0 ", masked, "the mode of the same one"),
    (r"mount .*", r"/null relatime,rw tmpfs tmpfs rw,mode=755", masked,
     "config-linux.md, maskedPaths: a file is covered by the host's /dev/null, to which nothing can be written"),
    (r"mount /dev/(null|zero|full|random|urandom|tty)", r"/\w+ relatime,rw tmpfs tmpfs rw,mode=755", always,
     "config-linux.md, default devices: bound where mknod is not possible; no program is run from a device"),
    (r"(mount|propagation|ls) /sys/fs/cgroup.*", r".*", cgroup_mount,
     "config-linux.md does not say what type cgroup shows on v1: a tmpfs with the options that were asked for, on "
     "it the hierarchies, which keep the host's restrictions"),
    (r"propagation .*", r"master|private|shared|master\+shared", always,
     "config-linux.md, rootfsPropagation: the host's mounts become slaves whatever it says, so that nothing flows "
     "back; what is bound from them gets their events, unless told otherwise. The peers make the mount below the "
     "root private, or, without an r before the word, leave all others shared with the host"),
    (r"accepted .*", r"yes", masked_below_file,
     "config-linux.md, maskedPaths: what is not there needs no mask, though one of its folders is a file"),
    (r"accepted .*", r"yes", bind_by_type,
     "config.md, mounts: type bind without the option bind can mean nothing else"),
    (r"accepted .*", r"yes", host_unbindable,
     "config-linux.md, rootfsPropagation: that of the root; with the peers nothing of the host can be bound any more"),
    (r"accepted (create|state)", r"yes", start_hook,
     "runtime.md, lifecycle 8: such a hook may still bring the program, so that it is missing is known at start only"),
    (r"accepted .*", r"no|\(nothing\)", start_hook,
     "runtime.md, lifecycle 9: a failing startContainer hook is an error of start; the peers report it on the "
     "container's streams"),
    (r"made .*|try .*|printed|ls /tmp .*|ls / touched", r".*", all_devices_but,
     "config-linux.md, devices: rules behind one that allows all take away what they say, the default devices' "
     "use included"),
    (r"accepted .*", r"yes", all_devices_but,
     "config-linux.md, devices: the same; the peers need /dev/null for themselves"),
    (r"accepted .*", r"yes", other_null,
     "config-linux.md, devices: what is called /dev/null may be another device; the peers need that one for "
     "themselves"),
    (r".*", r".*", no_processes,
     "config-linux.md, pids.limit: -1 is unlimited, 0 is none, as cgroups have it; the peers take 0 for absent"),
    (r"accepted .*", r"yes", more_than_permitted,
     "config.md, capabilities: what cannot be granted is a warning; the kernel grants no effective one that is "
     "not permitted"),
    (r"accepted .*", r"no|\(nothing\)", not_executable,
     "runtime.md, start: an error MUST be generated; the peers report a failed execve on the container's streams"),
    (r"accepted .*", r"no|\(nothing\)", path_with_dots,
     "config-linux.md, cgroupsPath: a path with .. means another cgroup than it names; it is refused"),
    (r"hook (prestart|create|start|post)\w*\d", r".*", hooks,
     "config.md, hooks: neither the folder that a hook runs in nor what it inherits without env is told, nor how "
     "the state's JSON is laid out; the peers differ as well"),
    (r"ls / hook-startContainer\d", r".*", hooks, "the size of what these have written"),
    (r"(mount|try touch|made) .*", r".*", ro_and_rw,
     "config.md, mounts: options are mount(8)'s, the last word wins"),
    (r"(mount|try touch|made) /.*/.*", r".*(,ro | Read-only ).*|\(nothing\)", readonly_paths,
     "config-linux.md, readonlyPaths: what is mounted below such a path is a part of it, and read-only as well"),
    (r"mount /sys", r".*,ro sysfs sysfs rw", readonly_paths,
     "config.md, mounts: read-only as its option asks; crun forgets that when / is such a path"),
    (r"ls /dev.*", r"[a-z-]*s.*", device_mode,
     "config-linux.md, devices: fileMode is the mode that is asked for, special bits included"),
]


def reason(key, values, config):
    for pattern, value, when, words in KNOWN:
        if re.fullmatch(pattern, key) and re.fullmatch(value, values["berth"], re.DOTALL) and when(config):
            return words
    return None
