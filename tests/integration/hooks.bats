# SPDX-License-Identifier: Apache-2.0
# All six kinds of hooks: when, where, with what, and what their failure means.
load helpers

setup_test() {
	LOG=$TMP/hooks.log
	mkdir -p "$BUNDLE/rootfs/log"
	cat >"$TMP/hook" <<-'HOOK'
		#!/bin/bash
		state=$(cat)
		echo "$1 $(jq -r '"\(.status) \(.pid) \(.id) \(.bundle)"' <<<"$state" 2>/dev/null) ns=$(readlink /proc/self/ns/mnt)" >>"$2"
		exit "${3:-0}"
	HOOK
	chmod 755 "$TMP/hook"
	# The hook of the container's own world is busybox' shell.
	printf '#!/bin/sh\ncat >/log/state; echo startContainer >>/log/ran; exit ${1:-0}\n' >"$BUNDLE/rootfs/hook"
	chmod 755 "$BUNDLE/rootfs/hook"
}

# add_hook KIND [STATUS]
add_hook() {
	if [ "$1" = startContainer ]; then
		edit '.hooks.startContainer += [{path: "/hook", args: ["hook", $s]}]' --arg s "${2:-0}"
	else
		edit '.hooks[$k] += [{path: $p, args: ["hook", $k, $l, $s], env: ["PATH=/usr/bin:/bin"]}]' \
			--arg k "$1" --arg p "$TMP/hook" --arg l "$LOG" --arg s "${2:-0}"
	fi
}

add_all() {
	local kind
	for kind in prestart createRuntime createContainer startContainer poststart poststop; do
		add_hook $kind
	done
}

kinds() {
	cut -d' ' -f1 "$LOG" 2>/dev/null | xargs
}

@test "F531 F170 F179 F180 F181 F182 F183 F184 order of the six kinds" {
	add_all
	add_hook prestart
	container_script 'echo program >>/log/ran'
	create_container
	[ "$(kinds)" = "prestart prestart createRuntime createContainer" ]
	[ ! -e "$BUNDLE/rootfs/log/ran" ]
	berth start "$ID"
	wait_for 5 grep -q program "$BUNDLE/rootfs/log/ran"
	[ "$(xargs <"$BUNDLE/rootfs/log/ran")" = "startContainer program" ]
	[ "$(kinds)" = "prestart prestart createRuntime createContainer poststart" ]
	wait_for 5 is_status stopped
	berth delete "$ID"
	[ "$(kinds)" = "prestart prestart createRuntime createContainer poststart poststop" ]
}

@test "F171 F173 F174 F175 F176 F177 F178 the state that each hook reads" {
	add_all
	container_args sleep 1000
	create_container
	local pid
	pid=$(container_pid)
	grep -q "^prestart created $pid $ID $BUNDLE" "$LOG"
	grep -q "^createRuntime creating $pid $ID $BUNDLE" "$LOG"
	grep -q "^createContainer creating 1 $ID $BUNDLE" "$LOG"
	berth start "$ID"
	jq -e --arg id "$ID" '.status == "created" and .pid == 1 and .id == $id' "$BUNDLE/rootfs/log/state"
	grep -q "^poststart running $pid $ID" "$LOG"
	berth delete --force "$ID"
	grep -q "^poststop stopped" "$LOG"
}

@test "hooks run in the runtime's or the container's namespaces" {
	add_all
	create_container
	local host
	host=ns=$(readlink /proc/self/ns/mnt)
	[ "$(grep -cF "$host" "$LOG")" -eq 2 ]
	[ "$(grep ^createContainer "$LOG" | grep -cF "$host")" -eq 0 ]
}

@test "F165 F166 F167 args and env are exact, without env the caller's" {
	printf '#!/bin/bash\ncat >/dev/null\nprintf "%%s|" "$0" "$@" >%s.args\nenv | sort >%s.env\n' "$LOG" "$LOG" >"$TMP/show"
	chmod 755 "$TMP/show"
	edit '.hooks.createRuntime = [{path: $p, args: ["zero", "a b", ""], env: ["A=1", "PATH=/bin:/usr/bin"]}]' --arg p "$TMP/show"
	create_container
	[[ "$(cat "$LOG.args")" == *"|a b||" ]]
	grep -qx A=1 "$LOG.env"
	run grep ^HOME= "$LOG.env"
	[ "$status" -eq 1 ]
	berth delete --force "$ID"
	edit 'del(.hooks.createRuntime[0].env)'
	MARK=from-caller create_container
	grep -qx MARK=from-caller "$LOG.env"
}

@test "F167 F166 a startContainer hook without env gets the program's, HOME included" {
	edit '.process.env = ["PATH=/bin", "A=1"]
		| .hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "env | sort >/hook.env"]}]'
	container_args true
	run_ok
	[ "$(grep -vE '^(PWD|SHLVL|_)=' "$BUNDLE/rootfs/hook.env")" = $'A=1\nHOME=/root\nPATH=/bin' ] ||
		fail "$(cat "$BUNDLE/rootfs/hook.env")"
}

@test "F164 F169 bad hooks are errors" {
	refuse '.hooks.prestart = [{path: "bin/true"}]' /hooks/prestart/0/path
	refuse '.hooks.prestart = [{args: ["x"]}]' /hooks/prestart/0
	refuse '.hooks.prestart = [{path: "/bin/true", timeout: 0}]' /hooks/prestart/0/timeout
	refuse '.hooks.prestart = [{path: "/bin/true", timeout: -1}]' /hooks/prestart/0/timeout
}

@test "F185 F186 F187 a failing hook of create undoes everything and runs poststop" {
	local kind
	for kind in prestart createRuntime createContainer; do
		: >"$LOG"
		edit 'del(.hooks)'
		add_hook $kind 7
		add_hook $kind
		add_hook poststop
		try_create
		expect_error "$kind" "7"
		[ "$(kinds)" = "$kind poststop" ]
		run berth state "$ID"
		expect_error "does not exist"
	done
}

@test "F188 a failing startContainer hook fails start, the program never runs" {
	add_hook startContainer 5
	add_hook poststop
	container_script 'echo program >>/log/ran'
	create_container
	run berth start "$ID" 3>&-
	expect_error startContainer 5
	run grep program "$BUNDLE/rootfs/log/ran"
	[ "$status" -ne 0 ]
	[ "$(kinds)" = poststop ]
	run berth state "$ID"
	expect_error "does not exist"
}

@test "F189 a failing poststart hook stops and destroys the container" {
	add_hook poststart 5
	add_hook poststop
	container_args sleep 1000
	create_container
	run berth start "$ID" 3>&-
	expect_error poststart 5
	[ "$(kinds)" = "poststart poststop" ]
	run berth state "$ID"
	expect_error "does not exist"
}

@test "F190 F529 a failing poststop hook is a warning, the others run" {
	add_hook poststop 5
	add_hook poststop
	run_ok --keep
	run berth delete "$ID"
	[ "$status" -eq 0 ]
	[[ "$output" == *poststop* ]]
	[ "$(kinds)" = "poststop poststop" ]
}

@test "F168 timeout: what the hook has detached is killed, and no zombie stays with berth" {
	printf '#!/bin/bash\n(setsid sleep 986 & setsid sleep 986 &)\nsleep 986 &\nsleep 986\n' >"$TMP/slow"
	printf '#!/bin/bash\nps -o stat=,args= --ppid $PPID | grep -v "look\\|ps -o" >%s\n' "$TMP/seen" >"$TMP/look"
	chmod 755 "$TMP/slow" "$TMP/look"
	edit '.hooks.poststop = [{path: ($p + "/slow"), timeout: 1}, {path: ($p + "/look")}]' --arg p "$TMP"
	create_container
	berth delete "$ID" 2>/dev/null
	[ -e "$TMP/seen" ]
	[ ! -s "$TMP/seen" ] || fail "$(cat "$TMP/seen")"
	! pgrep -f "sleep 986"
}

@test "F168 timeout: the hook and its children are killed" {
	printf '#!/bin/bash\nsleep 987 &\nsleep 987\n' >"$TMP/slow"
	chmod 755 "$TMP/slow"
	edit '.hooks.createRuntime = [{path: $p, timeout: 1}]' --arg p "$TMP/slow"
	local start=$SECONDS
	try_create
	expect_error createRuntime
	[ $((SECONDS - start)) -lt 5 ]
	run pgrep -f "sleep 987"
	[ "$status" -eq 1 ] || fail "still there: $output"
}

@test "F191 the end of a hook's output is in the error" {
	printf '#!/bin/bash\necho out; echo the reason >&2; exit 1\n' >"$TMP/loud"
	chmod 755 "$TMP/loud"
	edit '.hooks.createRuntime = [{path: $p}]' --arg p "$TMP/loud"
	try_create
	expect_error "the reason" "exit status 1"
}

# One that hangs, in each of the places that have a hook: killed by its own timeout, or by a signal to berth.
@test "hooks that die, hang, or are interrupted" {
	local kind pid
	for kind in prestart createRuntime createContainer; do
		edit 'del(.hooks) | .hooks[$k] = [{path: "/bin/sh", args: ["sh", "-c", "kill -9 $$"]}]' --arg k $kind
		try_create
		[ "$status" -eq 1 ]
		expect_error "$kind" "killed by signal 9"
		assert_clean
		edit '.hooks[$k] = [{path: "/bin/sh", args: ["sh", "-c", "sleep 985"], timeout: 1}]' --arg k $kind
		try_create
		[ "$status" -eq 1 ]
		expect_error "$kind"
		assert_clean
		edit '.hooks[$k] = [{path: "/bin/sh", args: ["sh", "-c", "echo >$1; sleep 985", "sh", $f]}]' --arg k $kind --arg f "$LOG.$kind"
		berth create --bundle "$BUNDLE" "$ID" </dev/null >"$TMP/out" 2>&1 3>&- &
		pid=$!
		wait_for 10 test -s "$LOG.$kind"
		# The shell that stands between is not told: its only child is.
		kill -TERM "$(pgrep -P $pid || echo $pid)"
		status=0
		wait $pid || status=$?
		output=$(cat "$TMP/out")
		expect_error SIGTERM
		assert_clean
	done
	run pgrep -f "sleep 985"
	[ "$status" -eq 1 ] || fail "still there: $output"
	edit 'del(.hooks) | .hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "sleep 985"], timeout: 1}]'
	create_container
	run berth start "$ID" 3>&-
	expect_error startContainer
	[ ! -e "$ROOT/$ID" ]
}

@test "F172 a hook that does not read its state is fine, and so is one that closes it" {
	edit '.hooks.createRuntime = [{path: "/bin/true"}] | .annotations = {"big": ("x" * 100000)}'
	create_container
}

# all_kinds_loud: six hooks of which each says its kind on both streams
all_kinds_loud() {
	local kind
	printf '#!/bin/sh\necho "out $1"; echo "err $1" >&2; exit ${2:-0}\n' >"$TMP/loud"
	cp "$TMP/loud" "$BUNDLE/rootfs/loud"
	chmod 755 "$TMP/loud" "$BUNDLE/rootfs/loud"
	for kind in prestart createRuntime createContainer poststart poststop; do
		edit '.hooks[$k] = [{path: $p, args: ["loud", $k]}]' --arg k $kind --arg p "$TMP/loud"
	done
	edit '.hooks.startContainer = [{path: "/loud", args: ["loud", "startContainer"]}]'
}

@test "F709 F710 what hooks write is appended to the files of the annotations" {
	local kinds="prestart createRuntime createContainer startContainer poststart poststop" stream
	all_kinds_loud
	edit '.annotations = {"run.oci.hooks.stdout": ($l + ".out"), "run.oci.hooks.stderr": ($l + ".err")}' --arg l "$LOG"
	echo before >"$LOG.out"
	create_container
	[ "$(stat -c %a "$LOG.err")" = 600 ]
	berth start "$ID"
	wait_for 5 is_status stopped
	berth delete "$ID"
	[ "$(xargs <"$LOG.out")" = "before $(for k in $kinds; do echo "out $k"; done | xargs)" ]
	[ "$(xargs <"$LOG.err")" = "$(for k in $kinds; do echo "err $k"; done | xargs)" ]
	run_ok
	[ "$(grep -c . "$LOG.out")" -eq 13 ]
	[ "$(grep -c . "$LOG.err")" -eq 12 ]
	# One of them alone, and both in one file.
	for stream in stdout stderr; do
		rm -f "$LOG.out"
		edit '.annotations = {("run.oci.hooks." + $s): ($l + ".out")}' --arg s $stream --arg l "$LOG"
		run_ok
		[ "$(cut -c1-3 "$LOG.out" | sort -u)" = "${stream#std}" ]
		[ "$(grep -c . "$LOG.out")" -eq 6 ]
	done
	edit '.annotations = {"run.oci.hooks.stdout": ($l + ".out"), "run.oci.hooks.stderr": ($l + ".out")}' --arg l "$LOG"
	rm "$LOG.out"
	run_ok
	[ "$(grep -c . "$LOG.out")" -eq 12 ]
}

@test "F709 F710 what goes to a file is in the error of a failing hook as well" {
	local kind
	printf '#!/bin/sh\necho out; echo the reason >&2; exit 4\n' >"$TMP/loud"
	cp "$TMP/loud" "$BUNDLE/rootfs/loud"
	chmod 755 "$TMP/loud" "$BUNDLE/rootfs/loud"
	edit '.annotations = {"run.oci.hooks.stderr": $f}' --arg f "$LOG.err"
	for kind in createRuntime createContainer; do
		edit '.hooks = {($k): [{path: $p}]}' --arg k $kind --arg p "$TMP/loud"
		try_create
		expect_error "$kind" "the reason"
	done
	edit '.hooks = {startContainer: [{path: "/loud"}]}'
	create_container
	run berth start "$ID" 3>&-
	expect_error startContainer "the reason"
	[ "$(grep -c "the reason" "$LOG.err")" -eq 3 ]
}

@test "F709 F710 a hook of the container gets no file of the host" {
	printf '#!/bin/sh\nls -l /proc/self/fd >&2\n' >"$BUNDLE/rootfs/loud"
	chmod 755 "$BUNDLE/rootfs/loud"
	edit '.annotations = {"run.oci.hooks.stdout": ($l + ".out"), "run.oci.hooks.stderr": ($l + ".err")} |
		.hooks.startContainer = [{path: "/loud"}]' --arg l "$LOG"
	run_ok
	[ "$(grep -c ' [12] -> pipe:' "$LOG.err")" -eq 2 ] || fail "$(cat "$LOG.err")"
	! grep "$TMP" "$LOG.err"
}

@test "F709 F710 a file that cannot be, a link, a fifo and a relative path are errors" {
	all_kinds_loud
	mkfifo "$TMP/fifo"
	ln -s "$TMP/elsewhere" "$TMP/link"
	refuse '.annotations = {"run.oci.hooks.stdout": "out"}' /annotations/run.oci.hooks.stdout "absolute"
	refuse '.annotations = {"run.oci.hooks.stderr": ""}' /annotations/run.oci.hooks.stderr "absolute"
	refuse '.annotations = {"run.oci.hooks.stdout": "/no/such/out"}' /annotations/run.oci.hooks.stdout "is missing"
	refuse ".annotations = {\"run.oci.hooks.stdout\": \"$TMP/fifo\"}" "regular file"
	refuse '.annotations = {"run.oci.hooks.stdout": "/dev/null"}' "regular file"
	refuse ".annotations = {\"run.oci.hooks.stderr\": \"$TMP/link\"}" "symbolic link"
	[ ! -e "$TMP/elsewhere" ]
	# What is found missing later: start fails and the container stays, delete goes on.
	mkdir "$TMP/dir"
	edit '.annotations = {"run.oci.hooks.stdout": $f}' --arg f "$TMP/dir/out"
	create_container
	rm -r "$TMP/dir"
	run berth start "$ID" 3>&-
	expect_error "$TMP/dir/out"
	is_status created
	run berth delete --force "$ID"
	[ "$status" -eq 0 ]
	[[ "$output" == *"$TMP/dir/out"* ]]
}

@test "F709 a full disk loses the output, not the container" {
	all_kinds_loud
	mkdir "$TMP/full"
	mount -t tmpfs -o size=4k none "$TMP/full"
	head -c 4096 /dev/zero >"$TMP/full/out"
	edit '.annotations = {"run.oci.hooks.stdout": $f}' --arg f "$TMP/full/out"
	run berth run --bundle "$BUNDLE" "$ID" </dev/null 3>&-
	umount "$TMP/full"
	[ "$status" -eq 0 ]
	[[ "$output" == *run.oci.hooks.stdout*"no space left"* ]] || fail "$output"
}

@test "F192 the working directory of runtime hooks is the bundle" {
	printf '#!/bin/bash\npwd >%s\n' "$LOG" >"$TMP/cwd"
	chmod 755 "$TMP/cwd"
	edit '.hooks.createRuntime = [{path: $p}]' --arg p "$TMP/cwd"
	create_container
	[ "$(cat "$LOG")" = "$BUNDLE" ]
}

@test "a hook that prints 1 GiB, or leaves a daemon behind, does not stop create" {
	printf '#!/bin/bash\nhead -c 1G /dev/zero\n' >"$TMP/huge"
	printf '#!/bin/bash\nsetsid sh -c "echo \\$\\$ >%s.pid; exec sleep 986" &\nexit 0\n' "$LOG" >"$TMP/daemon"
	chmod 755 "$TMP/huge" "$TMP/daemon"
	edit '.hooks.createRuntime = [{path: $p}, {path: $q}]' --arg p "$TMP/huge" --arg q "$TMP/daemon"
	timeout 60 "$BERTH" --root "$ROOT" create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	[ "$(container_status)" = created ]
	wait_for 5 test -s "$LOG.pid"
	kill "$(cat "$LOG.pid")"
}

@test "hooks get descriptors 0 to 2 and nothing else" {
	printf '#!/bin/bash\nls /proc/self/fd | xargs >%s\n' "$LOG" >"$TMP/fds"
	chmod 755 "$TMP/fds"
	edit '.hooks.createRuntime = [{path: $p}] | .hooks.createContainer = [{path: $p}]' --arg p "$TMP/fds"
	create_container
	# the fourth is the directory that ls reads
	[ "$(cat "$LOG")" = "0 1 2 3" ]
}

@test "a missing or unexecutable hook is a clear error" {
	refuse '.hooks.createRuntime = [{path: "/no/such/hook"}]' /no/such/hook createRuntime
	refuse '.hooks.createContainer = [{path: "/etc/passwd"}]' /etc/passwd createContainer
}
