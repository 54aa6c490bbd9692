/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CGROUP_PRESSURE_LEVELS_H
#define BERTH_CGROUP_PRESSURE_LEVELS_H

/*
 * LEVEL(word, trigger) for each level of memory pressure. v1 knows the words, which say how hard the kernel has to
 * look for memory. For v2, whose triggers are times in microseconds, they are shares of a second in which some
 * processes, or all, waited for memory.
 */
#define PRESSURE_LEVELS(LEVEL)                    \
	LEVEL("low", "some 100000 1000000")       \
	LEVEL("medium", "some 400000 1000000")    \
	LEVEL("critical", "full 400000 1000000")

#endif
