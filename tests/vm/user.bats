# SPDX-License-Identifier: Apache-2.0
# Containers of an ordinary user, by hand: one with a systemd session, delegated controllers and subordinate ids, as
# as-user of a virtual machine runs things.
# shellcheck disable=SC2016,SC2034,SC2154 # jq's variables stand in single quotes; helpers and bats have variables
load ../integration/helpers

MANAGER=/user.slice/user-1000.slice/user@1000.service

setup_test() {
	command -v as-user >/dev/null || skip 'no user with a session (as-user of tests/vm)'
	as-user true
	rm "$BUNDLE/config.json"
	chown -R 1000:1000 "$BUNDLE"
	user_berth spec --rootless --bundle "$BUNDLE"
	edit '.process.terminal = false | .root.readonly = false'
}

teardown_test() {
	local left
	[ -z "${HOLDER-}" ] || kill "$HOLDER"
	if [ -d "/run/user/1000/berth/$ID" ]; then
		user_berth delete --force "$ID"
	fi
	left=$(find /sys/fs/cgroup -type d -name "*$ID*")
	[ -z "$left" ] || fail "cgroups left behind: $left"
}

# By the user, outside of his session, which takes a tenth of the time.
plainly() {
	setpriv --reuid 1000 --regid 1000 --clear-groups env XDG_RUNTIME_DIR=/run/user/1000 \
		DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus "$@"
}

user_berth() {
	plainly "$BERTH" "$@"
}

# What makes a process has to be in the session: from another cgroup it could not be moved.
session_berth() {
	as-user "$BERTH" "$@"
}

# create_user_container [GLOBAL-OPTION...]
create_user_container() {
	session_berth "$@" create --bundle "$BUNDLE" "$ID" </dev/null >"$TMP/out" 2>&1 3>&- || fail "$(cat "$TMP/out")"
}

user_pid() {
	user_berth state "$ID" | jq .pid
}

group_of_container() {
	sed -n 's/^0:://p' "/proc/$(user_pid)/cgroup"
}

# has_limits MEMORY PIDS CPU: in the files of the container's cgroup.
has_limits() {
	local group
	group=/sys/fs/cgroup$(group_of_container)
	[ "$(cat "$group/memory.max")" = "$1" ] || fail "memory.max: $(cat "$group/memory.max")"
	[ "$(cat "$group/pids.max")" = "$2" ] || fail "pids.max: $(cat "$group/pids.max")"
	[ "$(cat "$group/cpu.max")" = "$3" ] || fail "cpu.max: $(cat "$group/cpu.max")"
}

# A life with limits; the words of status, exec and so on are those that root gets.
lives_with_limits() {
	edit '.linux.resources = {memory: {limit: 67108864}, pids: {limit: 33}, cpu: {quota: 50000, period: 100000}}'
	container_args /bin/sleep 1000
	create_user_container "$@"
	[[ "$(group_of_container)" == "$MANAGER"/* ]] || fail "$(group_of_container)"
	has_limits 67108864 33 '50000 100000'
	user_berth start "$ID"
	run session_berth exec "$ID" sh -c 'id -u; cat /proc/self/cgroup'
	[[ "$output" == 0*"$(session_berth exec "$ID" cat /proc/1/cgroup)"* ]] || fail "$output"
	user_berth pause "$ID"
	[ "$(cat "/sys/fs/cgroup$(group_of_container)/cgroup.freeze")" = 1 ]
	[ "$(user_berth state "$ID" | jq -r .status)" = paused ]
	user_berth resume "$ID"
	user_berth update --memory 134217728 --pids-limit 44 --cpu-quota 25000 "$ID"
	has_limits 134217728 44 '25000 100000'
	[ "$(user_berth events --stats "$ID" | jq .data.memory.usage.limit)" = 134217728 ]
}

ends() {
	user_berth kill "$ID" KILL
	wait_for 20 user_stopped
	user_berth delete "$ID"
	[ -z "$(ls -A /run/user/1000/berth)" ]
}

user_stopped() {
	[ "$(user_berth state "$ID" | jq -r .status)" = stopped ]
}

# A cgroup that is the user's own, with controllers, for as long as the process HOLDER is in one below it. What he makes
# elsewhere has controllers only until his systemd looks there again. Newer ones of systemd-run make one dollar of two.
delegated_cgroup() {
	as-user sh -c 'own=/sys/fs/cgroup$(sed -n "s/^0:://p" /proc/self/cgroup); mkdir "$own/holder"
		sh -c "echo \$PPID" >"$own/holder/cgroup.procs"; sh -c "echo \$PPID" >"$0"; exec sleep 1000' "$BUNDLE/holder" 3>&- &
	wait_for 10 test -s "$BUNDLE/holder"
	HOLDER=$(cat "$BUNDLE/holder")
	DELEGATED=$(sed -n 's|^0::\(.*\)/holder$|\1|p' "/proc/$HOLDER/cgroup")
}

@test "F733 a user with delegated controllers: limits, exec, pause, update, statistics" {
	delegated_cgroup
	edit '.linux.cgroupsPath = $p' --arg p "$DELEGATED/$ID"
	lives_with_limits
	ends
}

@test "F735 the same in a scope of the user's systemd, whose properties follow" {
	edit '.linux.cgroupsPath = $p' --arg p ":bt:$ID"
	lives_with_limits --systemd-cgroup
	run plainly systemctl --user show -p MemoryMax -p TasksMax -p CPUQuotaPerSecUSec "bt-$ID.scope"
	[ "$(sort <<<"$output" | paste -sd ' ')" = 'CPUQuotaPerSecUSec=250ms MemoryMax=134217728 TasksMax=44' ] || fail "$output"
	ends
	[ -z "$(plainly systemctl --user list-units --all --no-legend --plain "bt-$ID.scope")" ]
}

@test "F220 the user's subordinate ids, as the machine's own databases have them" {
	edit '.linux.uidMappings += [{containerID: 1, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings
		| .process.user = {uid: 7, gid: 8, additionalGids: [9]}'
	container_script 'id -u; id -G; tr -s " " </proc/self/uid_map; touch /tmp/of-seven'
	chmod 1777 "$BUNDLE/rootfs/tmp"
	run session_berth run --bundle "$BUNDLE" "$ID"
	[ "$status" -eq 0 ] || fail "$output"
	[ "$output" = $'7\n8 9\n 0 1000 1\n 1 100000 65536' ] || fail "$output"
	[ "$(stat -c %u:%g "$BUNDLE/rootfs/tmp/of-seven")" = 100006:100007 ]
}

# has_network DEVICE: the container's default route goes there.
has_network() {
	[[ "$(session_berth exec "$ID" ip route show default)" == *"dev $1"* ]]
}

with_network() {
	edit '.linux.namespaces |= (map(select(.type != "network")) + [{type: "network"}])'
	container_args /bin/sleep 1000
	create_user_container
	[ -z "$(nsenter -t "$(user_pid)" -n ip route show default)" ]
}

@test "F733 pasta gives the container of a user a network" {
	command -v pasta >/dev/null || skip 'pasta is not installed (package passt)'
	with_network
	as-user pasta --config-net --quiet "$(user_pid)" 3>&-
	user_berth start "$ID"
	wait_for 10 has_network eth0
	ends
	wait_for 10 is_gone pasta
}

@test "F733 slirp4netns gives the container of a user a network" {
	command -v slirp4netns >/dev/null || skip 'slirp4netns is not installed'
	with_network
	as-user slirp4netns --configure "$(user_pid)" tap0 >"$TMP/slirp" 2>&1 3>&- &
	user_berth start "$ID"
	wait_for 10 has_network tap0
	ends
	pkill -u 1000 -x slirp4netns
	wait_for 10 is_gone slirp4netns
}

is_gone() {
	! pgrep -u 1000 -x "$1" >/dev/null
}
