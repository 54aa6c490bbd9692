# SPDX-License-Identifier: Apache-2.0
# The mounts array, its options, and what happens to hostile root file systems.
load helpers

setup_test() {
	mkdir -p "$TMP/src/sub" "$TMP/decoy"
	echo data >"$TMP/src/file"
	echo canary >"$TMP/decoy/canary"
}

teardown_test() {
	[ "$(cat "$TMP/decoy/canary")" = canary ] && [ "$(ls -A "$TMP/decoy")" = canary ] || fail "the decoy tree was changed"
}

# add_mount DESTINATION TYPE SOURCE OPTION...
add_mount() {
	local d=$1 t=$2 s=$3
	shift 3
	jq '.mounts += [{destination: $d, type: $t, source: $s, options: $ARGS.positional}]' \
		"$BUNDLE/config.json" --arg d "$d" --arg t "$t" --arg s "$s" --args -- "$@" >"$BUNDLE/new"
	mv "$BUNDLE/new" "$BUNDLE/config.json"
}

# The mount options of the mount at $1 inside, as the kernel lists them: per mount, then per super block.
show_mount() {
	container_script "awk -v p='$1' '\$5 == p { o = \$6; s = \$NF; t = \"\"; for (i = 7; \$i != \"-\"; i++) t = t \" \" \$i }
		END { print o \"|\" s \"|\" t }' /proc/self/mountinfo"
	run_ok
}

@test "F024 F028 mounts happen in order, sources may be relative to the bundle" {
	mkdir "$BUNDLE/rel"
	echo relative >"$BUNDLE/rel/f"
	add_mount /a tmpfs tmpfs
	add_mount /a/b bind rel bind
	container_args cat /a/b/f
	run_ok
	[ "$output" = relative ]
}

@test "F025 a missing destination is made, symlinks inside the root are followed there" {
	ln -s /var/data "$BUNDLE/rootfs/link"
	add_mount /link/deep/er bind "$TMP/src" bind
	container_args cat /var/data/deep/er/file
	run_ok
	[ "$output" = data ]
}

@test "F025 a destination behind a symlink to the host stays inside the root" {
	ln -s "$TMP/decoy" "$BUNDLE/rootfs/abs"
	ln -s ../../../../../../../../../../../../"$TMP/decoy" "$BUNDLE/rootfs/rel"
	add_mount /abs/x bind "$TMP/src" bind
	add_mount /rel/y bind "$TMP/src" bind
	container_args cat /abs/x/file /rel/y/file
	run_ok
	[ "$output" = $'data\ndata' ]
}

@test "F026 a relative destination is taken from /" {
	add_mount mnt/rel bind "$TMP/src" bind
	container_args cat /mnt/rel/file
	run_ok
	[ "${lines[0]}" = data ]
	[[ "$output" == *"mnt/rel"* ]] # a warning: the form is deprecated
}

@test "F027 a mount on / works or gives a clear error" {
	add_mount / bind "$BUNDLE/rootfs" bind
	container_args echo fine
	run_container
	[ "$status" -eq 0 ] && [ "$output" = fine ] || expect_error mount
}

@test "F029 a missing bind source is an error that names it" {
	add_mount /x bind "$TMP/none" bind
	refuse . "$TMP/none" "does not exist"
}

@test "F031 type bind without the bind option binds" {
	add_mount /x bind "$TMP/src"
	container_args cat /x/file
	run_ok
	[ "$output" = data ]
}

@test "F041 F064 bind leaves submounts out, rbind takes them along" {
	mount -t tmpfs tmpfs "$TMP/src/sub"
	echo sub >"$TMP/src/sub/f"
	add_mount /one bind "$TMP/src" bind
	add_mount /all none "$TMP/src" rbind
	container_script 'ls /one/sub; cat /all/sub/f'
	run_container
	umount "$TMP/src/sub"
	[ "$output" = sub ]
}

@test "F110 F111 bind of a file, a fifo and a device makes a file to mount on" {
	mkfifo "$TMP/src/fifo"
	add_mount /new/file bind "$TMP/src/file" bind
	add_mount /new/fifo bind "$TMP/src/fifo" bind
	add_mount /new/null bind /dev/null bind
	container_script 'cat /new/file; test -p /new/fifo && test -c /new/null && echo types'
	run_ok
	[ "$output" = $'data\ntypes' ]
}

@test "F078 F102 F060 F054 F052 F061 ro, nosuid, noexec, nodev, nosymfollow on a bind mount" {
	add_mount /x bind "$TMP/src" bind ro nosuid noexec nodev nosymfollow
	show_mount /x
	[[ "${output%%|*}" == *ro,nosuid,nodev,noexec*nosymfollow* ]]
}

@test "F089 F043 F046 F094 F095 rw, dev, exec, suid, symfollow clear what came before" {
	add_mount /x tmpfs tmpfs ro nodev noexec nosuid nosymfollow rw dev exec suid symfollow
	show_mount /x
	[[ "${output%%|*}" == rw,relatime ]]
}

@test "F051 F068 F093 F103 the last of noatime, relatime, strictatime wins" {
	add_mount /a tmpfs tmpfs strictatime noatime
	add_mount /b tmpfs tmpfs noatime relatime
	add_mount /c tmpfs tmpfs noatime strictatime
	container_script "awk '\$5 ~ \"^/[abc]\$\" { print \$5, \$6 }' /proc/self/mountinfo"
	run_ok
	[ "$output" = $'/a rw,noatime\n/b rw,relatime\n/c rw' ]
}

@test "F040 F044 F053 F058 F059 atime, diratime, nodiratime, norelatime, nostrictatime" {
	add_mount /a tmpfs tmpfs noatime atime
	add_mount /b tmpfs tmpfs nodiratime
	add_mount /c tmpfs tmpfs nodiratime diratime
	add_mount /d tmpfs tmpfs strictatime nostrictatime
	add_mount /e tmpfs tmpfs relatime norelatime
	container_script "awk '\$5 ~ \"^/[abcde]\$\" { print \$5, \$6 }' /proc/self/mountinfo"
	run_ok
	[[ "${lines[0]}" == "/a rw,relatime" ]]
	[[ "${lines[1]}" == *nodiratime* ]]
	[[ "${lines[2]}" != *nodiratime* ]]
	[[ "${lines[3]}" == "/d rw,relatime" ]]
	[[ "${lines[4]}" == "/e rw"* ]]
}

@test "F096 F039 F045 F048 F056 sync, async, dirsync, lazytime are super block flags" {
	add_mount /a tmpfs tmpfs sync
	add_mount /b tmpfs tmpfs sync async
	add_mount /c tmpfs tmpfs dirsync
	add_mount /d tmpfs tmpfs lazytime
	add_mount /e tmpfs tmpfs lazytime nolazytime
	container_script "awk '\$5 ~ \"^/[abcde]\$\" { print \$5, \$NF }' /proc/self/mountinfo"
	run_ok
	[[ "${lines[0]}" == *sync* ]]
	[[ "${lines[1]}" != *sync* ]]
	[[ "${lines[2]}" == *dirsync* ]]
	[[ "${lines[3]}" == *lazytime* ]]
	[[ "${lines[4]}" != *lazytime* ]]
}

@test "F732 rsync, rdirsync and their opposites mean the file system, and nothing to a bind mount" {
	local o
	add_mount /a tmpfs tmpfs rsync
	add_mount /b tmpfs tmpfs sync rasync
	add_mount /c tmpfs tmpfs rdirsync
	add_mount /d tmpfs tmpfs rmand rnomand
	container_script "awk '\$5 ~ \"^/[abcd]\$\" { print \$5, \$6, \$NF }' /proc/self/mountinfo"
	run_ok
	[[ "${lines[0]}" == *,sync* ]]
	[[ "${lines[1]}" != *sync* ]]
	[[ "${lines[2]}" == *dirsync* ]]
	# What others take for an attribute of the mount, since both have the same number.
	[[ "$output" != *nodiratime* && "$output" != *noatime* ]]
	for o in rsync rasync rdirsync rmand rnomand; do
		refuse ".mounts += [{destination: \"/e\", type: \"none\", source: \"$TMP/src\", options: [\"rbind\", \"$o\"]}]" \
			"$o" /options "bind mount"
		refuse ".mounts += [{destination: \"/a\", type: \"none\", source: \"none\", options: [\"remount\", \"bind\", \"$o\"]}]" \
			"$o" "bind mount"
	done
}

@test "F042 F047 F049 F050 F055 F057 F091 defaults, silent, loud, iversion and mand are options, not data" {
	add_mount /a bind "$TMP/src" bind defaults
	add_mount /b tmpfs tmpfs defaults silent
	add_mount /c tmpfs tmpfs loud noiversion nomand
	container_args cat /a/file
	run_ok
	[ "$output" = data ]
}

@test "F037 unknown options go to the file system" {
	add_mount /x tmpfs tmpfs size=64k mode=0711 nr_inodes=99
	show_mount /x
	[[ "$output" == *size=64k*nr_inodes=99*mode=711* ]]
	add_mount /y tmpfs tmpfs nosuchoption=1
	refuse . /y nosuchoption
}

@test "F062 F092 a shared bind mount in a user namespace gets the host's events and sends none" {
	mkdir "$TMP/source" "$BUNDLE/rootfs/data"
	mount -t tmpfs tmpfs "$TMP/source"
	mount --make-shared "$TMP/source"
	mkdir "$TMP/source/sub"
	chown -R 100000:100000 "$BUNDLE/rootfs" "$TMP/source"
	edit '.linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	add_mount /data bind "$TMP/source" bind shared
	add_mount /data/sub tmpfs tmpfs
	container_script 'grep " /data " /proc/self/mountinfo'
	run_container
	left=$(grep -c " $TMP/source/sub " /proc/self/mountinfo) || :
	umount -R "$TMP/source"
	[ "$status" -eq 0 ] || fail "$output"
	[[ "$output" == *shared:*master:* ]] || fail "$output"
	[ "$left" -eq 0 ]
}

@test "F062 F079 F084 F090 F083 F092 F098 F088 propagation options" {
	local o
	for o in private rprivate slave rslave shared rshared unbindable runbindable; do
		add_mount "/p-$o" tmpfs tmpfs "$o"
	done
	edit '.linux.rootfsPropagation = "private"'
	container_script "awk '\$5 ~ \"^/p-\" { t = \"\"; for (i = 7; \$i != \"-\"; i++) t = t \$i; sub(/:.*/, \"\", t); print \$5, t }' /proc/self/mountinfo"
	run_ok
	[[ "$output" == *"/p-shared shared"* ]]
	[[ "$output" == *"/p-rshared shared"* ]]
	[[ "$output" == *"/p-unbindable unbindable"* ]]
	[[ "$output" == *"/p-runbindable unbindable"* ]]
	printf '%s\n' "${lines[@]}" | grep -qx "/p-private "
	printf '%s\n' "${lines[@]}" | grep -qx "/p-rprivate "
}

@test "F081 F082 F076 F066 F073 F077 F071 recursive attributes reach submounts" {
	mount -t tmpfs tmpfs "$TMP/src/sub"
	add_mount /x none "$TMP/src" rbind rro rnosuid rnodev rnoexec rnosymfollow rnoatime
	container_script "awk '\$5 ~ \"^/x\" { print \$5, \$6 }' /proc/self/mountinfo"
	run_container
	umount "$TMP/src/sub"
	[ "${lines[0]}" = "/x ro,nosuid,nodev,noexec,noatime,nosymfollow" ]
	[ "${lines[1]}" = "/x/sub ro,nosuid,nodev,noexec,noatime,nosymfollow" ]
}

@test "F063 F065 F067 F070 F072 F074 F075 F080 F085 F086 F087 the clearing recursive forms" {
	mount -t tmpfs -o ro,nosuid,nodev,noexec,nodiratime tmpfs "$TMP/src/sub"
	add_mount /x none "$TMP/src" rbind rrw rsuid rdev rexec rdiratime rsymfollow rstrictatime
	add_mount /y none "$TMP/src" rbind rrelatime rnodiratime
	add_mount /z none "$TMP/src" rbind ratime rnorelatime rnostrictatime
	container_script "awk '\$5 ~ \"^/[xyz]/sub\" { print \$5, \$6 }' /proc/self/mountinfo"
	run_container
	umount "$TMP/src/sub"
	[ "${lines[0]}" = "/x/sub rw" ]
	[[ "${lines[1]}" == "/y/sub ro,nosuid,nodev,noexec,nodiratime,relatime" ]]
	[ "$status" -eq 0 ]
}

@test "F069 remount changes the mount that is there" {
	add_mount /x tmpfs tmpfs
	add_mount /x none none remount bind ro nosuid
	show_mount /x
	[[ "${output%%|*}" == ro,nosuid* ]]
}

@test "F097 tmpcopyup copies what the tmpfs hides" {
	mkdir -p "$BUNDLE/rootfs/data/deep"
	echo one >"$BUNDLE/rootfs/data/deep/f"
	chmod 640 "$BUNDLE/rootfs/data/deep/f"
	ln -s deep/f "$BUNDLE/rootfs/data/link"
	add_mount /data tmpfs tmpfs tmpcopyup
	container_script 'cat /data/link; stat -c %a /data/deep/f; echo two >/data/deep/f'
	run_ok
	[ "$output" = $'one\n640' ]
	[ "$(cat "$BUNDLE/rootfs/data/deep/f")" = one ]
}

@test "F033 F034 F035 F099 idmapped bind mounts by the mount's own mappings" {
	touch "$TMP/src/owned"
	chown 1000:1001 "$TMP/src/owned"
	add_mount /x bind "$TMP/src" bind idmap
	add_mount /y bind "$TMP/src" bind
	edit '(.mounts[] | select(.destination == "/x" or .destination == "/y")) |= . + {
		uidMappings: [{containerID: 1000, hostID: 5000, size: 10}],
		gidMappings: [{containerID: 1000, hostID: 6000, size: 10}]}'
	container_script 'stat -c "%u %g" /x/owned /y/owned'
	run_container
	if [ "$status" -ne 0 ] && [[ "$output" == *nvalid\ argument* ]]; then
		skip "the file system of the temporary directory has no idmapped mounts"
	fi
	[ "$output" = $'5000 6001\n5000 6001' ]
}

@test "F761 idmap without mappings takes those of a user namespace that is joined" {
	chmod 755 "$TMP" "$BUNDLE"
	mkdir "$BUNDLE/rootfs/x" "$BUNDLE/rootfs/y"
	touch "$TMP/src/owned"
	chown 7:8 "$TMP/src/owned"
	unshare --user --fork sleep 1000 3>&- &
	local parent=$! holder
	wait_for 5 pgrep -P $parent
	holder=$(pgrep -P $parent)
	echo 0 100000 65536 >"/proc/$holder/uid_map"
	echo 0 200000 65536 >"/proc/$holder/gid_map"
	add_mount /x none "$TMP/src" rbind idmap
	add_mount /y none "$TMP/src" rbind
	edit '.linux.namespaces += [{type: "user", path: $p}]' --arg p "/proc/$holder/ns/user"
	container_script 'stat -c "%u %g" /x/owned /y/owned'
	run_container
	kill "$holder"
	if [ "$status" -ne 0 ] && [[ "$output" == *nvalid\ argument* ]]; then
		skip "the file system of the temporary directory has no idmapped mounts"
	fi
	[ "$output" = $'7 8\n65534 65534' ] || fail "$output"
}

@test "F100 ridmap reaches submounts" {
	# Not a tmpfs, which has idmapped mounts since Linux 6.3 only.
	mkdir "$TMP/other"
	mount --bind "$TMP/other" "$TMP/src/sub"
	touch "$TMP/src/sub/owned"
	chown 1000:1000 "$TMP/src/sub/owned"
	add_mount /x none "$TMP/src" rbind ridmap
	edit '(.mounts[] | select(.destination == "/x")) |= . + {
		uidMappings: [{containerID: 1000, hostID: 5000, size: 1}],
		gidMappings: [{containerID: 1000, hostID: 6000, size: 1}]}'
	container_script 'stat -c "%u %g" /x/sub/owned'
	run_container
	umount "$TMP/src/sub"
	if [ "$status" -ne 0 ] && [[ "$output" == *nvalid\ argument* ]]; then
		skip "the file system of the temporary directory has no idmapped mounts"
	fi
	[ "$output" = "5000 6000" ] || fail "$output"
}

@test "F036 F034 idmap without mappings, or with one of two, is an error" {
	add_mount /x bind "$TMP/src" bind idmap
	refuse . /mounts/
	edit '.mounts[-1].options = ["bind"] | .mounts[-1].uidMappings = [{containerID: 0, hostID: 1, size: 1}]'
	refuse . gidMappings
}

@test "F104 proc and sysfs are not mounted through a symlink" {
	local d
	for d in proc sys; do
		rm -r "$BUNDLE/rootfs/$d"
		ln -s "$TMP/decoy" "$BUNDLE/rootfs/$d"
		refuse . "/$d"
		rm "$BUNDLE/rootfs/$d"
		ln -s tmp "$BUNDLE/rootfs/$d"
		refuse . "/$d"
		rm "$BUNDLE/rootfs/$d"
		mkdir "$BUNDLE/rootfs/$d"
	done
}

@test "F104 /dev as a symlink is refused, and nothing is made behind it" {
	rmdir "$BUNDLE/rootfs/dev"
	ln -s "$TMP/decoy" "$BUNDLE/rootfs/dev"
	refuse . /dev
}

@test "F105 binds below /proc are limited to a short list" {
	add_mount /proc/self/attr bind "$TMP/src" bind
	refuse . /proc/self/attr
	edit '.mounts[-1].destination = "/proc/uptime" | .mounts[-1].source = $f' --arg f "$TMP/src/file"
	container_args cat /proc/uptime
	run_ok
	[ "$output" = data ]
}

@test "F107 a cgroup mount shows one directory for each v1 hierarchy, read-only if asked" {
	require_v1 memory
	container_script 'ls /sys/fs/cgroup; cat /sys/fs/cgroup/memory/cgroup.procs; mkdir /sys/fs/cgroup/memory/x || echo ro'
	run_container
	[[ "$output" == *memory* ]]
	[[ "$output" == *pids* ]]
	[[ "$output" == *ro* ]]
}

@test "F109 mount data of more than a page" {
	add_mount /x tmpfs tmpfs
	edit '.mounts[-1].options = [range(1000) | "size=\(64 + .)k"]'
	show_mount /x
	[[ "$output" == *size=1063k* || "$output" == *size=1064k* ]]
}

@test "F013 no mounts at all" {
	edit 'del(.mounts) | del(.linux.maskedPaths) | del(.linux.readonlyPaths)'
	container_args echo fine
	run_ok
	[ "$output" = fine ]
}

@test "F728 copy-symlink recreates a symlink" {
	ln -s somewhere "$TMP/src/l"
	add_mount /x/l bind "$TMP/src/l" bind copy-symlink
	container_args readlink /x/l
	run_ok
	[ "$output" = somewhere ]
}

@test "F006 F020 F021 unknown properties, other platforms and null are ignored" {
	edit '.unknown = {"a": [1]} | .linux.unknown = 1 | .windows = {"x": 1} | .solaris = {} | .vm = {"a": 2}
		| .zos = {} | .hostname = null | .process.rlimits = null | .linux.seccomp = null'
	run_ok
}

@test "2,000 mounts need no more descriptors than one" {
	edit '.mounts += [range(500) | {destination: "/m/\(.)", type: "bind", source: $s, options: ["bind", "ro"]}] | del(.process.rlimits)' \
		--arg s "$TMP/src"
	container_args cat /m/499/file
	run bash -c "ulimit -n 32; exec '$BERTH' --root '$ROOT' run --bundle '$BUNDLE' '$ID'" 3>&-
	[ "$output" = data ]
}
