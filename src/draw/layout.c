/* dladdr is no POSIX. */
#define _GNU_SOURCE

#include "draw/layout.h"

#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The headers of Graphviz 2.42 define LEN, MIN, ROUND and the like: no other
 * file may include this one. */
#include <gvc.h>

#include "draw/bundle.h"

enum { PATH_SIZE = PATH_MAX, NAME_SIZE = 64, MAX_QUOTE = 120, MAX_ID = 120 };

/* Points of a page of 830 pixels at which the smallest text has 9; nodes up to
 * which layout is so fast that it may be done again. */
enum { PAGE_POINTS = 830, FEW_NODES = 60 };

/* Graphviz reports through a function that is given no context. */
static struct rg_buffer *reports;

static int take_report(char *text)
{
    /* A lost report is better than a lost picture. */
    if (reports != NULL)
        (void)rg_buffer_append(reports, text, strlen(text));
    return 0;
}

/* The directory of the plugins: the package's own, or "graphviz" beside
 * libgvc. */
static bool find_plugins(char *file_name, size_t size)
{
    Dl_info info;
    if (rg__bundle_find(file_name, size))
        return true;
    void *symbol = dlsym(RTLD_DEFAULT, "gvContext");
    if (symbol == NULL || dladdr(symbol, &info) == 0 || info.dli_fname == NULL)
        return false;
    const char *slash = strrchr(info.dli_fname, '/');
    if (slash == NULL)
        return false;
    int length = snprintf(file_name, size, "%.*s/graphviz",
                          (int)(slash - info.dli_fname), info.dli_fname);
    return length > 0 && (size_t)length < size;
}

/* The number behind "libgvplugin_NAME.so.", or -1 when `file` is another. */
static long plugin_number(const char *file, const char *name)
{
    char prefix[NAME_SIZE];
    int length = snprintf(prefix, sizeof prefix, "libgvplugin_%s.so.", name);
    if (strncmp(file, prefix, (size_t)length) != 0)
        return -1;
    char *end;
    long number = strtol(file + length, &end, 10);
    return end != file + length && *end == '\0' ? number : -1;
}

/* The newest version of a plugin in a directory, or -1. */
static long newest_plugin(const char *directory, const char *name)
{
    DIR *listing = opendir(directory);
    long newest = -1;
    if (listing == NULL)
        return -1;
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        long number = plugin_number(entry->d_name, name);
        newest = number > newest ? number : newest;
    }
    closedir(listing);
    return newest;
}

/* Loads one plugin, which stays loaded until the program ends; a handle of
 * dlopen. */
static void *load_plugin(const char *directory, const char *name)
{
    char file_name[PATH_SIZE + NAME_SIZE];
    long number = newest_plugin(directory, name);
    if (number < 0)
        return NULL;
    snprintf(file_name, sizeof file_name, "%s/libgvplugin_%s.so.%ld", directory,
             name, number);
    return dlopen(file_name, RTLD_NOW);
}

/* A character that is neither Latin, Greek nor Cyrillic, nor a mark or sign
 * between U+2000 and U+22FF: the fonts of the package may lack it. */
static bool is_far(const unsigned char *text)
{
    if (text[0] < 0xd5) /* below U+0540 */
        return false;
    if (text[0] == 0xe1) /* U+1E00 to U+1FFF */
        return text[1] < 0xb8;
    if (text[0] == 0xe2) /* U+2000 to U+22FF */
        return text[1] >= 0x8c;
    return true;
}

/* Whether some text of the graph has such a character. */
static bool has_far_text(Agraph_t *graph)
{
    char *data = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&data, &size);
    bool is_written = stream != NULL && agwrite(graph, stream) == 0;
    bool is_far_text = false;
    if (stream == NULL || fclose(stream) != 0 || !is_written)
        is_far_text = true;
    for (size_t i = 0; !is_far_text && i + 1 < size; i++)
        is_far_text = ((unsigned char)data[i] & 0xc0) == 0xc0 &&
                      is_far((unsigned char *)data + i);
    free(data);
    return is_far_text;
}

/* Loads what `format` needs into `plugins`, which has a NULL behind it then.
 * Returns whether all were where they were looked for. */
static bool load_plugins(const char *directory, const char *format,
                         lt_symlist_t *plugins, void **last)
{
    static const char *const names[] = {"core", "dot_layout", "pango"};
    size_t count = strcmp(format, "svg") == 0 ? 2 : 3;
    plugins[count].name = NULL;
    for (size_t i = 0; i < count; i++) {
        *last = load_plugin(directory, names[i]);
        if (*last == NULL)
            return false;
        plugins[i].address = dlsym(*last, plugins[i].name);
        if (plugins[i].address == NULL)
            return false;
    }
    return true;
}

/* Given to gvContextPlugins like this, and not added afterwards: Graphviz
 * chooses what measures text while it makes the context. */
static lt_symlist_t plugins[] = {{"gvplugin_core_LTX_library", NULL},
                                 {"gvplugin_dot_layout_LTX_library", NULL},
                                 {"gvplugin_pango_LTX_library", NULL},
                                 {NULL, NULL}};

/* A context of the plugins that `format` needs, and nothing else: SVG is drawn
 * without any font, and nothing depends on the list of plugins that an
 * administrator may have forgotten to make.  NULL where they are not where
 * they are looked for. */
static GVC_t *machine_context(const char *format)
{
    char directory[PATH_SIZE];
    void *last;
    if (find_plugins(directory, sizeof directory) &&
        load_plugins(directory, format, plugins, &last))
        return gvContextPlugins(plugins, 0);
    return gvContext();
}

/* Where nothing that draws text could be built, a package has neither fonts nor
 * what draws with them. */
static bool is_for_svg_only(const char *directory)
{
    return newest_plugin(directory, "pango") < 0 &&
           rg__bundle_font_count(directory) == 0;
}

/* The same of the package's own plugins, without the second chance. */
static enum rg_status bundled_context(const char *directory, const char *format,
                                      Agraph_t *graph, GVC_t **context,
                                      struct rg_error *error)
{
    void *last = NULL;
    bool needs_fonts = strcmp(format, "svg") != 0;
    if (needs_fonts && is_for_svg_only(directory))
        return rg_error_set(error, RG_EINVAL,
                            "this package came without fonts and cannot draw "
                            "%.20s: ask for SVG",
                            format);
    if (!load_plugins(directory, format, plugins, &last)) {
        const char *reason = dlerror();
        return rg_error_set(error, RG_EINVAL,
                            "the package's own Graphviz is incomplete, install "
                            "referrers again: %.300s",
                            reason != NULL ? reason : directory);
    }
    if (needs_fonts &&
        !rg__bundle_use_fonts(directory, last, has_far_text(graph)))
        return rg_error_set(error, RG_EINVAL,
                            "the package's own fonts are missing, install "
                            "referrers again: %.300s/fonts",
                            directory);
    *context = gvContextPlugins(plugins, 0);
    return *context == NULL ? rg_error_no_memory(error) : RG_OK;
}

static enum rg_status context_for(const char *format, Agraph_t *graph,
                                  GVC_t **context, struct rg_error *error)
{
    char directory[PATH_SIZE];
    if (rg__bundle_find(directory, sizeof directory))
        return bundled_context(directory, format, graph, context, error);
    *context = machine_context(format);
    return *context == NULL ? rg_error_no_memory(error) : RG_OK;
}

/* As Graphviz itself numbers what has no id, so that nodes and edges keep their
 * names in a copy, whose order is another one. */
static void name_all(Agraph_t *graph)
{
    char id[MAX_ID];
    const char *prefix = agget(graph, (char *)"id");
    for (Agnode_t *n = agfstnode(graph); n != NULL; n = agnxtnode(graph, n)) {
        snprintf(id, sizeof id, "%.80s_node%u", prefix, (unsigned)AGSEQ(n));
        agsafeset(n, (char *)"id", id, (char *)"");
        for (Agedge_t *e = agfstout(graph, n); e != NULL;
             e = agnxtout(graph, e)) {
            snprintf(id, sizeof id, "%.80s_edge%u", prefix, (unsigned)AGSEQ(e));
            agsafeset(e, (char *)"id", id, (char *)"");
        }
    }
}

/* The graph as text, malloc'd; NULL when memory is short. */
static char *dot_text(Agraph_t *graph)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    bool is_whole = agwrite(graph, stream) == 0;
    is_whole = !ferror(stream) && is_whole;
    is_whole = fclose(stream) == 0 && is_whole;
    if (is_whole)
        return text;
    free(text);
    return NULL;
}

static double width_of(Agraph_t *graph)
{
    return GD_bb(graph).UR.x - GD_bb(graph).LL.x;
}

/* What is tried: how long dot looks, and how near boxes stand. */
struct attempt {
    const char *effort, *gap;
};

/* A copy laid out, or NULL. */
static Agraph_t *lay_out_copy(GVC_t *context, const char *text,
                              const struct attempt *attempt)
{
    Agraph_t *copy = agmemread(text);
    if (copy == NULL)
        return NULL;
    agsafeset(copy, (char *)"mclimit", (char *)attempt->effort, (char *)"");
    agsafeset(copy, (char *)"nodesep", (char *)attempt->gap, (char *)"");
    return gvLayout(context, copy, "dot") == 0 ? copy : NULL;
}

/* What dot finds depends on the order in which it meets the nodes, and on how
 * long it looks.  Where a picture is too wide for a page a few copies are tried,
 * in which the boxes around nodes come first; the narrowest is made once more,
 * since Graphviz can draw only what it has laid out last. */
static Agraph_t *narrowest(GVC_t *context, Agraph_t *graph, const char *text,
                           const struct rg__layout_again *again)
{
    static const struct attempt attempts[] = {{"1.0", "0.3"},  {"4.0", "0.3"},
                                              {"20.0", "0.3"}, {"1.0", "0.2"},
                                              {"4.0", "0.2"},  {"20.0", "0.2"}};
    const struct attempt *best = NULL;
    double width = width_of(graph);
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        if (width <= PAGE_POINTS)
            break;
        Agraph_t *copy = lay_out_copy(context, text, &attempts[i]);
        if (copy == NULL || width_of(copy) >= width)
            continue;
        width = width_of(copy);
        best = &attempts[i];
    }
    if (best != NULL)
        return lay_out_copy(context, text, best);
    graph = again->make(again->context);
    return graph != NULL && gvLayout(context, graph, "dot") == 0 ? graph : NULL;
}

static Agraph_t *best_layout(GVC_t *context, Agraph_t *graph,
                             const struct rg__layout_again *again)
{
    char *text = NULL;
    if (again != NULL && agnnodes(graph) <= FEW_NODES) {
        name_all(graph);
        text = dot_text(graph);
    }
    if (gvLayout(context, graph, "dot") != 0)
        graph = NULL;
    else if (text != NULL && width_of(graph) > PAGE_POINTS)
        graph = narrowest(context, graph, text, again);
    free(text);
    return graph;
}

static enum rg_status render_to(GVC_t *context, Agraph_t *graph,
                                const struct rg__layout_again *again,
                                const char *format, FILE *stream,
                                struct rg_error *error)
{
    graph = best_layout(context, graph, again);
    if (graph == NULL)
        return rg_error_set(error, RG_EIO, "Graphviz could not lay it out");
    if (gvRender(context, graph, format, stream) != 0)
        return rg_error_set(error, RG_EIO, "Graphviz could not write it");
    return RG_OK;
}

static bool says(const struct rg_buffer *messages, const char *words)
{
    size_t size = strlen(words);
    for (size_t i = 0; i + size <= messages->size; i++)
        if (memcmp(messages->data + i, words, size) == 0)
            return true;
    return false;
}

/* The last line that Graphviz had to say behind *error's own words. */
static void explain(const struct rg_buffer *messages, const char *format,
                    struct rg_error *error)
{
    if (error == NULL || error->status != RG_EIO || messages->size == 0)
        return;
    if (says(messages, "not recognized") || says(messages, "unavailable") ||
        says(messages, "dot -c")) {
        rg_error_set(error, RG_EINVAL,
                     "Graphviz has no plugin for %s here: install graphviz "
                     "(Debian, Ubuntu, Fedora), or run `dot -c` as root",
                     format);
        return;
    }
    size_t end = messages->size;
    while (end > 0 && messages->data[end - 1] == '\n')
        end--;
    size_t start = end;
    while (start > 0 && messages->data[start - 1] != '\n')
        start--;
    size_t size = end - start < MAX_QUOTE ? end - start : MAX_QUOTE;
    struct rg_error bare = *error;
    rg_error_set(error, RG_EIO, "%.100s: %.*s", bare.text, (int)size,
                 messages->data + start);
}

enum rg_status rg__layout_render(Agraph_t *graph,
                                 const struct rg__layout_again *again,
                                 const char *format, struct rg_buffer *output,
                                 struct rg_buffer *messages,
                                 struct rg_error *error)
{
    char *data = NULL;
    size_t size = 0;
    if (agnnodes(graph) > RG__LAYOUT_MAX_NODES)
        return rg_error_set(error, RG_ELIMIT,
                            "%d boxes are too many to lay out, %d is the "
                            "most: ask for fewer objects, or for DOT",
                            agnnodes(graph), RG__LAYOUT_MAX_NODES);
    FILE *stream = open_memstream(&data, &size);
    if (stream == NULL)
        return rg_error_no_memory(error);
    reports = messages;
    agseterrf(take_report);
    GVC_t *context = NULL;
    enum rg_status status = context_for(format, graph, &context, error);
    if (status == RG_OK)
        status = render_to(context, graph, again, format, stream, error);
    bool is_whole = !ferror(stream);
    is_whole = fclose(stream) == 0 && is_whole;
    if (status == RG_OK &&
        (!is_whole || rg_buffer_append(output, data, size) < 0))
        status = rg_error_no_memory(error);
    /* PNG of a picture that is too large comes back as nothing at all. */
    if (status == RG_OK && size == 0)
        status = rg_error_set(error, RG_EIO, "Graphviz wrote nothing");
    explain(messages, format, error);
    free(data);
    /* Context and layout go with the process: releasing them takes longer
     * than drawing, and has crashed where drawing had not. */
    return status;
}

/* The plugins that are used, as a list of file names. */
void rg__layout_version(FILE *stream)
{
    static const char *const names[] = {"core", "dot_layout", "pango"};
    char directory[PATH_SIZE];
    GVC_t *context = gvContextPlugins(NULL, 0);
    bool is_bundled = rg__bundle_find(directory, sizeof directory);
    fprintf(stream, "Graphviz %s%s\n",
            context != NULL ? gvcVersion(context) : "(no context)",
            is_bundled ? ", which came with this package" : "");
    if (!find_plugins(directory, sizeof directory)) {
        fprintf(stream, "plugins not found\n");
        return;
    }
    fprintf(stream, "plugins in %s:\n", directory);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        long number = newest_plugin(directory, names[i]);
        if (number >= 0)
            fprintf(stream, "  %s.so.%ld\n", names[i], number);
        else
            fprintf(stream, "  %s is missing\n", names[i]);
    }
    if (is_bundled)
        fprintf(stream, "fonts beside them: %zu\n",
                rg__bundle_font_count(directory));
}
