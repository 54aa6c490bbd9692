# SPDX-License-Identifier: Apache-2.0
# create, start, state, kill, delete, run, list: what callers rely on.
load helpers

@test "F546 create leaves a waiting container" {
	create_container
	[ "$(container_status)" = created ]
	[ "$(container_pid)" -gt 0 ]
}

@test "F571 start runs the program" {
	container_script 'echo started >/tmp/proof; sleep 100'
	create_container
	[ ! -e "$BUNDLE/rootfs/tmp/proof" ]
	berth start "$ID"
	wait_for 5 test -s "$BUNDLE/rootfs/tmp/proof"
	[ "$(container_status)" = running ]
}

@test "F556 run: output and success" {
	container_args echo hello
	run_ok
	[ "$output" = hello ]
}

@test "F568 run: exit code of the program" {
	container_script 'exit 42'
	run_container
	[ "$status" -eq 42 ]
}

@test "F568 run: 128+n for a signal" {
	container_script 'kill -KILL $$'
	edit '.linux.namespaces |= map(select(.type != "pid"))'
	run_container
	[ "$status" -eq 137 ]
}

@test "F561 run --keep leaves a stopped container" {
	run_ok --keep
	[ "$(container_status)" = stopped ]
	[ "$(container_pid)" = 0 ]
	berth delete "$ID"
}

@test "F560 run --detach returns while the program runs" {
	container_args sleep 100
	berth run --detach --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	[ "$(container_status)" = running ]
}

@test "F562 run --pid-file holds the pid without a newline" {
	container_args sleep 100
	berth run -d --pid-file "$TMP/pid" --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	[ "$(cat "$TMP/pid")" = "$(container_pid)" ]
	[ "$(tr -d '0-9' <"$TMP/pid" | wc -c)" -eq 0 ]
}

@test "F550 create --pid-file overwrites an existing file" {
	echo something longer than a pid >"$TMP/pid"
	create_container --pid-file "$TMP/pid"
	[ "$(cat "$TMP/pid")" = "$(container_pid)" ]
}

@test "F500 create of a taken id fails and leaves the container alone" {
	create_container
	local pid
	pid=$(container_pid)
	try_create
	expect_error "container with given ID already exists"
	[ "$(container_pid)" = "$pid" ]
	[ "$(container_status)" = created ]
}

@test "F501 invalid ids are refused" {
	local id command
	for id in a/b .. . .a -- '' "$(printf 'a\tb')" "$(head -c 300 /dev/zero | tr '\0' x)" 'a b' "a'b"; do
		run berth create --bundle "$BUNDLE" -- "$id"
		expect_error "invalid container ID format"
		for command in run state start kill delete 'delete --force'; do
			# shellcheck disable=SC2086 # two words
			run berth $command -- "$id"
			[ "$status" -eq 1 ]
			[ "${#lines[@]}" -eq 1 ]
		done
	done
}

@test "F506 exactly one of many parallel creates wins" {
	local i n=0
	for i in 1 2 3 4 5 6 7 8; do
		berth create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>"$TMP/err.$i" 3>&- && echo x >"$TMP/won.$i" &
	done
	wait
	for i in 1 2 3 4 5 6 7 8; do
		if [ -e "$TMP/won.$i" ]; then
			n=$((n + 1))
		else
			grep -q "already exists" "$TMP/err.$i"
		fi
	done
	[ $n -eq 1 ]
	[ "$(container_status)" = created ]
}

@test "F504 changes of config.json after create have no effect" {
	container_script 'echo first >/tmp/proof'
	create_container
	container_script 'echo second >/tmp/proof'
	berth start "$ID"
	wait_for 5 test -s "$BUNDLE/rootfs/tmp/proof"
	[ "$(cat "$BUNDLE/rootfs/tmp/proof")" = first ]
}

@test "F508 start of a running or stopped container fails" {
	container_args sleep 100
	create_container
	berth start "$ID"
	run berth start "$ID"
	expect_error "cannot start an already running container"
	berth kill "$ID" KILL
	wait_for 5 is_status stopped
	run berth start "$ID"
	expect_error "cannot start a container that has stopped"
}

@test "F512 F494 F499 F507 F520 a missing id is an error" {
	local command
	for command in create start state kill delete run; do
		run berth $command
		[ "$status" -eq 1 ]
		[[ "$output" == *"missing ID"* ]]
	done
}

@test "F495 F525 unknown id: does not exist" {
	local command
	for command in start state kill delete; do
		run berth $command "$ID"
		expect_error "does not exist" "$ID"
		[ "$status" -eq 1 ]
	done
	run berth delete --force "$ID"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "F513 kill of a stopped container: container not running" {
	run_ok --keep
	run berth kill "$ID" KILL
	expect_error "container not running"
	run berth kill --all "$ID" KILL
	[ "$status" -eq 0 ]
}

@test "F514 kill ends a created container" {
	create_container
	berth kill "$ID" KILL
	wait_for 5 is_status stopped
	berth delete "$ID"
}

@test "F515 F577 kill: numbers, names with and without SIG, any case, default TERM" {
	container_script 'trap "echo USR1 >>/tmp/s" USR1; trap "echo USR2 >>/tmp/s" USR2
		trap "echo TERM >>/tmp/s; exit 0" TERM; echo up >/tmp/s; while :; do sleep 0.05; done'
	berth run -d --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	wait_for 5 grep -q up "$BUNDLE/rootfs/tmp/s"
	local signal n=0
	for signal in 10 USR1 SIGUSR1 usr1 sigusr1; do
		n=$((n + 1))
		berth kill "$ID" "$signal"
		wait_for 5 sh -c "[ \$(grep -c USR1 '$BUNDLE/rootfs/tmp/s') -eq $n ]"
	done
	berth kill "$ID"
	wait_for 5 is_status stopped
	grep -q TERM "$BUNDLE/rootfs/tmp/s"
}

@test "F019 kill without a signal sends the image's stop signal" {
	edit '.annotations["org.opencontainers.image.stopSignal"] = "SIGUSR2"'
	container_script 'trap "echo USR2 >/tmp/s; exit 0" USR2; echo up >/tmp/s; while :; do sleep 0.05; done'
	berth run -d --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	wait_for 5 grep -q up "$BUNDLE/rootfs/tmp/s"
	berth kill "$ID"
	wait_for 5 is_status stopped
	grep -q USR2 "$BUNDLE/rootfs/tmp/s"
}

@test "F516 kill: an invalid signal is an error" {
	create_container
	local signal
	for signal in NOSUCH 65 -1 9x SIGSIGKILL RTMIN+99 ''; do
		run berth kill "$ID" -- "$signal"
		expect_error "invalid signal"
	done
}

@test "F578 kill --all reaches every process, private pid namespace or not" {
	edit '.linux.namespaces |= map(select(.type != "pid"))'
	container_script 'sleep 1000 & sleep 1000 & echo up >/tmp/s; wait'
	berth run -d --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	wait_for 5 grep -q up "$BUNDLE/rootfs/tmp/s"
	local procs
	procs=$(cgroup_dir pids)/cgroup.procs
	[ "$(wc -l <"$procs")" -eq 3 ]
	berth kill --all "$ID" KILL
	wait_for 5 sh -c "[ \$(wc -l <'$procs') -eq 0 ]"
}

@test "F518 SIGKILL without a pid namespace of its own takes the whole cgroup" {
	edit '.linux.namespaces |= map(select(.type != "pid"))'
	container_script 'sleep 1000 & echo up >/tmp/s; wait'
	berth run -d --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	wait_for 5 grep -q up "$BUNDLE/rootfs/tmp/s"
	local procs
	procs=$(cgroup_dir pids)/cgroup.procs
	berth kill "$ID" KILL
	wait_for 5 sh -c "[ \$(wc -l <'$procs') -eq 0 ]"
}

@test "F517 SIGKILL takes effect on a frozen container" {
	require_controller freezer
	container_args sleep 1000
	berth run -d --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	freeze_cgroup "$(cgroup_dir freezer)"
	wait_for 5 is_status paused
	berth kill "$ID" KILL
	wait_for 5 is_status stopped
}

@test "F523 delete of a list: each is tried, the first failure is reported" {
	local first=$ID second=$ID-2 third=$ID-3
	container_args sleep 1000
	create_container
	ID=$second create_container
	ID=$third create_container
	berth start "$second"
	run berth delete "$first" "$second" nobody "$third"
	[ "$status" -eq 1 ]
	expect_error "delete $second" "cannot delete container $second that is not stopped: running"
	[ "$(berth list -q)" = "$second" ]
	run berth delete nobody "$second"
	expect_error "delete nobody" "does not exist"
	run berth delete "$second" nobody --force
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ -z "$(berth list -q)" ]
}

@test "F575 delete --regex: all containers that match, and no others" {
	local n
	for n in one two three; do
		ID=$ID-$n create_container
	done
	run berth delete --regex "^$ID-t" nothing-like-it
	expect_error "delete nothing-like-it" "does not exist"
	run berth delete --regex ""
	expect_error "a pattern has 1 to"
	run berth delete --regex "("
	expect_error 'invalid pattern "("'
	[ "$(berth list -q | wc -l)" -eq 3 ]
	run berth delete -r --force "^$ID-t" nothing-like-it "e$"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ -z "$(berth list -q)" ]
	run berth delete --regex "^$ID"
	expect_error "does not exist"
	run "$BERTH" --root "$TMP/none" delete --force --regex .
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "F575 delete --regex: what runs stays without --force, the others go" {
	container_args sleep 1000
	ID=$ID-a create_container
	ID=$ID-b create_container
	berth start "$ID-a"
	run berth delete --regex "$ID-(a|b)" "b$"
	expect_error "delete $ID-a" "is not stopped"
	[ "$(berth list -q)" = "$ID-a" ]
}

@test "F579 kill --regex: all containers that match, each with its signal" {
	local n
	container_args sleep 1000
	edit '.annotations["org.opencontainers.image.stopSignal"] = "KILL"'
	for n in a b c; do
		ID=$ID-$n create_container
		berth start "$ID-$n"
	done
	run berth kill --regex "^nobody"
	expect_error "kill ^nobody" "does not exist"
	run "$BERTH" --root "$TMP/none" kill --regex .
	expect_error "does not exist"
	run berth kill --regex "^$ID-[ab]$"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	ID=$ID-a wait_for 5 is_status stopped
	ID=$ID-b wait_for 5 is_status stopped
	ID=$ID-c is_status running
	# Those that have ended are errors; the one that has not gets it all the same.
	run berth kill -r "^$ID-" KILL
	expect_error "kill $ID-a" "not running"
	ID=$ID-c wait_for 5 is_status stopped
}

@test "F606 F607 list: what cannot be shown" {
	create_container
	run berth list --format json
	[ "$(jq -r '.[0] | keys_unsorted | join(" ")' <<<"$output")" = \
		"ociVersion id pid status bundle rootfs created owner" ]
	jq -e '.[0] | .owner == "root" and .pid > 0 and (.created | test("^[0-9-]+T[0-9:.]+Z$"))' <<<"$output"
	[ "${#lines[@]}" -eq 1 ]
	run berth list -f table
	[ "${#lines[@]}" -eq 2 ]
	# A directory of somebody else is passed over, a broken record hides no other container.
	mkdir "$ROOT/foreign" "$ROOT/broken"
	touch "$ROOT/foreign/file"
	echo '{}' >"$ROOT/broken/record"
	run berth list -q
	[[ "$output" == *"$ID"* && "$output" != *foreign* ]]
	[ "$(berth list -f json 2>/dev/null | jq length)" -eq 1 ]
	rm -r "$ROOT/foreign" "$ROOT/broken"
	run berth list --format yaml
	expect_error "invalid format option" yaml
	berth delete "$ID"
	[ "$(berth list -f json)" = "[]" ]
	[ "$(berth list | wc -l)" -eq 1 ]
}

@test "F521 delete of a running container fails and has no effect" {
	container_args sleep 1000
	berth run -d --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	run berth delete "$ID"
	expect_error "cannot delete container" "that is not stopped: running"
	[ "$(container_status)" = running ]
	berth delete --force "$ID"
	run berth state "$ID"
	expect_error "does not exist"
}

@test "F522 delete of a created container kills and deletes it" {
	create_container
	berth delete "$ID"
}

@test "F523 F573 delete removes state and cgroups, and the id can be used again" {
	run_ok --keep
	berth delete "$ID"
	[ -z "$(ls -A "$ROOT")" ]
	run_ok
}

@test "F574 delete --force works without bundle, config and environment" {
	container_args sleep 1000
	berth run -d --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	mv "$BUNDLE" "$BUNDLE.away"
	env -i XDG_RUNTIME_DIR= "$BERTH" --root "$ROOT" delete --force "$ID"
	mv "$BUNDLE.away" "$BUNDLE"
}

@test "F527 a state directory without a record is deleted by force, and its id can be used" {
	mkdir -p -m 0700 "$ROOT"
	mkdir -m 0700 "$ROOT/$ID"
	run_ok
	mkdir -m 0700 "$ROOT/$ID"
	run berth delete --force "$ID"
	[ "$status" -eq 0 ]
	[ ! -e "$ROOT/$ID" ]
}

@test "F487 F490 F008 state: status, absolute bundle, rootfs, times" {
	(cd "$BUNDLE" && berth create "$ID" </dev/null >/dev/null 2>&1 3>&-)
	container_state | jq -e --arg b "$BUNDLE" --arg id "$ID" '
		.ociVersion == "1.3.0" and .id == $id and .status == "created" and .bundle == $b
		and .rootfs == ($b + "/rootfs") and (.pid | type) == "number"
		and (.created | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]+Z$"))'
	container_state | grep -q '"status": "created"'
}

@test "F491 F016 state returns the annotations" {
	edit '.annotations = {"a.b": "c d", "x": ""}'
	create_container
	container_state | jq -e '.annotations == {"a.b": "c d", "x": ""}'
}

@test "F698 an annotation named bundle is an annotation like others" {
	edit '.annotations = {"bundle": "/elsewhere"}'
	create_container
	container_state | jq -e --arg b "$BUNDLE" '.bundle == $b and .annotations == {"bundle": "/elsewhere"}'
}

@test "F606 F607 F608 list: table, json, quiet" {
	create_container
	run berth list
	[[ "${lines[0]}" == ID*PID*STATUS*BUNDLE*CREATED*OWNER ]]
	[[ "${lines[1]}" == "$ID"*created*"$BUNDLE"*root ]]
	[ "$(berth list -q)" = "$ID" ]
	berth list --format json | jq -e --arg id "$ID" 'length == 1 and .[0].id == $id and .[0].status == "created"'
	run berth list -f yaml
	expect_error "invalid format option"
}

@test "list of an empty or missing root is empty" {
	mkdir -m 0700 "$ROOT"
	[ "$(berth list -f json)" = "[]" ]
	[ -z "$(berth list -q)" ]
	[ "$("$BERTH" list --format json | jq -r type)" = array ]
}

@test "list skips what is not ours, and one damaged container does not hide the others" {
	create_container
	mkdir -m 0700 "$ROOT/foreign"
	echo x >"$ROOT/foreign/something"
	mkdir -m 0700 "$ROOT/damaged"
	echo '{' >"$ROOT/damaged/record"
	run berth list -q
	[ "$status" -eq 0 ]
	[[ "$output" == *"$ID"* ]]
	[ -e "$ROOT/foreign/something" ]
	rm -r "$ROOT/foreign"
	berth delete --force damaged
}

@test "success is silent on both streams" {
	container_args sleep 1000
	create_container
	[ ! -s "$TMP/out" ]
	[ ! -s "$TMP/err" ]
	for command in start kill; do
		run berth $command "$ID"
		[ "$status" -eq 0 ]
		[ -z "$output" ]
	done
	berth kill "$ID" KILL
	wait_for 5 is_status stopped
	run berth delete "$ID"
	[ -z "$output" ]
}

@test "F510 F112 create works without process, start fails" {
	edit 'del(.process)'
	create_container
	[ "$(container_status)" = created ]
	run berth start "$ID"
	[ "$status" -eq 1 ]
	berth delete --force "$ID"
}

@test "F511 start reports the failure of execve" {
	printf '#!/no/such/interpreter\n' >"$BUNDLE/rootfs/bin/script"
	chmod 755 "$BUNDLE/rootfs/bin/script"
	container_args /bin/script
	try_create
	if [ "$status" -eq 0 ]; then
		run berth start "$ID"
	fi
	expect_error "/bin/script" "/no/such/interpreter" "no such file or directory"
}
