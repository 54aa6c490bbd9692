/* SPDX-License-Identifier: Apache-2.0 */
/*
 * berth-init inside berth. The assembler copies the file: a C array of it would cost a generator and
 * a large intermediate text. The build runs the compiler in the top build folder, where the file is.
 * A page boundary lets the kernel read the image without touching its neighbours.
 */
#include "libcontainer/run/init-image.h"

#if __SIZEOF_SIZE_T__ == 8
#define SIZE_WORD ".quad"
#else
#define SIZE_WORD ".long"
#endif

__asm__(".pushsection .rodata.init_image, \"a\", %progbits\n"
	".balign 4096\n"
	".globl init_image\n"
	".hidden init_image\n"
	".type init_image, %object\n"
	"init_image:\n"
	".incbin \"berth-init\"\n"
	".Linit_image_end:\n"
	".size init_image, . - init_image\n"
	".balign 8\n"
	".globl init_image_size\n"
	".hidden init_image_size\n"
	".type init_image_size, %object\n"
	"init_image_size:\n" SIZE_WORD " .Linit_image_end - init_image\n"
	".size init_image_size, . - init_image_size\n"
	".popsection\n");
