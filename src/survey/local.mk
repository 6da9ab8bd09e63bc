# Room survey: the C library only; uses dump, explain, search, graph and base.
noinst_LTLIBRARIES += src/survey/libsurvey.la
src_survey_libsurvey_la_SOURCES = \
	src/survey/bound.c \
	src/survey/dict_record.c \
	src/survey/garbage.c \
	src/survey/grow.c \
	src/survey/growing.h \
	src/survey/growth.h \
	src/survey/items.c \
	src/survey/place.c \
	src/survey/place.h \
	src/survey/place_roots.c \
	src/survey/place_rows.c \
	src/survey/place_weights.c \
	src/survey/place_words.c \
	src/survey/share.c \
	src/survey/step.c \
	src/survey/survey.h \
	src/survey/tree.c \
	src/survey/types.c
