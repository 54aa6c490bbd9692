# SPDX-License-Identifier: Apache-2.0
# The contract with engines, rule by rule; docs/engines/contract.md says what the rules are. The callers are
# tests/tools/caller (conmon, containerd's shim) and tests/tools/classify (what engines make of words).
#
# shellcheck disable=SC2016,SC2154 # jq's variables stand in single quotes; bats sets status and output
load helpers

setup_test() {
	[ -x "$BERTH_TESTS/caller" ] || skip "make test-tools has not been run"
	CALLER=
}

teardown_test() {
	[ -z "$CALLER" ] || wait "$CALLER" || :
}

# A container that ends with status 7 on TERM.
ends_on_term() {
	container_script "trap 'exit 7' TERM; ${1:-:}; while :; do sleep 0.05; done"
}

# call KIND [OPTION]... -- ARG...: berth with these arguments under a caller of that kind, in the background.
call() {
	local kind=$1
	local -a options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	"$BERTH_TESTS/caller" "$kind" "${options[@]}" "$TMP/pid" "$BERTH" --root "$ROOT" "$@" \
		>"$TMP/caller" 2>&1 3>&- &
	CALLER=$!
}

call_create() {
	local kind=$1
	shift
	call "$kind" "$@" create --bundle "$BUNDLE" --pid-file "$TMP/pid" "$ID"
	wait_for 20 grep -qE '^(pid|status [1-9]|caller:)' "$TMP/caller"
}

# What the caller printed for WORD.
said() {
	sed -n "s/^$1 //p" "$TMP/caller"
}

detached_exec() {
	"$BERTH" --root "$ROOT" exec --detach "$@" </dev/null >/dev/null 2>"$TMP/exec.err" 3>&-
}

start_container() {
	create_container
	berth start "$ID"
}

@test "P1 F1 F4 when create returns all is there: pid, cgroup, state" {
	local pid
	ends_on_term
	call_create conmon --
	pid=$(said pid)
	[ "$(container_status)" = created ]
	[ "$(container_pid)" = "$pid" ]
	grep -q "$ID" "/proc/$pid/cgroup"
	berth delete --force "$ID"
}

@test "P2 P3 conmon: the status comes by wait, and nothing but init is left" {
	ends_on_term
	call_create conmon --
	[ "$(said children)" = 1 ]
	berth start "$ID"
	wait_for 5 is_status running
	sleep 0.3
	berth kill "$ID" TERM
	wait "$CALLER"
	[ "$(said exit)" = 7 ]
	berth delete "$ID"
}

@test "P2 P3 shim: an exec is an orphan as well" {
	ends_on_term
	start_container
	jq '.process | .args = ["/bin/sh", "-c", "exec >/dev/null 2>&1; sleep 1; exit 9"]' "$BUNDLE/config.json" >"$TMP/process"
	call shim -- exec --process "$TMP/process" --detach --pid-file "$TMP/pid" "$ID"
	wait "$CALLER"
	[ "$(said children)" = 1 ]
	[ "$(said exit)" = 9 ]
	berth delete --force "$ID"
}

@test "P5 conmon: one read has the message of a failure, and nobody is left behind" {
	edit '.mounts += [{destination: "/x", type: "nosuchfs", source: "x"}]'
	call_create conmon --
	wait "$CALLER" || :
	[ "$(said status)" -ne 0 ]
	[[ "$(said output)" == *nosuchfs* ]]
	[ "$(said output | wc -c)" -lt 8192 ]
}

@test "P5 the longest message fits into one read" {
	edit '.process.args = ["/" + ("x" * 20000)]'
	run_container
	[ "$status" -ne 0 ]
	[ ${#output} -lt 8192 ]
}

@test "P6 a hook that goes on in the background does not hold the caller's pipes" {
	printf '#!/bin/sh\nsleep 12 &\necho $! >>"$0.pids"\nexit 0\n' >"$TMP/hook"
	chmod 755 "$TMP/hook"
	edit '.hooks = {createRuntime: [{path: $p}], poststart: [{path: $p}]}' --arg p "$TMP/hook"
	SECONDS=0
	# Output of the container elsewhere, so that only hooks could hold the pipe.
	container_script 'exec >/dev/null 2>&1; sleep 30'
	edit '.process.terminal = true'
	call_terminal shim "$TMP/console"
	run timeout 15 bash -c "'$BERTH' --root '$ROOT' start '$ID' 2>&1 | cat"
	[ "$SECONDS" -lt 10 ]
	berth delete --force "$ID"
	[ "$(wc -l <"$TMP/hook.pids")" -eq 2 ]
	xargs kill <"$TMP/hook.pids"
}

@test "P7 descriptors of the caller do not reach the program" {
	container_script 'ls /proc/self/fd | tr "\n" " "'
	echo secret >"$TMP/secret"
	run bash -c "exec 7<'$TMP/secret' 40<'$TMP/secret'; '$BERTH' --root '$ROOT' run --bundle '$BUNDLE' '$ID'"
	# The fourth is the folder that ls reads.
	[ "$output" = "0 1 2 3 " ]
}

@test "P8 gaps among preserved descriptors are no error" {
	container_script 'cat <&5; ls -d /proc/self/fd/3 2>/dev/null || echo none'
	echo kept >"$TMP/kept"
	run bash -c "exec 3>&- 4>&- 5<'$TMP/kept'; '$BERTH' --root '$ROOT' run --preserve-fds 3 --bundle '$BUNDLE' '$ID'"
	[ "${lines[0]}" = kept ]
}

@test "P9 LISTEN_FDS counts only with the pid of the runtime" {
	container_script 'echo "$LISTEN_FDS $LISTEN_PID"; cat <&3'
	echo socket >"$TMP/file"
	run bash -c "exec 3<'$TMP/file'; LISTEN_FDS=1 LISTEN_PID=\$\$ exec '$BERTH' --root '$ROOT' run --bundle '$BUNDLE' '$ID'"
	[ "$output" = $'1 1\nsocket' ]
	container_script 'echo "[$LISTEN_FDS]"; ls /proc/self/fd | wc -l'
	run bash -c "exec 3<'$TMP/file'; LISTEN_FDS=1 LISTEN_PID=1 exec '$BERTH' --root '$ROOT' run --bundle '$BUNDLE' '$ID'"
	[ "$output" = $'[]\n4' ]
}

@test "P10 neither blocked nor ignored signals are inherited, by init or exec" {
	ends_on_term 'grep -E "Sig(Blk|Ign)" /proc/self/status >/tmp/init'
	call_create conmon --
	berth start "$ID"
	wait_for 5 test -s "$BUNDLE/rootfs/tmp/init"
	[ "$(awk '{ print $2 }' "$BUNDLE/rootfs/tmp/init" | sort -u)" = 0000000000000000 ]
	run bash -c "trap '' PIPE; '$BERTH' --root '$ROOT' exec '$ID' grep SigIgn /proc/self/status"
	[[ "$output" == *0000000000000000 ]]
	berth delete --force "$ID"
}

@test "P12 exit statuses: 1 of a command, 255 of exec, the program's, 128 and the signal" {
	run berth state none
	[ "$status" -eq 1 ]
	container_args /bin/false
	run_container
	[ "$status" -eq 1 ]
	container_script 'sh -c "kill -KILL \$\$"; exit $?'
	run_container
	[ "$status" -eq 137 ]
	ends_on_term
	start_container
	run berth exec "$ID" foobar
	[ "$status" -eq 255 ]
	run berth exec "$ID" sh -c 'exit 9'
	[ "$status" -eq 9 ]
	run berth exec "$ID" sh -c 'kill -TERM $$'
	[ "$status" -eq 143 ]
	berth delete --force "$ID"
}

@test "P13 commands that succeed are quiet" {
	local command
	ends_on_term
	create_container
	[ ! -s "$TMP/out" ] && [ ! -s "$TMP/err" ]
	for command in start pause resume 'kill TERM'; do
		# shellcheck disable=SC2086 # the signal follows the id
		run berth ${command%% *} "$ID" ${command#"${command%% *}"}
		[ "$status" -eq 0 ] && [ -z "$output" ]
	done
	for command in state ps list features --version; do
		run bash -c "'$BERTH' --root '$ROOT' $command $([[ $command == [sp]* ]] && echo "$ID") 2>&1 >/dev/null"
		[ -z "$output" ]
	done
	wait_for 5 is_status stopped
	run berth delete "$ID"
	[ "$status" -eq 0 ] && [ -z "$output" ]
}

@test "P14 L1 L2 L3 L5 an error is on standard error and, as one record, in the log" {
	run berth --log "$TMP/log" --log-format json kill none 9
	[[ "$output" == *"does not exist"* ]]
	[ "$(wc -l <"$TMP/log")" -eq 1 ]
	jq -e '.level == "error" and (.msg | contains("does not exist"))
		and (.time | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\\.[0-9]+)?(Z|[+-][0-9:]{5})$"))' "$TMP/log"
	rm "$TMP/log"
	run_ok
	berth --log "$TMP/log" --log-format json list >/dev/null
	[ -e "$TMP/log" ] && [ ! -s "$TMP/log" ]
	[ "$(stat -c %a "$TMP/log")" = 644 ]
}

@test "P15 the caller's umask does not reach the container" {
	container_script umask
	umask 077
	run_ok
	[ "$output" = 0022 ]
	ends_on_term
	start_container
	run berth exec "$ID" sh -c umask
	[ "$output" = 0022 ]
	edit '.process.user.umask = 63'
	berth delete --force "$ID"
	container_script umask
	run_ok
	[ "$output" = 0077 ]
}

@test "P16 without NOTIFY_SOCKET nothing is made for it" {
	container_script 'echo "[$NOTIFY_SOCKET]"; ls /run/notify 2>/dev/null || echo none'
	run env -u NOTIFY_SOCKET "$BERTH" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
	[ "$output" = $'[]\nnone' ]
}

@test "F2 F3 a pid file that exists is replaced, not written into" {
	local before
	: >"$TMP/pid"
	before=$(stat -c %i "$TMP/pid")
	ln "$TMP/pid" "$TMP/same"
	ends_on_term
	create_container --pid-file "$TMP/pid"
	[ "$(stat -c %i "$TMP/pid")" != "$before" ]
	[ ! -s "$TMP/same" ]
	[[ "$(cat "$TMP/pid"; echo .)" =~ ^[0-9]+\.$ ]]
	berth start "$ID"
	: >"$TMP/exec.pid"
	detached_exec --pid-file "$TMP/exec.pid" "$ID" sleep 1000
	[[ "$(cat "$TMP/exec.pid"; echo .)" =~ ^[0-9]+\.$ ]]
	[ "$(tr '\0' ' ' <"/proc/$(cat "$TMP/exec.pid")/cmdline")" = 'sleep 1000 ' ]
	berth delete --force "$ID"
}

@test "F5 what did not start has no pid file, even where one was" {
	container_args /bin/foobar
	: >"$TMP/pid"
	run_container --pid-file "$TMP/pid"
	[ "$status" -ne 0 ]
	ends_on_term
	start_container
	: >"$TMP/exec.pid"
	status=0
	detached_exec --pid-file "$TMP/exec.pid" "$ID" foobar || status=$?
	[ "$status" -eq 255 ]
	[ ! -e "$TMP/exec.pid" ]
	berth delete --force "$ID"
}

@test "F6 run writes the pid file before it waits" {
	container_args sleep 1000
	"$BERTH" --root "$ROOT" run --bundle "$BUNDLE" --pid-file "$TMP/pid" "$ID" 3>&- &
	CALLER=$!
	wait_for 5 test -s "$TMP/pid"
	[ "$(cat "$TMP/pid")" = "$(container_pid)" ]
	berth kill "$ID" KILL
}

# The container has a terminal, which the caller takes: call_terminal KIND SOCKET.
call_terminal() {
	edit '.process.terminal = true'
	call "$1" --console "$2" -- create --bundle "$BUNDLE" --console-socket "$2" --pid-file "$TMP/pid" "$ID"
	wait_for 20 grep -qE '^(pid|status [1-9]|caller:)' "$TMP/caller"
	grep -qx terminal "$TMP/caller"
}

@test "S1 S2 S3 shim: the terminal is one message, taken after the runtime has ended" {
	ends_on_term
	call_terminal shim "$TMP/console"
	berth delete --force "$ID"
}

@test "S4 consoleSize is applied" {
	edit '.process.consoleSize = {height: 33, width: 99}'
	ends_on_term 'stty size >/tmp/size'
	call_terminal shim "$TMP/console"
	berth start "$ID"
	wait_for 5 test -s "$BUNDLE/rootfs/tmp/size"
	[ "$(cat "$BUNDLE/rootfs/tmp/size")" = '33 99' ]
	berth delete --force "$ID"
}

@test "S5 the path of a socket may be longer than an address" {
	local dir
	dir=$TMP/$(printf 'd%.0s' {1..120})
	mkdir "$dir"
	ends_on_term
	call_terminal conmon "$dir/console"
	berth delete --force "$ID"
}

@test "S6 a pidfd is sent in the same way" {
	ends_on_term
	"$BERTH_TESTS/receive-fd" --pidfd "$TMP/pidfd" "$TMP/pidfd.pid" </dev/null >/dev/null 2>&1 3>&- &
	wait_for 5 test -S "$TMP/pidfd"
	create_container --pidfd-socket "$TMP/pidfd"
	wait_for 5 test -s "$TMP/pidfd.pid"
	[ "$(cat "$TMP/pidfd.pid")" = "$(container_pid)" ]
	berth delete --force "$ID"
}

@test "S7 combinations of terminal, detached and socket" {
	edit '.process.terminal = true'
	try_create
	[ "$status" -ne 0 ]
	[[ "$output" == *"console"* ]]
	run_container --console-socket "$TMP/none"
	[ "$status" -ne 0 ]
	edit '.process.terminal = false'
	try_create --console-socket "$TMP/none"
	[ "$status" -ne 0 ]
	[[ "$output" == *"console"* ]]
}

@test "L2 L4 L6 records of many writers stay whole, the error is the last one" {
	local i
	local -a jobs=()
	for i in {1..20}; do
		berth --log "$TMP/log" --log-format json state "none-$i" 2>/dev/null 3>&- &
		jobs+=($!)
	done
	for i in "${jobs[@]}"; do
		wait "$i" || :
	done
	[ "$(wc -l <"$TMP/log")" -eq 20 ]
	[ "$(jq -s 'map(select(.level == "error" and (.msg | contains("\n") | not))) | length' "$TMP/log")" -eq 20 ]
	rm "$TMP/log"
	edit '.mounts += [{destination: "/x", type: "nosuchfs", source: "x"}] | .unknownProperty = 1'
	run "$BERTH" --root "$ROOT" --debug --log "$TMP/log" --log-format json run --bundle "$BUNDLE" "$ID"
	[ "$(jq -rs 'map(select(.level == "error")) | last | .msg' "$TMP/log" | grep -c nosuchfs)" -eq 1 ]
}

@test "L7 the text log carries the same sentence" {
	run berth --log "$TMP/log" state none
	grep -qE '^time=.* level=error msg=.*does not exist' "$TMP/log"
}

@test "T1 state answers while create is at work" {
	printf '#!/bin/sh\ntouch %s/hook\nsleep 3\n' "$TMP" >"$TMP/hooked"
	chmod 755 "$TMP/hooked"
	edit '.hooks = {createRuntime: [{path: $p}]}' --arg p "$TMP/hooked"
	create_container &
	CALLER=$!
	wait_for 5 test -e "$TMP/hook"
	SECONDS=0
	[ "$(container_status)" = creating ]
	[ "$SECONDS" -le 2 ]
}

@test "T2 a zombie counts as stopped" {
	local pid
	ends_on_term
	mkfifo "$TMP/end"
	# Opened for both, so that neither end waits for the other.
	exec 8<>"$TMP/end"
	"$BERTH_TESTS/caller" conmon --idle "$TMP/pid" "$BERTH" --root "$ROOT" create --bundle "$BUNDLE" \
		--pid-file "$TMP/pid" "$ID" <"$TMP/end" >"$TMP/caller" 2>&1 3>&- 8>&- &
	CALLER=$!
	wait_for 10 grep -q idle "$TMP/caller"
	pid=$(said pid)
	kill -KILL "$pid"
	wait_for 5 grep -q '^State:.*Z' "/proc/$pid/status"
	container_state | jq -e '.status == "stopped" and .pid == 0'
	[ -d "/proc/$pid" ]
	berth delete "$ID"
	echo >&8
	exec 8>&-
}

@test "T4 state and cgroup stay until delete" {
	local dir
	ends_on_term
	create_container
	dir=$(find /sys/fs/cgroup -maxdepth 3 -type d -name "*$ID*" | head -n 1)
	[ -d "$dir" ]
	berth start "$ID"
	berth kill "$ID" KILL
	wait_for 5 is_status stopped
	[ -d "$dir" ] && [ -d "$ROOT/$ID" ]
	berth delete "$ID"
	[ ! -e "$dir" ] && [ ! -e "$ROOT/$ID" ]
}

has_no_processes() {
	[ -z "$(cat /sys/fs/cgroup/{,*/}"berth-$ID/cgroup.procs" 2>/dev/null)" ]
}

@test "T6 what is left of an earlier boot is stopped, and in nobody's way" {
	local pid
	ends_on_term
	echo 01234567-89ab-cdef-0123-456789abcdef >"$TMP/boot"
	unshare --mount sh -c 'mount --bind "$1" /proc/sys/kernel/random/boot_id && shift && exec "$@"' sh "$TMP/boot" \
		"$BERTH" --root "$ROOT" create --bundle "$BUNDLE" --pid-file "$TMP/pid" "$ID" </dev/null >/dev/null 2>&1 3>&-
	# A process that lives and has the pid and start time of the record, but in another boot.
	pid=$(cat "$TMP/pid")
	[ "$(container_status)" = stopped ]
	# Its cgroups are as good as those of another boot, empty, when it has left them.
	kill -KILL "$pid"
	wait_for 5 has_no_processes
	create_container
	[ "$(container_status)" = created ]
	berth delete --force "$ID"
}

@test "T7 state, kill, exec, ps and delete at the same time" {
	local i
	local -a jobs=()
	ends_on_term
	start_container
	for i in {1..8}; do
		{
			berth state "$ID"
			berth exec "$ID" true
			berth ps "$ID"
			berth kill "$ID" KILL
			berth delete --force "$ID"
		} >/dev/null 2>>"$TMP/errors" 3>&- &
		jobs+=($!)
	done
	wait "${jobs[@]}" || :
	run "$BERTH_TESTS/classify" <"$TMP/errors"
	[[ "$output" != *kill=error* ]]
	run berth state "$ID"
	[[ "$output" == *"does not exist"* ]]
}

@test "T5 start and delete from an environment of two variables" {
	ends_on_term
	create_container
	run env -i XDG_RUNTIME_DIR= PATH=/usr/bin:/bin "$BERTH" --root "$ROOT" start "$ID"
	[ "$status" -eq 0 ] && [ -z "$output" ]
	run env -i XDG_RUNTIME_DIR= "$BERTH" --root "$ROOT" pause "$ID"
	[ "$status" -eq 0 ] && [ -z "$output" ]
	rm -r "$BUNDLE/config.json"
	run env -i XDG_RUNTIME_DIR= "$BERTH" --root "$ROOT" delete --force "$ID"
	[ "$status" -eq 0 ] && [ -z "$output" ]
}

# classed PODMAN DOCKER MOBY KILL: engines take the present $output for that.
classed() {
	local classes
	classes=$(tail -n 1 <<<"$output" | "$BERTH_TESTS/classify")
	# The last one may be a pattern.
	[[ "$classes" == "podman=$1 docker=$2 moby=$3 kill="$4\ * ]] || fail "$classes"
}

@test "phrases: why a program could not be executed" {
	container_args foobar
	run_container
	classed 127 127 127 error
	container_args /no/such/command
	run_container
	classed 127 127 127 error
	printf '#!/bin/sh\n' >"$BUNDLE/rootfs/tmp/script"
	container_args /tmp/script
	run_container
	classed 126 126 126 error
	container_args /etc
	run_container
	classed 126 126 126 error
}

@test "phrases: exec" {
	ends_on_term
	start_container
	run berth exec "$ID" foobar
	classed 127 127 127 error
	run berth exec "$ID" /no/such/command
	classed 127 127 127 error
	run berth exec "$ID" /etc
	classed 126 126 126 error
	printf '#!/bin/sh\n' >"$BUNDLE/rootfs/tmp/script"
	run berth exec "$ID" /tmp/script
	classed 126 126 126 error
	berth delete --force "$ID"
}

@test "phrases: containers that are gone or finished" {
	local command
	for command in state delete 'kill 9' start pause resume ps 'exec true'; do
		# shellcheck disable=SC2086 # words follow the id
		run berth ${command%% *} none ${command#"${command%% *}"}
		[ "$status" -ne 0 ]
		[[ "$output" == *"does not exist"* ]]
		[[ "$(tail -n 1 <<<"$output" | "$BERTH_TESTS/classify")" == *kill=gone* ]]
	done
	run_ok --keep
	run berth kill "$ID" 9
	classed 125 125 128 finished
	run berth pause "$ID"
	classed 125 125 128 finished
	berth kill --all "$ID" 9
}

@test "phrases: no other error is taken for a program that cannot be executed" {
	local filter
	for filter in '.mounts += [{destination: "/x", type: "nosuchfs", source: "x"}]' \
		'.mounts += [{destination: "/x", type: "bind", source: "/no/such/source", options: ["bind"]}]' \
		'.hooks = {createRuntime: [{path: "/no/such/hook"}]}' \
		'.hooks = {createRuntime: [{path: "/etc/passwd"}]}' \
		'.root.path = "missing"' '.process.user.uid = -1' '.ociVersion = "0"' '.linux.sysctl = {"kernel.nothing": "1"}' \
		'.linux.namespaces += [{type: "network", path: "/no/such/ns"}]' \
		'.linux.seccomp = {defaultAction: "NOTHING"}' \
		'.linux.resources = {memory: {limit: 1}}' '.process.rlimits = [{type: "RLIMIT_X", soft: 1, hard: 1}]'; do
		cp "$BUNDLE/config.json" "$TMP/saved"
		edit "$filter"
		run_container
		[ "$status" -ne 0 ] || fail "no error: $filter"
		classed 125 125 128 '*' || fail "$filter"
		mv "$TMP/saved" "$BUNDLE/config.json"
	done
	# Docker's daemon looks for these words itself, to ask whether a folder was mounted onto a file.
	edit '.mounts += [{destination: "/bin/busybox/x", type: "tmpfs", source: "x"}]'
	run_container
	classed 125 125 127 error
}
