# make run    a living product under var/, with simulated meters calling in
# make check  every test
# make bench  speed beside the ceilings of this machine
# make        the programs, under build/

BUILD  ?= build
MAKEFLAGS += --no-builtin-rules

# make V=1 prints the commands.
ifndef V
QUIET = @echo "  $(if $(filter %.c,$<),CC,LD)  $@";
endif

CC     ?= cc
STD     = -std=c17 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE
WARN    = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wformat=2 -Wvla -Wundef \
          -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
          -Wimplicit-fallthrough -Werror
HARDEN  = -O2 -g -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
          -fstack-clash-protection -fcf-protection -fPIE
LINK_HARDEN = -pie -Wl,-z,relro,-z,now,-z,noexecstack
TESTED  = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
ifdef ASAN
BUILD   = build-asan
MODE    = $(TESTED)
LINK_MODE = $(TESTED)
else
MODE    = $(HARDEN)
LINK_MODE = $(LINK_HARDEN)
endif

# Foreign headers come by -isystem: our warnings are for our code.
INCLUDE = -I. -I$(BUILD)/gen -isystem /usr/include/postgresql -isystem /usr/include/ClearSilver -isystem /usr/include/libxml2
CFLAGS_ALL = $(STD) $(WARN) $(MODE) $(INCLUDE) $(CFLAGS)

LIB_SRC     = $(wildcard lib/*/*.c)
WEB_SRC     = $(wildcard cgi-bin/web/*.c)
DAEMON_SRC  = $(wildcard daemon/*.c daemon/*/*.c)
SIM_SRC     = $(wildcard tools/meter-sim/*.c)
SEED_SRC    = $(wildcard tools/seed-data/*.c)
TOOL_SRC    = $(wildcard tools/*.c)
UNIT_SRC    = $(wildcard tests/unit/test_*.c)
BENCH_SRC   = $(wildcard tests/load/*.c)
AUDIENCES   = $(notdir $(patsubst %/,%,$(filter-out cgi-bin/web/,$(wildcard cgi-bin/*/))))

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

LIB      = $(BUILD)/liblazur.a
LIBS     = -lpq -lcrypto -lm
WEB_LIBS = -lfcgi -lneo_cgi -lneo_cs -lneo_utl -lz -lcrypt -lmaxminddb
DAEMON_LIBS = -lev -lseccomp -lssl
NOTIFIER_LIBS = -lcurl -ljansson
# Only for programs that make documents (lib/report) and read them (lib/xlsx).
REPORT_LIBS = -lhpdf -lqrencode -lxlsxwriter -lshp -lzip -lxml2

CGI     = $(addprefix $(BUILD)/cgi-bin/,$(AUDIENCES))
TOOLS   = $(patsubst tools/%.c,$(BUILD)/%,$(TOOL_SRC))
DAEMON  = $(if $(DAEMON_SRC),$(BUILD)/meter-listener)
SIM     = $(if $(SIM_SRC),$(BUILD)/meter-sim)
UNITS   = $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(UNIT_SRC))
SAMPLES = $(BUILD)/report/make_samples $(BUILD)/report/make_table
BENCHES = $(patsubst tests/load/%.c,$(BUILD)/load/%,$(BENCH_SRC))

.PHONY: all run check test unit bench fuzz lint clean setup
all: $(CGI) $(DAEMON) $(SIM) $(BUILD)/seed-data $(TOOLS)

setup:
	tools/setup

run:
	tools/stack check-ports
	tools/setup
	$(MAKE) all
	tools/static-build
	tools/stack run || [ $$? -eq 130 ]

check:
	tools/setup test
	tests/check

bench:
	tools/setup test
	$(MAKE) all benches
	tests/load/bench

benches: $(BENCHES) $(SAMPLES)
units: $(UNITS) $(if $(wildcard tests/report/make_samples.c),$(SAMPLES))

# --- statements of sql/queries as C ------------------------------------------
QUERIES = $(sort $(wildcard sql/queries/*.sql))
$(BUILD)/gen/queries.h: $(QUERIES) sql/sql2c.awk sql/queries
	@mkdir -p $(@D)
	@awk -v out=h -f sql/sql2c.awk $(QUERIES) > $@.new && mv $@.new $@
$(BUILD)/gen/queries.c: $(QUERIES) sql/sql2c.awk sql/queries
	@mkdir -p $(@D)
	@awk -v out=c -f sql/sql2c.awk $(QUERIES) > $@.new && mv $@.new $@
# Statements are longer than the 4095 characters C99 promises to take.
$(BUILD)/obj/gen/queries.o: $(BUILD)/gen/queries.c $(BUILD)/gen/queries.h
	@mkdir -p $(@D)
	$(QUIET)$(CC) $(CFLAGS_ALL) -Wno-overlength-strings -c -o $@ $<

# --- letters of templates/letters as C ----------------------------------------
LETTERS = $(sort $(wildcard templates/letters/mail/*.txt templates/letters/sms/*.txt))
$(BUILD)/gen/letters.c: $(LETTERS) templates/letters/letters2c.awk templates/letters/mail templates/letters/sms
	@mkdir -p $(@D)
	@awk -f templates/letters/letters2c.awk $(LETTERS) > $@.new && mv $@.new $@
$(BUILD)/obj/gen/letters.o: $(BUILD)/gen/letters.c lib/letter/letter.h
	@mkdir -p $(@D)
	$(QUIET)$(CC) $(CFLAGS_ALL) -Wno-overlength-strings -c -o $@ $<

# --- objects ------------------------------------------------------------------
$(BUILD)/obj/%.o: %.c | $(BUILD)/gen/queries.h
	@mkdir -p $(@D)
	$(QUIET)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(LIB): $(call obj,$(LIB_SRC)) $(BUILD)/obj/gen/queries.o $(BUILD)/obj/gen/letters.o
	@rm -f $@
	@ar rcs $@ $^

# --- programs -----------------------------------------------------------------
# Who looks at the bytes of meters asks their drivers, which have no socket.
LOOKS_admin = $(wildcard daemon/drivers/*.c)
define cgi_program
$(BUILD)/cgi-bin/$(1): $(call obj,$(wildcard cgi-bin/$(1)/*.c) $(LOOKS_$(1)) $(WEB_SRC)) $(LIB)
	@mkdir -p $$(@D)
	$$(QUIET)$(CC) $(LINK_MODE) -o $$@ $$(filter %.o,$$^) $(LIB) $(WEB_LIBS) $(REPORT_LIBS) $(LIBS)
endef
$(foreach a,$(AUDIENCES),$(eval $(call cgi_program,$(a))))

$(BUILD)/meter-listener: $(call obj,$(DAEMON_SRC)) $(LIB)
	$(QUIET)$(CC) $(LINK_MODE) -o $@ $(filter %.o,$^) $(LIB) $(DAEMON_LIBS) $(NOTIFIER_LIBS) $(REPORT_LIBS) $(LIBS)

$(BUILD)/seed-data: $(call obj,$(SEED_SRC)) $(LIB)
	$(QUIET)$(CC) $(LINK_MODE) -o $@ $(filter %.o,$^) $(LIB) $(LIBS)

$(BUILD)/meter-sim: $(call obj,$(SIM_SRC)) $(LIB)
	$(QUIET)$(CC) $(LINK_MODE) -o $@ $(filter %.o,$^) $(LIB) $(DAEMON_LIBS) $(LIBS)

$(TOOLS): $(BUILD)/%: $(BUILD)/obj/tools/%.o $(LIB)
	$(QUIET)$(CC) $(LINK_MODE) -o $@ $< $(LIB) -lcrypt $(LIBS)

$(UNITS): $(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(LIB)
	@mkdir -p $(@D)
	$(QUIET)$(CC) $(LINK_MODE) -o $@ $(filter %.o,$^) $(LIB) -lcmocka -lcrypt -ljansson -lmaxminddb $(REPORT_LIBS) $(LIBS)

# What of the daemon needs no loop: linked to tests/unit/test_daemon_*.
UNIT_DAEMON_SRC = daemon/counters.c daemon/watcher/share.c daemon/listener/admission.c daemon/arrays.c $(wildcard daemon/drivers/*.c) \
                  daemon/notifier/mime.c daemon/notifier/smsc.c daemon/notifier/outbox.c
$(filter $(BUILD)/unit/test_daemon_%,$(UNITS)): $(call obj,$(UNIT_DAEMON_SRC))

# What of the simulator needs no loop and no socket.
UNIT_SIM_SRC = $(addprefix tools/meter-sim/,access.c archive.c basic.c drift.c fleet.c flash.c goldcard.c keys.c memory.c meter.c model.c net.c \
                 objects.c push.c scenario_part.c scenario_read.c scenario_set.c scenario_token.c server.c tariff.c told.c befall_set.c)
$(filter $(BUILD)/unit/test_sim_%,$(UNITS)): $(call obj,$(UNIT_SIM_SRC))

# Write documents for other programs to read back, and tables to import.
$(SAMPLES): $(BUILD)/report/%: $(BUILD)/obj/tests/report/%.o $(LIB)
	@mkdir -p $(@D)
	$(QUIET)$(CC) $(LINK_MODE) -o $@ $< $(LIB) $(REPORT_LIBS) $(LIBS)

$(BENCHES): $(BUILD)/load/%: $(BUILD)/obj/tests/load/%.o $(LIB)
	@mkdir -p $(@D)
	$(QUIET)$(CC) $(LINK_MODE) -o $@ $< $(LIB) $(WEB_LIBS) $(DAEMON_LIBS) $(LIBS)

# --- fuzzing: clang's libFuzzer over the parsers of foreign bytes -------------
FUZZ_CC      ?= clang-14
FUZZ_SECONDS ?= 30
FUZZERS = $(patsubst tests/fuzz/%.c,build-fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_LIB = $(wildcard lib/base/err.c lib/base/arena.c lib/base/urlform.c lib/base/multipart.c lib/base/buf.c lib/base/log.c lib/base/hex.c lib/base/secret.c lib/base/seal.c lib/import/keys_table.c lib/units/*.c lib/dlms/*.c lib/goldcard/*.c lib/exchange/*.c \
             lib/xlsx/*.c lib/report/utf8.c $(addprefix tools/meter-sim/scenario_,part.c read.c set.c token.c))
FUZZ_FLAGS = $(STD) -I. -isystem /usr/include/libxml2 -O1 -g -fno-sanitize-recover=all
build-fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	$(QUIET)$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link,address,undefined -MMD -MP -c -o $@ $<
build-fuzz/lib.a: $(patsubst %.c,build-fuzz/obj/%.o,$(FUZZ_LIB))
	@rm -f $@ && ar rcs $@ $^
build-fuzz/%: tests/fuzz/%.c build-fuzz/lib.a
	$(QUIET)$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer,address,undefined -o $@ $^ -lcrypto -lzip -lxml2 -lm
fuzz: $(FUZZERS)
	@mkdir -p build-fuzz/found
	@printf '%s\n' $(FUZZERS) | xargs -P 2 -I FUZZER env FUZZER -max_total_time=$(FUZZ_SECONDS) -timeout=5 \
	  -rss_limit_mb=512 -print_final_stats=1 -artifact_prefix=build-fuzz/ build-fuzz/found tests/fuzz/corpus

# --- findings are fixed, or silenced on their line with a reason ---------------
ALL_C = $(LIB_SRC) $(WEB_SRC) $(wildcard cgi-bin/*/*.c) $(DAEMON_SRC) $(SIM_SRC) $(SEED_SRC) $(TOOL_SRC)
lint: $(BUILD)/gen/queries.h
	clang-format-14 --dry-run -Werror $(sort $(ALL_C) $(wildcard lib/*/*.h cgi-bin/*/*.h daemon/*.h daemon/*/*.h tools/*/*.h tests/unit/*.[ch] tests/load/*.[ch] tests/report/*.[ch]))
	cppcheck -j 2 --quiet --enable=warning,performance,portability --inline-suppr \
	  --library=tests/cppcheck.cfg --std=c11 --error-exitcode=1 -I. -I$(BUILD)/gen $(sort $(ALL_C))
	printf '%s\n' $(sort $(ALL_C)) | xargs -P 2 -I FILE clang-tidy-14 --quiet \
	  --warnings-as-errors='*' FILE -- $(STD) $(INCLUDE)
	@echo lint clean

clean:
	rm -rf build build-asan build-fuzz

-include $(shell find $(BUILD)/obj build-fuzz/obj -name '*.d' 2>/dev/null)
