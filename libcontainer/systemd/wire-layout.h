/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYSTEMD_WIRE_LAYOUT_H
#define BERTH_SYSTEMD_WIRE_LAYOUT_H

/* What writing and reading of messages share: see the D-Bus specification, "Message Format". */

#define WIRE_VERSION 1
#define WIRE_ORDER (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 'l' : 'B')

/* In the fixed part of a header. Its first four bytes are order, type, flags and version. */
#define WIRE_AT_TYPE 1
#define WIRE_AT_VERSION 3
#define WIRE_AT_BODY_SIZE 4
#define WIRE_AT_FIELDS_SIZE 12

enum wire_field {
	WIRE_PATH = 1,
	WIRE_INTERFACE,
	WIRE_MEMBER,
	WIRE_ERROR_NAME,
	WIRE_REPLY_SERIAL,
	WIRE_DESTINATION,
	WIRE_SENDER,
	WIRE_SIGNATURE,
};

#endif
