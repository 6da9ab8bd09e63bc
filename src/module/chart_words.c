#include "module/chart_words.h"

#include "render/label.h"

static void note_status(struct rg__charting *charting, enum rg_status status)
{
    if (charting->status == RG_OK)
        charting->status = status;
}

struct rg_sink rg__begin_words(struct rg__charting *charting)
{
    charting->scratch.size = 0;
    return rg_sink_to_buffer(&charting->scratch);
}

void rg__end_row(struct rg__charting *charting, const struct rg_sink *words,
                 struct rg_rows *rows, enum rg_style style, size_t width)
{
    note_status(charting, words->status);
    note_status(charting, rg_rows_add(rows, style, charting->scratch.data,
                                      charting->scratch.size, width));
}

static void end_in(struct rg__charting *charting, const struct rg_sink *words,
                   struct rg_buffer *out, size_t width, enum rg_elide elide)
{
    struct rg_sink safe = rg_sink_to_buffer(out);
    rg_label_safe(&safe, charting->scratch.data, charting->scratch.size, width,
                  elide);
    note_status(charting, words->status);
    note_status(charting, safe.status);
}

void rg__end_label(struct rg__charting *charting, const struct rg_sink *words,
                   struct rg_chart_box *box)
{
    end_in(charting, words, &box->label, RG__LABEL_WIDTH, RG_ELIDE_MIDDLE);
}

void rg__end_tip(struct rg__charting *charting, const struct rg_sink *words,
                 struct rg_chart_box *box)
{
    end_in(charting, words, &box->tip, RG__TIP_WIDTH, RG_ELIDE_MIDDLE);
}

void rg__words_path(struct rg__charting *charting, struct rg_sink *words,
                    uint32_t place, uint32_t above)
{
    struct rg_buffer path = {0};
    note_status(charting,
                rg_survey_path(charting->survey, place, above, &path));
    rg_sink_write(words, path.data, path.size);
    rg_buffer_free(&path);
}

void rg__words_text(struct rg__charting *charting, struct rg_sink *words,
                    uint32_t text)
{
    const struct rg_texts *texts = rg_survey_texts(charting->survey);
    rg_sink_write(words, rg_texts_data(texts, text),
                  rg_texts_size(texts, text));
}

void rg__rows_of_root(struct rg__charting *charting, uint32_t place,
                      uint32_t kind, struct rg_chart_box *box)
{
    static const char *const words_of[] = {"module", "", "", "running", ""};
    const char *eyebrow = words_of[kind - RG_PLACE_MODULE];
    struct rg_sink words = rg__begin_words(charting);
    if (eyebrow[0] != '\0') {
        rg_sink_text(&words, eyebrow);
        rg__end_row(charting, &words, &box->rows, RG_STYLE_MUTED,
                    RG__ROW_WIDTH);
        words = rg__begin_words(charting);
    }
    rg__words_path(charting, &words, place, RG_NONE);
    rg__end_row(charting, &words, &box->rows, RG_STYLE_STRONG, RG__ROW_WIDTH);
}
