# SPDX-License-Identifier: Apache-2.0
# systemd as the program of a container: boots to its default target in a cgroup of its own, stops on its stop signal.
# Runs in a virtual machine, whose own root, with a layer over it, is the container's.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # jq's variables stand in single quotes; bats sets status and output
load ../integration/helpers

setup_test() {
	[ -d /run/systemd/system ] || skip 'no systemd here'
	mkdir "$TMP/over"
	mount -t tmpfs -o mode=755 tmpfs "$TMP/over"
	mkdir "$TMP"/over/{upper,work}
	rm -rf --one-file-system "$BUNDLE/rootfs"
	mkdir "$BUNDLE/rootfs"
	mount -t overlay -o "lowerdir=/,upperdir=$TMP/over/upper,workdir=$TMP/over/work" overlay "$BUNDLE/rootfs"
	# What the guest does not need of systemd, nor what it boots for, is switched off in there as well.
	edit '.process.args = ["/sbin/init"] | .process.env = ["container=berth", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
		| .process.capabilities |= map_values(. + ["CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE", "CAP_CHOWN", "CAP_FOWNER",
			"CAP_SETUID", "CAP_SETGID", "CAP_SYS_CHROOT", "CAP_NET_ADMIN", "CAP_SETPCAP", "CAP_FSETID",
			"CAP_SYS_RESOURCE"] | unique)
		| .process.rlimits = [] | .hostname = "inside"
		| .linux.namespaces += [{type: "cgroup"}] | .linux.namespaces |= unique
		| .mounts |= map(select(.destination != "/sys/fs/cgroup"))
		| .mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup",
				options: ["rw", "nosuid", "noexec", "nodev", "relatime"]},
			{destination: "/run", type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "mode=755"]},
			{destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "mode=1777"]}]'
}

teardown_test() {
	umount -l "$BUNDLE/rootfs" "$TMP/over" 2>/dev/null || :
}

in_container() {
	nsenter -t "$(container_pid)" -m -u -i -n -p -C -- "$@"
}

is_up() {
	in_container systemctl is-active --quiet multi-user.target
}

# boots_and_stops [GLOBAL-OPTION...]
boots_and_stops() {
	"$BERTH" --root "$ROOT" "$@" create --bundle "$BUNDLE" "$ID" </dev/null >"$TMP/out" 2>&1 3>&- || fail "$(cat "$TMP/out")"
	berth start "$ID"
	wait_for 120 is_up
	run in_container systemctl show -p Version --value
	[ -n "$output" ]
	# A service of its own, in a cgroup of its own below the container's.
	in_container systemd-run --wait --quiet -p MemoryMax=64M sh -c 'cat /proc/self/cgroup >/run/where'
	run in_container cat /run/where
	[[ "$output" == 0::/system.slice/run-*.service ]] || fail "$output"
	berth kill "$ID" RTMIN+3
	wait_for 120 is_status stopped
	berth delete "$ID"
}

@test "systemd boots to its default target and stops on SIGRTMIN+3" {
	boots_and_stops
}

@test "the same in a scope that the guest's systemd has made" {
	edit '.linux.cgroupsPath = $p' --arg p "system.slice:berth:$ID"
	boots_and_stops --systemd-cgroup
}
