/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The architectures of the OCI runtime-spec, one row each. No include guard: included several times,
 * by the compiler of profiles and by the generator of the table of system calls.
 *
 * SECCOMP_ARCH(symbol, token, audit, base, bits, big)
 *   symbol  SCMP_ARCH_<symbol> is the name in a profile
 *   token   the number that libseccomp knows it by
 *   audit   the number that the kernel puts into seccomp_data.arch (linux/audit.h; written out here,
 *           because old headers lack the newer ones)
 *   base    the first system call number
 *   bits    what argument comparisons look at: on a 32-bit architecture only the lower half
 *   big     the byte order of the two halves of an argument
 *
 * An architecture that the libseccomp of the build machine does not know (LOONGARCH64, M68K, SH and
 * SHEB with libseccomp 2.5) has no table of calls: its programs are not refused as foreign, and all
 * their calls get the profile's default action.
 */
SECCOMP_ARCH(X86, 0x40000003u, 0x40000003u, 0, 32, 0)
SECCOMP_ARCH(X86_64, 0xc000003eu, 0xc000003eu, 0, 64, 0)
SECCOMP_ARCH(X32, 0x4000003eu, 0xc000003eu, 0x40000000u, 32, 0)
SECCOMP_ARCH(ARM, 0x40000028u, 0x40000028u, 0, 32, 0)
SECCOMP_ARCH(AARCH64, 0xc00000b7u, 0xc00000b7u, 0, 64, 0)
SECCOMP_ARCH(LOONGARCH64, 0xc0000102u, 0xc0000102u, 0, 64, 0)
SECCOMP_ARCH(M68K, 0x00000004u, 0x00000004u, 0, 32, 1)
SECCOMP_ARCH(MIPS, 0x00000008u, 0x00000008u, 4000, 32, 1)
SECCOMP_ARCH(MIPS64, 0x80000008u, 0x80000008u, 5000, 64, 1)
SECCOMP_ARCH(MIPS64N32, 0xa0000008u, 0xa0000008u, 6000, 32, 1)
SECCOMP_ARCH(MIPSEL, 0x40000008u, 0x40000008u, 4000, 32, 0)
SECCOMP_ARCH(MIPSEL64, 0xc0000008u, 0xc0000008u, 5000, 64, 0)
SECCOMP_ARCH(MIPSEL64N32, 0xe0000008u, 0xe0000008u, 6000, 32, 0)
SECCOMP_ARCH(PPC, 0x00000014u, 0x00000014u, 0, 32, 1)
SECCOMP_ARCH(PPC64, 0x80000015u, 0x80000015u, 0, 64, 1)
SECCOMP_ARCH(PPC64LE, 0xc0000015u, 0xc0000015u, 0, 64, 0)
SECCOMP_ARCH(S390, 0x00000016u, 0x00000016u, 0, 32, 1)
SECCOMP_ARCH(S390X, 0x80000016u, 0x80000016u, 0, 64, 1)
SECCOMP_ARCH(SH, 0x4000002au, 0x4000002au, 0, 32, 0)
SECCOMP_ARCH(SHEB, 0x0000002au, 0x0000002au, 0, 32, 1)
SECCOMP_ARCH(PARISC, 0x0000000fu, 0x0000000fu, 0, 32, 1)
SECCOMP_ARCH(PARISC64, 0x8000000fu, 0x8000000fu, 0, 64, 1)
SECCOMP_ARCH(RISCV64, 0xc00000f3u, 0xc00000f3u, 0, 64, 0)
