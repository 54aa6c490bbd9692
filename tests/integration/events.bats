# SPDX-License-Identifier: Apache-2.0
# events: statistics and lack of memory.
load helpers

setup_test() {
	CG=/berth-test-$ID
	edit '.linux.cgroupsPath = $p' --arg p "$CG"
	container_args sleep 1000
}

start_container() {
	create_container
	berth start "$ID"
}

# Follows the events in the background, into $TMP/events.
follow() {
	timeout 60 "$BERTH" --root "$ROOT" events "$@" "$ID" >"$TMP/events" 2>"$TMP/events.err" 3>&- &
	FOLLOWER=$!
}

# It must be listening before memory runs out: then the descriptor that tells it so is open.
follower_listens() {
	ls -l "/proc/$(pgrep -P "$FOLLOWER")/fd" | grep -qE 'eventfd|inotify'
}

# The end of the follower: by itself, with exit status 0, without a word on standard error.
follower_ends() {
	local status=0
	wait "$FOLLOWER" || status=$?
	[ $status -eq 0 ] || fail "events: exit status $status: $(cat "$TMP/events.err")"
	[ ! -s "$TMP/events.err" ] || fail "events said: $(cat "$TMP/events.err")"
}

# has_events TYPE N: at least N records of the type.
has_events() {
	[ "$(jq -c --arg t "$1" 'select(.type == $t)' "$TMP/events" | wc -l)" -ge "$2" ]
}

@test "F638 F640 events --stats: one line, with the values of the cgroup" {
	require_controller memory
	edit '.linux.resources.memory = {limit: 104857600} | .linux.resources.pids = {limit: 77}'
	start_container
	run berth events --stats "$ID"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ "$output" == "{\"type\":\"stats\",\"id\":\"$ID\",\"data\":{\"cpu\":{"* ]]
	jq -e '.data.memory.usage.limit == 104857600 and .data.memory.usage.usage > 0 and .data.memory.usage.max > 0
		and .data.pids == {current: 1, limit: 77} and .data.cpu.usage.total > 0
		and (.data.hugetlb | type) == "object" and (.data.blkio | type) == "object"
		and .data.intel_rdt == {} and .data.network_interfaces == null' <<<"$output"
	if is_unified; then
		# Nobody counts for each CPU there.
		jq -e '.data.memory.raw.file != null and .data.memory.cache == .data.memory.raw.file' <<<"$output"
		return
	fi
	jq -e '(.data.cpu.usage.percpu | length) > 0
		and (.data.cpu.usage.percpu_user | length) == (.data.cpu.usage.percpu | length)
		and (.data.cpuset.cpus | index(0)) != null and .data.cpuset.mems == [0]
		and .data.memory.raw.cache != null and .data.memory.cache == .data.memory.raw.cache' <<<"$output"
	[ "$(jq .data.cpuset.sched_relax_domain_level <<<"$output")" = \
		"$(cat "/sys/fs/cgroup/cpuset$CG/cpuset.sched_relax_domain_level")" ]
}

@test "F642 pressure of the v2 tree, where the kernel tells it" {
	local unified
	unified=$(awk '$9 == "cgroup2" || $8 == "cgroup2" { print $5; exit }' /proc/self/mountinfo)
	start_container
	[ -n "$unified" ] && [ -e "$unified$CG/cpu.pressure" ] || skip "this kernel has no pressure of cgroups (PSI)"
	berth events --stats "$ID" | jq -e '.data.cpu.psi.some | .avg10 >= 0 and .avg60 >= 0 and .avg300 >= 0 and .total >= 0'
	berth events --stats "$ID" | jq -e '.data.memory.psi.full.total >= 0 and .data.blkio.psi.some.total >= 0'
}

@test "F638 F639 statistics again and again, until the container has ended" {
	start_container
	follow --interval 50ms
	wait_for 10 has_events stats 3
	berth kill "$ID" KILL
	follower_ends
	jq -se --arg id "$ID" 'all(.type == "stats" and .id == $id)' "$TMP/events"
}

@test "F639 the forms of the interval" {
	start_container
	local t
	for t in 100ms 0.1s 1 100000us --interval=20ms; do
		if [ "${t#--}" = "$t" ]; then follow --interval "$t"; else follow "$t"; fi
		wait_for 10 has_events stats 1
		kill "$FOLLOWER"
		wait "$FOLLOWER" || :
	done
	for t in 0 0s -5s; do
		run berth events --interval "$t" "$ID"
		expect_error "$t" "must be greater than 0"
	done
	for t in x 5d "" 1m30; do
		run berth events --interval "$t" "$ID"
		expect_error "invalid interval option"
	done
}

@test "F641 a lack of memory is told at once" {
	require_controller memory
	edit '.linux.resources.memory = {limit: 20971520, swap: 20971520}'
	# The second process is killed, init lives on.
	container_script 'while [ ! -e /go ]; do sleep 0.05; done; dd if=/dev/zero of=/dev/null bs=100M count=1; exec sleep 1000'
	start_container
	follow --interval 1h
	wait_for 10 follower_listens
	sleep 0.2
	touch "$BUNDLE/rootfs/go"
	wait_for 20 has_events oom 1
	[ "$(head -n 1 "$TMP/events")" = "{\"type\":\"oom\",\"id\":\"$ID\"}" ]
	[ "$(container_status)" = running ]
	berth delete --force "$ID"
	follower_ends
	! has_events stats 1
}

@test "F641 a container that dies for lack of memory has said so" {
	require_controller memory
	edit '.linux.resources.memory = {limit: 20971520, swap: 20971520}'
	container_script 'while [ ! -e /go ]; do sleep 0.05; done; exec dd if=/dev/zero of=/dev/null bs=100M count=1'
	start_container
	follow --interval 1h
	wait_for 10 follower_listens
	sleep 0.2
	touch "$BUNDLE/rootfs/go"
	follower_ends
	has_events oom 1
}

# Makes the container wait for memory until the test is over.
press_memory() {
	local unified=/sys/fs/cgroup
	require_controller memory
	if [ ! -e $unified/cgroup.controllers ]; then
		edit '.linux.resources.memory = {limit: 20971520}'
		container_script 'while :; do dd if=/dev/zero of=/big bs=1M count=60; done'
	else
		[ -e $unified/init.scope/memory.pressure ] || skip "this kernel has no pressure of cgroups (PSI)"
		edit '.linux.resources.unified = {"memory.high": "4194304"}'
		container_script 'while :; do dd if=/dev/zero of=/dev/null bs=16M count=1; done'
	fi
	start_container
}

@test "F640 F641 --pressure tells that processes wait for memory" {
	press_memory
	follow --interval 1h --pressure low
	wait_for 30 has_events pressure 1
	berth delete --force "$ID"
	follower_ends
	[ "$(head -n 1 "$TMP/events")" = "{\"type\":\"pressure\",\"id\":\"$ID\",\"data\":{\"level\":\"low\"}}" ]
	! has_events stats 1
}

@test "F640 --pressure: without it there is none, and what is wrong with it is said" {
	start_container
	run berth events --pressure high "$ID"
	expect_error pressure high
	run berth events --stats --pressure low "$ID"
	expect_error "--pressure and --stats"
}

@test "F638 the end of a container is no lack of memory" {
	start_container
	follow --interval 1h
	wait_for 10 follower_listens
	berth delete --force "$ID"
	follower_ends
	[ ! -s "$TMP/events" ]
}

@test "F638 while init's companions live, events go on" {
	edit '.linux.namespaces |= map(select(.type != "pid"))'
	container_script 'sleep 1000 & touch /ready; exec sleep 1000'
	start_container
	wait_for 10 test -e "$BUNDLE/rootfs/ready"
	follow --interval 50ms
	wait_for 10 has_events stats 1
	berth kill "$ID" TERM
	wait_for 10 is_status stopped
	local n
	n=$(wc -l <"$TMP/events")
	wait_for 10 has_events stats $((n + 3))
	berth kill --all "$ID" KILL
	follower_ends
}

@test "F638 a reader that goes away ends it, without an error" {
	start_container
	local status
	status=$(
		timeout 20 "$BERTH" --root "$ROOT" events --interval 20ms "$ID" 2>"$TMP/err" 3>&- | head -n 1 >"$TMP/line"
		echo "${PIPESTATUS[0]}"
	)
	[ "$status" -eq 0 ]
	[ -s "$TMP/line" ] && [ ! -s "$TMP/err" ]
	# Also when there is nothing to be written.
	mkfifo "$TMP/fifo"
	timeout 20 "$BERTH" --root "$ROOT" events --interval 1h "$ID" >"$TMP/fifo" 2>"$TMP/err" 3>&- &
	local pid=$!
	true <"$TMP/fifo"
	wait $pid
	[ ! -s "$TMP/err" ]
}

@test "F638 created and paused containers have events, stopped and unknown ones not" {
	require_controller freezer
	create_container
	berth events --stats "$ID" | jq -e '.data.pids.current == 1'
	berth pause "$ID"
	berth events --stats "$ID" | jq -e '.data.pids.current == 1'
	berth kill "$ID" KILL
	wait_for 5 is_status stopped
	run berth events --stats "$ID"
	[ "$status" -eq 1 ]
	expect_error "container with id $ID is not running"
	run berth events "$ID"
	expect_error "container with id $ID is not running"
	run berth events --stats nobody
	expect_error "does not exist"
}

@test "F638 two followers of one container" {
	start_container
	follow --interval 50ms
	local first=$FOLLOWER
	wait_for 10 has_events stats 2
	[ "$(berth events --stats "$ID" | wc -l)" -eq 1 ]
	berth kill "$ID" KILL
	FOLLOWER=$first
	follower_ends
}
