# SPDX-License-Identifier: Apache-2.0
# exec: options, descriptors, terminal, exit status.
load helpers

@test "F581 F601 exec runs a program, passes streams and the exit status on" {
	start_container
	exec_ok -- echo hello
	[ "$output" = hello ]
	exec_in -- sh -c 'exit 7'
	[ "$status" -eq 7 ]
	exec_in -- sh -c 'kill -KILL $$'
	[ "$status" -eq 137 ]
	exec_in -- sh -c 'kill -TERM $$'
	[ "$status" -eq 143 ]
	[ "$(echo through | berth exec "$ID" cat)" = through ]
	[ "$(berth exec "$ID" sh -c 'echo out; echo err >&2' 2>/dev/null)" = out ]
	[ "$(berth exec "$ID" sh -c 'echo out; echo err >&2' 2>&1 >/dev/null)" = err ]
	exec_ok -- true
	[ -z "$output" ]
}

@test "G4 options end at the id, all that follows is the program" {
	start_container
	exec_ok -- sh -c 'echo "$# $*"' name -d --tty --root /x --
	[ "$output" = "5 -d --tty --root /x --" ]
	exec_in -- ls --color=never /bin/sh
	[ "$output" = /bin/sh ]
}

@test "F586 --env adds, repeats, and the last one counts" {
	edit '.process.env += ["A=config", "KEEP=1"]'
	start_container
	exec_ok -e A=first --env B=2 --env=A=last -e 'C=a b=c' -- sh -c 'echo "$A $B $KEEP $C"; env | grep -c "^A="'
	[ "$output" = "last 2 1 a b=c"$'\n'1 ]
}

@test "F585 --cwd" {
	start_container
	exec_ok --cwd /tmp -- pwd
	[ "$output" = /tmp ]
	edit '.process.cwd = "/home"'
	exec_ok -- pwd
	[ "$output" = / ] # what counts is the configuration as it was when the container was created
}

@test "F588 F589 --user and --additional-gids" {
	edit '.process.user = {uid: 0, gid: 7, additionalGids: [8]}'
	start_container
	exec_ok -- id
	[[ "$output" == "uid=0(root) gid=7 groups=8"* ]]
	exec_ok -u 1000 -- sh -c 'id; echo $HOME'
	[ "$output" = "uid=1000(user) gid=7 groups=8"$'\n'/home/user ]
	exec_ok --user 1000:1000 -g 9 --additional-gids 10 -- sh -c 'grep -E "^(Uid|Gid|Groups)" /proc/self/status | tr -s "\t " " "'
	[ "$output" = "Uid: 1000 1000 1000 1000"$'\n'"Gid: 1000 1000 1000 1000"$'\n'"Groups: 8 9 10 " ]
	# Somebody whom no file knows.
	exec_ok -u 4242:4243 -- sh -c 'echo $HOME'
	[ "$output" = / ]
	[ "$(berth exec -e HOME=/mine -u 1000 "$ID" sh -c 'echo $HOME')" = /mine ]
}

caps_of() {
	berth exec "$@" "$ID" sh -c 'grep ^Cap /proc/self/status' | awk '{ print $2 }' | tr '\n' ' '
}

@test "F595 --cap adds to bounding, permitted and effective only" {
	edit '.process.capabilities = {bounding: ["CAP_KILL"], permitted: ["CAP_KILL"], effective: ["CAP_KILL"]}'
	start_container
	# inheritable, permitted, effective, bounding, ambient; KILL is bit 5, CHOWN bit 0, SETUID bit 7
	[ "$(caps_of)" = "0000000000000000 0000000000000020 0000000000000020 0000000000000020 0000000000000000 " ]
	[ "$(caps_of -c CAP_CHOWN --cap CAP_SETUID)" = "0000000000000000 00000000000000a1 00000000000000a1 00000000000000a1 0000000000000000 " ]
	[ "$(caps_of -u 1000 -c CAP_CHOWN)" = "0000000000000000 0000000000000000 0000000000000000 0000000000000021 0000000000000000 " ]
	process_file '.capabilities = {bounding: ["CAP_CHOWN"], permitted: ["CAP_CHOWN"], effective: ["CAP_CHOWN"], inheritable: ["CAP_CHOWN"], ambient: ["CAP_CHOWN"]} | .user = {uid: 1000, gid: 1000} | .args = ["sh", "-c", "grep ^Cap /proc/self/status"]'
	exec_ok --process "$TMP/process.json" --
	[ "$(awk '{ print $2 }' <<<"$output" | uniq | tr '\n' ' ')" = "0000000000000001 " ]
}

@test "F594 --no-new-privs" {
	edit '.process.noNewPrivileges = false'
	start_container
	exec_ok -- grep NoNewPrivs /proc/self/status
	[[ "$output" == *0 ]]
	exec_ok --no-new-privs -- grep NoNewPrivs /proc/self/status
	[[ "$output" == *1 ]]
}

@test "F582 --process takes everything from a file, and from the container what confines" {
	edit '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 77, hard: 99}] | .process.oomScoreAdj = 321 | .process.noNewPrivileges = true'
	start_container
	process_file '.args = ["sh", "-c", "pwd; echo $X $KEEP; id -u; ulimit -n; cat /proc/self/oom_score_adj; umask; grep -E \"CapBnd|NoNewPrivs\" /proc/self/status | tr -s \"\\t\" \" \""]
		| .cwd = "/tmp" | .env += ["X=y"] | .user = {uid: 0, gid: 3, umask: 23} | .unknownMember = {"a": [1, {}]}'
	exec_ok --process "$TMP/process.json" --
	[ "$output" = $'/tmp\ny\n0\n77\n321\n0027\nCapBnd: 0000000020000420\nNoNewPrivs: 1' ]
	process_file '.args = ["sh", "-c", "ulimit -n; cat /proc/self/oom_score_adj; grep -E \"CapBnd|NoNewPrivs\" /proc/self/status | tr -s \"\\t\" \" \""]
		| .rlimits = [{type: "RLIMIT_NOFILE", soft: 50, hard: 60}] | .oomScoreAdj = 400 | .noNewPrivileges = false | .capabilities = {bounding: ["CAP_KILL"]}'
	exec_ok -p "$TMP/process.json" --
	[ "$output" = $'50\n400\nCapBnd: 0000000000000020\nNoNewPrivs: 0' ]
	# Options change it, and it may be gone as soon as exec has returned.
	process_file '.args = ["sh", "-c", "sleep 0.3; echo $A >/tmp/done"]'
	exec_detached -e A=b -p "$TMP/process.json" --
	rm "$TMP/process.json"
	wait_for 5 grep -q b "$BUNDLE/rootfs/tmp/done"
}

@test "exec into a container without a process of its own configuration" {
	edit 'del(.process)'
	create_container
	exec_in -- true
	[ "$status" -eq 255 ]
	expect_error "missing property" --process
	process_file '.args = ["echo", "hi"] | .env = ["PATH=/bin"]'
	exec_ok --process "$TMP/process.json" --
	[ "$output" = hi ]
}

@test "F590 F591 P1 P2 --detach leaves an orphan and a complete pid file" {
	local pid
	start_container
	: >"$TMP/pid"
	exec_detached --pid-file "$TMP/pid" -- sh -c 'echo $$ >/tmp/inner; sleep 100'
	pid=$(cat "$TMP/pid")
	[[ "$(od -An -c "$TMP/pid" | tr -d ' \n')" =~ ^[0-9]+$ ]]
	[[ "$(readlink "/proc/$pid/exe")" == */bin/busybox ]] || fail "$(readlink "/proc/$pid/exe")"
	[ "$(awk '/^NSpid/ { print $NF }' "/proc/$pid/status")" = "$(cat "$BUNDLE/rootfs/tmp/inner")" ]
	# A session and a group of its own; the parent is whoever reaps orphans here.
	[ "$(awk '{ print $5, $6 }' "/proc/$pid/stat")" = "$pid $pid" ]
	[ "$(awk '{ print $4 }' "/proc/$pid/stat")" != "$$" ]
	[ -z "$(pgrep -f "$BERTH --root $ROOT exec")" ]
	kill -9 "$pid"
}

@test "F591 the pid file of a foreground exec" {
	start_container
	berth exec --pid-file "$TMP/pid" "$ID" sleep 1000 &
	wait_for 5 test -s "$TMP/pid"
	[ "$(tr '\0' ' ' <"/proc/$(cat "$TMP/pid")/cmdline")" = "sleep 1000 " ]
	kill -KILL "$(cat "$TMP/pid")"
	status=0
	wait $! || status=$?
	[ "$status" -eq 137 ]
}

@test "P2 an exec'd process ends as the child of the next subreaper" {
	start_container
	run timeout 20 python3 - "$BERTH" "$ROOT" "$ID" "$TMP/pid" <<-'EOF'
		import ctypes, os, subprocess, sys
		berth, root, id, file = sys.argv[1:]
		ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
		subprocess.run([berth, "--root", root, "exec", "-d", "--pid-file", file, id, "sh", "-c", "exit 5"], check=True)
		pid = int(open(file).read())
		print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
		try:
		    os.waitpid(-1, 0)
		except ChildProcessError:
		    print("no other")
	EOF
	[ "$output" = $'5\nno other' ]
}

@test "F601 F5 a program that cannot be executed is 255, a message, and no pid file" {
	start_container
	printf 'not a program' >"$BUNDLE/rootfs/data"
	mkdir "$BUNDLE/rootfs/bin/directory"
	printf '#!/no/interpreter\n' >"$BUNDLE/rootfs/bin/script"
	chmod 755 "$BUNDLE/rootfs/bin/script"
	for words in "/no/such|no such file or directory" "nosuch|executable file not found in \$PATH" \
		"/data|permission denied" "/bin/directory|is a directory" "/bin/script|/no/interpreter"; do
		: >"$TMP/pid"
		exec_in -d --pid-file "$TMP/pid" -- "${words%%|*}"
		[ "$status" -eq 255 ]
		expect_error "exec" "${words#*|}"
		[ ! -e "$TMP/pid" ]
		exec_in -- "${words%%|*}"
		[ "$status" -eq 255 ]
	done
}

@test "F587 F5.6 --tty: a terminal from the container's devpts, relayed" {
	start_container
	run script -qec "'$BERTH' --root '$ROOT' exec --tty '$ID' sh -c 'tty; stty size; test -t 0 && test -t 1 && test -t 2 && echo all; ps -o pid,tty,comm | grep -q pts && echo controlling; exit 3'" /dev/null </dev/null
	[ "$status" -eq 3 ]
	[[ "$output" == */dev/pts/*all* ]]
	exec_ok -- sh -c 'ls /dev/pts'
	[ "$output" = ptmx ] # gone with its process
	# The console of the container stays what it was, and all that was written arrives.
	[ ! -e "$BUNDLE/rootfs/dev/console" ]
	run script -qec "'$BERTH' --root '$ROOT' exec -t '$ID' seq 1 20000" /dev/null </dev/null
	[ "$(tail -n 1 <<<"$output" | tr -d '\r')" = 20000 ]
}

@test "F583 S1 exec --console-socket gets the master, consoleSize counts" {
	start_container
	"$BERTH_TESTS/receive-fd" "$TMP/console" "$TMP/tty.out" 3>&- &
	wait_for 5 test -S "$TMP/console"
	process_file '.terminal = true | .consoleSize = {width: 91, height: 37} | .args = ["sh", "-c", "tty; stty size; id -u; stat -c %u $(tty)"] | .user = {uid: 1000, gid: 1000}'
	timeout 10 "$BERTH" --root "$ROOT" exec -d --pid-file "$TMP/pid" --console-socket "$TMP/console" --process "$TMP/process.json" "$ID" 3>&-
	wait_for 5 grep -q 37 "$TMP/tty.out"
	wait
	[ "$(tr -d '\r' <"$TMP/tty.out")" = $'/dev/pts/0\n37 91\n1000\n1000' ]
}

@test "P4 with a terminal nobody keeps the streams of a detached exec" {
	start_container
	"$BERTH_TESTS/receive-fd" "$TMP/console" "$TMP/tty.out" </dev/null >/dev/null 2>&1 3>&- &
	wait_for 5 test -S "$TMP/console"
	timeout 10 bash -c "'$BERTH' --root '$ROOT' exec -d --tty --console-socket '$TMP/console' '$ID' sleep 30 2>&1 </dev/null | cat" 3>&-
}

@test "S7 combinations of terminal, detach and console socket" {
	start_container
	exec_in -d -t -- true
	[ "$status" -eq 255 ]
	expect_error "cannot allocate tty if berth will detach without setting console socket"
	exec_in -d --console-socket "$TMP/none" -- true
	expect_error "cannot use console socket if berth will not detach or allocate tty"
	exec_in -t --console-socket "$TMP/none" -- true
	expect_error "cannot use console socket if berth will not detach or allocate tty"
	exec_in -d -t --console-socket "$TMP/none" -- true
	expect_error "console socket $TMP/none" "is missing"
	# Somebody who listened once.
	"$BERTH_TESTS/receive-fd" --never-accept "$TMP/console" 3>&- &
	wait_for 5 test -S "$TMP/console"
	kill $!
	wait $! || :
	exec_in -d -t --console-socket "$TMP/console" -- true
	[ "$status" -eq 255 ]
	expect_error "console socket" "connection refused"
}

@test "F584 S6 exec --pidfd-socket" {
	start_container
	"$BERTH_TESTS/receive-fd" --pidfd "$TMP/sock" "$TMP/pid.out" 3>&- &
	wait_for 5 test -S "$TMP/sock"
	exec_detached --pid-file "$TMP/pid" --pidfd-socket "$TMP/sock" -- sleep 100
	wait $!
	[ "$(tr -d '\n' <"$TMP/pid.out")" = "$(cat "$TMP/pid")" ]
	exec_in --pidfd-socket "$TMP/none" -- touch /tmp/ran
	[ "$status" -eq 255 ]
	expect_error "pidfd socket $TMP/none"
	[ ! -e "$BUNDLE/rootfs/tmp/ran" ]
}

@test "F596 P7 P8 --preserve-fds passes a range with gaps, and nothing else" {
	start_container
	echo four >"$TMP/four"
	echo nine >"$TMP/nine"
	run bash -c "exec 4<'$TMP/four' 9<'$TMP/nine' 3>&- 5>&-; '$BERTH' --root '$ROOT' exec --preserve-fds 3 '$ID' sh -c 'cat <&4; ls /proc/self/fd | tr \"\\n\" \" \"'"
	# The directory that ls reads is the lowest free one.
	[ "$output" = $'four\n0 1 2 3 4 ' ]
	run bash -c "for fd in \$(seq 10 60); do eval \"exec \$fd</etc/passwd\"; done; '$BERTH' --root '$ROOT' exec '$ID' sh -c 'ls /proc/self/fd | tr \"\\n\" \" \"' 3>&-"
	[ "$output" = '0 1 2 3 ' ]
}

@test "P9 socket activation: LISTEN_FDS for us reaches the program with its own pid" {
	start_container
	# shellcheck disable=SC2016
	run bash -c 'exec 3</etc/passwd; LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" --root "$1" exec "$2" sh -c "
		[ \"\$LISTEN_PID\" = \$\$ ] && echo mine; echo \$LISTEN_FDS; head -c 4 <&3"' "$BERTH" "$ROOT" "$ID"
	[ "$output" = $'mine\n1\nroot' ]
	run bash -c 'exec 3</etc/passwd; LISTEN_PID=1 LISTEN_FDS=1 exec "$0" --root "$1" exec "$2" env' "$BERTH" "$ROOT" "$ID"
	[[ "$output" != *LISTEN* ]]
}

@test "P10 P15 signals are reset and the umask is not the caller's" {
	start_container
	run bash -c "trap '' PIPE HUP TERM; umask 077; '$BERTH' --root '$ROOT' exec '$ID' sh -c 'umask; grep -E \"Sig(Blk|Ign)\" /proc/self/status | tr -s \"\\t\" \" \"'"
	[ "$output" = $'0022\nSigBlk: 0000000000000000\nSigIgn: 0000000000000000' ]
}

@test "closed standard streams are no way to a descriptor of the host" {
	start_container
	run bash -c "'$BERTH' --root '$ROOT' exec '$ID' sh -c 'readlink /proc/self/fd/0 >/tmp/zero' <&- >&- 2>&-"
	[ "$status" -eq 0 ]
	[ "$(cat "$BUNDLE/rootfs/tmp/zero")" = /dev/null ]
}

@test "5.5 signals to a foreground exec reach the program" {
	local pid
	start_container
	"$BERTH" --root "$ROOT" exec "$ID" sh -c 'trap "echo got; exit 9" TERM; echo up >/tmp/up; while :; do sleep 0.05; done' >"$TMP/out" 3>&- &
	pid=$!
	wait_for 5 test -e "$BUNDLE/rootfs/tmp/up"
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" -eq 9 ]
	[ "$(cat "$TMP/out")" = got ]
}

@test "5.5 the program outlives an exec that is killed" {
	local pid
	start_container
	"$BERTH" --root "$ROOT" exec --pid-file "$TMP/pid" "$ID" sleep 100 3>&- &
	pid=$!
	wait_for 5 test -s "$TMP/pid"
	kill -9 $pid
	wait $pid || :
	sleep 0.1
	kill -0 "$(cat "$TMP/pid")"
}

@test "exec --trace writes a timeline" {
	start_container
	exec_ok --trace "$TMP/trace.json" -- true
	jq -e '[.traceEvents[].name] | index("init-join") != null and index("find-program") != null and index("clone") != null' "$TMP/trace.json"
}

@test "F543 exec errors go to the log as one record, and to standard error" {
	start_container
	run "$BERTH" --root "$ROOT" --log "$TMP/log" --log-format json exec "$ID" /no/such
	[ "$status" -eq 255 ]
	[ "$(wc -l <"$TMP/log")" -eq 1 ]
	jq -e '.level == "error" and (.msg | contains("/no/such"))' "$TMP/log"
	[[ "$output" == *"/no/such"* ]]
}
