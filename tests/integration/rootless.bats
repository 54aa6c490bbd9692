# SPDX-License-Identifier: Apache-2.0
# Containers of an ordinary user, and of the root of a user namespace.
#
# shellcheck disable=SC2016,SC2154 # jq's variables stand in single quotes; bats sets status and output
load helpers

UID_OF_USER=54321

setup_test() {
	RUN=$TMP/run
	mkdir "$RUN"
	chown "$UID_OF_USER:$UID_OF_USER" "$RUN"
	chmod 700 "$RUN"
	cp "$BERTH" "$TMP/berth"
	rm "$BUNDLE/config.json"
	chown -R "$UID_OF_USER:$UID_OF_USER" "$BUNDLE"
	as_user "$TMP/berth" spec --rootless --bundle "$BUNDLE"
	edit '.process.terminal = false | .process.args = ["/bin/true"] | .root.readonly = false'
	chown "$UID_OF_USER" "$BUNDLE/config.json"
	as_user unshare -U true 2>/dev/null || skip "ordinary users may not make user namespaces on this machine"
	# The databases that newuidmap asks: who the user is, and which ids are his.
	printf 'root:x:0:0::/:/bin/sh\nuser:x:%d:%d::/:/bin/sh\n' "$UID_OF_USER" "$UID_OF_USER" >"$TMP/passwd"
	echo "user:200000:65536" >"$TMP/subids"
}

teardown_test() {
	local id
	for id in "$RUN"/berth/*; do
		[ -e "$id" ] && user_berth delete --force "$(basename "$id")"
	done
	[ -z "$(ls -A "$RUN/berth" 2>/dev/null)" ]
}

as_user() {
	setpriv --reuid "$UID_OF_USER" --regid "$UID_OF_USER" --clear-groups \
		env -i PATH="$PATH" HOME=/ XDG_RUNTIME_DIR="$RUN" "$@"
}

# berth as that user, with subordinate ids; in a mount namespace of its own, as /etc is not ours.
user_berth() {
	unshare --mount --propagation slave sh -c '
		mount --bind "$1" /etc/passwd && mount --bind "$2" /etc/subuid && mount --bind "$2" /etc/subgid || exit 99
		uid=$3 run=$4
		shift 4
		exec setpriv --reuid "$uid" --regid "$uid" --clear-groups \
			env -i PATH="$PATH" HOME=/ XDG_RUNTIME_DIR="$run" "$@"' \
		sh "$TMP/passwd" "$TMP/subids" "$UID_OF_USER" "$RUN" "$TMP/berth" "$@"
}

user_run() {
	run user_berth run --bundle "$BUNDLE" "$ID"
	[ "$status" -eq 0 ] || fail "exit status $status: $output"
}

@test "F733 F221 a user's container: root inside with one id, and no groups of others" {
	container_script 'id -u; id -g; cat /proc/self/uid_map | tr -s " "; cat /proc/self/setgroups; stat -c %u /bin/busybox'
	user_run
	[ "$output" = $'0\n0\n 0 54321 1\ndeny\n0' ]
}

@test "F733 every start of a user's container finds its files, however fast its init is" {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		user_run
	done
}

@test "F220 ranges of ids by newuidmap and newgidmap" {
	[ -x "$(command -v newuidmap)" ] || skip "newuidmap is not installed (package uidmap)"
	edit '.linux.uidMappings += [{containerID: 1, hostID: 200000, size: 1000}]
		| .linux.gidMappings += [{containerID: 1, hostID: 200000, size: 1000}]
		| .process.user = {uid: 5, gid: 6, additionalGids: [7]}'
	container_script 'id -u; id -g; grep Groups /proc/self/status; wc -l </proc/self/gid_map; cat /proc/self/setgroups'
	user_run
	[ "$output" = $'5\n6\nGroups:\t7 \n2\nallow' ]
}

@test "F220 ids that are not the user's are refused in newuidmap's own words" {
	[ -x "$(command -v newuidmap)" ] || skip "newuidmap is not installed (package uidmap)"
	edit '.linux.uidMappings += [{containerID: 1, hostID: 10, size: 10}]'
	run user_berth run --bundle "$BUNDLE" "$ID"
	expect_error id-map newuidmap uid /linux/uidMappings
}

@test "F108 sysfs with the host's network: the host's /sys, read-only" {
	edit '.linux.namespaces |= map(select(.type != "network"))
		| .mounts |= map(select(.destination | startswith("/sys") | not))
		| .mounts += [{destination: "/sys", type: "sysfs", source: "sysfs", options: ["ro", "nosuid", "nodev", "noexec"]}]'
	container_script 'test -d /sys/class/net && grep " /sys " /proc/self/mounts | cut -d" " -f3,4; mkdir /sys/x'
	run user_berth run --bundle "$BUNDLE" "$ID"
	[[ "$output" == "sysfs ro,nosuid,nodev,noexec"* ]]
	[ "$status" -ne 0 ]
}

@test "F645 F733 the configuration of spec --rootless shows no cgroup that could be written to" {
	container_script "find /sys/fs/cgroup -type d -exec mkdir {}/$ID \; 2>&1"
	run user_berth run --bundle "$BUNDLE" "$ID"
	[[ "$output" == *"Read-only file system"* ]] || fail "$output"
	[ -z "$(find /sys/fs/cgroup -name "$ID")" ]
}

@test "F733 state of a user: below XDG_RUNTIME_DIR, for nobody else, the whole life cycle" {
	container_args sleep 1000
	user_berth create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	[ "$(stat -c '%u %a' "$RUN/berth")" = "$UID_OF_USER 700" ] || [ "$(stat -c '%u %a' "$RUN/berth")" = "$UID_OF_USER 1700" ]
	[ "$(user_berth state "$ID" | jq -r '.status + " " + (.pid > 0 | tostring)')" = "created true" ]
	user_berth start "$ID"
	[ "$(user_berth state "$ID" | jq -r .status)" = running ]
	[ "$(user_berth list -q)" = "$ID" ]
	user_berth kill "$ID" KILL
	wait_for 5 user_stopped
	user_berth delete "$ID"
	[ -z "$(ls -A "$RUN/berth")" ]
}

# The kernel shows an id that is not mapped yet as nobody's, so who has made the container must be asked later.
@test "F733 F220 the user may start his container, however late its ids were mapped" {
	[ -x "$(command -v newuidmap)" ] || skip "newuidmap is not installed (package uidmap)"
	mkdir "$TMP/bin"
	printf '#!/bin/sh\nsleep 0.5\nexec %s "$@"\n' "$(command -v newuidmap)" >"$TMP/bin/newuidmap"
	chmod 755 "$TMP/bin" "$TMP/bin/newuidmap"
	edit '.linux.uidMappings += [{containerID: 1, hostID: 200000, size: 1000}]
		| .linux.gidMappings += [{containerID: 1, hostID: 200000, size: 1000}]'
	container_args sleep 1000
	PATH=$TMP/bin:$PATH user_berth create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	user_berth start "$ID"
	[ "$(user_berth state "$ID" | jq -r .status)" = running ]
	user_berth delete --force "$ID"
}

# The kernel does not let an ordinary user look into, nor write about, a process that enters a container.
@test "F733 exec as an ordinary user: the OOM score of init, or the caller's own where it may not be lowered" {
	edit '.process.oomScoreAdj = 500'
	container_args sleep 1000
	user_berth create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	user_berth start "$ID"
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		run user_berth exec "$ID" cat /proc/self/oom_score_adj
		[ "$output" = 500 ] || fail "$output"
	done
	(
		echo 600 >/proc/self/oom_score_adj
		run user_berth exec "$ID" cat /proc/self/oom_score_adj
		# Only what CAP_SYS_RESOURCE has set cannot be lowered.
		[ "$output" = 500 ] || [ "$output" = 600 ] || fail "$output"
		edit '.process | .args = ["true"] | .oomScoreAdj = 550'
		run user_berth exec --process "$BUNDLE/config.json" "$ID"
		[ "$status" -eq 0 ] || expect_error oom-score CAP_SYS_RESOURCE
	)
	user_berth delete --force "$ID"
}

user_stopped() {
	[ "$(user_berth state "$ID" | jq -r .status)" = stopped ]
}

@test "F733 without XDG_RUNTIME_DIR there is one clear error" {
	run setpriv --reuid "$UID_OF_USER" --regid "$UID_OF_USER" --clear-groups env -i "$TMP/berth" list
	expect_error XDG_RUNTIME_DIR
	run setpriv --reuid "$UID_OF_USER" --regid "$UID_OF_USER" --clear-groups env -i XDG_RUNTIME_DIR= "$TMP/berth" list
	expect_error XDG_RUNTIME_DIR
}

@test "F733 a terminal of a user's container" {
	edit '.process.terminal = true'
	container_script 'test -t 0 && tty'
	run script -qec "$(declare -f user_berth); TMP='$TMP' UID_OF_USER=$UID_OF_USER RUN='$RUN'; user_berth run --bundle '$BUNDLE' '$ID'" /dev/null
	[[ "$output" == *"/dev/pts/0"* || "$output" == *"/dev/console"* ]] || fail "$output"
}

@test "F737 root of a user namespace: what only real root may do is done another way" {
	edit 'del(.linux.uidMappings, .linux.gidMappings) | .linux.namespaces |= map(select(.type != "user"))
		| .process.oomScoreAdj = -500'
	container_script 'id -u; test -c /dev/null && echo >/dev/null && echo devices'
	run as_user unshare -Urm "$TMP/berth" run --bundle "$BUNDLE" "$ID"
	[ "$status" -eq 0 ] || fail "$output"
	[ "$output" = $'0\ndevices' ]
	[ -d "$RUN/berth" ]
}

@test "F737 a user namespace within a user namespace" {
	edit '.linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}]
		| .linux.gidMappings = [{containerID: 0, hostID: 0, size: 1}]'
	container_script 'id -u; cat /proc/self/uid_map | tr -s " "'
	run as_user unshare -Urm "$TMP/berth" run --bundle "$BUNDLE" "$ID"
	[ "$status" -eq 0 ] || fail "$output"
	[ "$output" = $'0\n 0 0 1' ]
}

@test "F736 without the right to make cgroups: none if nothing needs one, else an error that says so" {
	container_script 'cat /proc/self/cgroup'
	user_run
	[[ "$output" != *"berth-$ID"* ]]
	edit '.linux.resources.pids = {limit: 10}'
	run user_berth run --bundle "$BUNDLE" "$ID"
	expect_error cgroup "not delegated to this user"
	edit 'del(.linux.resources) | .linux.namespaces |= map(select(.type != "cgroup"))
		| .mounts |= map(select(.destination != "/sys/fs/cgroup"))
		| .mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro"]}]'
	container_args true
	user_run
}

@test "F737 F733 a cgroup mount where no cgroup could be made is left empty" {
	edit '.linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}]
		| .linux.gidMappings = [{containerID: 0, hostID: 0, size: 1}]
		| del(.linux.resources)
		| .linux.namespaces |= map(select(.type != "cgroup"))
		| .mounts |= map(select(.destination != "/sys/fs/cgroup"))
		| .mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro", "nosuid"]}]'
	container_script 'ls -A /sys/fs/cgroup; stat -f -c %T /sys/fs/cgroup; mkdir /sys/fs/cgroup/x 2>&1'
	run as_user unshare -Urm "$TMP/berth" run --bundle "$BUNDLE" "$ID"
	[[ "$output" == *"Read-only file system" ]] || fail "$output"
	[ "${lines[0]}" = tmpfs ] || fail "$output"
}
