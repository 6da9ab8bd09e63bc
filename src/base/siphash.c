#define _DEFAULT_SOURCE /* syscall */

#include "base/siphash.h"

#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

struct rg_siphash_key rg_siphash_key_new(void)
{
    struct rg_siphash_key key;
    /* The system call itself, since the function of newer C libraries keeps
     * state behind a lock, which a forked child may find taken.  In a machine
     * that has just begun, and has none to give yet, where we are must do. */
    if (syscall(SYS_getrandom, &key, sizeof key, GRND_NONBLOCK) !=
        (long)sizeof key)
        key = (struct rg_siphash_key){
            {(uintptr_t)&key, (uintptr_t)rg_siphash_key_new}};
    return key;
}

static uint64_t rotated(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotated(v[1], 13) ^ v[0];
    v[3] = rotated(v[3], 16) ^ v[2];
    v[0] = rotated(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotated(v[1], 17) ^ v[2];
    v[3] = rotated(v[3], 21) ^ v[0];
    v[2] = rotated(v[2], 32);
}

static void sip_take(uint64_t v[4], uint64_t piece)
{
    v[3] ^= piece;
    sip_round(v);
    v[0] ^= piece;
}

uint64_t rg_siphash(const struct rg_siphash_key *key, const void *data,
                    size_t size)
{
    uint64_t v[4] = {key->part[0] ^ UINT64_C(0x736f6d6570736575),
                     key->part[1] ^ UINT64_C(0x646f72616e646f6d),
                     key->part[0] ^ UINT64_C(0x6c7967656e657261),
                     key->part[1] ^ UINT64_C(0x7465646279746573)};
    const unsigned char *at = data;
    uint64_t piece, last = (uint64_t)size << 56;
    for (; size >= sizeof piece; size -= sizeof piece, at += sizeof piece) {
        memcpy(&piece, at, sizeof piece);
        sip_take(v, piece);
    }
    for (size_t i = 0; i < size; i++)
        last |= (uint64_t)at[i] << 8 * i;
    sip_take(v, last);
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
