# SPDX-License-Identifier: Apache-2.0
# AppArmor profiles, where the kernel has AppArmor: on most machines that is a virtual one (tests/vm).
# shellcheck disable=SC2154 # bats sets status and output
load helpers

setup_test() {
	[ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ] || skip 'this kernel has no AppArmor'
	command -v apparmor_parser >/dev/null || skip 'no apparmor_parser here'
	PROFILE=berth-test-$ID
	load_profile "$PROFILE" /denied
	mkdir "$BUNDLE/rootfs/denied" "$BUNDLE/rootfs/denied-too"
	container_script 'cat /proc/self/attr/current; echo x >/free && echo free; echo x >/denied/f || echo denied'
}

teardown_test() {
	local file
	for file in "$TMP"/profile.*; do
		if [ -e "$file" ]; then
			apparmor_parser -R "$file"
		fi
	done
}

# load_profile NAME FOLDER: allows everything but writing to that folder.
load_profile() {
	cat >"$TMP/profile.$1" <<-EOT
		profile $1 flags=(attach_disconnected, mediate_deleted) {
			file,
			capability,
			network,
			mount,
			umount,
			signal,
			ptrace,
			unix,
			deny $2/** wl,
		}
	EOT
	apparmor_parser -r -K "$TMP/profile.$1"
}

start_with_profile() {
	edit '.process.apparmorProfile = $p' --arg p "$PROFILE"
	container_args sleep 1000
	create_container
	berth start "$ID"
}

@test "F128 the profile is in force when the program starts" {
	edit '.process.apparmorProfile = $p' --arg p "$PROFILE"
	run_ok
	[[ "$output" == *"$PROFILE (enforce)"*free*denied ]] || fail "$output"
	[ ! -e "$BUNDLE/rootfs/denied/f" ]
}

@test "F128 without a profile the program is as confined as its caller" {
	edit 'del(.process.apparmorProfile)'
	run_ok
	[[ "$output" == unconfined*free ]] || fail "$output"
	edit '.process.apparmorProfile = "unconfined"'
	run_ok
	[[ "$output" == unconfined*free ]] || fail "$output"
}

@test "F128 a profile that is not loaded is refused by name" {
	refuse '.process.apparmorProfile = "berth-test-none"' berth-test-none
}

@test "F128 a profile and no new privileges fit together" {
	edit '.process.apparmorProfile = $p | .process.noNewPrivileges = true' --arg p "$PROFILE"
	run_ok
	[[ "$output" == *"$PROFILE (enforce)"*free*denied ]] || fail "$output"
}

@test "F128 exec enters the container's profile" {
	start_with_profile
	run berth exec "$ID" cat /proc/self/attr/current
	[ "$output" = "$PROFILE (enforce)" ] || fail "$output"
}

@test "F593 exec --apparmor gives another profile, and refuses one that is not loaded" {
	load_profile "$PROFILE-two" /denied-too
	start_with_profile
	run berth exec --apparmor "$PROFILE-two" "$ID" sh -c 'cat /proc/self/attr/current; echo x >/denied-too/f'
	[[ "$output" == "$PROFILE-two (enforce)"*ermission\ denied* ]] || fail "$output"
	run berth exec --apparmor berth-test-none "$ID" true
	expect_error berth-test-none
	is_status running
}
