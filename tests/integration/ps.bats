# SPDX-License-Identifier: Apache-2.0
# ps.
load helpers

setup_test() {
	container_script 'sleep 1001 & exec sleep 1002'
}

start_container() {
	create_container
	berth start "$ID"
	wait_for 5 two_processes
}

two_processes() {
	[ "$(berth ps --format json "$ID" | jq length)" -eq 2 ]
}

# A PATH in which there is no ps.
no_ps() {
	mkdir -p "$TMP/empty"
	PATH=$TMP/empty "$BERTH" --root "$ROOT" "$@"
}

@test "F609 F610 ps json: the host's pids in one line, init first" {
	start_container
	run berth ps --format json "$ID"
	[ "$status" -eq 0 ]
	[[ "$output" =~ ^\[[0-9]+,[0-9]+\]$ ]]
	jq -e --argjson p "$(container_pid)" 'index($p) != null' <<<"$output"
	[ "$(berth ps -f json "$ID")" = "$output" ]
}

@test "F609 F610 ps table: the lines of ps -ef about the container" {
	start_container
	run berth ps "$ID"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 3 ]
	[ "${lines[0]}" = "$(ps -ef | head -n 1)" ]
	[[ "$output" == *"sleep 1001"* && "$output" == *"sleep 1002"* ]]
	# The same processes; what they have used of the CPU goes on changing.
	[ "$(berth ps --format table "$ID" | awk '{ print $2 }')" = "$(awk '{ print $2 }' <<<"$output")" ]
}

@test "F611 what follows the id are options for ps" {
	start_container
	run berth ps --format table "$ID" -o pid,args -e
	[ "$status" -eq 0 ]
	[[ "${lines[0]}" =~ ^\ *PID\ COMMAND ]]
	[ "${#lines[@]}" -eq 3 ]
	# "--format" and "-h" behind the id are for ps, too.
	run berth ps "$ID" -e --format pid
	[ "${#lines[@]}" -eq 3 ]
	run berth ps "$ID" -e -o comm
	expect_error "no column PID"
	run berth ps "$ID" --no-such-option-of-ps
	[ "$status" -eq 1 ]
	run berth ps --format json "$ID" -ef
	expect_error "-ef"
}

@test "F609 without a program ps there is an own table" {
	start_container
	run no_ps ps "$ID"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 3 ]
	read -ra words <<<"${lines[0]}"
	[ "${words[*]}" = "UID PID PPID C STIME TTY TIME CMD" ]
	read -ra words <<<"$(grep "sleep 1002" <<<"$output")"
	[ "${words[0]}" = 0 ]
	[ "${words[1]}" = "$(container_pid)" ]
	[[ "${words[4]}" =~ ^[0-9][0-9]:[0-9][0-9]$ || "${words[4]}" =~ ^[A-Z] ]]
	[ "${words[5]}" = "?" ]
	[ "${words[6]}" = 00:00:00 ]
	[ "${words[*]:7}" = "sleep 1002" ]
	run no_ps ps "$ID" aux
	expect_error "aux"
}

@test "F609 child cgroups are searched as well" {
	require_controller pids
	start_container
	local pid dir h
	pid=$(pgrep -P "$(container_pid)")
	for h in /sys/fs/cgroup/*/; do
		dir=$(grep -E "^[0-9]+:([^:]*,)?$(basename "$h")(,[^:]*)?:" "/proc/$pid/cgroup" | cut -d: -f3)
		[ -n "$dir" ] && [ -d "$h$dir" ] && [ "$(basename "$h")" = pids ] || continue
		mkdir "$h$dir/sub"
		echo "$pid" >"$h$dir/sub/cgroup.procs"
	done
	two_processes
	[ "$(berth ps "$ID" | wc -l)" -eq 3 ]
}

@test "F609 F610 a created and a paused container have processes, an ended one has none" {
	require_controller freezer
	create_container
	[ "$(berth ps --format json "$ID")" = "[$(container_pid)]" ]
	berth pause "$ID"
	[ "$(berth ps --format json "$ID")" = "[$(container_pid)]" ]
	berth kill "$ID" KILL
	wait_for 5 is_status stopped
	wait_for 5 sh -c "[ \"\$($BERTH --root $ROOT ps --format json $ID)\" = '[]' ]"
	run berth ps "$ID"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "F609 an unknown container does not exist, an unknown format is an error" {
	run berth ps nobody
	expect_error "does not exist"
	run berth ps --format yaml "$ID"
	expect_error "invalid format option"
	run berth ps
	expect_error "missing"
}

@test "F609 without a cgroup of its own there is init" {
	"$BERTH" --root "$ROOT" --cgroup-manager disabled create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	[ "$(berth ps --format json "$ID")" = "[$(container_pid)]" ]
}
