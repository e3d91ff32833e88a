/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command_list.h - COMMAND("name", function, "summary"), in the order of `netzwacht --help`. No include
 * guard. */
