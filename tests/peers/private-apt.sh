# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# apt with its own lists, cache and package state in a folder of ours.
#
# Suites that the machine does not use (sid, trixie) can be read this way without changing what the
# machine itself installs: nothing below /etc/apt, /var/lib/apt or /var/lib/dpkg is written. Where the
# packages come from is asked of the machine's own configuration, so that no registry is named here.
#
# A script that sources this file calls private_apt_setup once, then private_apt with apt-get's words.

PRIVATE_APT_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
PRIVATE_APT_OPTIONS=()

# Prints the URI from which this machine gets its own Debian release.
private_apt_uri()
{
	local codename

	# shellcheck disable=SC1091 # a file of the system
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:?}")
	# shellcheck disable=SC2016 # the placeholders are apt's
	apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
		awk -v release="$codename" '$1 == release && $2 == "main" { print $3; exit }'
}

# private_apt_setup DIR TYPE SUITE...: prepares DIR for the suites; TYPE is deb or deb-src.
private_apt_setup()
{
	local dir=$1 type=$2 uri suite
	shift 2

	uri=$(private_apt_uri)
	if [ -z "$uri" ]; then
		echo "private apt: the machine's apt configuration names no source of its own release" >&2
		return 1
	fi
	if [ ! -r "$PRIVATE_APT_KEYRING" ]; then
		echo "private apt: $PRIVATE_APT_KEYRING is missing (package debian-archive-keyring)" >&2
		return 1
	fi
	mkdir -p "$dir"/state/lists/partial "$dir"/cache/archives/partial
	: >"$dir/status"
	for suite in "$@"; do
		echo "$type [signed-by=$PRIVATE_APT_KEYRING] $uri $suite main"
	done >"$dir/sources.list"
	PRIVATE_APT_OPTIONS=(
		-o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null
		-o Dir::State="$dir/state" -o Dir::State::status="$dir/status" -o Dir::Cache="$dir/cache"
		-o APT::Install-Recommends=false -o APT::Sandbox::User=root
		# Names of packages and sources are all that is read: no translations, no other indexes.
		-o Acquire::Languages=none -o Acquire::Retries=3
	)
}

# private_apt WORD...: apt-get on the folder that private_apt_setup prepared.
private_apt()
{
	apt-get -q "${PRIVATE_APT_OPTIONS[@]}" "$@"
}

# private_unpack ROOT DEB...: unpacks packages below ROOT without installing them.
private_unpack()
{
	local root=$1 deb
	shift

	# Where /lib is a link to usr/lib, the packages' files meet in one place as on a real system.
	mkdir -p "$root"/usr/{lib,lib64,bin,sbin}
	ln -s usr/lib usr/lib64 usr/bin usr/sbin "$root/"
	for deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -C "$root" -x --keep-directory-symlink --no-same-owner
	done
}
