#include "draw/bundle.h"

#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIRECTORY "/_graphviz"

enum { PATH_SIZE = PATH_MAX + 64 };

/* The system's own word for where this program is: it may have been started
 * by any name, and the libraries beside it were found in the same way. */
bool rg__bundle_find(char *directory, size_t size)
{
    char program[PATH_SIZE];
    struct stat status;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return false;
    program[length] = '\0';
    char *slash = strrchr(program, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    int needed = snprintf(directory, size, "%s" DIRECTORY, program);
    return needed > 0 && (size_t)needed < size &&
           stat(directory, &status) == 0 && S_ISDIR(status.st_mode);
}

static int is_font(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);
    return size > 4 && strcmp(entry->d_name + size - 4, ".ttf") == 0;
}

/* In the order of their names: of two fonts that both have a character the
 * first one is taken.  Negative where there is no such directory. */
static int list_fonts(const char *directory, struct dirent ***fonts)
{
    char path[PATH_SIZE];
    int needed = snprintf(path, sizeof path, "%s/fonts", directory);
    if (needed < 0 || (size_t)needed >= sizeof path)
        return -1;
    return scandir(path, fonts, is_font, alphasort);
}

/* What is called of fontconfig.  This program is not linked with it, because
 * most pictures are drawn without a font: pango brings it along. */
struct fontconfig {
    void *(*create)(void);
    int (*load)(void *config, const unsigned char *file, int complain);
    int (*add)(void *config, const unsigned char *file);
    int (*use)(void *config);
};

static bool find_function(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);
    /* ISO C knows no conversion of a data pointer to a function. */
    memcpy(function, &symbol, sizeof symbol);
    return symbol != NULL;
}

static bool find_fontconfig(void *library, struct fontconfig *fontconfig)
{
    return find_function(library, "FcConfigCreate", &fontconfig->create) &&
           find_function(library, "FcConfigParseAndLoad", &fontconfig->load) &&
           find_function(library, "FcConfigAppFontAddFile", &fontconfig->add) &&
           find_function(library, "FcConfigSetCurrent", &fontconfig->use);
}

static bool load_file(const struct fontconfig *fontconfig, void *config,
                      const char *directory, const char *name)
{
    char file[PATH_SIZE];
    int needed = snprintf(file, sizeof file, "%s/%s", directory, name);
    return needed > 0 && (size_t)needed < sizeof file &&
           fontconfig->load(config, (const unsigned char *)file, 1) != 0;
}

/* Font by font and not as a <dir> of the configuration, which would leave a
 * cache file in somebody's home directory. */
static bool add_fonts(const struct fontconfig *fontconfig, void *config,
                      const char *directory)
{
    char file[PATH_SIZE];
    struct dirent **fonts;
    int count = list_fonts(directory, &fonts);
    bool is_added = count > 0;
    for (int i = 0; i < count; i++) {
        int needed = snprintf(file, sizeof file, "%s/fonts/%s", directory,
                              fonts[i]->d_name);
        is_added = is_added && needed > 0 && (size_t)needed < sizeof file &&
                   fontconfig->add(config, (const unsigned char *)file) != 0;
        free(fonts[i]);
    }
    if (count >= 0)
        free(fonts);
    return is_added;
}

/* A configuration made here and not named by FONTCONFIG_FILE, beside which
 * fontconfig would read, though not use, what the machine has in
 * /usr/share/fontconfig, and complain about what it does not know there. */
bool rg__bundle_use_fonts(const char *directory, void *library, bool any_text)
{
    struct fontconfig fontconfig;
    if (!find_fontconfig(library, &fontconfig))
        return false;
    void *config = fontconfig.create();
    return config != NULL &&
           load_file(&fontconfig, config, directory, "fonts.conf") &&
           (!any_text ||
            load_file(&fontconfig, config, directory, "fonts-all.conf")) &&
           add_fonts(&fontconfig, config, directory) &&
           fontconfig.use(config) != 0;
}

size_t rg__bundle_font_count(const char *directory)
{
    struct dirent **fonts;
    int count = list_fonts(directory, &fonts);
    for (int i = 0; i < count; i++)
        free(fonts[i]);
    if (count >= 0)
        free(fonts);
    return count > 0 ? (size_t)count : 0;
}
