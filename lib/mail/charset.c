/* charset - text of named charsets as UTF-8; see charset.h. */
#include "lib/mail/charset.h"

#include "lib/base/utf8.h"

#include <errno.h>
#include <string.h>

/* Every name that is met in mail, and what reads it.  One reader each. */
static const struct {
	const char *name, *reader;
} names[] = {
    {"iso-8859-1", "CP1252"}, {"latin1", "CP1252"},
    {"iso_8859-1", "CP1252"}, {"iso8859-1", "CP1252"},
    {"windows-1252", "CP1252"}, {"cp1252", "CP1252"},
    {"iso8859-2", "ISO-8859-2"}, {"iso8859-5", "ISO-8859-5"},
    {"iso8859-15", "ISO-8859-15"}, {"iso8859-9", "CP1254"},
    {"iso-8859-2", "ISO-8859-2"}, {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"}, {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"}, {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"}, {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-9", "CP1254"}, {"windows-1254", "CP1254"},
    {"iso-8859-10", "ISO-8859-10"}, {"iso-8859-11", "CP874"},
    {"tis-620", "CP874"}, {"windows-874", "CP874"},
    {"iso-8859-13", "ISO-8859-13"}, {"iso-8859-14", "ISO-8859-14"},
    {"iso-8859-15", "ISO-8859-15"}, {"iso-8859-16", "ISO-8859-16"},
    {"windows-1250", "CP1250"}, {"cp1250", "CP1250"},
    {"windows-1251", "CP1251"}, {"cp1251", "CP1251"},
    {"windows-1253", "CP1253"}, {"windows-1255", "CP1255"},
    {"windows-1256", "CP1256"}, {"windows-1257", "CP1257"},
    {"windows-1258", "CP1258"},
    {"x-cp1251", "CP1251"}, {"koi8r", "KOI8-R"}, {"koi8", "KOI8-R"},
    {"koi8-r", "KOI8-R"}, {"koi8-u", "KOI8-U"},
    {"gb18030", "GB18030"}, {"gb2312", "GB18030"}, {"gbk", "GB18030"},
    {"gb_2312-80", "GB18030"}, {"euc-cn", "GB18030"}, {"cp936", "GB18030"},
    {"csgb2312", "GB18030"}, {"x-gbk", "GB18030"}, {"windows-936", "GB18030"},
    {"big5", "BIG5"}, {"big-5", "BIG5"}, {"cp950", "BIG5"},
    {"x-big5", "BIG5"}, {"csbig5", "BIG5"}, {"x-x-big5", "BIG5"},
    {"big5-hkscs", "BIG5-HKSCS"},
    {"shift_jis", "CP932"}, {"shift-jis", "CP932"}, {"sjis", "CP932"},
    {"x-sjis", "CP932"}, {"windows-31j", "CP932"}, {"cp932", "CP932"},
    {"ms_kanji", "CP932"},
    {"eucjp", "EUC-JP-MS"}, {"euc-jp", "EUC-JP-MS"}, {"x-euc-jp", "EUC-JP-MS"},
    {"iso-2022-jp", "JIS"}, {"iso-2022-jp-1", "JIS"},
    {"iso-2022-jp-2", "JIS"}, {"iso-2022-jp-ms", "JIS"},
    {"cp50220", "JIS"}, {"cp50221", "JIS"}, {"csiso2022jp", "JIS"},
    {"euckr", "UHC"}, {"cseuckr", "UHC"}, {"euc-kr", "UHC"},
    {"ks_c_5601-1987", "UHC"}, {"ksc5601", "UHC"},
    {"windows-949", "UHC"}, {"cp949", "UHC"}, {"uhc", "UHC"},
};

/* Those that charset_add needs by place. */
enum { GB18030, CP932, JIS };

/* "JIS" is made CP932: the C library's ISO-2022-JP lacks the characters of
 * many a name that Windows writes under this label. */
static const char *const readers[] = {
    [GB18030] = "GB18030", [CP932] = "CP932", [JIS] = "JIS",
    "EUC-JP-MS", "BIG5", "BIG5-HKSCS", "UHC", "KOI8-R", "KOI8-U", "CP874",
    "CP1250", "CP1251", "CP1252", "CP1253", "CP1254", "CP1255", "CP1256",
    "CP1257", "CP1258", "ISO-8859-2", "ISO-8859-3", "ISO-8859-4",
    "ISO-8859-5", "ISO-8859-6", "ISO-8859-7", "ISO-8859-8", "ISO-8859-10",
    "ISO-8859-13", "ISO-8859-14", "ISO-8859-15", "ISO-8859-16"};

_Static_assert(sizeof readers / sizeof *readers == CHARSETS,
    "one reader for each charset");

#define REPLACEMENT "\357\277\275" /* U+FFFD */

int
charsets_open(struct charsets *charsets)
{
	for (size_t i = 0; i < CHARSETS; i++) {
		if (i == JIS)
			continue;
		charsets->v[i] = iconv_open("UTF-8", readers[i]);
		if (charsets->v[i] == (iconv_t)-1)
			return -1;
	}
	return 0;
}

static int
find_reader(const char *name)
{
	for (int i = 0; i < CHARSETS; i++)
		if (slice_is(slice_of(readers[i]), name))
			return i;
	return CHARSET_RAW;
}

int
charset_find(struct slice name)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_ieq(name, slice_of(names[i].name)))
			return find_reader(names[i].reader);
	return CHARSET_RAW;
}

static void
convert(iconv_t reader, struct str *to, struct slice bytes)
{
	/* iconv declares its input as changeable, and changes nothing */
	char *in = (char *)(uintptr_t)bytes.s;
	size_t left = bytes.len;

	(void)iconv(reader, NULL, NULL, NULL, NULL);
	while (left) {
		char part[512], *out = part;
		size_t room = sizeof part;
		size_t n = iconv(reader, &in, &left, &out, &room);

		str_add(to, part, sizeof part - room);
		if (n != (size_t)-1 || errno == E2BIG)
			continue;
		str_puts(to, REPLACEMENT);
		in++;
		left--;
		(void)iconv(reader, NULL, NULL, NULL, NULL);
	}
	/* the C library may have kept a character back to compose it */
	char last[64], *out = last;
	size_t room = sizeof last;

	(void)iconv(reader, NULL, NULL, &out, &room);
	str_add(to, last, sizeof last - room);
}

/* The sets of RFC 1468, and half-width katakana. */
enum jis_set { JIS_ASCII, JIS_KANJI, JIS_KANA };

static const struct {
	const char *escape;
	enum jis_set set;
} escapes[] = {
    {"\033(B", JIS_ASCII}, {"\033(J", JIS_ASCII}, {"\033$@", JIS_KANJI},
    {"\033$B", JIS_KANJI}, {"\033$(B", JIS_KANJI}, {"\033(I", JIS_KANA},
};

/* The length of the escape sequence at the start, or 0. */
static size_t
take_escape(struct slice bytes, enum jis_set *set)
{
	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
		if (slice_starts(bytes, escapes[i].escape)) {
			*set = escapes[i].set;
			return slice_of(escapes[i].escape).len;
		}
	return 0;
}

/* Row and cell of JIS X 0208, 0x21 to 0x7e each, as Shift_JIS has them. */
static void
add_kanji(struct str *to, unsigned char row, unsigned char cell)
{
	unsigned lead = ((row - 0x21u) >> 1) + 0x81;
	unsigned trail = row & 1 ? cell + 0x1fu + (cell >= 0x60) :
	    cell + 0x7eu;

	str_putc(to, (char)(lead > 0x9f ? lead + 0x40 : lead));
	str_putc(to, (char)trail);
}

static bool
is_jis(char c)
{
	return c >= 0x21 && c <= 0x7e;
}

static void
jis_to_cp932(struct str *to, struct slice bytes)
{
	enum jis_set set = JIS_ASCII;

	for (size_t len; bytes.len; bytes.s += len, bytes.len -= len) {
		char c = bytes.s[0];

		len = take_escape(bytes, &set);
		if (len)
			continue;
		len = 1;
		if (set == JIS_KANJI && bytes.len > 1 && is_jis(c) &&
		    is_jis(bytes.s[1])) {
			add_kanji(to, (unsigned char)c,
			    (unsigned char)bytes.s[1]);
			len = 2;
		} else if (set == JIS_KANA && is_jis(c)) {
			str_putc(to, (char)(c | 0x80));
		} else {
			str_putc(to, c);
		}
	}
}

static bool
has_kanji_escape(struct slice bytes)
{
	return bytes.len && memmem(bytes.s, bytes.len, "\033$", 2);
}

void
charset_add(struct charsets *charsets, struct str *to, int charset,
    struct slice bytes)
{
	struct str windows = {0};

	if (charset == CHARSET_RAW && has_kanji_escape(bytes))
		charset = JIS;
	if (charset == CHARSET_RAW && utf8_valid(bytes)) {
		str_add_slice(to, bytes);
		return;
	}
	if (charset == CHARSET_RAW)
		charset = GB18030;
	if (charset == JIS) {
		jis_to_cp932(&windows, bytes);
		bytes = str_slice(&windows);
		charset = CP932;
	}
	convert(charsets->v[charset], to, bytes);
	str_free(&windows);
}
