# SPDX-License-Identifier: Apache-2.0
# What state says, how commands meet each other, and the small promises of the life cycle.
load helpers

@test "F485 F486 F488 F489 F492 F493 F572 state: version, id, pid, rootfs, created" {
	container_args sleep 1000
	create_container
	container_state | jq -e --arg id "$ID" --arg b "$BUNDLE" '(keys_unsorted | .[0:4]) == ["ociVersion", "id", "pid", "status"]
		and (.ociVersion | test("^1\\.[0-9]+\\.[0-9]+$")) and .id == $id and .bundle == $b and .rootfs == $b + "/rootfs"
		and (.status | IN("creating", "created", "running", "stopped"))'
	[ "$(readlink "/proc/$(container_pid)/ns/uts")" != "$(readlink /proc/self/ns/uts)" ]
	berth kill "$ID" KILL
	wait_for 5 is_status stopped
	[ "$(container_pid)" = 0 ]
}

@test "F496 state while create runs says creating" {
	printf '#!/bin/sh\ncat >/dev/null\n"$BERTH" --root "$ROOT" state "$ID" >%s\n' "$TMP/during" >"$TMP/hook"
	chmod 755 "$TMP/hook"
	edit '.hooks.createRuntime = [{path: $h}]' --arg h "$TMP/hook"
	BERTH=$BERTH ROOT=$ROOT ID=$ID create_container
	[ "$(jq -r .status "$TMP/during")" = creating ]
}

@test "F497 F519 a recycled pid is not taken for init, and gets no signal" {
	container_args sleep 1000
	create_container
	berth kill "$ID" KILL
	wait_for 5 is_status stopped
	sleep 1000 3>&- &
	local other=$!
	# The record now names a living process with another start time.
	forge_record "$ROOT/$ID/record" "re.sub(r'\"pid\":\d+', '\"pid\":$other', t, 1)"
	grep -q "\"pid\":$other," "$ROOT/$ID/record"
	[ "$(container_state | jq -c '[.status, .pid]')" = '["stopped",0]' ]
	run berth kill "$ID" KILL
	expect_error "container not running"
	berth delete --force "$ID"
	kill -0 $other
	kill $other
	wait $other 2>/dev/null || :
}

@test "F502 create applies everything but the program" {
	edit '.process.oomScoreAdj = 123 | .process.user = {uid: 1000, gid: 1000} | .hostname = "waiting"'
	create_container
	local pid
	pid=$(container_pid)
	[ "$(cat "/proc/$pid/oom_score_adj")" = 123 ]
	[ "$(awk '/^Uid/ { print $2 }' "/proc/$pid/status")" = 1000 ]
	[ "$(nsenter -t "$pid" -u hostname)" = waiting ]
	[[ "$(awk '{ print $5 }' "/proc/$pid/mountinfo")" != *"$TMP"* ]]
}

@test "F505 F507 F509 a bad configuration is refused before anything is made" {
	refuse '.process.args = []' /process/args
	[ ! -e "$ROOT" ] || [ -z "$(ls -A "$ROOT")" ]
}

@test "F526 F528 ids are used again, by whoever made them" {
	local i
	for i in 1 2 3; do
		create_container
		berth start "$ID"
		wait_for 5 is_status stopped
		berth delete "$ID"
	done
}

@test "F544 every failing command ends with 1" {
	local command
	for command in create run start state kill delete; do
		run berth $command -b /nonexistent "$ID" 2>/dev/null
		[ "$status" -eq 1 ]
	done
	run "$BERTH" nosuchcommand
	[ "$status" -eq 1 ]
}

@test "F547 F557 the bundle is the current directory unless told" {
	(cd "$BUNDLE" && berth run "$ID")
	berth run -b "$BUNDLE" "$ID"
}

@test "F563 run --no-subreaper" {
	run_ok --no-subreaper
}

@test "F576 delete --force waits until init is gone" {
	container_args sleep 1000
	berth run -d --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	local pid
	pid=$(container_pid)
	berth delete --force "$ID"
	# A zombie that its parent has not fetched yet may go at any moment.
	! grep '^State:' "/proc/$pid/status" 2>/dev/null | grep -v Z
}

@test "F030 F032 F038 any file system of the kernel, options as mount(8) means them" {
	edit '.mounts += [{destination: "/r", type: "ramfs", source: "r", options: ["mode=0751"]},
		{destination: "/t", type: "tmpfs", source: "t", options: ["uid=7", "gid=8", "ro"]}]'
	container_script 'stat -c "%a" /r; stat -c "%u:%g" /t; grep -c " /r .* ramfs " /proc/self/mountinfo'
	run_ok
	[ "$output" = $'751\n7:8\n1' ]
}

@test "F117 a working directory that only root may enter" {
	mkdir -p -m 0700 "$BUNDLE/rootfs/private"
	edit '.process.cwd = "/private" | .process.user = {uid: 1000, gid: 1000}'
	container_script 'readlink /proc/self/cwd'
	run_container
	[ "$status" -eq 0 ] || expect_error "chdir to cwd"
}

@test "F159 additional groups where setgroups is denied are an error" {
	chmod 755 "$TMP" "$BUNDLE"
	edit '.linux.namespaces += [{type: "user"}] | .process.user.additionalGids = [70000]
		| .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	refuse . additionalGids
}

@test "F213 a namespace whose owner has gone is an error, and nothing stays" {
	sleep 0.01 3>&- &
	local pid=$!
	wait $pid
	edit '(.linux.namespaces[] | select(.type == "ipc")).path = $p' --arg p "/proc/$pid/ns/ipc"
	refuse . "/proc/$pid/ns/ipc"
}

@test "F256 the default file systems of the template are there" {
	container_script 'for d in /proc /sys /dev/pts /dev/shm; do grep -q " $d " /proc/self/mountinfo || echo missing $d; done'
	run_ok
	[ -z "$output" ]
}

@test "F293 F297 F299 F301 cgroupfs: v1 hierarchies and the v2 tree of a hybrid host" {
	require_v1 memory
	create_container
	local pid
	pid=$(container_pid)
	grep -q "memory:/berth-$ID\$" "/proc/$pid/cgroup"
	if [ -f /sys/fs/cgroup/unified/cgroup.procs ]; then
		grep -q "^0::/berth-$ID\$" "/proc/$pid/cgroup"
	fi
}

@test "F316 F317 F321 F326 F327 F332 old and rare limits are set or refused by name" {
	require_v1 memory
	local filter word
	while IFS='|' read -r filter word; do
		cp "$BUNDLE/config.json" "$TMP/keep"
		edit "$filter"
		try_create
		if [ "$status" -eq 0 ]; then
			berth delete --force "$ID"
		else
			expect_error "$word"
		fi
		cp "$TMP/keep" "$BUNDLE/config.json"
	done <<-'END'
		.linux.resources.memory = {kernel: 104857600}|kernel
		.linux.resources.memory = {kernelTCP: 104857600}|kernel
		.linux.resources.memory = {limit: 104857600, checkBeforeUpdate: true}|memory
		.linux.resources.cpu = {realtimeRuntime: 1000, realtimePeriod: 100000}|cpu
		.linux.resources.blockIO = {leafWeight: 100}|leafWeight
	END
}

@test "F340 F341 F347 F348 F349 F350 F351 F352 F353 limits of cgroup v2 are refused by name on v1" {
	require_v1 memory
	refuse '.linux.resources.unified = {"memory.high": "1"}' unified
	refuse '.linux.resources.unified = {"../x": "1"}' unified
	refuse '.linux.resources.rdma = {"mlx": {hcaObjects: 1}}' rdma
	refuse '.linux.resources.rdma = {"mlx": {}}' rdma
}

@test "F537 F538 F539 F555 F648 global options" {
	"$BERTH" --root "$ROOT" --rootless false --cgroup-manager cgroupfs run --bundle "$BUNDLE" "$ID"
	"$BERTH" --rootless=true features >/dev/null
	run "$BERTH" --cgroup-manager nosuch features
	expect_error cgroup-manager
	run "$BERTH" --rootless maybe features
	expect_error rootless
}

@test "F459 F464 F465 F466 F467 F474 F475 F476 F477 F478 F479 F480 F482 F483 features: fixed, whatever the host" {
	local one two
	one=$("$BERTH" features)
	two=$(cd / && env -i "$BERTH" --root /nonexistent features)
	[ "$one" = "$two" ]
	jq -e '(.annotations | length) > 0 and .linux.apparmor.enabled and .linux.selinux.enabled
		and (.linux.cgroup | .v1 and .v2 and .systemd and .systemdUser and .rdma)
		and (.linux.memoryPolicy.modes | length) == 7 and (.linux.memoryPolicy.flags | length) == 3
		and (.linux.intelRdt | .enabled and .schemata and .monitoring) and .linux.netDevices.enabled' <<<"$one"
}

@test "F570 a terminal in the foreground is relayed, and the caller's is restored" {
	edit '.process.terminal = true'
	container_script 'read line; echo "got:$line"'
	run script -qec "stty -a >$TMP/before; echo typed | cat - | '$BERTH' --root '$ROOT' run --bundle '$BUNDLE' '$ID'; stty -a >$TMP/after" /dev/null
	[[ "$output" == *"got:typed"* ]]
	cmp "$TMP/before" "$TMP/after"
}

@test "F580 SIGKILL of all uses cgroup.kill where there is one" {
	container_script 'sleep 1000 & sleep 1000 & wait'
	berth run -d --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	berth kill --all "$ID" KILL
	wait_for 5 is_status stopped
}

@test "state and list never fail while containers come and go" {
	local i
	for i in 1 2 3 4 5 6 7 8 9 10; do
		berth run --bundle "$BUNDLE" "$ID-$i" </dev/null >/dev/null 2>"$TMP/err.$i" 3>&- &
	done
	for i in 1 2 3 4 5 6 7 8 9 10; do
		berth list >/dev/null
	done
	wait
	[ -z "$(cat "$TMP"/err.*)" ]
}

@test "create and delete --force of one id at the same time end with all or nothing" {
	local i
	for i in 1 2 3 4 5 6 7 8 9 10; do
		berth create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&- &
		berth delete --force "$ID" </dev/null >/dev/null 2>&1 3>&- &
		wait
		[ ! -e "$ROOT/$ID" ] || [ "$(container_status)" = created ]
		berth delete --force "$ID"
	done
}
