# SPDX-License-Identifier: Apache-2.0
# Help, manual pages and completion come from one table; whether each of them has all of it is seen here.
load helpers

setup_test() {
	BUILD=$(dirname "$BERTH")
	[ -d "$BUILD/man" ] || skip "no manual pages beside $BERTH"
}

command_names() {
	"$BERTH" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'
}

# The long options of one command, or without one the global options, as the help shows them.
option_names() {
	local title='Global options:'
	[ $# -eq 0 ] || title=Options:
	"$BERTH" "$@" --help | sed -n "/^$title/,/^\$/s/^ \{2,6\}\(-., \)\{0,1\}--\([a-z0-9-]*\) .*/\2/p"
}

# The options that a manual page describes.
page_options() {
	sed -n '/^\.TP/{n;s/\\//g;s/^.*fB--\([a-z0-9-]*\)fR.*/\1/p}' "$BUILD/man/$1.8"
}

same_words() {
	[ "$(sort <<<"$2")" = "$(sort <<<"$3")" ] || fail "$1: help has $(xargs <<<"$2"), but here is $(xargs <<<"$3")"
}

# bash_completion WORD...: what the script offers for the last word.
bash_completion() {
	bash -c '
		. "$1/completions/berth"
		PATH=$1:$PATH
		compopt() { :; }
		COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2))
		_berth
		printf "%s\n" "${COMPREPLY[@]}"' _ "$BUILD" berth "$@"
}

@test "F542 --usage is the first line of --help" {
	local command
	for command in "" $(commands); do
		run "$BERTH" $command --usage
		[ "$status" -eq 0 ]
		[ "$output" = "$("$BERTH" $command --help | head -n 1)" ] || fail "$command: $output"
	done
	[ "$("$BERTH" --usage)" = "Usage: berth [GLOBAL OPTION]... COMMAND [OPTION]... [ARGUMENT]..." ]
}

@test "help shows every command and option that the manual has" {
	local command
	same_words berth.8 "$(option_names)" "$(page_options berth)"
	for command in $(command_names); do
		grep -q "^\\\\fB$command\\\\fR" "$BUILD/man/berth.8" || fail "berth.8 does not list $command"
		same_words "berth-$command.8" "$(option_names "$command")" "$(page_options "berth-$command")"
	done
	[ "$(command_names | wc -l)" -eq "$(find "$BUILD/man" -name 'berth-*.8' | wc -l)" ]
}

@test "every option has its help text in the manual, every command a description of its own" {
	local command summary
	for command in $(command_names); do
		"$BERTH" "$command" --help | sed -n '/^Options:/,/^$/s/^ *\(-., \)*--[a-z0-9-]* *\([^a-z ]\{1,\} \)* *//p' | sed 's/-/\\-/g; s/"/\\(dq/g' |
			while read -r line; do
				grep -qF -- "$line" "$BUILD/man/berth-$command.8" || fail "berth-$command.8 has no: $line"
			done
		summary=$(sed -n '/^\.SH NAME/{n;s/^[^ ]* \\- //p}' "$BUILD/man/berth-$command.8")
		[ "$(sed -n '/^\.SH DESCRIPTION/{n;p}' "$BUILD/man/berth-$command.8")" != "$summary" ] ||
			fail "$command has no text in cmd/manual-text.c"
	done
}

@test "the manual pages are clean" {
	local page
	for page in "$BUILD"/man/*.8; do
		mandoc -Tlint -Wwarning "$page"
		[ -z "$(groff -ww -z -man -Tutf8 "$page" 2>&1)" ]
		for section in NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' 'SEE ALSO'; do
			grep -q "^\.SH $section" "$page"
		done
	done
}

@test "F652 completion prints what make install installs" {
	local shell
	for shell in bash:berth fish:berth.fish zsh:_berth; do
		"$BERTH" completion "${shell%:*}" | cmp - "$BUILD/completions/${shell#*:}"
	done
	run "$BERTH" completion csh
	expect_error csh
}

@test "bash completes commands, options, values, files and containers" {
	local command
	same_words commands "$(command_names)" "$(bash_completion "")"
	same_words options "$(option_names | sed 's/^/--/')" "$(bash_completion -- | grep '^--')"
	for command in $(command_names); do
		same_words "$command" "$({ option_names "$command"; option_names; } | sed 's/^/--/' | sort -u)" \
			"$(bash_completion "$command" -- | grep '^--' | sort -u)"
	done
	[ "$(bash_completion li)" = list ]
	[ "$(bash_completion --log-format = js)" = json ]
	[ "$(bash_completion list --format "" | xargs)" = "table json" ]
	[ "$(bash_completion create --bundle "$TMP/bun")" = "$TMP/bundle" ]
	[ "$(bash_completion create --pid-file "$BUNDLE/conf")" = "$BUNDLE/config.json" ]
	create_container
	[ "$(bash_completion --root "$ROOT" state "")" = "$ID" ]
	[ "$(bash_completion --root = "$ROOT" kill "$ID" TE)" = TERM ]
	[ -z "$(bash_completion --root "$ROOT" create "")" ]
	berth delete "$ID"
}

@test "zsh and fish have every command and option" {
	local command option
	zsh -n "$BUILD/completions/_berth"
	fish -n "$BUILD/completions/berth.fish"
	for option in $(option_names); do
		grep -q -- "^		'--$option[=[]" "$BUILD/completions/_berth" || fail "zsh: $option"
		grep -q -- "^complete -c berth -n __berth_no_command -l $option " "$BUILD/completions/berth.fish" || fail "fish: $option"
	done
	for command in $(command_names); do
		grep -q "^	$command)\$" "$BUILD/completions/_berth" || fail "zsh: $command"
		grep -q "^complete -c berth -n __berth_no_command -a $command " "$BUILD/completions/berth.fish" || fail "fish: $command"
		for option in $(option_names "$command"); do
			sed -n "/^	$command)\$/,/;;/p" "$BUILD/completions/_berth" | grep -q -- "'--$option[=[]" || fail "zsh: $command --$option"
			grep -q -- "^complete -c berth -n '__berth_command $command' -l $option " "$BUILD/completions/berth.fish" || fail "fish: $command --$option"
		done
	done
}

@test "fish completes" {
	create_container
	export PATH=$BUILD:$PATH HOME=$TMP
	complete_fish() { fish --no-config -c "source $BUILD/completions/berth.fish; complete -C '$1'" | cut -f 1; }
	[ "$(complete_fish 'berth li')" = list ]
	[ "$(complete_fish 'berth list --format ' | xargs)" = "json table" ]
	[ "$(complete_fish 'berth --log-format json create --bund')" = --bundle ]
	[ "$(complete_fish "berth --root $ROOT state ")" = "$ID" ]
	berth delete "$ID"
}
