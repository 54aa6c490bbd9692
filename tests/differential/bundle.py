# SPDX-License-Identifier: Apache-2.0
"""What surrounds a bundle: its folder and root file system, and things on the host that it may name."""

import json
import os
import shutil
import subprocess

APPLETS = """sh true false cat readlink ls id ps sed awk tr printf head touch rm mkdir chmod chown mknod chroot mount
umount unshare nice ping kill uname linux32 ln sysctl ip ionice hostname grep env sleep""".split()

FILES = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\nbin:x:1:5::/bin-home:/bin/sh\n",
    "etc/group": "root:x:0:\nuser:x:1000:\nextra:x:77:user,bin\n",
    "etc/file": "file\n", "etc/secret": "secret\n", "masked/inside": "inside\n", "ro/inside": "inside\n",
    "data/below": "below\n",
}
PROGRAMS = {"script": "#!/bin/sh\n. /payload\n", "badinterpreter": "#!/missing/sh\n",
            "noheader": "echo no header\n", "empty": "",
            "exec/program": "#!/bin/sh\nid -u\n"}
LINKS = {"link": "/bin", "uplink": "../../tmp", "dangling": "/nowhere/file", "broken": "/missing",
         "escape": "../../../../../../tmp",
         "loop": "loop", "absolute": "/tmp/new", "etc/link": "file", "etc/maskedlink": "/masked"}
FOLDERS = "bin dev proc sys tmp usr/bin run mnt empty-dir home locked".split()


class Host:
    """What the bundles of one worker share: a tree with a mount in it, and namespaces to join."""

    def __init__(self, scratch):
        self.tree = scratch + "/tree"
        self.namespaces = scratch + "/ns"
        os.makedirs(self.tree)
        os.makedirs(self.namespaces)
        self.busybox = scratch + "/busybox"
        shutil.copy("/bin/busybox", self.busybox)

    def renew(self, config):
        """As before the first container: with shared mounts it could even unmount the tree."""
        for path in (self.tree, self.tree + "/sub"):
            os.makedirs(path, exist_ok=True)
            if not os.path.ismount(path):
                subprocess.run(["mount", "-t", "tmpfs", os.path.basename(path), path], check=True)
            os.chown(path, 0, 0)
            os.chmod(path, 0o1777)
            for name in os.listdir(path):
                if name != "sub" or path.endswith("/sub"):
                    remove(path + "/" + name)
        for path in ("file", "sub/below"):
            Bundle.file(self.tree + "/" + path, path + "\n", 0o644)
        os.mkfifo(self.tree + "/fifo")
        os.symlink("file", self.tree + "/link")
        for entry in config["linux"]["namespaces"]:
            path = entry.get("path", "")
            if path.startswith(self.namespaces):
                if os.path.exists(path):
                    subprocess.run(["umount", path], check=True)
                open(path, "w", encoding="utf-8").close()
                subprocess.run(["unshare", "--%s=%s" % (os.path.basename(path), path), "true"], check=True)


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        os.unlink(path)


class Bundle:
    def __init__(self, host, folder, name):
        self.host = host
        self.id = name
        self.folder = folder
        self.path = folder + "/bundle"
        self.out = folder + "/out"
        self.tree = host.tree
        self.namespaces = host.namespaces
        self.owner = 0

    def write(self, config, payload):
        """Makes the folder anew, as no runtime has touched it."""
        self.remove()
        self.host.renew(config)
        root = self.path + "/rootfs"
        for name in FOLDERS:
            os.makedirs(root + "/" + name)
        os.makedirs(self.path + "/beside/deep")
        os.makedirs(self.out, mode=0o777)
        os.chmod(self.out, 0o777)
        os.chmod(root + "/tmp", 0o1777)
        os.chmod(root + "/locked", 0)
        for table, mode in ((FILES, 0o644), (PROGRAMS, 0o755), ({"payload": payload}, 0o644)):
            for name, text in table.items():
                self.file(root + "/" + name, text, mode)
        os.link(self.host.busybox, root + "/bin/busybox")
        for name in APPLETS:
            os.symlink("busybox", root + "/bin/" + name)
        os.symlink("/bin/busybox", root + "/usr/bin/env")
        for name, target in LINKS.items():
            os.symlink(target, root + "/" + name)
        os.symlink("rootfs", self.path + "/rootlink")
        if self.owner:
            for folder, folders, files in os.walk(root):
                for name in folders + files + ["."]:
                    if name != "busybox":
                        os.lchown(folder + "/" + name, self.owner, self.owner)
        self.file(self.path + "/config.json", json.dumps(config, indent=1), 0o644)

    @staticmethod
    def file(path, text, mode):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        if os.path.exists(self.path):
            raise RuntimeError("cannot remove " + self.path)

    def changes(self):
        """What a runtime has made in the root file system, and what hooks have written."""
        found = {}
        root = self.path + "/rootfs"
        known = set(FOLDERS) | set(FILES) | set(PROGRAMS) | set(LINKS) | {"payload", "bin/busybox", "usr/bin/env",
                                                                          "etc", "usr",
                                                                         "exec", "masked", "ro", "data"}
        for folder, folders, files in os.walk(root):
            for name in folders + files:
                path = os.path.relpath(folder + "/" + name, root)
                if path in known or path.startswith("bin/"):
                    continue
                if path.startswith("hook-"):
                    found["hook " + path[5:]] = self.text(folder + "/" + name)
                    continue
                status = os.lstat(folder + "/" + name)
                found["made /" + path] = "%o %d %d" % (status.st_mode, status.st_uid, status.st_gid)
        for name in os.listdir(self.out):
            found["hook " + name[5:]] = self.text(self.out + "/" + name)
        return found

    @staticmethod
    def text(path):
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
