# SPDX-License-Identifier: Apache-2.0
# Probes of this project. A flag counts as known only if it raises no warning at all.

# BERTH_TRY_CFLAGS(VARIABLE, FLAG...): appends each flag that $CC knows to VARIABLE.
AC_DEFUN([BERTH_TRY_CFLAGS], [
	for berth_flag in $2; do
		AC_MSG_CHECKING([whether $CC knows $berth_flag])
		berth_saved=$CFLAGS
		CFLAGS="$CFLAGS -Werror $berth_flag"
		AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <stdio.h>]], [[puts("");]])],
			[AC_MSG_RESULT([yes]); $1="$$1 $berth_flag"], [AC_MSG_RESULT([no])])
		CFLAGS=$berth_saved
	done
])

# BERTH_TRY_LDFLAGS(VARIABLE, FLAG...): the same for linking.
AC_DEFUN([BERTH_TRY_LDFLAGS], [
	for berth_flag in $2; do
		AC_MSG_CHECKING([whether $CC links with $berth_flag])
		berth_saved=$LDFLAGS
		LDFLAGS="$LDFLAGS -Werror $berth_flag"
		AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <stdio.h>]], [[puts("");]])],
			[AC_MSG_RESULT([yes]); $1="$$1 $berth_flag"], [AC_MSG_RESULT([no])])
		LDFLAGS=$berth_saved
	done
])

# BERTH_WITH_CC(COMPILER, COMMANDS): runs COMMANDS with another compiler and no flags of the user's.
AC_DEFUN([BERTH_WITH_CC], [
	berth_cc=$CC berth_cflags=$CFLAGS berth_cppflags=$CPPFLAGS berth_ldflags=$LDFLAGS berth_libs=$LIBS
	CC=$1 CFLAGS= CPPFLAGS= LDFLAGS= LIBS=
	$2
	CC=$berth_cc CFLAGS=$berth_cflags CPPFLAGS=$berth_cppflags LDFLAGS=$berth_ldflags LIBS=$berth_libs
])

# BERTH_KERNEL_HEADERS(VARIABLE): what $CC needs to find the kernel's headers. musl-gcc sees none but
# musl's own; handing it all of /usr/include would let headers of the other C library in, so it gets a
# folder of links to just the kernel's.
AC_DEFUN([BERTH_KERNEL_HEADERS], [
	AC_MSG_CHECKING([whether $CC finds the kernel's headers])
	AC_COMPILE_IFELSE([AC_LANG_SOURCE([[#include <linux/openat2.h>]])], [AC_MSG_RESULT([yes])], [
		AC_MSG_RESULT([no])
		mkdir -p kernel-headers
		for berth_dir in /usr/include /usr/include/`$CC -print-multiarch 2>/dev/null`; do
			for berth_sub in linux asm asm-generic; do
				test -d $berth_dir/$berth_sub && ln -sfn $berth_dir/$berth_sub kernel-headers/$berth_sub
			done
		done
		$1="$$1 -idirafter kernel-headers"
		berth_saved=$CPPFLAGS
		CPPFLAGS="$CPPFLAGS -idirafter kernel-headers"
		AC_COMPILE_IFELSE([AC_LANG_SOURCE([[#include <linux/openat2.h>]])], [],
			[AC_MSG_ERROR([no kernel headers for $CC (Debian: linux-libc-dev)])])
		CPPFLAGS=$berth_saved
	])
])

# BERTH_STATIC(CFLAGS, FIRST, LAST): how $CC links a static program that is loaded at a random address.
# FIRST goes before the objects, LAST behind the libraries. The musl-gcc wrapper does not know
# -static-pie: it takes the wrong start files and asks for an interpreter. There the start files are
# named one by one; without them the program is static at a fixed address.
AC_DEFUN([BERTH_STATIC], [
	AC_MSG_CHECKING([how $CC links a static program])
	berth_saved_c=$CFLAGS berth_saved_ld=$LDFLAGS berth_saved_libs=$LIBS berth_how=
	for berth_dir in /usr/lib/$host_cpu-linux-musl /usr/local/musl/lib /usr/lib/musl/lib; do
		test ! -f $berth_dir/rcrt1.o || break
	done
	for berth_try in static-pie named static; do
		AS_CASE([$berth_try],
			[static-pie], [berth_c=-fPIE berth_first=-static-pie berth_last=],
			[named], [
				berth_c=-fPIE
				berth_first="-static -nostartfiles -Wl,-pie,--no-dynamic-linker,-z,text"
				berth_first="$berth_first $berth_dir/rcrt1.o $berth_dir/crti.o `$CC -print-file-name=crtbeginS.o`"
				berth_last="`$CC -print-file-name=crtendS.o` $berth_dir/crtn.o"],
			[berth_c=-fno-pie berth_first="-static -no-pie" berth_last=])
		CFLAGS="$berth_saved_c $berth_c" LDFLAGS="$berth_saved_ld $berth_first" LIBS=$berth_last
		AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <stdio.h>]], [[puts("");]])], [
			AS_IF([$READELF -lW conftest$ac_exeext | grep INTERP >/dev/null], [],
				[test "$cross_compiling" = yes || ./conftest$ac_exeext >/dev/null 2>&1],
				[berth_how=$berth_try])])
		test -z "$berth_how" || break
	done
	CFLAGS=$berth_saved_c LDFLAGS=$berth_saved_ld LIBS=$berth_saved_libs
	AC_MSG_RESULT([${berth_how:-not at all}])
	AS_IF([test -z "$berth_how"], [AC_MSG_ERROR([$CC cannot link static programs (Debian: musl-tools)])])
	$1=$berth_c $2=$berth_first $3=$berth_last
])
