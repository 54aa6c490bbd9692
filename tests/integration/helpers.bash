# SPDX-License-Identifier: Apache-2.0
# Shared by all bats files: a bundle made from busybox-static, a private state root, and an oracle that
# refuses a test which leaves anything behind.
#
# BERTH names the program under test, BERTH_TESTS the folder with the helpers of tests/tools; ./check sets both.
#
# shellcheck disable=SC2016,SC2154 # jq's variables stand in single quotes; bats sets status and output

BERTH=${BERTH:-$BATS_TEST_DIRNAME/../../build/berth}
BERTH_TESTS=${BERTH_TESTS:-$BATS_TEST_DIRNAME/../../build/tests/tools}
BUSYBOX=${BUSYBOX:-/bin/busybox}

# make_rootfs DIR: a root file system, copied from one that is made once per file of tests: in a virtual machine
# the seventy links alone would take a second.
make_rootfs() {
	local template=${BATS_FILE_TMPDIR-}
	if [ -z "$template" ]; then
		build_rootfs "$1"
		return
	fi
	[ -d "$template/rootfs" ] || build_rootfs "$template/rootfs"
	cp -a "$template/rootfs" "$1"
}

build_rootfs() {
	local dir=$1 applet
	mkdir -p "$dir"/{bin,dev,etc,proc,sys,tmp,root,home,usr/bin,var,run}
	cp "$BUSYBOX" "$dir/bin/busybox"
	for applet in sh true false cat echo ls id env pwd sleep mount stat test touch mkdir rm ln grep \
		hostname head tail wc tr sed awk cut sort find readlink ps kill umask ip ifconfig dd \
		chmod chown mknod printf seq cp mv nc tty stty od expr dmesg date uname getopt chroot \
		setsid unshare ulimit; do
		ln -s /bin/busybox "$dir/bin/$applet" 2>/dev/null || :
	done
	printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n' >"$dir/etc/passwd"
	printf 'root:x:0:\nuser:x:1000:\n' >"$dir/etc/group"
}

setup() {
	# All that a test makes has this name in its own, so that what it leaves is found; no id is the beginning of another.
	printf -v ID '%s-%03d' "${SUITE_ID:-bt$$}" "$BATS_SUITE_TEST_NUMBER"
	# Not below the folder of bats, which a container with mapped ids could not enter.
	TMP=$(mktemp -d "/tmp/berth-$ID.XXXXXX")
	chmod 755 "$TMP"
	export BERTH_TEST=$TMP
	ROOT=$TMP/state
	BUNDLE=$TMP/bundle
	mkdir -p "$BUNDLE"
	make_rootfs "$BUNDLE/rootfs"
	(cd "$BUNDLE" && "$BERTH" spec)
	edit '.process.terminal = false | .process.args = ["/bin/true"] | .root.readonly = false'
	# shellcheck disable=SC2034
	BUNDLE_CONFIG=$BUNDLE/config.json
	if type setup_test >/dev/null 2>&1; then setup_test; fi
}

# bats calls it where set -e has no effect: only what it returns counts.
teardown() {
	local id result=0
	if type teardown_test >/dev/null 2>&1; then teardown_test || result=1; fi
	for id in "$ROOT"/*; do
		[ ! -e "$id" ] || "$BERTH" --root "$ROOT" delete --force "${id##*/}" || result=1
	done
	assert_clean || result=1
	rm -rf --one-file-system "$TMP" || result=1
	return $result
}

# What must hold after every test: no state, no cgroup, no mount, no process of ours.
assert_clean() {
	nothing_left "$ID" "$ROOT"
}

# nothing_left NAME FOLDER...: the folders are empty or missing, and nothing in the system has NAME in its own. A process
# that has been told to end may take a moment.
nothing_left() {
	local left processes tries
	local -x LD_PRELOAD='' # the system as it is, not as the program under test sees it
	left=$(leftover_files "$@")
	for ((tries = 0; tries < 40; tries++)); do
		processes=$(leftover_processes "$1")
		[ -n "$processes" ] || break
		sleep 0.05
	done
	[ -z "$left$processes" ] || fail "left behind: $left $processes"
}

leftover_files() {
	local name=$1
	shift
	find "$@" -mindepth 1 -maxdepth 1 2>/dev/null
	find /run/berth /run/user/*/berth /sys/fs/cgroup -type d -name "*$name*" 2>/dev/null
	grep -F "$name" /proc/self/mountinfo || :
}

# Tests export BERTH_TEST: what they start has it, whatever it is called.
leftover_processes() {
	local found entries=(/proc/[0-9]*/{cmdline,environ})
	for found in $(grep -lsF "$1" "${entries[@]}" | cut -d / -f 3 | sort -u); do
		echo "process $found: $(tr '\0' ' ' <"/proc/$found/cmdline")"
	done
}

fail() {
	echo "$*" >&2
	return 1
}

# edit FILTER [jq arguments]: changes the configuration.
edit() {
	local filter=$1
	shift
	jq "$@" "$filter" "$BUNDLE/config.json" >"$BUNDLE/config.new" &&
		mv "$BUNDLE/config.new" "$BUNDLE/config.json"
}

# The program of the container: each argument one word.
container_args() {
	jq '.process.args = $ARGS.positional' "$BUNDLE/config.json" --args -- "$@" >"$BUNDLE/config.new" &&
		mv "$BUNDLE/config.new" "$BUNDLE/config.json"
}

# The program is this shell script.
container_script() {
	edit '.process.args = ["/bin/sh", "-c", $s]' --arg s "$1"
}

berth() {
	"$BERTH" --root "$ROOT" "$@"
}

# run_container [option...]: runs the bundle in the foreground; $status and $output as bats' run has them.
run_container() {
	run "$BERTH" --root "$ROOT" run --bundle "$BUNDLE" "$@" "$ID"
}

# The same, and it must succeed.
run_ok() {
	run_container "$@"
	[ "$status" -eq 0 ] || fail "exit status $status: $output"
}

# expect_error WORD...: the last run failed with exactly one line that has each of the words.
expect_error() {
	local word
	[ "$status" -ne 0 ] || fail "succeeded, but an error was expected: $output"
	[ "$(printf '%s\n' "$output" | wc -l)" -eq 1 ] || fail "not one line: $output"
	for word in "$@"; do
		[[ "$output" == *"$word"* ]] || fail "no \"$word\" in: $output"
	done
}

# refuse FILTER WORD...: with this change of the configuration create must fail, and leave nothing.
refuse() {
	local filter=$1
	shift
	cp "$BUNDLE/config.json" "$BUNDLE/config.saved"
	edit "$filter"
	try_create
	mv "$BUNDLE/config.saved" "$BUNDLE/config.json"
	expect_error "$@"
	[ -z "$(ls -A "$ROOT" 2>/dev/null)" ] || fail "refused create left state behind"
}

# Creates the container, detached from bats' own descriptors.
create_container() {
	"$BERTH" --root "$ROOT" create --bundle "$BUNDLE" "$@" "$ID" </dev/null >"$TMP/out" 2>"$TMP/err" 3>&-
}

# The same as bats' run of it: $status and $output. (run itself would wait for the streams, which the container
# that waits for start has inherited.)
try_create() {
	status=0
	create_container "$@" || status=$?
	output=$(cat "$TMP/out" "$TMP/err")
}

container_state() {
	"$BERTH" --root "$ROOT" state "$ID"
}

container_status() {
	container_state | jq -r .status
}

container_pid() {
	container_state | jq -r .pid
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || fail "timed out waiting for: $*" || return 1
		sleep 0.02
	done
}

is_status() {
	[ "$(container_status)" = "$1" ]
}

# True on a host with cgroup v2 only.
is_unified() {
	[ -f /sys/fs/cgroup/cgroup.controllers ]
}

# The directory of the container that has a controller: in its v1 hierarchy, or in the one tree of v2.
cgroup_dir() {
	if is_unified; then
		echo "/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$(container_pid)/cgroup")"
	else
		echo "/sys/fs/cgroup/$1$(awk -F: -v c="$1" '$2 ~ "(^|,)"c"(,|$)" { print $3 }' "/proc/$(container_pid)/cgroup")"
	fi
}

require_v1() {
	[ -d "/sys/fs/cgroup/$1" ] && ! is_unified || skip "no cgroup v1 hierarchy with $1 on this machine"
}

# require_v2 [CONTROLLER...]
require_v2() {
	local controller
	is_unified || skip "this machine has not cgroup v2 only"
	for controller; do
		grep -qw "$controller" /sys/fs/cgroup/cgroup.controllers || skip "no cgroup v2 controller $controller here"
	done
}

# Whatever version has it. v2 can always freeze.
require_controller() {
	if is_unified; then
		[ "$1" = freezer ] || require_v2 "$1"
	else
		require_v1 "$1"
	fi
}

# freeze_cgroup DIRECTORY: of either version.
freeze_cgroup() {
	if is_unified; then
		echo 1 >"$1/cgroup.freeze"
	else
		echo FROZEN >"$1/freezer.state"
	fi
}

thaw_cgroup() {
	if is_unified; then
		echo 0 >"$1/cgroup.freeze"
	else
		echo THAWED >"$1/freezer.state"
	fi
}

# Whether all in the directory stands still, whoever has asked for it.
cgroup_is_frozen() {
	if is_unified; then
		grep -q '^frozen 1$' "$1/cgroup.events"
	else
		[ "$(cat "$1/freezer.state")" = FROZEN ]
	fi
}

# A container that runs until it is killed; its program is the one of the configuration, or sleeps.
start_container() {
	edit 'if .process.args == ["/bin/true"] then .process.args = ["/bin/sleep", "1000"] else . end'
	create_container "$@" || fail "create: $(cat "$TMP/err")"
	berth start "$ID" || fail "start"
}

# exec_words [option...] -- [word...]: what these make of the command line, in $words.
exec_words() {
	words=(exec)
	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	shift
	words+=("$ID" "$@")
}

# exec_in [option...] -- [word...]: exec into the container; $status and $output as bats' run has them.
exec_in() {
	local words
	exec_words "$@"
	run "$BERTH" --root "$ROOT" "${words[@]}"
}

# The same, and it must succeed.
exec_ok() {
	exec_in "$@"
	[ "$status" -eq 0 ] || fail "exit status $status: $output"
}

# exec_detached [option...] -- [word...]: must succeed silently. Not by run, which would wait for the streams.
exec_detached() {
	local words
	exec_words --detach "$@"
	"$BERTH" --root "$ROOT" "${words[@]}" </dev/null >"$TMP/exec.out" 2>&1 3>&- ||
		fail "$(cat "$TMP/exec.out")"
	[ ! -s "$TMP/exec.out" ] || fail "not quiet: $(cat "$TMP/exec.out")"
}

# A process object for exec --process: the given jq filter over a small one, in $TMP/process.json.
process_file() {
	jq -n "{args: [\"/bin/true\"], cwd: \"/\", env: [\"PATH=/bin\"], user: {uid: 0, gid: 0}} | $1" "${@:2}" >"$TMP/process.json"
}

# forge_record FROM EXPRESSION: the record becomes what the Python expression makes of the text t of the file, with a
# checksum that fits again (record-format.c).
forge_record() {
	python3 - "$1" "$ROOT/$ID/record" "$2" <<-'PYTHON'
		import re, sys
		t = open(sys.argv[1]).read()
		t = eval(sys.argv[3])
		t = t[:t.rindex(',"checksum"')].encode()
		h = 0x9e3779b97f4a7c15 ^ len(t)
		for i in range(0, len(t), 8):
		    h = (h ^ int.from_bytes(t[i:i + 8], "little")) * 0xff51afd7ed558ccd & 0xffffffffffffffff
		    h ^= h >> 31
		open(sys.argv[2], "wb").write(t + b',"checksum":"%016x"}\n' % h)
	PYTHON
}
