/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_INIT_IMAGE_H
#define BERTH_RUN_INIT_IMAGE_H

/* berth-init as an ELF file, complete and ready to be written into a sealed memfd. */

#include <stddef.h>

extern const unsigned char init_image[];
extern const size_t init_image_size;

#endif
