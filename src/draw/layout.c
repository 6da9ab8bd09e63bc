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

enum { PATH_SIZE = PATH_MAX, NAME_SIZE = 64, MAX_QUOTE = 120 };

/* Graphviz reports through a function that is given no context. */
static struct rg_buffer *reports;

static int take_report(char *text)
{
    /* A lost report is better than a lost picture. */
    if (reports != NULL)
        (void)rg_buffer_append(reports, text, strlen(text));
    return 0;
}

/* The directory of the plugins: "graphviz" beside libgvc. */
static bool find_plugins(char *file_name, size_t size)
{
    Dl_info info;
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

/* Loads one plugin; it stays loaded until the program ends. */
static gvplugin_library_t *load_plugin(const char *directory, const char *name)
{
    char file_name[PATH_SIZE + NAME_SIZE], symbol[NAME_SIZE];
    long number = newest_plugin(directory, name);
    if (number < 0)
        return NULL;
    snprintf(file_name, sizeof file_name, "%s/libgvplugin_%s.so.%ld", directory, name,
             number);
    void *library = dlopen(file_name, RTLD_NOW);
    if (library == NULL)
        return NULL;
    snprintf(symbol, sizeof symbol, "gvplugin_%s_LTX_library", name);
    return dlsym(library, symbol);
}

/* A context of the plugins that `format` needs, and nothing else: SVG is drawn
 * without any font, and nothing depends on the list of plugins that an
 * administrator may have forgotten to make.  NULL where they are not where
 * they are looked for. */
static GVC_t *own_context(const char *format)
{
    /* Given like this, and not added afterwards: Graphviz chooses what
     * measures text while it makes the context. */
    static lt_symlist_t plugins[] = {
        {"gvplugin_core_LTX_library", NULL},
        {"gvplugin_dot_layout_LTX_library", NULL},
        {"gvplugin_pango_LTX_library", NULL},
        {NULL, NULL}};
    static const char *const names[] = {"core", "dot_layout", "pango"};
    char directory[PATH_SIZE];
    size_t count = strcmp(format, "svg") == 0 ? 2 : 3;
    plugins[count].name = NULL;
    if (!find_plugins(directory, sizeof directory))
        return NULL;
    for (size_t i = 0; i < count; i++) {
        plugins[i].address = load_plugin(directory, names[i]);
        if (plugins[i].address == NULL)
            return NULL;
    }
    return gvContextPlugins(plugins, 0);
}

static GVC_t *context_for(const char *format)
{
    GVC_t *context = own_context(format);
    return context != NULL ? context : gvContext();
}

static enum rg_status render_to(GVC_t *context, Agraph_t *graph,
                                const char *format, FILE *stream,
                                struct rg_error *error)
{
    if (gvLayout(context, graph, "dot") != 0)
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
    rg_error_set(error, RG_EIO, "%.100s: %.*s", bare.text,
                 (int)size, messages->data + start);
}

enum rg_status rg__layout_render(Agraph_t *graph, const char *format,
                                 struct rg_buffer *output,
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
    GVC_t *context = context_for(format);
    enum rg_status status =
        context == NULL ? rg_error_no_memory(error)
                        : render_to(context, graph, format, stream, error);
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

/* The plugins of this machine, as a list of file names. */
void rg__layout_version(FILE *stream)
{
    static const char *const plugins[] = {"core", "dot_layout", "pango"};
    char directory[PATH_SIZE];
    GVC_t *context = gvContextPlugins(NULL, 0);
    fprintf(stream, "Graphviz %s\n",
            context != NULL ? gvcVersion(context) : "(no context)");
    if (!find_plugins(directory, sizeof directory)) {
        fprintf(stream, "plugins not found\n");
        return;
    }
    fprintf(stream, "plugins in %s:\n", directory);
    for (size_t i = 0; i < sizeof plugins / sizeof plugins[0]; i++) {
        long number = newest_plugin(directory, plugins[i]);
        if (number >= 0)
            fprintf(stream, "  %s.so.%ld\n", plugins[i], number);
        else
            fprintf(stream, "  %s is missing\n", plugins[i]);
    }
}
