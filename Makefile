# posthouse: one Makefile for everything.  Objects and programs go to $(O).
#   make            build            make check   packages, then every test
#   make install    PREFIX= DESTDIR= make demo    packages, then a tour
#   make bench fuzz asan lint check-long          see README
O ?= build
PREFIX ?= /usr/local
DESTDIR ?=
SAN ?=
CC ?= gcc
# libsodium adds {ARGON2ID} passwords, where it is installed.
SODIUM := $(wildcard /usr/include/sodium.h /usr/local/include/sodium.h)
CSTD := -std=c17 -D_GNU_SOURCE -I. -MMD -MP $(if $(SODIUM),-DHAVE_SODIUM)
WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wcast-qual -Wformat=2 -Wvla
HARDEN := -fstack-protector-strong -fPIE -fno-strict-aliasing \
	$(if $(SAN),,-D_FORTIFY_SOURCE=2)
OPT ?= -O2 -g
# What UBSan finds ends the program: else unit tests pass over it.  And gcc sees
# truncation that is none in what its own sanitizers insert.
override CFLAGS := $(CSTD) $(WARN) $(HARDEN) $(OPT) $(CFLAGS) \
	$(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -DSANITIZED -Wno-format-truncation)
override LDFLAGS := -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(LDFLAGS) \
	$(if $(SAN),-fsanitize=$(SAN))
# TinyCDB is linked in where its archive is: as a library it is four mappings,
# which each session of smtp-receive would copy and free.
CDB := $(if $(filter /%,$(shell $(CC) -print-file-name=libcdb.a)),-l:libcdb.a,-lcdb)
LDLIBS := $(CDB) -lseccomp -lssl -lcrypto -lcrypt -lidn2 -lunistring -lcares -lgsasl $(if $(SODIUM),-lsodium)

# A folder in cmd/ with main.c is a program; one without is a script.
programs := $(patsubst cmd/%/main.c,%,$(wildcard cmd/*/main.c))
scripts := $(filter-out $(programs),$(notdir $(wildcard cmd/*)))
pages := $(wildcard cmd/*/*.[1-8] control/*.[1-8] queue/*.[1-8] *.[1-8])
parts := $(patsubst %.c,$(O)/%.o,$(wildcard lib/base/*.c lib/mail/*.c \
	queue/*.c control/*.c))
libexec := $(addprefix $(O)/libexec/posthouse/,\
	$(filter-out posthouse sendmail,$(programs) $(scripts)))
bin := $(addprefix $(O)/bin/,$(filter posthouse sendmail,$(programs)))
shared := $(O)/share/posthouse

all: $(libexec) $(bin) $(shared)/.done

$(O)/posthouse.a: $(parts)
	@rm -f $@
	$(AR) rcs $@ $^

define program
$(O)/$(if $(filter posthouse sendmail,$(1)),bin,libexec/posthouse)/$(1): \
    $(patsubst %.c,$(O)/%.o,$(wildcard cmd/$(1)/*.c)) $(O)/posthouse.a
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS)
endef
$(foreach p,$(programs),$(eval $(call program,$(p))))

define script
$(O)/libexec/posthouse/$(1): cmd/$(1)/$(1)
	@mkdir -p $$(@D)
	install -m 755 $$< $$@
endef
$(foreach s,$(scripts),$(eval $(call script,$(s))))

$(shared)/.done: $(shell find service control/sample -type f 2>/dev/null)
	@mkdir -p $(shared)
	@rm -rf $(shared)/service $(shared)/sample
	cp -R service $(shared)/service
	cp -R control/sample $(shared)/sample
	@touch $@

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -c -o $@ $<

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/posthouse \
	    $(DESTDIR)$(PREFIX)/share/posthouse
	install -m 755 $(bin) $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(libexec) $(DESTDIR)$(PREFIX)/libexec/posthouse
	cd $(DESTDIR)$(PREFIX)/share/posthouse && rm -rf service sample
	cp -R $(shared)/service $(shared)/sample $(DESTDIR)$(PREFIX)/share/posthouse
	chmod -R u=rwX,go=rX $(DESTDIR)$(PREFIX)/share/posthouse
	for p in $(pages); do \
	    d=$(DESTDIR)$(PREFIX)/share/man/man$${p##*.}; \
	    install -d $$d && install -m 644 $$p $$d || exit 1; done

# Unit tests: tests/unit/test_X.c is one program; it may need parts of a
# command, which it names on a line "/* links: cmd/NAME/part.c */".
unit := $(patsubst tests/unit/%.c,$(O)/unit/%,$(wildcard tests/unit/test_*.c))
links = $(patsubst %.c,$(O)/%.o,$(shell sed -n 's|^/\* links: \(.*\) \*/|\1|p' $(1)))
define unit_test
$(O)/unit/$(1): $(O)/tests/unit/$(1).o $(call links,tests/unit/$(1).c) $(O)/posthouse.a
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS) -lcheck -lsubunit -lm -lrt -lpthread
endef
$(foreach t,$(notdir $(unit)),$(eval $(call unit_test,$(t))))
unit: $(unit)

check:
	tests/packages check
	$(MAKE) all unit
	tests/run

check-long:
	tests/packages check
	$(MAKE) all unit
	tests/run --long

demo:
	tests/packages demo
	$(MAKE) all
	tests/demo

bench:
	tests/packages bench
	$(MAKE) all
	tests/bench/run

fuzz:
	tests/packages fuzz
	tests/fuzz/run

asan:
	tests/packages check
	$(MAKE) O=build/asan SAN=address,undefined all unit
	tests/run --build build/asan

lint:
	tests/packages lint
	tests/lint

clean:
	rm -rf $(O)

.PHONY: all install unit check check-long demo bench fuzz asan lint clean
-include $(shell find $(O) -name '*.d' 2>/dev/null)
