/* share_house - the tables of an office in share mode, with a shop beside. */
#ifndef TESTS_UNIT_SHARE_HOUSE_H
#define TESTS_UNIT_SHARE_HOUSE_H

#include "tests/unit/control_dir.h"

static inline void
share_house_begin(void)
{
	control_begin();
	control_write("domains", "my.test share\n"
	    "shop.test share unnamed=staff audit=hold "
	    "monitor=boss@local.test\n"
	    "mute.test share\n"
	    "local.test local monitor=boss@local.test\n");
	control_write("accounts", "postmaster@local.test user\n"
	    "boss@local.test admin receive=internal\n"
	    "anna@local.test user\n"
	    "sales@my.test manager name=Sales\n"
	    "zhangsan@my.test staff name=\"Zhang San|\345\274\240\344\270\211\""
	    "\n"
	    "lisi@my.test staff name=\"Li Si\" receive=internet audit=hold\n"
	    "wangwu@my.test staff name=\"Wang Wu|\xe7\x8e\x8b\xe4\xba\x94\" "
	    "former=yes\n"
	    "zhaoliu@my.test staff name=\"Zhao, Liu\" former=yes "
	    "successor=LISI@my.test receive=internet\n"
	    "shut@my.test staff name=Shut send=internal\n"
	    "own@my.test admin\nbare@my.test user\n"
	    "till@shop.test manager\n"
	    "eva@shop.test staff name=\"Eva\"\n"
	    "kai@shop.test staff name=\"Kai\" audit=copy\n"
	    "chef@mute.test manager receive=internal\n"
	    "mia@mute.test staff name=Mia\n");
	control_write("aliases", "postmaster@my.test sales@my.test\n"
	    "postmaster@shop.test kai@shop.test\n"
	    "postmaster@mute.test chef@mute.test\n"
	    "info@my.test Sales+info@my.test\n"
	    "hello@local.test info@my.test\n"
	    "both@my.test sales@my.test,lisi@my.test\n"
	    "out@my.test x@out.test,y@out.test,zhangsan@my.test\n"
	    "@my.test info@my.test\n");
	control_write("isp",
	    "sales@my.test first@isp.test pop3=pop3://isp.test\n"
	    "sales@my.test Sales@isp.test smtp=smtp://isp.test "
	    "pop3=pop3://isp.test\n"
	    "own@my.test own@isp.test smtp=smtp://isp.test\n"
	    "till@shop.test shop@isp.test smtp=smtps://isp.test "
	    "pop3=pop3s://isp.test\n"
	    "@shop.test rest@isp.test smtp=smtps://isp.test\n"
	    "chef@mute.test mute@isp.test pop3=pop3://isp.test\n");
	control_write("secrets/isp", "first@isp.test a\nsales@isp.test b\n"
	    "own@isp.test c\nshop@isp.test d\nrest@isp.test e\n"
	    "mute@isp.test f\n");
	control_compile_well();
}

#endif
