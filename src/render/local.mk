# Room render: the C library only; uses graph and base.
noinst_LTLIBRARIES += src/render/librender.la
src_render_librender_la_SOURCES = \
	src/render/expression.c \
	src/render/expression.h \
	src/render/fit.c \
	src/render/fit.h \
	src/render/header.c \
	src/render/json.c \
	src/render/json.h \
	src/render/json_picture.c \
	src/render/json_picture.h \
	src/render/json_record.c \
	src/render/json_text.c \
	src/render/json_text.h \
	src/render/label.c \
	src/render/label.h \
	src/render/lines.c \
	src/render/lines.h \
	src/render/mermaid.c \
	src/render/mermaid.h \
	src/render/name.c \
	src/render/quote.h \
	src/render/reference_view.c \
	src/render/reference_view.h \
	src/render/text.c \
	src/render/text.h \
	src/render/text_fold.c \
	src/render/text_order.c \
	src/render/text_order.h \
	src/render/text_plan.c \
	src/render/text_plan.h \
	src/render/text_room.c \
	src/render/text_walk.c \
	src/render/tooltip.c \
	src/render/undo.c \
	src/render/why.c \
	src/render/why_drop.c \
	src/render/why.h \
	src/render/why_ledger.c \
	src/render/why_many.c \
	src/render/why_parts.h \
	src/render/words.c \
	src/render/words.h \
	src/render/xml.c \
	src/render/xml.h
