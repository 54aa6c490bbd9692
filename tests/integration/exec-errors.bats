# SPDX-License-Identifier: Apache-2.0
# exec: containers in every state, bad input, limits, races.
load helpers

@test "F600 an unknown and a stopped container" {
	run "$BERTH" --root "$ROOT" exec "$ID" true
	[ "$status" -eq 255 ]
	expect_error "does not exist" "$ID"
	mkdir -p -m 700 "$ROOT"
	run "$BERTH" --root "$ROOT" exec "$ID" true
	[ "$status" -eq 255 ]
	expect_error "does not exist"
	start_container
	kill -9 "$(container_pid)"
	wait_for 5 is_status stopped
	: >"$TMP/pid"
	exec_in -d --pid-file "$TMP/pid" -- true
	[ "$status" -eq 255 ]
	expect_error "cannot exec in a stopped container" "container not running" "$ID"
	[ ! -e "$TMP/pid" ]
}

@test "F598 F599 a paused container" {
	require_controller freezer
	local freezer
	start_container
	freezer=$(cgroup_dir freezer)
	freeze_cgroup "$freezer"
	wait_for 5 is_status paused
	exec_in -- true
	[ "$status" -eq 255 ]
	expect_error "cannot exec in a paused container (use --ignore-paused to override)"
	"$BERTH" --root "$ROOT" exec --ignore-paused "$ID" echo thawed >"$TMP/out" 2>&1 3>&- &
	sleep 0.3
	kill -0 $!
	[ ! -s "$TMP/out" ]
	thaw_cgroup "$freezer"
	wait $!
	[ "$(cat "$TMP/out")" = thawed ]
}

@test "a frozen exec can be interrupted, and leaves nothing" {
	require_controller freezer
	local freezer pid
	start_container
	freezer=$(cgroup_dir freezer)
	freeze_cgroup "$freezer"
	"$BERTH" --root "$ROOT" exec --ignore-paused "$ID" sleep 100 >"$TMP/out" 2>&1 3>&- &
	pid=$!
	sleep 0.3
	kill -TERM $pid
	sleep 0.3
	thaw_cgroup "$freezer"
	status=0
	wait $pid || status=$?
	[ "$status" -eq 255 ]
	grep -q "interrupted by signal: SIGTERM" "$TMP/out"
	sleep 0.1
	[ "$(wc -l <"$(cgroup_dir pids)/cgroup.procs")" -eq 1 ]
}

@test "a container that waits for start can be entered, and started afterwards" {
	container_script 'cat /tmp/left >/tmp/seen; sleep 1000'
	create_container
	exec_ok -- sh -c 'echo by exec >/tmp/left; ps | wc -l'
	is_status created
	berth start "$ID"
	wait_for 5 grep -q "by exec" "$BUNDLE/rootfs/tmp/seen"
}

@test "exec works when init has become another program" {
	container_script 'exec /bin/sleep 1000'
	start_container
	wait_for 5 grep -q sleep "/proc/$(container_pid)/cmdline"
	exec_ok -- echo hi
	[ "$output" = hi ]
}

@test "exec needs neither the bundle nor its configuration" {
	edit '.process.env += ["FROM=create"]'
	start_container
	mv "$BUNDLE/config.json" "$TMP/gone"
	exec_ok -- sh -c 'echo $FROM'
	[ "$output" = create ]
	mv "$TMP/gone" "$BUNDLE/config.json"
}

@test "words and files that are wrong are refused with one sentence, and nothing runs" {
	local row
	start_container
	bad_option() {
		run "$BERTH" --root "$ROOT" exec "$@"
		[ "$status" -eq 255 ] || fail "status $status: $*"
	}
	bad_option
	expect_error "missing ID"
	bad_option "$ID"
	expect_error "missing PROGRAM"
	bad_option --nosuch "$ID" true
	expect_error --nosuch
	bad_option "$ID" ""
	expect_error process.args
	bad_option --user root "$ID" touch /tmp/ran
	expect_error 'invalid user option "root"'
	for row in -1 4294967295 1:-1 1:x 1: :1 "1 " 0x1 1:2:3 99999999999 ""; do
		bad_option --user "$row" "$ID" touch /tmp/ran
		expect_error "invalid user option \"$row\""
	done
	bad_option -g x "$ID" touch /tmp/ran
	expect_error "invalid additional-gids option"
	bad_option -g 1 -g 4294967295 "$ID" touch /tmp/ran
	expect_error "invalid additional-gids option"
	for row in CAP_NOSUCH cap_kill KILL ""; do
		bad_option --cap "$row" "$ID" touch /tmp/ran
		expect_error "invalid cap option \"$row\""
	done
	bad_option -e "" "$ID" touch /tmp/ran
	expect_error "invalid env option"
	bad_option -e "=x" "$ID" touch /tmp/ran
	expect_error "invalid env option"
	bad_option --cwd tmp "$ID" touch /tmp/ran
	expect_error "invalid cwd option"
	bad_option --cwd /missing "$ID" touch /tmp/ran
	expect_error 'chdir to cwd ("/missing")' "no such file or directory"
	bad_option --cwd /bin/busybox "$ID" touch /tmp/ran
	expect_error 'chdir to cwd ("/bin/busybox")' "not a directory"
	bad_option --preserve-fds x "$ID" touch /tmp/ran
	expect_error "invalid preserve-fds option"
	bad_option --pid-file "$TMP/none/pid" "$ID" touch /tmp/started
	expect_error "pid file $TMP/none/pid"
	[ ! -e "$BUNDLE/rootfs/tmp/ran" ]
	[ "$(wc -l <"$(cgroup_dir pids)/cgroup.procs")" -eq 1 ]
}

@test "process files that are wrong are refused" {
	local rows row
	start_container
	bad_file() {
		exec_in --process "$TMP/process.json" --
		[ "$status" -eq 255 ] || fail "status $status: $output"
		expect_error "$@"
	}
	exec_in --process "$TMP/none" --
	[ "$status" -eq 255 ]
	expect_error "cannot read $TMP/none"
	process_file .
	exec_in --process "$TMP/process.json" -- true
	expect_error "exclude each other"
	exec_in --process "$TMP" --
	[ "$status" -eq 255 ]
	expect_error "cannot read $TMP"
	: >"$TMP/process.json"
	bad_file "not valid JSON"
	echo '{"args": ["/bin/true"], "cwd": "/"' >"$TMP/process.json"
	bad_file "not valid JSON" "process.json line"
	echo '[]' >"$TMP/process.json"
	bad_file "wrong type"
	printf '{"args":["\xff"],"cwd":"/"}' >"$TMP/process.json"
	bad_file
	printf '{"args":["a"],"args":["b"],"cwd":"/"}' >"$TMP/process.json"
	bad_file duplicate args
	rows=('del(.args)|process.args' '.args = []|process.args' '.args = [""]|process.args' '.args = "x"|/args'
		'del(.cwd)|cwd' '.cwd = "tmp"|/cwd' '.user.uid = -1|/user/uid' '.user.uid = 4294967295|uid'
		'.user.umask = 4096|umask' '.rlimits = [{type: "RLIMIT_X", soft: 1, hard: 1}]|RLIMIT_X'
		'.rlimits = [{type: "RLIMIT_CORE", soft: 2, hard: 1}]|soft limit' '.oomScoreAdj = 1001|oomScoreAdj'
		'.scheduler = {policy: "X"}|policy' '.ioPriority = {class: "X"}|class' '.terminal = 1|/terminal'
		'.terminal = true | .consoleSize = {width: 70000, height: 1}|consoleSize'
		'.execCPUAffinity = {initial: "x"}|x' '.env = [1]|/env/0')
	for row in "${rows[@]}"; do
		process_file "${row%%|[a-z/RxX]*}"
		bad_file "${row##*|}"
	done
	# Larger and deeper than anything sensible.
	python3 -c 'print("[" * 100000)' >"$TMP/process.json"
	bad_file
	python3 -c 'import json; print(json.dumps({"args": ["/bin/true"], "cwd": "/", "env": ["A=" + "x" * 40000000]}))' >"$TMP/process.json"
	exec_in --process "$TMP/process.json" --
	[ "$status" -eq 255 ]
	[ "$(printf '%s' "$output" | wc -c)" -lt 2000 ]
	[ "$(wc -l <"$(cgroup_dir pids)/cgroup.procs")" -eq 1 ]
}

@test "arguments that execve does not take are an error of exec" {
	start_container
	python3 -c 'import json; print(json.dumps({"args": ["/bin/true"] + ["x" * 131000] * 40, "cwd": "/"}))' >"$TMP/process.json"
	exec_in --process "$TMP/process.json" --
	[ "$status" -eq 255 ]
	expect_error exec "argument list too long"
}

@test "a damaged file of create is an error, not a crash" {
	local file size at
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW"}'
	start_container
	file=$ROOT/$ID/exec
	cp "$file" "$TMP/saved"
	size=$(stat -c %s "$file")
	rm "$file"
	exec_in -- true
	[ "$status" -eq 255 ]
	expect_error "cannot read the state" "is missing"
	for at in 0 1 15 16 40 100 200 $((size / 2)); do
		head -c "$at" "$TMP/saved" >"$file"
		exec_in -- true
		[ "$status" -eq 255 ] || fail "cut at $at: $status $output"
	done
	for ((at = 0; at < 240; at += 3)); do
		cp "$TMP/saved" "$file"
		printf '\377' | dd of="$file" bs=1 seek="$at" conv=notrunc 2>/dev/null
		! cmp -s "$file" "$TMP/saved" || continue
		exec_in -- true
		[ "$status" -eq 255 ] || fail "byte $at: $status $output"
		[[ "$output" == *"state"* ]] || fail "byte $at: $output"
	done
	cp "$TMP/saved" "$file"
	exec_ok -- true
}

@test "I33 the container's limit of processes: a message, not a hang" {
	require_controller pids
	edit '.linux.resources.pids = {limit: 1}'
	start_container
	run timeout 10 "$BERTH" --root "$ROOT" exec "$ID" true
	# v1 lets a process in, v2 does not.
	[ "$status" -eq 0 ] || { [ "$status" -eq 255 ] && [ -n "$output" ]; }
	run timeout 10 "$BERTH" --root "$ROOT" exec "$ID" sh -c 'true & wait; true | true'
	[ "$status" -ne 0 ]
	[[ "$output" == *"fork"* || "$output" == *"limit of processes"* ]]
	[ "$(wc -l <"$(cgroup_dir pids)/cgroup.procs")" -eq 1 ]
}

@test "200 exec at once leave neither process nor descriptor nor file" {
	local i pids=() failed=0 files
	start_container
	files=$(ls "$ROOT/$ID")
	for i in $(seq 200); do
		"$BERTH" --root "$ROOT" exec "$ID" sh -c "echo $i >>/tmp/all" </dev/null >/dev/null 2>>"$TMP/errors" 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || failed=$((failed + 1))
	done
	[ "$failed" -eq 0 ] || fail "$failed failed: $(head -n 3 "$TMP/errors")"
	[ "$(sort -n "$BUNDLE/rootfs/tmp/all" | uniq | wc -l)" -eq 200 ]
	[ "$(wc -l <"$(cgroup_dir pids)/cgroup.procs")" -eq 1 ]
	[ "$(ls "$ROOT/$ID")" = "$files" ]
	exec_ok -- sh -c 'ls /proc/self/fd | wc -l'
	[ "$output" -le 4 ]
}

@test "F600 init ends while exec is on its way: a clear error or a clean end, never a hang" {
	local i start status
	for i in $(seq 25); do
		container_script "read -t 0.0$((i % 10)) x </dev/zero; sleep 0.0$((i % 7)); exit 0"
		create_container
		berth start "$ID"
		for _ in 1 2 3; do
			status=0
			timeout 10 "$BERTH" --root "$ROOT" exec "$ID" true >"$TMP/out" 2>&1 </dev/null 3>&- || status=$?
			case $status in
			0 | 137) ;;
			255) grep -q "container not running" "$TMP/out" || fail "$(cat "$TMP/out")" ;;
			*) fail "status $status: $(cat "$TMP/out")" ;;
			esac
		done
		berth delete --force "$ID"
	done
}

@test "exec and delete --force together" {
	local i
	for i in $(seq 10); do
		start_container
		for _ in 1 2 3 4; do
			timeout 10 "$BERTH" --root "$ROOT" exec "$ID" sleep 5 </dev/null >>"$TMP/log" 2>&1 3>&- &
		done
		sleep "0.00$i"
		timeout 10 "$BERTH" --root "$ROOT" delete --force "$ID"
		wait
	done
	! grep -vE "cannot exec in a stopped container|does not exist|not completely created" "$TMP/log" || fail "$(cat "$TMP/log")"
}

@test "a foreground exec whose reader goes away does not hang" {
	start_container
	run timeout 90 bash -c "'$BERTH' --root '$ROOT' exec '$ID' sh -c 'yes 2>/dev/null || seq 1 1000000' 3>&- | head -n 1"
	[ "${#lines[@]}" -ge 1 ]
	# Several times what all buffers on the way hold. In User Mode Linux a terminal takes 15,000 lines in a second.
	run timeout 90 script -qec "'$BERTH' --root '$ROOT' exec -t '$ID' seq 1 50000 | head -n 1" /dev/null </dev/null
	[ "$status" -eq 0 ]
}
