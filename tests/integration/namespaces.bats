# SPDX-License-Identifier: Apache-2.0
# Namespaces: new, by path, absent; user namespaces and time offsets; names and sysctl.
load helpers

teardown_test() {
	[ -z "${NETNS:-}" ] || ip netns del "$NETNS"
	[ -z "${HOLDER:-}" ] || kill -9 "$HOLDER" 2>/dev/null || :
}

ns_inode() {
	readlink "/proc/$1/ns/$2"
}

set_namespaces() {
	edit '.linux.namespaces = ($l | split(" ") | map({type: .}))' --arg l "$1"
}

# A process of our own in new namespaces of these unshare(1) options; $HOLDER is its pid.
hold_namespaces() {
	unshare "$@" --fork sleep 1000 3>&- &
	local parent=$!
	wait_for 5 pgrep -P $parent
	HOLDER=$(pgrep -P $parent)
}

@test "F193 F194 F195 F196 F197 F199 new namespaces are new" {
	container_args sleep 1000
	berth run -d --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	local pid ns
	pid=$(container_pid)
	for ns in pid net mnt ipc uts cgroup; do
		[ "$(ns_inode "$pid" $ns)" != "$(ns_inode self $ns)" ] || fail "$ns is the host's"
	done
	grep -q '^NSpid:.*[[:space:]]1$' "/proc/$pid/status"
}

@test "F208 an absent namespace is the caller's" {
	set_namespaces "mount"
	edit 'del(.hostname) | del(.mounts[] | select(.type == "mqueue" or .type == "sysfs" or .type == "cgroup"))'
	container_args sleep 1000
	berth run -d --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	local pid ns
	pid=$(container_pid)
	for ns in pid net ipc uts cgroup user time; do
		[ "$(ns_inode "$pid" $ns)" = "$(ns_inode self $ns)" ] || fail "$ns is not the host's"
	done
}

@test "F012 no linux block: a container that shares every namespace" {
	edit 'del(.linux) | del(.hostname) | del(.mounts) | .root.readonly = false'
	container_args echo fine
	run_ok
	[ "$output" = fine ]
}

@test "F209 no mount namespace: chroot, mounts in the caller's, masked paths are errors" {
	set_namespaces "pid ipc uts"
	edit 'del(.mounts) | del(.linux.maskedPaths) | del(.linux.readonlyPaths) | .process.env = ["PATH=/bin"]'
	container_args ls /
	run_ok
	[[ "$output" == *bin* ]]
	[[ "$output" != *boot* ]]
	refuse '.linux.maskedPaths = ["/proc/kcore"]' maskedPaths
	refuse '.linux.readonlyPaths = ["/proc/sys"]' readonlyPaths
	# In a mount namespace of the test's own, for nobody takes the mount away.
	edit '.mounts = [{destination: "/x", type: "tmpfs", source: "of-the-caller"}]'
	container_args true
	run unshare -m --propagation private sh -c \
		'"$1" --root "$2" run --bundle "$3" "$4" >&2; grep -c " $3/rootfs/x .*of-the-caller" /proc/self/mountinfo' \
		sh "$BERTH" "$ROOT" "$BUNDLE" "$ID"
	[ "${lines[-1]}" = 1 ]
}

@test "F201 F205 join a bound network namespace" {
	NETNS=$ID
	ip netns add "$NETNS"
	edit '(.linux.namespaces[] | select(.type == "network")).path = $p' --arg p "/run/netns/$NETNS"
	container_args readlink /proc/self/ns/net
	run_ok
	[ "$output" = "$(ip netns exec "$NETNS" readlink /proc/self/ns/net)" ]
}

@test "F201 join ipc and uts namespaces of another process" {
	hold_namespaces --ipc --uts
	edit 'del(.hostname) | .linux.namespaces |= map(if .type == "ipc" or .type == "uts" then . + {path: "/proc/\($p)/ns/\(.type)"} else . end)' \
		--arg p "$HOLDER"
	container_script 'readlink /proc/self/ns/ipc; readlink /proc/self/ns/uts'
	run_ok
	[ "$output" = "$(readlink "/proc/$HOLDER/ns/ipc" "/proc/$HOLDER/ns/uts")" ]
}

@test "F210 join a pid namespace" {
	hold_namespaces --pid --mount-proc
	edit '(.linux.namespaces[] | select(.type == "pid")).path = $p' --arg p "/proc/$HOLDER/ns/pid"
	container_script 'readlink /proc/self/ns/pid; ps | grep -c "sleep 1000"'
	run_ok
	[ "${lines[0]}" = "$(readlink "/proc/$HOLDER/ns/pid")" ]
}

@test "F202 F203 F204 F206 F207 bad namespaces are errors" {
	refuse '.linux.namespaces[0].path = "proc/self/ns/pid"' /linux/namespaces/0/path
	refuse '(.linux.namespaces[] | select(.type == "ipc")).path = "/proc/self/ns/uts"' ipc
	refuse '(.linux.namespaces[] | select(.type == "ipc")).path = "/no/such"' /no/such
	refuse '(.linux.namespaces[] | select(.type == "ipc")).path = "/etc/passwd"' /etc/passwd
	refuse '.linux.namespaces += [{type: "ipc"}]' /linux/namespaces/
	refuse '.linux.namespaces += [{type: "foo"}]' foo
}

@test "F198 F214 F215 F219 a user namespace with mappings" {
	chown -R 100000:100000 "$BUNDLE/rootfs"
	chmod 755 "$TMP" "$BUNDLE"
	edit '.linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
		| .linux.gidMappings = [{containerID: 0, hostID: 200000, size: 65536}]'
	container_script 'cat /proc/self/uid_map /proc/self/gid_map; id -u; touch /tmp/f; stat -c %u /dev/null'
	run_ok
	[ "$(awk '{$1 = $1} 1' <<<"${lines[0]}")" = "0 100000 65536" ]
	[ "$(awk '{$1 = $1} 1' <<<"${lines[1]}")" = "0 200000 65536" ]
	[ "${lines[2]}" = 0 ]
	[ "$(stat -c "%u %g" "$BUNDLE/rootfs/tmp/f")" = "100000 200000" ]
}

@test "F198 F214 message queues belong to root of the user namespace" {
	chown -R 100000:100000 "$BUNDLE/rootfs"
	chmod 755 "$TMP" "$BUNDLE"
	edit '.linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
		| .linux.gidMappings = .linux.uidMappings'
	container_script 'stat -c "%u %g" /dev/mqueue; readlink /proc/self/ns/ipc'
	run_ok
	[ "${lines[0]}" = "0 0" ]
	[ "${lines[1]}" != "$(readlink /proc/self/ns/ipc)" ]
}

@test "F211 join a user namespace" {
	chmod 755 "$TMP" "$BUNDLE"
	hold_namespaces --user --map-root-user
	# Only one id is mapped there, so the terminal group is not.
	edit '.linux.namespaces += [{type: "user", path: $p}] | (.mounts[] | select(.type == "devpts")).options -= ["gid=5"]' \
		--arg p "/proc/$HOLDER/ns/user"
	container_args readlink /proc/self/ns/user
	run_ok
	[ "$output" = "$(readlink "/proc/$HOLDER/ns/user")" ]
}

@test "F216 F217 F218 mappings and user namespace belong together" {
	refuse '.linux.uidMappings = [{containerID: 0, hostID: 1, size: 1}]' uidMappings
	refuse '.linux.namespaces += [{type: "user"}]' user
	refuse '.linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [range(341) | {containerID: ., hostID: (. + 1000), size: 1}]
		| .linux.gidMappings = .linux.uidMappings' Mappings
}

@test "F238 devices in a user namespace are bound from the host" {
	chmod 755 "$TMP" "$BUNDLE"
	edit '.linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	container_script 'echo x >/dev/null && test -c /dev/zero && echo fine'
	run_ok
	[ "$output" = fine ]
}

@test "F200 F222 F223 a time namespace with offsets" {
	[ -e /proc/self/ns/time ] || skip "this kernel has no time namespaces"
	edit '.linux.namespaces += [{type: "time"}]
		| .linux.timeOffsets = {monotonic: {secs: 172800, nanosecs: 500000000}, boottime: {secs: 864000, nanosecs: 0}}'
	container_script 'cat /proc/self/timens_offsets; cut -d. -f1 /proc/uptime'
	run_ok
	[ "$(awk '{$1 = $1} 1' <<<"${lines[0]}")" = "monotonic 172800 500000000" ]
	[ "$(awk '{$1 = $1} 1' <<<"${lines[1]}")" = "boottime 864000 0" ]
	[ "${lines[2]}" -ge 864000 ]
}

@test "F224 F225 F226 F227 bad time offsets are errors" {
	refuse '.linux.timeOffsets = {monotonic: {secs: 1}}' timeOffsets
	refuse '.linux.namespaces += [{type: "time", path: "/proc/self/ns/time"}] | .linux.timeOffsets = {monotonic: {secs: 1}}' \
		timeOffsets
	refuse '.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {realtime: {secs: 1}}' realtime
	refuse '.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {monotonic: {nanosecs: 1000000000}}' nanosecs
}

@test "F014 F015 hostname and domainname" {
	edit '.hostname = "inside" | .domainname = "example.test"'
	container_script 'hostname; cat /proc/sys/kernel/domainname'
	run_ok
	[ "$output" = $'inside\nexample.test' ]
}

@test "F014 F015 names without a uts namespace are errors, the host keeps its own" {
	local before
	before=$(hostname)
	refuse '.linux.namespaces |= map(select(.type != "uts"))' hostname
	refuse '.linux.namespaces |= map(select(.type != "uts")) | del(.hostname) | .domainname = "x"' domainname
	[ "$(hostname)" = "$before" ]
}

@test "F453 the loopback is up in a new network namespace" {
	container_script 'cat /sys/class/net/lo/flags'
	run_ok
	[ "$output" = 0x9 ]
}

@test "F386 F387 F388 F389 F391 F393 F394 sysctl" {
	edit '.linux.sysctl = {"net.ipv4.ip_forward": "1", "kernel.msgmax": "12345", "fs.mqueue.queues_max": "77",
		"net/ipv4/conf/lo/forwarding": "1", "kernel.domainname": "d"}'
	container_script 'cd /proc/sys; cat net/ipv4/ip_forward kernel/msgmax fs/mqueue/queues_max net/ipv4/conf/lo/forwarding kernel/domainname'
	run_ok
	[ "$output" = $'1\n12345\n77\n1\nd' ]
}

@test "F387 F388 F390 F392 sysctl that are not the container's alone are refused" {
	refuse '.linux.sysctl = {"kernel.hostname": "x"}' kernel.hostname
	refuse '.linux.sysctl = {"kernel.panic": "1"}' kernel.panic
	refuse '.linux.sysctl = {"vm.swappiness": "1"}' vm.swappiness
	refuse '.linux.sysctl = {"net.ipv4.ip_forward": "1"} | .linux.namespaces |= map(select(.type != "network"))
		| .mounts |= map(select(.type != "sysfs"))' net.ipv4.ip_forward
	refuse '.linux.sysctl = {"kernel.msgmax": "1"} | .linux.namespaces |= map(select(.type != "ipc"))
		| .mounts |= map(select(.type != "mqueue"))' kernel.msgmax
	refuse '.linux.sysctl = {"net.ipv4.ip_forward": "1"}
		| (.linux.namespaces[] | select(.type == "network")).path = "/proc/self/ns/net"
		| .mounts |= map(select(.type != "sysfs"))' net.ipv4.ip_forward
	# the host's namespace under another name
	export HOST_PID=$$
	refuse '.linux.sysctl = {"net.ipv4.ip_forward": "1"}
		| (.linux.namespaces[] | select(.type == "network")).path = "/proc/\($ENV.HOST_PID)/ns/net" | .mounts |= map(select(.type != "sysfs"))' \
		net.ipv4.ip_forward
	refuse '.linux.sysctl = {"net.../../kernel/panic": "1"}' sysctl
	refuse '.linux.sysctl = {"net.ipv4.ip_forward": "1\n2"}' sysctl
}

@test "F436 F437 F438 F439 F440 F441 rootfsPropagation" {
	local word
	for word in private slave shared unbindable; do
		edit '.linux.rootfsPropagation = $w' --arg w "$word"
		container_script "awk '\$5 == \"/\" { t = \"\"; for (i = 7; \$i != \"-\"; i++) t = t \$i; sub(/:.*/, \"\", t); print t }' /proc/self/mountinfo"
		run_ok
		case $word in
		private) [ -z "$output" ] ;;
		shared) [ "$output" = shared ] ;;
		unbindable) [ "$output" = unbindable ] ;;
		esac
	done
	refuse '.linux.rootfsPropagation = "sideways"' /linux/rootfsPropagation
}

# What is mounted in the rootfs on the host while the container runs, and the other way round: in a mount namespace of
# the test's own, where the rootfs is shared.
@test "F437 F438 F439 propagation of mounts that are made later" {
	local word
	mkdir -p "$BUNDLE/rootfs/late" "$BUNDLE/rootfs/own"
	container_args sleep 1000
	cat >"$TMP/script" <<-'SCRIPT'
		set -e
		mount --bind "$3/rootfs" "$3/rootfs"
		mount --make-shared "$3/rootfs"
		"$1" --root "$2" run -d --bundle "$3" "$4" </dev/null >/dev/null
		pid=$("$1" --root "$2" state "$4" | jq .pid)
		mount -t tmpfs of-the-host "$3/rootfs/late"
		nsenter -t "$pid" -m mount -t tmpfs of-the-container /own
		echo "$(grep -c ' /late .* of-the-host ' "/proc/$pid/mountinfo") $(grep -c of-the-container /proc/self/mountinfo)"
		"$1" --root "$2" delete --force "$4"
	SCRIPT
	for word in slave private shared; do
		edit '.linux.rootfsPropagation = $w' --arg w "$word"
		run unshare -m --propagation private sh "$TMP/script" "$BERTH" "$ROOT" "$BUNDLE" "$ID" 3>&-
		[ "$status" -eq 0 ] || fail "$word: $output"
		case $word in
		slave) [ "$output" = "1 0" ] || fail "slave: $output" ;;
		private) [ "$output" = "0 0" ] || fail "private: $output" ;;
		# Its own peer group: events of the host's would be the host's to see as well.
		shared) [ "$output" = "0 0" ] || fail "shared: $output" ;;
		esac
	done
}

@test "F212 outer and inner namespaces are joined in the order that the kernel wants" {
	chmod 755 "$TMP" "$BUNDLE"
	NETNS=$ID
	ip netns add "$NETNS"
	hold_namespaces --user --map-root-user --ipc --uts
	# The inner ones first in the configuration, and the outer one last, behind the user namespace.
	edit 'del(.hostname) | (.mounts[] | select(.type == "devpts")).options -= ["gid=5"] | .mounts |= map(select(.type != "sysfs"))
		| .linux.namespaces = [{type: "ipc", path: "/proc/\($p)/ns/ipc"}, {type: "user", path: "/proc/\($p)/ns/user"},
			{type: "uts", path: "/proc/\($p)/ns/uts"}, {type: "network", path: $net}, {type: "pid"}, {type: "mount"}]' \
		--arg p "$HOLDER" --arg net "/run/netns/$NETNS"
	container_script 'for n in ipc user uts net; do readlink /proc/self/ns/$n; done'
	run_ok
	[ "$output" = "$(readlink "/proc/$HOLDER"/ns/{ipc,user,uts}; ip netns exec "$NETNS" readlink /proc/self/ns/net)" ]
}

@test "F451 nothing of the host is left to see after pivot_root" {
	container_script 'awk "{ print \$5 }" /proc/self/mountinfo; ls /'
	run_ok
	[[ "$output" != *"$TMP"* ]]
	[[ "$output" != *boot* ]]
}

@test "F551 F564 --no-pivot works and shows nothing of the host" {
	container_script 'ls /; cat /proc/self/mountinfo'
	run_ok --no-pivot
	[[ "$output" == *bin* ]]
	[[ "$output" != *boot* ]]
}

@test "F442 F443 F445 masked paths: files are empty, directories empty and read-only, missing ones skipped" {
	mkdir -p "$BUNDLE/rootfs/secret/dir"
	echo secret >"$BUNDLE/rootfs/secret/file"
	touch "$BUNDLE/rootfs/secret/dir/inside"
	edit '.linux.maskedPaths = ["/secret/file", "/secret/dir", "/secret/none", "/proc/keys"]'
	container_script 'cat /secret/file; ls -A /secret/dir; touch /secret/dir/x 2>/dev/null || echo ro; stat -c "%t:%T" /secret/file /proc/keys'
	run_ok
	[ "$output" = $'ro\n1:3\n1:3' ]
}

@test "F258 masking does not use the container's /dev/null" {
	echo decoy >"$TMP/decoy"
	rm -f "$BUNDLE/rootfs/dev/null"
	ln -s "$TMP/decoy" "$BUNDLE/rootfs/dev/null"
	mkdir -p "$BUNDLE/rootfs/secret"
	echo secret >"$BUNDLE/rootfs/secret/file"
	edit '.linux.maskedPaths = ["/secret/file"] | .mounts |= map(select(.destination | startswith("/dev") | not))'
	container_args cat /secret/file
	run_container
	[[ "$output" != *secret* ]] || [ "$status" -ne 0 ]
	[ "$(cat "$TMP/decoy")" = decoy ]
}

@test "F446 read-only paths, submounts included" {
	mkdir -p "$BUNDLE/rootfs/data"
	edit '.mounts += [{destination: "/data", type: "tmpfs", source: "tmpfs"}, {destination: "/data/sub", type: "tmpfs", source: "tmpfs"}]
		| .linux.readonlyPaths = ["/data", "/missing"]'
	container_script 'touch /data/x 2>/dev/null || echo ro; touch /data/sub/x 2>/dev/null || echo ro'
	run_ok
	[ "$output" = $'ro\nro' ]
}

@test "F446 the root as a read-only path is read-only, by whatever name, other mounts are unaffected" {
	local path
	ln -s / "$BUNDLE/rootfs/around"
	for path in / //. /bin/.. /around; do
		edit '.linux.readonlyPaths = [$p]' --arg p "$path"
		container_script 'touch /x 2>/dev/null || echo ro; touch /dev/shm/x && echo rw'
		run_ok
		[ "$output" = $'ro\nrw' ] || fail "$path: $output"
	done
}

@test "F443 the root cannot be masked" {
	ln -s / "$BUNDLE/rootfs/around"
	refuse '.linux.maskedPaths = ["/"]' /linux/maskedPaths/0 'the root itself'
	refuse '.linux.maskedPaths = ["/around"]' /linux/maskedPaths/0 'the root itself'
}

@test "F444 F447 masked and read-only paths must be absolute" {
	refuse '.linux.maskedPaths = ["proc/kcore"]' /linux/maskedPaths/0
	refuse '.linux.readonlyPaths = ["proc/sys"]' /linux/readonlyPaths/0
}

@test "F011 a read-only root, other mounts unaffected" {
	edit '.root.readonly = true'
	container_script 'touch /x 2>/dev/null || echo ro; touch /dev/shm/x && echo rw'
	run_ok
	[ "$output" = $'ro\nrw' ]
}
