/* symbol.c - functions of the C library, found as the dynamic loader finds them
 *
 * In the memory of the process, and not in its files: those may be others than
 * the ones of these names here, or gone since an upgrade. */
#include "attach/target.h"

#include <elf.h>
#include <string.h>

#include "attach/machine.h"

enum {
    MOST_HEADERS = 64,
    MOST_DYNAMIC = 256,
    MOST_CHAIN = 4096,
    PIECE = 1 << 16
};

/* The tables of one object. */
struct tables {
    uint64_t base; /* what its addresses are counted from */
    uint64_t symbols, strings, hash;
};

static bool read_headers(const struct rg__target *target, uint64_t start,
                         Elf64_Phdr headers[MOST_HEADERS], size_t *count)
{
    Elf64_Ehdr header;
    if (!rg__peek(target, start, &header, sizeof header) ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
        header.e_ident[EI_CLASS] != ELFCLASS64 ||
        header.e_phentsize != sizeof *headers || header.e_phnum == 0 ||
        header.e_phnum > MOST_HEADERS)
        return false;
    *count = header.e_phnum;
    return rg__peek(target, start + header.e_phoff, headers,
                    *count * sizeof *headers);
}

/* The loader may have added the base to what stands there, or not. */
static uint64_t placed(const struct tables *tables, uint64_t address)
{
    return address < tables->base ? address + tables->base : address;
}

static bool read_dynamic(const struct rg__target *target, uint64_t at,
                         struct tables *tables)
{
    for (int i = 0; i < MOST_DYNAMIC; i++) {
        Elf64_Dyn entry;
        if (!rg__peek(target, at + (uint64_t)i * sizeof entry, &entry,
                      sizeof entry))
            return false;
        uint64_t value = placed(tables, entry.d_un.d_ptr);
        if (entry.d_tag == DT_SYMTAB)
            tables->symbols = value;
        else if (entry.d_tag == DT_STRTAB)
            tables->strings = value;
        else if (entry.d_tag == DT_GNU_HASH)
            tables->hash = value;
        else if (entry.d_tag == DT_NULL)
            break;
    }
    return tables->symbols != 0 && tables->strings != 0 && tables->hash != 0;
}

static bool read_tables(const struct rg__target *target, uint64_t start,
                        struct tables *tables)
{
    Elf64_Phdr headers[MOST_HEADERS];
    size_t count;
    uint64_t first = UINT64_MAX, dynamic = 0;
    if (!read_headers(target, start, headers, &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (headers[i].p_type == PT_LOAD && headers[i].p_vaddr < first)
            first = headers[i].p_vaddr;
        if (headers[i].p_type == PT_DYNAMIC)
            dynamic = headers[i].p_vaddr;
    }
    if (dynamic == 0 || first == UINT64_MAX)
        return false;
    *tables = (struct tables){.base = start - (first & ~(uint64_t)4095)};
    return read_dynamic(target, tables->base + dynamic, tables);
}

static uint32_t gnu_hash(const char *name)
{
    uint32_t hash = 5381;
    for (; *name != '\0'; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash;
}

/* The address of symbol number `index` if it is a function called so. */
static uint64_t match_symbol(const struct rg__target *target,
                             const struct tables *tables, uint32_t index,
                             const char *name)
{
    Elf64_Sym symbol;
    char text[RG__NAME_SIZE];
    size_t size = strlen(name) + 1;
    if (size > sizeof text ||
        !rg__peek(target, tables->symbols + (uint64_t)index * sizeof symbol,
                  &symbol, sizeof symbol) ||
        symbol.st_shndx == SHN_UNDEF ||
        ELF64_ST_TYPE(symbol.st_info) != STT_FUNC ||
        !rg__peek(target, tables->strings + symbol.st_name, text, size) ||
        memcmp(text, name, size) != 0)
        return 0;
    return tables->base + symbol.st_value;
}

static uint64_t look_up_symbol(const struct rg__target *target,
                               const struct tables *tables, const char *name)
{
    struct {
        uint32_t buckets, first, bloom_size, bloom_shift;
    } head;
    uint32_t index, hash = gnu_hash(name);
    if (!rg__peek(target, tables->hash, &head, sizeof head) ||
        head.buckets == 0 || head.bloom_size > 1 << 20)
        return 0;
    uint64_t buckets =
        tables->hash + sizeof head + (uint64_t)head.bloom_size * 8;
    uint64_t chains = buckets + (uint64_t)head.buckets * 4;
    if (!rg__peek(target, buckets + (uint64_t)(hash % head.buckets) * 4, &index,
                  sizeof index) ||
        index < head.first)
        return 0;
    for (int i = 0; i < MOST_CHAIN; i++, index++) {
        uint32_t other;
        if (!rg__peek(target, chains + (uint64_t)(index - head.first) * 4,
                      &other, sizeof other))
            return 0;
        uint64_t found = (other | 1) == (hash | 1)
                             ? match_symbol(target, tables, index, name)
                             : 0;
        if (found != 0 || (other & 1) != 0)
            return found;
    }
    return 0;
}

/* The object that a mapping is part of begins where its file does. */
static const struct rg__mapping *
object_around(const struct rg__target *target,
              const struct rg__mapping *mapping)
{
    const struct rg__mapping *first = NULL;
    for (size_t i = 0; i < target->mapping_count; i++) {
        const struct rg__mapping *other = &target->mappings[i];
        if (other->is_file && other->offset == 0 &&
            strcmp(other->name, mapping->name) == 0 &&
            other->start <= mapping->start)
            first = other;
    }
    return first;
}

uint64_t rg__function_in(const struct rg__target *target,
                         const struct rg__mapping *mapping, const char *name)
{
    struct tables tables;
    const struct rg__mapping *object = object_around(target, mapping);
    return object != NULL && read_tables(target, object->start, &tables)
               ? look_up_symbol(target, &tables, name)
               : 0;
}

static bool begins_like(const char *name, const char *start)
{
    return strncmp(name, start, strlen(start)) == 0;
}

/* libc.so.6 and libdl.so.2, or libc-2.31.so and libdl-2.31.so. */
static bool is_of_c_library(const struct rg__mapping *mapping)
{
    return mapping->is_file && mapping->offset == 0 &&
           (begins_like(mapping->name, "libc.so.6") ||
            begins_like(mapping->name, "libc-2.") ||
            begins_like(mapping->name, "libdl.so.2") ||
            begins_like(mapping->name, "libdl-2."));
}

uint64_t rg__c_function(const struct rg__target *target, const char *name)
{
    uint64_t found = 0;
    for (size_t i = 0; i < target->mapping_count && found == 0; i++)
        if (is_of_c_library(&target->mappings[i]))
            found = rg__function_in(target, &target->mappings[i], name);
    return found;
}

/* In its function of that name, which does nothing else. */
uint64_t rg__kernel_entry(const struct rg__target *target)
{
    unsigned char code[64];
    uint64_t function = rg__c_function(target, "syscall");
    if (function == 0 || !rg__peek(target, function, code, sizeof code))
        return 0;
    for (size_t i = 0; i + RG__SYSCALL_CODE_SIZE <= sizeof code; i++)
        if (memcmp(code + i, rg__syscall_code, RG__SYSCALL_CODE_SIZE) == 0)
            return function + i;
    return 0;
}

/* It has no name: it is looked for in pieces that overlap. */
static uint64_t find_restorer(const struct rg__target *target,
                              const struct rg__mapping *mapping)
{
    static unsigned char code[PIECE];
    const size_t size = rg__restorer_code_size;
    for (uint64_t at = mapping->start; at + size <= mapping->end;
         at += sizeof code - size) {
        size_t there =
            mapping->end - at < sizeof code ? mapping->end - at : sizeof code;
        if (!rg__peek(target, at, code, there))
            return 0;
        for (size_t i = 0; i + size <= there; i++)
            if (memcmp(code + i, rg__restorer_code, size) == 0)
                return at + i;
    }
    return 0;
}

/* In the C library, or what the kernel lends each process. */
uint64_t rg__restorer(const struct rg__target *target)
{
    uint64_t found = 0;
    for (size_t i = 0; i < target->mapping_count && found == 0; i++) {
        const struct rg__mapping *mapping = &target->mappings[i];
        const struct rg__mapping *object =
            mapping->is_file ? object_around(target, mapping) : mapping;
        if (mapping->is_code && object != NULL &&
            (is_of_c_library(object) || strcmp(mapping->name, "[vdso]") == 0))
            found = find_restorer(target, mapping);
    }
    return found;
}

bool rg__has_musl(const struct rg__target *target)
{
    for (size_t i = 0; i < target->mapping_count; i++)
        if (begins_like(target->mappings[i].name, "ld-musl"))
            return true;
    return false;
}
