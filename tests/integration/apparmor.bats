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

# load_profile NAME FOLDER [RULE...]: allows everything but writing to that folder, and what the rules add.
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
			${*:3}
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

# confined_run NAME: berth run, itself under that profile.
confined_run() {
	run aa-exec -p "$1" -- "$BERTH" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
}

@test "F129 a confined runtime puts the profile on top of its own, if it may not leave that" {
	local allowed
	command -v aa-exec >/dev/null || skip 'no aa-exec here'
	edit '.process.apparmorProfile = $p' --arg p "$PROFILE"
	container_script 'cat /proc/self/attr/current
		for f in /free /denied/f /denied-too/f; do (echo x >$f) 2>/dev/null && echo "$f"; done; true'
	load_profile "$PROFILE-stack" /denied-too pivot_root, "change_profile -> &$PROFILE,"
	load_profile "$PROFILE-leave" /denied-too pivot_root, "change_profile -> $PROFILE," "change_profile -> &$PROFILE,"
	for allowed in stack leave; do
		edit '.process.noNewPrivileges = true'
		confined_run "$PROFILE-$allowed"
		[ "$output" = "$PROFILE//&$PROFILE-$allowed (enforce)"$'\n/free' ] || fail "$output"
		rm "$BUNDLE/rootfs/free"
	done
	edit '.process.noNewPrivileges = false'
	confined_run "$PROFILE-stack"
	[ "$output" = "$PROFILE//&$PROFILE-stack (enforce)"$'\n/free' ] || fail "$output"
	confined_run "$PROFILE-leave"
	[ "$output" = "$PROFILE (enforce)"$'\n/free\n/denied-too/f' ] || fail "$output"
	load_profile "$PROFILE-neither" /denied-too pivot_root,
	confined_run "$PROFILE-neither"
	expect_error "label cannot be written" "access denied"
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
