# SPDX-License-Identifier: Apache-2.0
# Old kernels, and filters of outer containers: calls that are not there. With a fallback the container sees exactly
# what it sees without the denial; without one there is one clear error, and nothing is left. docs/kernel.md has the
# table that this file proves.
load helpers

# Each line: rules for tests/tools/deny. An argument that says more is what older kernels do not know.
FALLBACKS='openat2
fsopen
fsconfig
fsmount
open_tree
move_mount
fspick
mount_setattr
clone3
close_range
faccessat2
statx
openat2,mount_setattr,clone3,close_range,faccessat2
fsopen,fsconfig,fsmount,fspick,open_tree,move_mount,mount_setattr
fsopen,fsconfig,fsmount,fspick,open_tree,move_mount,mount_setattr,openat2,clone3,close_range,faccessat2,statx'

setup_test() {
	# The places to mount on as well: a tmpfs takes the mode of a directory that is there.
	mkdir -p "$TMP/src/sub" "$BUNDLE"/rootfs/{copy/deep,secret,ro,rw,private,scratch,strict}
	echo data >"$TMP/src/file"
	echo copied >"$BUNDLE/rootfs/copy/deep/file"
	echo hidden >"$BUNDLE/rootfs/secret/file"
	echo hidden >"$BUNDLE/rootfs/secret.txt"
	edit '.root.readonly = true
		| .mounts += [
			{destination: "/ro", type: "bind", source: $src, options: ["rbind", "ro", "nosuid", "nodev"]},
			{destination: "/rw", type: "none", source: $src, options: ["bind", "noexec", "noatime"]},
			{destination: "/private", type: "bind", source: $src, options: ["rbind", "rprivate"]},
			{destination: "/file", type: "bind", source: ($src + "/file"), options: ["bind", "ro"]},
			{destination: "/scratch", type: "tmpfs", source: "scratch", options: ["nosuid", "noexec", "mode=1750", "size=1m"]},
			{destination: "/copy", type: "tmpfs", source: "copy", options: ["nosuid", "tmpcopyup"]},
			{destination: "/strict", type: "tmpfs", source: "strict", options: ["strictatime", "ro"]}]
		| .linux.maskedPaths += ["/secret", "/secret.txt", "/proc/keys"]
		| .linux.readonlyPaths += ["/copy/deep", "/proc/sys"]' --arg src "$TMP/src"
	# What a process can see of the runtime: without ids, which differ from run to run. What is bound from the host is
	# private or, where mount_setattr is missing and the host's mounts are shared, a slave: it sends nothing either way.
	container_script '
		awk "{ t = \"\"; for (i = 7; \$i != \"-\"; i++) { sub(/:.*/, \"\", \$i); t = t \" \" \$i }
			if (\$(i + 1) ~ /^(devtmpfs|cgroup2)\$/) { sub(/ master/, \"\", t); \$(i + 2) = \"-\" }
			print \$4, \$5, \$6, t, \$(i + 1), \$(i + 2), \$(i + 3) }" /proc/self/mountinfo | sort
		grep -E "^(Umask|Uid|Gid|Groups|NSpid|Cap...|NoNewPrivs|Sig...):" /proc/self/status
		cd /dev && stat -c "%n %F %a %u %g %t:%T %N" * pts/* | sed "s/->.*//"
		ls /proc/self/fd
		cat /copy/deep/file /secret.txt /file; ls /secret; ls /ro
		stat -c "%n %a" /copy /copy/deep /copy/deep/file /scratch /strict
		for f in /x /ro/x /file /copy/deep/x /strict/x /secret/x /proc/sys/kernel/hostname; do
			(echo x >$f) 2>&1 | sed "s/.*: //"; done
		echo x >/copy/x && echo x >/scratch/x && echo x >/rw/x && rm /rw/x && echo written
		hostname; ip link show lo 2>/dev/null | head -n 1; env | sort; pwd'
}

# Kernels and filters without mount_setattr leave the access times of a bind mount to the host there.
user_namespace() {
	chown -R 100000:100000 "$BUNDLE/rootfs" "$TMP/src"
	edit '.linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
		| .linux.gidMappings = .linux.uidMappings
		| (.mounts[] | select(.destination == "/rw").options) -= ["noatime"]'
}

# deny ERRNO RULES berth's arguments...
deny() {
	local errno=$1 rules=$2
	shift 2
	"$BERTH_TESTS/deny" "$errno" "$rules" "$BERTH" --root "$ROOT" "$@"
}

# A run without denial, then one for each line of rules: the same output.
same_view() {
	local errno=$1 rules
	run_ok
	[[ "$output" == *written* ]] || fail "the script did not come to its end: $output"
	printf '%s\n' "$output" >"$TMP/expected"
	for rules in $FALLBACKS; do
		deny "$errno" "$rules" run --bundle "$BUNDLE" "$ID" >"$TMP/seen" 2>&1 || fail "$rules: $(cat "$TMP/seen")"
		diff -u "$TMP/expected" "$TMP/seen" || fail "$rules: the container sees something else"
	done
}

@test "without newer calls (ENOSYS) a container sees the same" {
	same_view ENOSYS
}

@test "with newer calls forbidden (EPERM) a container sees the same" {
	same_view EPERM
}

@test "without newer calls (ENOSYS) a container in a user namespace sees the same" {
	user_namespace
	same_view ENOSYS
}

@test "with newer calls forbidden (EPERM) a container in a user namespace sees the same" {
	user_namespace
	same_view EPERM
}

@test "F108 without mount calls a user namespace in the host's network binds its sysfs" {
	user_namespace
	edit '.linux.namespaces |= map(select(.type != "network"))'
	same_view ENOSYS
}

# Arguments that kernels before 5.9 (close_range's flag in 5.11), 6.3 (of memfd_create), 5.7 and 5.8 do not know.
@test "older forms of calls: a container sees the same" {
	local rules
	run_ok
	printf '%s\n' "$output" >"$TMP/expected"
	for rules in 'close_range:2&4' 'memfd_create:1&0x18'; do
		deny EINVAL "$rules" run --bundle "$BUNDLE" "$ID" >"$TMP/seen" 2>&1 || fail "$rules: $(cat "$TMP/seen")"
		diff -u "$TMP/expected" "$TMP/seen" || fail "$rules"
	done
}

@test "create, start, state, kill and delete without newer calls" {
	local errno rules
	container_args sleep 1000
	for errno in ENOSYS EPERM; do
		for rules in $(tail -n 3 <<<"$FALLBACKS"); do
			deny "$errno" "$rules" create --bundle "$BUNDLE" "$ID" </dev/null >"$TMP/out" 2>&1 3>&- || fail "$rules: $(cat "$TMP/out")"
			[ "$(deny "$errno" "$rules" state "$ID" | jq -r .status)" = created ]
			deny "$errno" "$rules" start "$ID"
			[ "$(deny "$errno" "$rules" state "$ID" | jq -r .status)" = running ]
			deny "$errno" "$rules" kill "$ID" KILL
			wait_for 5 is_status stopped
			deny "$errno" "$rules" delete "$ID"
			[ ! -e "$ROOT/$ID" ]
			[ ! -s "$TMP/out" ] || fail "$rules: $(cat "$TMP/out")"
		done
	done
}

@test "a terminal without newer calls" {
	local errno
	edit '.process.terminal = true | .process.consoleSize = {height: 33, width: 111}'
	container_script 'tty; stty size; stat -c "%n %F %t:%T" /dev/console; [ -t 2 ] && echo terminal'
	for errno in ENOSYS EPERM; do
		run script -qec "'$BERTH_TESTS/deny' $errno ${FALLBACKS##*$'\n'} '$BERTH' --root '$ROOT' run --bundle '$BUNDLE' '$ID'" /dev/null
		[ "$status" -eq 0 ] || fail "$output"
		[[ "$output" == *"/dev/pts/0"* && "$output" == *"33 111"* && "$output" == *"/dev/console character special file"* && "$output" == *terminal* ]]
	done
}

@test "a joined namespace and hooks without newer calls" {
	local errno
	edit '.hooks = {createContainer: [{path: "/bin/sh", args: ["sh", "-c", $s]}], poststop: [{path: "/bin/true"}],
		startContainer: [{path: "/bin/sh", args: ["sh", "-c", "cat >/dev/null; ls /proc/self/fd | wc -l >/copy/fds"]}]}
		| (.linux.namespaces[] | select(.type == "ipc")).path = "/proc/self/ns/ipc"' --arg s "cat >>'$TMP/log'"
	container_script 'readlink /proc/self/ns/ipc; cat /copy/fds'
	run_ok
	printf '%s\n' "$output" >"$TMP/expected"
	for errno in ENOSYS EPERM; do
		run deny "$errno" "${FALLBACKS##*$'\n'}" run --bundle "$BUNDLE" "$ID"
		[ "$status" -eq 0 ] || fail "$output"
		[ "$output" = "$(cat "$TMP/expected")" ] || fail "$output"
	done
	[ "$(jq -s length "$TMP/log")" = 3 ]
}

# without ERRNO RULE WORD...: create fails with one line that has the words, and leaves nothing.
without() {
	local errno=$1 rule=$2
	shift 2
	status=0
	deny "$errno" "$rule" create --bundle "$BUNDLE" "$ID" </dev/null >"$TMP/out" 2>&1 3>&- || status=$?
	output=$(cat "$TMP/out")
	expect_error "$@"
	[ "$status" -eq 1 ]
	assert_clean
}

@test "F101 what has no fallback is named, with the kernel that has it, and leaves nothing" {
	local errno
	for errno in ENOSYS EPERM; do
		without $errno pidfd_open pidfd_open "Linux 5.3"
		without $errno pidfd_send_signal pidfd_send_signal "Linux 5.3"
		without $errno memfd_create memfd_create "Linux 3.17"
		without $errno execveat execveat "Linux 3.19"
	done
	cp "$BUNDLE/config.json" "$TMP/saved"
	edit '.mounts += [{destination: "/x", type: "bind", source: $src, options: ["rbind", "rro"]}]' --arg src "$TMP/src"
	for errno in ENOSYS EPERM; do
		without $errno mount_setattr "(/x)" mount_setattr "Linux 5.12"
	done
	mv "$TMP/saved" "$BUNDLE/config.json"
	edit '.mounts += [{destination: "/idmapped", type: "bind", source: $src, options: ["bind"],
		uidMappings: [{containerID: 0, hostID: 1000, size: 1}], gidMappings: [{containerID: 0, hostID: 1000, size: 1}]}]' \
		--arg src "$TMP/src"
	for errno in ENOSYS EPERM; do
		without $errno mount_setattr mount_setattr "Linux 5.12" "$TMP/src"
		without $errno open_tree mount_setattr "Linux 5.12" "$TMP/src"
	done
}

@test "without pidfds start, kill and delete of a container refuse, state does not need them" {
	local errno rule command
	create_container
	for errno in ENOSYS EPERM; do
		for rule in pidfd_open pidfd_send_signal; do
			[ "$(deny $errno $rule state "$ID" | jq -r .status)" = created ]
			for command in kill 'delete --force'; do
				# shellcheck disable=SC2086 # two words
				run deny $errno $rule $command "$ID"
				expect_error "$rule"
				is_status created
			done
		done
		run deny $errno pidfd_open start "$ID"
		expect_error pidfd_open
		is_status created
	done
}

@test "without pidfd_getfd a seccomp listener is refused by start" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: $p,
		syscalls: [{names: ["mkdir"], action: "SCMP_ACT_NOTIFY"}]}' --arg p "$TMP/agent"
	"$BERTH_TESTS/receive-fd" --never-accept "$TMP/agent" 3>&- &
	local agent=$!
	wait_for 5 test -S "$TMP/agent"
	create_container
	run deny ENOSYS pidfd_getfd start "$ID"
	kill -9 $agent
	expect_error pidfd_getfd "Linux 5.6"
	[ ! -e "$ROOT/$ID" ] || fail "the container is still there"
}
