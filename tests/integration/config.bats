# SPDX-License-Identifier: Apache-2.0
# Bad and hostile input: one clear error, a non-zero exit, nothing left behind.
load helpers

teardown_test() {
	[ -z "${TMPFS:-}" ] || umount "$TMPFS"
}

# Writes the configuration as it stands and expects create to fail.
refuse_text() {
	cat >"$BUNDLE/config.json"
	run timeout 20 "$BERTH" --root "$ROOT" create --bundle "$BUNDLE" "$ID"
	expect_error "$@"
}

@test "F003 config.json is missing, empty, a directory" {
	rm "$BUNDLE/config.json"
	try_create
	expect_error config.json
	refuse_text "JSON" </dev/null
	rm "$BUNDLE/config.json"
	mkdir "$BUNDLE/config.json"
	try_create
	expect_error config.json
}

@test "F003 F554 F567 --config names another file" {
	mv "$BUNDLE/config.json" "$BUNDLE/other.json"
	container=$("$BERTH" --root "$ROOT" run --bundle "$BUNDLE" --config "$BUNDLE/other.json" "$ID")
	[ -z "$container" ]
}

@test "F004 bad JSON at every length, and what is no UTF-8" {
	local size n
	cp "$BUNDLE/config.json" "$TMP/good"
	size=$(stat -c %s "$TMP/good")
	for n in 1 2 10 100 500 1000 $((size / 2)) $((size - 3)); do
		head -c "$n" "$TMP/good" | refuse_text "JSON"
	done
	printf '{"ociVersion": "1.0.0", "hostname": "\xff\xfe"}' | refuse_text "JSON"
	printf '{"ociVersion": "1.0.0"} x' | refuse_text "JSON"
}

@test "F005 duplicate names are an error" {
	echo '{"ociVersion": "1.0.0", "root": {"path": "rootfs"}, "hostname": "a", "hostname": "b"}' | refuse_text "hostname"
	echo '{"ociVersion": "1.0.0", "root": {"path": "rootfs"}, "unknown": {"a": 1, "a": 2}}' | refuse_text "a"
}

@test "F001 F002 ociVersion" {
	local v
	for v in '""' '"1"' '"1.0"' '"x"' '"01.0.0"' '"2.0.0"' '"0.9.0"' 1 null; do
		edit '.ociVersion = ($v | fromjson)' --arg v "$v"
		refuse . ociVersion
	done
	for v in 1.0.0 1.0.2-dev 1.1.0 1.2.1 1.3.0 1.3.0+dev; do
		edit '.ociVersion = $v' --arg v "$v"
		run_ok
	done
}

@test "F007 F018 wrong types name pointer and line" {
	refuse '.hostname = 1' /hostname line
	refuse '.mounts = {}' /mounts
	refuse '.process.args = "sh"' /process/args
	refuse '.annotations = {"a": 1}' /annotations/a
	refuse '.annotations = {"": "x"}' /annotations
	refuse '.process.rlimits = [{type: "RLIMIT_CPU", soft: 1.5, hard: 2}]' /process/rlimits/0/soft
	refuse '.process.terminal = "yes"' /process/terminal
}

@test "F009 F010 root: missing, a file, a link, nothing there" {
	refuse 'del(.root)' root
	refuse '.root.path = "none"' none "does not exist"
	touch "$BUNDLE/file"
	refuse '.root.path = "file"' "not a directory"
	ln -s rootfs "$BUNDLE/link"
	refuse '.root.path = "link"' link
	edit '.root.path = $p' --arg p "$BUNDLE/rootfs"
	run_ok
}

@test "F017 an empty annotation key is an error" {
	refuse '.annotations = {"": "x"}' annotation
}

@test "F022 64-bit numbers are kept exactly" {
	edit '.process.rlimits = []'
	sed -i 's/"rlimits": \[\]/"rlimits": [{"type": "RLIMIT_CORE", "soft": 0, "hard": 18446744073709551613}]/' "$BUNDLE/config.json"
	run "$BERTH" explain "$BUNDLE"
	[ "$status" -eq 0 ]
	[[ "$output" == *18446744073709551613* ]]
}

@test "hostile sizes: depth, strings, numbers, NUL" {
	command -v python3 >/dev/null || skip "no python3 to make these texts"
	python3 -c 'print("{\"ociVersion\":\"1.0.0\",\"x\":" + "[" * 100000 + "]" * 100000 + "}")' | refuse_text limit
	python3 -c 'print("{\"a\":" * 100000 + "1" + "}" * 100000)' | refuse_text limit
	python3 -c 'print("{\"ociVersion\":\"1.0.0\",\"hostname\":\"" + "x" * 104857600 + "\"}")' | refuse_text limit
	echo '{"ociVersion": "1.0.0", "root": {"path": "rootfs"}, "process": {"cwd": "/", "oomScoreAdj": 1e999}}' | refuse_text oomScoreAdj
	echo '{"ociVersion": "1.0.0", "root": {"path": "rootfs"}, "hostname": "a\u0000b"}' | refuse_text hostname
}

@test "10,000 mounts and 100,000 seccomp entries end in bounded time" {
	edit '.mounts += [range(10000) | {destination: "/m/\(.)", type: "tmpfs", source: "t"}]'
	timeout 20 "$BERTH" explain "$BUNDLE" >/dev/null
	edit '.mounts = [] | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [range(100000) | {names: ["getppid"], action: "SCMP_ACT_ERRNO",
		args: [{index: 0, value: ., op: "SCMP_CMP_EQ"}]}]}'
	# Without blanks, or the text alone is more than berth reads.
	jq -c . "$BUNDLE/config.json" >"$BUNDLE/new"
	mv "$BUNDLE/new" "$BUNDLE/config.json"
	run timeout 30 "$BERTH" explain "$BUNDLE"
	[ "$status" -eq 0 ] || { [ "$status" -eq 1 ] && expect_error seccomp; }
}

@test "state root: a symlink, writable by others, foreign, a file" {
	mkdir -m 0700 "$TMP/real"
	ln -s "$TMP/real" "$TMP/root-link"
	run "$BERTH" --root "$TMP/root-link" create --bundle "$BUNDLE" "$ID"
	expect_error "$TMP/root-link"
	mkdir -m 0777 "$TMP/open"
	chmod 777 "$TMP/open"
	run "$BERTH" --root "$TMP/open" create --bundle "$BUNDLE" "$ID"
	expect_error "$TMP/open"
	mkdir -m 0700 "$TMP/foreign"
	chown 1000 "$TMP/foreign"
	run "$BERTH" --root "$TMP/foreign" create --bundle "$BUNDLE" "$ID"
	expect_error "$TMP/foreign"
	touch "$TMP/file"
	run "$BERTH" --root "$TMP/file" create --bundle "$BUNDLE" "$ID"
	expect_error "$TMP/file"
}

@test "F498 a full disk under the state root fails create, and later commands need no space" {
	TMPFS=$TMP/full
	mkdir "$TMPFS"
	mount -t tmpfs -o size=64k,mode=0700 tmpfs "$TMPFS"
	ROOT=$TMPFS
	create_container
	dd if=/dev/zero of="$TMPFS/.fill" bs=1k 2>/dev/null || :
	run berth create --bundle "$BUNDLE" "$ID-2" 3>&-
	expect_error state
	berth state "$ID"
	berth kill "$ID" KILL
	wait_for 5 is_status stopped
	berth delete "$ID"
	rm "$TMPFS/.fill"
	rmdir "$ROOT"/* 2>/dev/null || :
}

@test "a damaged record: every command fails cleanly, delete --force removes it" {
	create_container
	local pid size n
	pid=$(container_pid)
	cp "$ROOT/$ID/record" "$TMP/record"
	size=$(stat -c %s "$TMP/record")
	for n in 0 1 10 $((size / 2)) $((size - 2)); do
		head -c "$n" "$TMP/record" >"$ROOT/$ID/record"
		run berth state "$ID"
		[ "$status" -eq 1 ]
		run berth kill "$ID" KILL
		[ "$status" -eq 1 ]
		[ -d "/proc/$pid" ]
	done
	cp "$TMP/record" "$ROOT/$ID/record"
	[ "$(container_status)" = created ]
	# Nobody knows any more what the id stands for; force takes away what can be found, which the cgroups are not.
	berth kill "$ID" KILL
	wait_for 5 is_status stopped
	head -c $((size / 2)) "$TMP/record" >"$ROOT/$ID/record"
	run berth delete "$ID"
	[ "$status" -eq 1 ]
	berth delete --force "$ID"
	[ ! -e "$ROOT/$ID" ]
	find /sys/fs/cgroup -depth -type d -name "berth-$ID" -exec rmdir {} +
	run berth state "$ID"
	expect_error "does not exist"
}

@test "a record of a newer version is refused, of an earlier boot is stopped" {
	local pid command
	create_container
	pid=$(container_pid)
	cp "$ROOT/$ID/record" "$TMP/record"
	forge_record "$TMP/record" 're.sub(r"\"version\":\d+", "\"version\":9999", t, 1)'
	for command in state start kill delete; do
		run berth $command "$ID" 3>&-
		[ "$status" -eq 1 ]
		expect_error "state was written by a newer version of berth"
	done
	[ -d "/proc/$pid" ]
	# The same number is somebody else's now: it is neither shown nor hit.
	forge_record "$TMP/record" 're.sub(r"\"bootId\":\"........", "\"bootId\":\"00000000", t, 1)'
	run cmp -s "$TMP/record" "$ROOT/$ID/record"
	[ "$status" -eq 1 ]
	[ "$(container_state | jq -c '[.status, .pid]')" = '["stopped",0]' ]
	run berth kill "$ID" KILL
	expect_error "container not running"
	run berth start "$ID"
	expect_error stopped
	[ -d "/proc/$pid" ]
	cp "$TMP/record" "$ROOT/$ID/record"
	[ "$(container_status)" = created ]
}

@test "a state root that cannot be written is an error of create, state still works" {
	TMPFS=$TMP/readonly
	mkdir "$TMPFS"
	mount -t tmpfs -o mode=0700 tmpfs "$TMPFS"
	mount -o remount,ro "$TMPFS"
	ROOT=$TMPFS
	try_create
	[ "$status" -eq 1 ]
	expect_error "$ID" "read-only file system"
	run berth state "$ID"
	expect_error "does not exist"
	run berth delete --force "$ID"
	[ "$status" -eq 0 ]
}

@test "F503 F530 a failed create leaves nothing, and the id can be used at once" {
	edit '.mounts += [{destination: "/x", type: "nosuchfs", source: "x"}]'
	try_create
	expect_error nosuchfs
	[ -z "$(ls -A "$ROOT")" ]
	edit 'del(.mounts[-1])'
	run_ok
}

@test "errors of the command line" {
	run "$BERTH"
	expect_error "no command"
	run "$BERTH" creat x
	[ "$status" -ne 0 ]
	[[ "$output" == *creat* ]]
	run "$BERTH" --invalidflag state x
	expect_error invalidflag
	run "$BERTH" create --pid-file
	expect_error "flag needs an argument" "requires an argument"
	run "$BERTH" run --preserve-fds x y
	expect_error preserve-fds
	run "$BERTH" state a b
	expect_error '"b"'
}

@test "F540 F541 --version and --help" {
	run "$BERTH" --version
	[ "$status" -eq 0 ]
	[[ "${lines[0]}" =~ ^berth\ version\ [0-9.]+ ]]
	[[ "${lines[1]}" == "commit: "* ]]
	[ "${lines[2]}" = "spec: 1.3.0" ]
	local command
	for command in create start state kill delete run list spec features explain; do
		run "$BERTH" "$command" --help
		[ "$status" -eq 0 ]
		[[ "$output" == Usage:* ]]
	done
	run "$BERTH" --help
	[[ "$output" == *features* ]]
}

@test "F643 F644 F646 F647 spec writes a configuration that runs, once" {
	mkdir -p "$TMP/s"
	"$BERTH" spec --bundle "$TMP/s"
	jq -e '.ociVersion == "1.3.0" and .process.args == ["sh"] and (.linux.namespaces | length) == 6' "$TMP/s/config.json"
	run "$BERTH" spec --bundle "$TMP/s"
	expect_error config.json
	"$BERTH" spec --bundle "$TMP/s" --file other.json
	[ -e "$TMP/s/other.json" ]
}

@test "F645 spec --rootless" {
	mkdir -p "$TMP/s"
	"$BERTH" spec --rootless --bundle "$TMP/s"
	jq -e '[.linux.namespaces[].type] | index("user") and (index("network") | not)' "$TMP/s/config.json"
	jq -e '.linux.uidMappings[0].size == 1 and (.linux.resources | not)' "$TMP/s/config.json"
}

@test "F454 F455 F456 F457 F458 F460 F461 F462 F463 F468 F469 F470 F471 F472 F473 F481 F484 features" {
	run "$BERTH" features
	[ "$status" -eq 0 ]
	jq -e '.ociVersionMin == "1.0.0" and .ociVersionMax == "1.3.0"
		and .hooks == ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]
		and (.mountOptions | index("rro") and index("idmap") and index("ro"))
		and (.linux.namespaces | index("user") and index("time") and length == 8)
		and (.linux.capabilities | index("CAP_CHOWN"))
		and .linux.cgroup.v1 and .linux.cgroup.v2 and .linux.cgroup.rdma and .linux.seccomp.enabled
		and (.linux.seccomp.actions | length) == 9 and (.linux.seccomp.operators | length) == 7
		and (.linux.seccomp.archs | length) == 23 and (.linux.seccomp.knownFlags | length) == 4
		and .linux.mountExtensions.idmap.enabled
		and .linux.cgroup.systemd and .linux.netDevices.enabled and .linux.intelRdt.enabled' <<<"$output"
}

@test "explain prints the program and changes nothing" {
	edit '.linux.resources.memory.limit = 104857600 | .linux.cgroupsPath = $p' --arg p "/berth-explain-$ID"
	run "$BERTH" explain "$BUNDLE"
	[ "$status" -eq 0 ]
	[[ "$output" == *memory.limit_in_bytes*104857600* || "$output" == *memory.max*104857600* ]]
	[[ "$output" == *"/mounts/0"* ]]
	[ -z "$(find /sys/fs/cgroup -maxdepth 2 -name "berth-explain-$ID")" ]
	"$BERTH" explain --format json "$BUNDLE" | jq -e . >/dev/null
}

@test "--trace writes a timeline of both processes" {
	run_ok --trace "$TMP/trace.json"
	jq -e '[.traceEvents[] | select(.ph == "X") | .name] | index("clone") and index("mount") and index("root-enter")' "$TMP/trace.json"
	jq -e '[.traceEvents[] | select(.ph == "X") | .pid] | unique | length >= 2' "$TMP/trace.json"
}
